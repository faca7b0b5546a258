"""JSON-LD 1.1, streamed: one object a subject, named graphs as ``@graph``, the context inside the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import Any

from exports.rdf.context import context_key, make_context
from exports.rdf.iris import Iris
from exports.rdf.triples import IRI, TERM, TEXT, Block

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_jsonld(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    """The statements as text, named graphs included.

    Args:
        blocks: what to write.
        iris: the IRIs; their prefixes stand in the context.

    Yields:
        Pieces of text.
    """
    context = make_context(iris)
    name = lru_cache(maxsize=1 << 14)(lambda iri: iris.shorten(iri) or iri)
    links = {k for k, v in context.items() if isinstance(v, dict) and v.get("@type") == "@id"}
    keys = lru_cache(maxsize=None)(lambda predicate: _key(predicate, context))
    yield '{"@context":' + json.dumps(context, ensure_ascii=False, indent=1) + ',\n"@graph":['
    comma = "\n"
    for graph, members in groupby(blocks, key=lambda b: b.graph):
        if graph:
            yield f'{comma}{{"@id":{_encode(name(graph))},"@graph":['
            comma = "\n"
        for block in members:
            yield comma + _encode(_node(block, name, keys, links))
            comma = ",\n"
        if graph:
            yield "]}"
            comma = ",\n"
    yield "\n]}\n"


def _key(predicate: str, context: dict[str, Any]) -> str:
    key = context_key(predicate)
    return key if isinstance(context.get(key), dict) and context[key]["@id"] == predicate else predicate


def _node(block: Block, name: Any, keys: Any, links: set[str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": name(block.subject)}
    for predicate, kind, value in block.pairs:
        if predicate == "rdf:type":
            node.setdefault("@type", []).append(value if kind == TERM else name(value))
            continue
        key = keys(predicate)
        written: Any
        if kind in (IRI, TERM):
            short = name(value) if kind == IRI else value
            written = short if key in links else {"@id": short}
        elif kind == TEXT:
            written = value
        else:
            written = {"@value": value, "@type": kind}
        node.setdefault(key, []).append(written)
    return {key: value[0] if key[0] != "@" and len(value) == 1 else value for key, value in node.items()}
