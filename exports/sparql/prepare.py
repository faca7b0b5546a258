"""What happens to a query before the engine sees it: prefixes are known, misspellings named, dangers refused.

The engine fetches over the network when a query says SERVICE; a query that does, or that would change anything,
is refused here unless its host was allowed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from exports.rdf.iris import Iris
from exports.rdf.vocabulary import known_classes, known_properties
from exports.sparql.tokens import Token, line_and_column, open_code_points, point_at, split_name, split_tokens
from kg.errors import QueryError

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
KEYWORDS: tuple[str, ...] = tuple(
    """A ABS ADD ALL AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DAY DESC
    DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH GROUP GROUP_CONCAT HAVING HOURS IF IN IRI ISBLANK
    ISIRI ISLITERAL ISNUMERIC ISURI LANG LANGMATCHES LATERAL LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH NAMED NOT NOW OFFSET
    OPTIONAL ORDER PREFIX RAND REDUCED REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384
    SHA512 SILENT STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLEN STRSTARTS STRUUID SUBSTR SUM TIMEZONE TRUE TZ UCASE
    UNDEF UNION URI UUID VALUES WHERE YEAR""".split()  # noqa: SIM905  # as a list it fills a page
)
_ENGINE_PLACE = re.compile(r"^error at (\d+):(\d+): (?:expected (?:one of )?)?", re.DOTALL)
_HIDDEN_SERVICE = re.compile(r"\).*service", re.IGNORECASE | re.DOTALL)
_NOISE = ("LATERAL", "SERVICE")
_MESSAGES = ("Prefix not found", "Duplicated variable", "already in scope", "aggregate", "Invalid IRI")


class RefusedError(QueryError):
    """A query that could run and may not."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A query that may run.

    Attributes:
        text: the query, unchanged.
        form: ``SELECT``, ``ASK``, ``CONSTRUCT`` or ``DESCRIBE``; empty where the text has none (the engine will say so).
        graphs: IRIs after FROM and FROM NAMED.
        hints: sentences about terms that this graph's vocabulary does not have.
    """

    text: str
    form: str
    graphs: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What the tokens of a query say."""

    prefixes: dict[str, str] = field(default_factory=dict)
    names: list[Token] = field(default_factory=list)
    iris: list[Token] = field(default_factory=list)
    froms: list[Token] = field(default_factory=list)
    services: list[tuple[Token, Token | None]] = field(default_factory=list)
    form: str = ""
    update: Token | None = None
    base: str = ""


def prepare(
    query: str, iris: Iris, *, allow_services: Collection[str] = (), source: str | None = None
) -> Prepared:
    """Check a query.

    Args:
        query: SPARQL 1.1 text.
        iris: the IRIs of the graph, with the prefixes that need no declaration.
        allow_services: hosts (``host`` or ``host:port``) that SERVICE may ask.
        source: file that the query came from, for messages.

    Returns:
        The query with what was learnt about it.

    Raises:
        QueryError: for an update, a SERVICE that is not allowed, an unknown prefix, or an unknown term of our own.
    """
    reading = _read(query)
    opened = open_code_points(query)
    if opened != query:
        also = _read(opened)
        reading.services += also.services
        reading.update = reading.update or also.update
    if reading.update is not None:
        raise _refused(
            f"{reading.update.text.upper()} changes the graph, and queries may only read",
            query, reading.update.start, source, "Use SELECT, ASK, CONSTRUCT or DESCRIBE",
        )  # fmt: skip
    _check_services(reading, iris, allow_services, query, source)
    known = iris.prefixes | reading.prefixes
    hints = list(_check_terms(reading, iris, known, query, source))
    graphs = tuple(urljoin(reading.base or iris.base, _resolve(t, known)) for t in reading.froms)
    return Prepared(query, reading.form, graphs, tuple(dict.fromkeys(hints)))


