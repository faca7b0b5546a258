"""Turtle and TriG, streamed, subjects grouped, prefixes in a fixed order.

Oxigraph's own serialiser writes its prefixes in the order of a hash table, so two runs differ; this one does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from exports.rdf.iris import Iris
from exports.rdf.lines import quote_text
from exports.rdf.statements import IRI, TERM, TEXT, Block


def write_turtle(blocks: Iterable[Block], iris: Iris, *, graphs: bool) -> Iterator[str]:
    """The statements as text.

    Args:
        blocks: what to write.
        iris: the IRIs, whose prefixes are declared at the top.
        graphs: with named graphs (TriG), or all in one (Turtle).

    Yields:
        Pieces of text.
    """
    yield "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in iris.prefixes.items())
    name = _namer(iris)
    if not graphs:
        for block in blocks:
            yield "\n" + _write_block(block, name, "")
        return
    for graph, members in groupby(blocks, key=lambda b: b.graph):
        indent = "    " if graph else ""
        if graph:
            yield f"\n{name(graph)} {{"
        for block in members:
            yield "\n" + _write_block(block, name, indent)
        if graph:
            yield "}\n"


class _namer:  # noqa: N801  # a function with a memory
    """Prefixed name where there is one, else the IRI in angle brackets; remembers the names that recur."""

    def __init__(self, iris: Iris) -> None:
        self._shorten = lru_cache(maxsize=1 << 14)(iris.shorten)

    def __call__(self, iri: str) -> str:
        return self._shorten(iri) or f"<{iri}>"


def _write_block(block: Block, name: _namer, indent: str) -> str:
    parts = [f"{indent}{name(block.subject)}"]
    last = ""
    # The class first, as people write it; the rest in the order of the block.
    pairs = sorted(block.pairs, key=lambda p: p[0] != "rdf:type")
    for predicate, kind, value in pairs:
        if kind == IRI:
            written = name(value)
        elif kind == TERM:
            written = value
        elif kind == TEXT:
            written = quote_text(value)
        elif kind in ("xsd:integer", "xsd:decimal"):
            written = value
        else:
            written = f'"{value}"^^{kind}'
        if predicate == last:
            parts.append(f" , {written}")
        elif last:
            parts.append(f" ;\n{indent}    {'a' if predicate == 'rdf:type' else predicate} {written}")
        else:
            parts.append(f" {'a' if predicate == 'rdf:type' else predicate} {written}")
        last = predicate
    parts.append(" .\n")
    return "".join(parts)
