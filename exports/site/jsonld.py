"""JSON-LD for the pages: what the graph says of a node, as search engines read it.

The same statements as in the RDF files, schema.org's terms without a prefix; authors stand inside their paper.
"""

from __future__ import annotations

import json
import re
from typing import Any

from exports.pages.html import escape_json
from exports.rdf.iris import Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block
from exports.rdf.triples import GraphSource, describe

_SCHEMA = "schema:"
# What HTML must not hold, or what turns the reading direction around: written as JSON escapes, which say the same.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef]")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def describe_nodes(graph: GraphSource, iris: Iris) -> dict[str, str]:
    """JSON-LD of every node, ready for a script element, by IRI.

    Args:
        graph: the graph.
        iris: the IRIs to use.

    Returns:
        Text by IRI; no ``<``, ``>`` or ``&`` stands in it.
    """
    found: dict[str, str] = {}
    paper: Block | None = None
    parts: dict[str, Block] = {}
    for block in describe(graph, iris, profile="core"):
        if "#" in block.subject:
            parts[block.subject] = block
            continue
        if paper is not None:
            found[paper.subject] = _document(paper, parts, iris)
            parts = {}
        paper = block
    if paper is not None:
        found[paper.subject] = _document(paper, parts, iris)
    return found


def _document(block: Block, parts: dict[str, Block], iris: Iris) -> str:
    used: set[str] = set()
    node = _node(block, parts, used)
    context: dict[str, str] = {"@vocab": iris.prefixes["schema"]}
    context |= {prefix: iris.prefixes[prefix] for prefix in sorted(used)}
    text = escape_json(_encode({"@context": context, **node}))
    return _UNSEEN.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def _node(block: Block, parts: dict[str, Block], used: set[str]) -> dict[str, Any]:
    node: dict[str, Any] = {"@id": block.subject}
    for predicate, kind, value in block.pairs:
        if predicate == "rdf:type":
            node.setdefault("@type", []).append(_term(value, used))
            continue
        written: Any
        if kind == IRI:
            written = _node(parts[value], parts, used) if value in parts else {"@id": value}
        elif kind == TERM:
            prefix = value.partition(":")[0]
            used.add(prefix)
            written = {"@id": value}
        elif kind == TEXT:
            written = value
        else:
            used.add(kind.partition(":")[0])
            written = {"@value": value, "@type": kind}
        node.setdefault(_term(predicate, used), []).append(written)
    return {k: v[0] if isinstance(v, list) and len(v) == 1 else v for k, v in node.items()}


def _term(name: str, used: set[str]) -> str:
    if name.startswith(_SCHEMA):
        return name[len(_SCHEMA) :]
    used.add(name.partition(":")[0])
    return name