def explain_syntax(query: str, error: SyntaxError, *, source: str | None = None) -> QueryError:
    """The engine's syntax error as one that people can read: line, column, caret, and a guess."""
    message = str(error)
    place = _ENGINE_PLACE.match(message)
    line, column = (int(place.group(1)), int(place.group(2))) if place else (1, 1)
    rest = message[place.end() :] if place else message
    named = next((m for m in _MESSAGES if m.casefold() in rest.casefold()), None)
    if named is not None:
        what = next(
            part.strip() for part in rest.split(", [")[0].split(", ") if named.casefold() in part.casefold()
        )
        what = what[0].lower() + what[1:]
    else:
        wanted = [
            w
            for w in re.findall(r"[A-Z][A-Z_ ]*[A-Z]|\"[^\"\s]{1,3}\"", rest)
            if w not in _NOISE and "\\" not in w
        ]
        what = "this is not SPARQL from here on"
        if wanted:
            what += f"; {' or '.join(dict.fromkeys(wanted[:6]))} could follow"
    hint = f"Look here:\n{point_at(query, line, column)}"
    guess = _misspelt_keyword(query)
    if guess is not None:
        token, better = guess
        line, column = line_and_column(query, token.start)
        what = f"{token.text!r} is no word of SPARQL"
        hint = f"Did you mean {better}?\n{point_at(query, line, column)}"
    return QueryError(what, source=source, line=line, column=column, hint=hint)


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, or None where none is near."""
    by_fold: dict[str, str] = {}
    for candidate in known:
        by_fold.setdefault(candidate.casefold(), candidate)
    near = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=0.6)
    return by_fold[near[0]] if near else None


def _read(query: str) -> _Reading:
    reading = _Reading()
    tokens = split_tokens(query)
    at = 0
    depth = 0
    while at < len(tokens):
        token = tokens[at]
        word = token.text.upper() if token.kind == "word" else ""
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if word == "PREFIX" and following is not None and following.kind == "name" and at + 2 < len(tokens):
            if tokens[at + 2].kind == "iri":
                reading.prefixes[following.text.partition(":")[0]] = open_code_points(
                    tokens[at + 2].text[1:-1]
                )
            at += 3
            continue
        if word == "BASE" and following is not None and following.kind == "iri":
            reading.base = urljoin(reading.base, open_code_points(following.text[1:-1]))
            at += 2
            continue
        if word == "SERVICE":
            target = following
            if target is not None and target.kind == "word" and target.text.upper() == "SILENT":
                target = tokens[at + 2] if at + 2 < len(tokens) else None
            reading.services.append((token, target))
        elif word == "FROM" and following is not None:
            named = following.kind == "word" and following.text.upper() == "NAMED"
            target = tokens[at + 2] if named and at + 2 < len(tokens) else following
            if target.kind in ("iri", "name"):
                reading.froms.append(target)
        elif not reading.form and reading.update is None and depth == 0:
            if word in _FORMS:
                reading.form = word
            elif word in _UPDATES:
                reading.update = token
        if token.kind == "name":
            reading.names.append(token)
        elif token.kind == "iri":
            reading.iris.append(token)
            # ``?a<?b)SERVICE?c#>`` looks like an IRI and may be a comparison with something behind it.
            if _HIDDEN_SERVICE.search(token.text):
                reading.services.append((token, None))
        depth += (token.text == "{") - (token.text == "}")
        at += 1
    return reading


def _check_services(
    reading: _Reading, iris: Iris, allowed: Collection[str], query: str, source: str | None
) -> None:
    known = iris.prefixes | reading.prefixes
    for token, target in reading.services:
        address = _resolve(target, known) if target is not None and target.kind in ("iri", "name") else ""
        parts = urlsplit(address)
        if (
            address
            and parts.scheme in ("http", "https")
            and {parts.netloc, parts.hostname or ""} & set(allowed)
        ):
            continue
        hint = "Queries stay on this machine; kg serve --allow-service HOST lets named hosts be asked"
        if allowed:
            hint = f"Only these hosts may be asked: {', '.join(sorted(allowed))}"
        raise _refused("SERVICE would ask another server", query, min(token.start, len(query)), source, hint)


def _check_terms(
    reading: _Reading, iris: Iris, known: dict[str, str], query: str, source: str | None
) -> Iterable[str]:
    terms = {iris.expand(t): t for t in (*known_classes(), *known_properties(), "oa:identifying")}
    namespaces = {known[t.partition(":")[0]] for t in terms.values() if t.partition(":")[0] in known}
    for token in reading.names:
        prefix, local = split_name(token.text)
        if prefix not in known:
            better = closest(prefix, known)
            hint = (
                f"Did you mean {better}: ?"
                if better
                else f"Known without declaration: {', '.join(sorted(iris.prefixes))}"
            )
            raise _error(f"unknown prefix {prefix + ':'!r}", query, token.start, source, hint)
        yield from _check_term(
            token, known[prefix] + local, token.text, terms, namespaces, iris, query, source
        )
    for token in reading.iris:
        yield from _check_term(token, token.text[1:-1], token.text, terms, namespaces, iris, query, source)


def _check_term(
    token: Token,
    iri: str,
    shown: str,
    terms: dict[str, str],
    namespaces: set[str],
    iris: Iris,
    query: str,
    source: str | None,
) -> Iterable[str]:
    if iri in terms:
        return
    namespace = next((n for n in namespaces if iri.startswith(n) and len(iri) > len(n)), None)
    if namespace is None or (namespace != iris.ontology and namespace.startswith(iris.base)):
        return
    better = closest(iri[len(namespace) :], [t[len(namespace) :] for t in terms if t.startswith(namespace)])
    suggestion = terms[namespace + better] if better is not None else None
    if namespace == iris.ontology:
        hint = (
            f"Did you mean {suggestion}?"
            if suggestion
            else "kg query --terms lists all classes and properties"
        )
        raise _error(f"{shown} is no term of this graph's ontology", query, token.start, source, hint)
    if suggestion and namespace != iris.prefixes["xsd"]:
        yield f"{shown} does not occur in this graph; did you mean {suggestion}?"


def _resolve(token: Token, known: dict[str, str]) -> str:
    if token.kind == "iri":
        return open_code_points(token.text[1:-1])
    prefix, local = split_name(token.text)
    return known.get(prefix, "") + local


def _misspelt_keyword(query: str) -> tuple[Token, str] | None:
    for token in split_tokens(query):
        if token.kind == "word" and token.text.upper() not in (*KEYWORDS, *_UPDATES):
            better = closest(token.text, KEYWORDS)
            if better is not None:
                return token, better
    return None


def _error(what: str, query: str, offset: int, source: str | None, hint: str) -> QueryError:
    line, column = line_and_column(query, offset)
    return QueryError(
        what, source=source, line=line, column=column, hint=f"{hint}\n{point_at(query, line, column)}"
    )


def _refused(what: str, query: str, offset: int, source: str | None, hint: str) -> RefusedError:
    line, column = line_and_column(query, offset)
    return RefusedError(
        what, source=source, line=line, column=column, hint=f"{hint}\n{point_at(query, line, column)}"
    )
