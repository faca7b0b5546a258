"""What the explorer's SPARQL console needs: engine, editor, the statements and the named questions.

Input: a ``KnowledgeGraph``. Output: packed blocks for the page. Small graphs come with the evidence in named graphs,
large ones with the plain statements alone; abstracts are left out, for the page has them and adds them itself.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from importlib import resources

from exports.pages.pack import pack, pack_text
from exports.rdf.formats import nquads
from exports.rdf.iris import Iris
from exports.sparql.named import named_queries
from kg.errors import ExportError
from kg.graph import KnowledgeGraph
from kg.schema import DEFAULT_BASE_IRI, PREFIXES

_MOST_WITH_EVIDENCE = 4000
_PART = 8 << 20
_ABSTRACT = PREFIXES["schema"] + "abstract"


def console_blocks(graph: KnowledgeGraph, *, base_iri: str = DEFAULT_BASE_IRI) -> tuple[dict[str, str], str]:
    """Blocks by the id of the element that holds them, and the editor's script, whose digest the policy names.

    Raises:
        ExportError: where the package was built without the explorer.
    """
    bundle = resources.files("exports.pages") / "bundle"
    try:
        editor = (bundle / "editor.js").read_text("utf-8").replace("\r\n", "\n")
        worker = (bundle / "worker.js").read_text("utf-8")
        engine = (bundle / "oxigraph.wasm.gz").read_bytes()
    except OSError as error:
        raise ExportError(
            "this installation holds no SPARQL console",
            hint="Install paper-kg again where npm can be reached",
        ) from error
    evidence = len(graph.claims()) <= _MOST_WITH_EVIDENCE
    parts = list(_statements(graph, base_iri=base_iri, evidence=evidence))
    questions = [
        {
            "name": query.name,
            "title": query.title,
            "text": query.text,
            "parameters": [
                {"name": p.name, "default": p.default, "type": p.type, "description": p.description}
                for p in query.parameters
            ],
        }
        for query in named_queries().values()
        if evidence or "GRAPH" not in query.text
    ]
    about = {
        "questions": questions,
        "prefixes": dict(Iris(base_iri).prefixes),
        "abstract": _ABSTRACT,
        "parts": len(parts),
        "evidence": evidence,
    }
    blocks = {
        "sparql-about": pack(about),
        "sparql-editor": pack_text(editor),
        "sparql-worker": pack_text(worker),
        "sparql-engine": base64.b64encode(engine).decode("ascii"),
    }
    blocks |= {f"rdf-{number}": pack_text(part) for number, part in enumerate(parts)}
    return blocks, editor


def _statements(graph: KnowledgeGraph, *, base_iri: str, evidence: bool) -> Iterator[str]:
    """N-Quads in parts of some megabytes, without the abstracts."""
    held: list[str] = []
    size = 0
    rest = ""
    for chunk in nquads.chunks(graph, base_iri=base_iri, profile="full" if evidence else "core"):
        lines = (rest + chunk).split("\n")
        rest = lines.pop()
        kept = [line for line in lines if f"> <{_ABSTRACT}> " not in line]
        held.extend(kept)
        size += sum(map(len, kept))
        if size >= _PART:
            yield "\n".join(held) + "\n"
            held, size = [], 0
    if held or rest:
        yield "\n".join([*held, rest])
