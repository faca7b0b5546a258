"""JSON-LD 1.1, streamed: one object a subject, named graphs as ``@graph``, the context inside the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from json.encoder import encode_basestring as encode
from operator import call, itemgetter
from typing import Any

from exports.rdf.context import context_key, make_context
from exports.rdf.iris import OWN_SPACES, Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block

_HELD = 1 << 12
"""Names and shapes that are remembered at a time, so that memory does not grow with the graph."""

Shape = tuple[tuple[str, ...], tuple[str, ...]]
"""The predicates of a block, and the kinds of its objects, in order."""
Template = tuple[str, tuple[Callable[[str], str], ...]]
"""A format string for the subject and the objects, and what makes each object ready for it."""


def write_jsonld(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    """The statements as text, named graphs included.

    Args:
        blocks: what to write.
        iris: the IRIs; their prefixes stand in the context.

    Yields:
        Pieces of text.
    """
    context = make_context(iris)
    names = _Names(iris.base)
    templates = _Templates(context, names)
    yield '{"@context":' + json.dumps(context, ensure_ascii=False, indent=1) + ',\n"@graph":['
    comma = "\n"
    for graph, members in groupby(blocks, key=itemgetter(0)):
        if graph:
            yield f'{comma}{{"@id":{names[graph]},"@graph":['
            comma = "\n"
        for _, subject, pairs in members:
            predicates, kinds, values = zip(*pairs) if pairs else ((), (), ())
            form, readers = templates[predicates, kinds]
            yield comma + form % (names[subject], *map(call, readers, values))
            comma = ",\n"
        if graph:
            yield "]}"
            comma = ",\n"
    yield "\n]}\n"


class _Names(dict[str, str]):
    """IRIs in quotes, below the base as compact ones. No IRI holds a character that JSON would escape."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._size = len(base)
        self._starts = {f"{base}{space}/": f'"{space}:' for space in OWN_SPACES}

    def __missing__(self, iri: str) -> str:
        if len(self) >= _HELD:
            self.clear()
        cut = iri.find("/", self._size) + 1
        start = self._starts.get(iri[:cut])
        # Anything may stand behind the prefix but two slashes, which would make it an IRI.
        short = start is not None and not iri.startswith("//", cut)
        name = self[iri] = f'{start}{iri[cut:]}"' if short else f'"{iri}"'
        return name


class _Templates(dict[Shape, Template]):
    """How blocks of a shape are written; most blocks of a graph have one of a few shapes."""

    def __init__(self, context: dict[str, Any], names: _Names) -> None:
        super().__init__()
        self._context = context
        self._name = names.__getitem__

    def __missing__(self, shape: Shape) -> Template:
        if len(self) >= _HELD:
            self.clear()
        parts: list[str] = []
        readers = []
        for predicate, pairs in groupby(zip(*shape, strict=True), key=itemgetter(0)):
            key, links = self._key(predicate)
            written = []
            for _, kind in pairs:
                form, read = self._value(kind, links=links)
                written.append(form)
                readers.append(read)
            value = f"[{','.join(written)}]" if len(written) > 1 else written[0]
            parts.append(f",{key.replace('%', '%%')}:{value}")
        made = self[shape] = (f'{{"@id":%s{"".join(parts)}}}', tuple(readers))
        return made

    def _key(self, predicate: str) -> tuple[str, bool]:
        """The key of a predicate in quotes, and whether plain strings under it are IRIs."""
        if predicate == "rdf:type":
            return '"@type"', True
        key = context_key(predicate)
        row = self._context.get(key)
        if not isinstance(row, dict) or row["@id"] != predicate:
            key, row = predicate, self._context.get(predicate)
        return encode(key), isinstance(row, dict) and row.get("@type") == "@id"

    def _value(self, kind: str, *, links: bool) -> tuple[str, Callable[[str], str]]:
        """How an object of a kind is written, and what makes it ready for that."""
        if kind == TEXT:
            return "%s", encode
        if kind == IRI:
            return ("%s" if links else '{"@id":%s}'), self._name
        if kind == TERM:
            return ('"%s"' if links else '{"@id":"%s"}'), str
        return f'{{"@value":"%s","@type":"{kind}"}}', str
