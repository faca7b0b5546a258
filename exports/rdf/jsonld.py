"""JSON-LD 1.1, streamed: one object a subject, named graphs as ``@graph``, the context inside the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from json.encoder import encode_basestring as encode
from typing import Any

from exports.rdf.context import context_key, make_context
from exports.rdf.iris import OWN_SPACES, Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block

_SPACES = frozenset(OWN_SPACES)


def write_jsonld(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    """The statements as text, named graphs included.

    Args:
        blocks: what to write.
        iris: the IRIs; their prefixes stand in the context.

    Yields:
        Pieces of text.
    """
    context = make_context(iris)
    keys = _Keys(context)
    name = _namer(iris)
    yield '{"@context":' + json.dumps(context, ensure_ascii=False, indent=1) + ',\n"@graph":['
    comma = "\n"
    for graph, members in groupby(blocks, key=lambda b: b.graph):
        if graph:
            yield f'{comma}{{"@id":{name(graph)},"@graph":['
            comma = "\n"
        for block in members:
            yield comma + _node(block, keys, name)
            comma = ",\n"
        if graph:
            yield "]}"
            comma = ",\n"
    yield "\n]}\n"


class _Keys(dict[str, tuple[str, bool]]):
    """For each predicate its key in quotes with the colon, and whether plain strings under it are IRIs."""

    def __init__(self, context: dict[str, Any]) -> None:
        super().__init__()
        self._context = context
        self["rdf:type"] = ('"@type":', True)

    def __missing__(self, predicate: str) -> tuple[str, bool]:
        key = context_key(predicate)
        row = self._context.get(key)
        if not isinstance(row, dict) or row["@id"] != predicate:
            key, row = predicate, self._context.get(predicate)
        links = isinstance(row, dict) and row.get("@type") == "@id"
        found = self[predicate] = (f"{encode(key)}:", links)
        return found


def _namer(iris: Iris) -> Callable[[str], str]:
    """IRIs in quotes, below the base as compact ones. No IRI holds a character that JSON would escape."""
    base = iris.base
    size = len(base)

    def name(iri: str) -> str:
        if iri.startswith(base):
            slash = iri.find("/", size)
            # Anything may stand behind the prefix but two slashes, which would make it an IRI.
            if slash > 0 and iri[size:slash] in _SPACES and not iri.startswith("//", slash + 1):
                return f'"{iri[size:slash]}:{iri[slash + 1 :]}"'
        return f'"{iri}"'

    return name


def _node(block: Block, keys: _Keys, name: Callable[[str], str]) -> str:
    """One subject with its properties; the values of a predicate stand together, for the pairs are sorted."""
    parts = [f'{{"@id":{name(block.subject)}']
    last = ""
    several = False
    for predicate, kind, value in block.pairs:
        key, links = keys[predicate]
        if kind == TEXT:
            written = encode(value)
        elif kind == IRI:
            written = name(value) if links else f'{{"@id":{name(value)}}}'
        elif kind == TERM:
            written = f'"{value}"' if links else f'{{"@id":"{value}"}}'
        else:
            written = f'{{"@value":"{value}","@type":"{kind}"}}'
        if predicate != last:
            if several:
                parts[-1] += "]"
                several = False
            parts.append(key + written)
            last = predicate
        elif several:
            parts[-1] += f",{written}"
        else:
            parts[-1] = f"{key}[{parts[-1][len(key) :]},{written}"
            several = True
    if several:
        parts[-1] += "]"
    return ",".join(parts) + "}"
