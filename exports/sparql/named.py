"""The named queries: SPARQL files that answer what people ask, with parameters.

Each is a ``.rq`` file that runs as it stands in any SPARQL tool that knows the prefixes. Its comments say what it is::

    # Datasets used together with a method
    # The first line is the title, those up to the first @param the description.
    # @param method=DPO  name  The method
    # @param limit=20  number  Rows at most

A line that ends in ``# @method`` holds the value: its first string literal, or its first number, is replaced.
Types: ``name`` (of an entity: put into the normal form of ``kg:key``), ``text``, ``number``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from exports.sparql.prepare import closest
from kg.errors import QueryError
from kg.names import normal_form

_PARAMETER = re.compile(r"#\s*@param\s+(\w+)=(.*?)\s{2,}(name|text|number)\s{2,}(.*)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a named query takes.

    Attributes:
        name: as in ``name=value``.
        default: used where none is given.
        type: ``name``, ``text`` or ``number``.
        description: for people.
    """

    name: str
    default: str
    type: str
    description: str


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with a name.

    Attributes:
        name: as typed.
        title: one line.
        description: more about it, may be empty.
        parameters: what it takes.
        text: SPARQL with the defaults in place.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    text: str

    def fill(self, values: Mapping[str, str]) -> str:
        """The query with these values.

        Raises:
            QueryError: for an unknown parameter, or a value that does not fit its type.
        """
        known = {p.name: p for p in self.parameters}
        for name in values:
            if name not in known:
                better = closest(name, known)
                hint = (
                    f"Did you mean {better}?" if better else f"It takes {', '.join(known) or 'no parameters'}"
                )
                raise QueryError(f"the query {self.name!r} has no parameter {name!r}", hint=hint)
        lines = []
        for line in self.text.split("\n"):
            marked = re.search(r"#\s*@(\w+)\s*$", line)
            parameter = known.get(marked.group(1)) if marked else None
            if parameter is not None and parameter.name in values:
                line = _put(line, parameter, values[parameter.name])
            lines.append(line)
        return "\n".join(lines)


@lru_cache(maxsize=1)
def named_queries() -> dict[str, NamedQuery]:
    """All named queries, by name, in alphabetical order."""
    folder = files("exports").joinpath("queries")
    found = {}
    for entry in folder.iterdir():
        if entry.name.endswith(".rq"):
            name = entry.name.removesuffix(".rq")
            found[name] = read_query(name, entry.read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


def get_query(name: str) -> NamedQuery:
    """A named query.

    Raises:
        QueryError: for an unknown name; the message has the nearest one.
    """
    known = named_queries()
    if name in known:
        return known[name]
    better = closest(name, known)
    hint = f"Did you mean {better}? " if better else ""
    raise QueryError(f"there is no query called {name!r}", hint=f"{hint}kg query --list shows all of them")


def read_query(name: str, text: str) -> NamedQuery:
    """Read a named query from the text of its file."""
    comments: list[str] = []
    for line in text.split("\n"):
        if not line.startswith("#"):
            break
        comments.append(line)
    parameters = tuple(Parameter(*m.groups()) for c in comments if (m := _PARAMETER.match(c)))
    prose = [c.lstrip("# ").strip() for c in comments if "@param" not in c]
    return NamedQuery(name, prose[0] if prose else name, " ".join(prose[1:]).strip(), parameters, text)


def _put(line: str, parameter: Parameter, value: str) -> str:
    if parameter.type == "number":
        if not re.fullmatch(r"\d+(\.\d+)?", value):
            raise QueryError(f"{parameter.name}={value!r} is not a number")
        return _NUMBER.sub(value, line, count=1)
    text = normal_form(value) if parameter.type == "name" else value
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return _STRING.sub(lambda _: f'"{escaped}"', line, count=1)
