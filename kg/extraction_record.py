"""Extractions as the JSON objects that ``kg extract`` writes: the shape of annotated papers.

One object a paper: ``id``, ``entities``, ``links``, ``relations``. Offsets of mentions count within their field.
"""

from __future__ import annotations

from typing import Any

from kg.model import ExtractedEntity, Extraction, Paper


def confident(extraction: Extraction, least: float) -> Extraction:
    """What an extraction says with at least this confidence (0 to 1)."""
    if least <= 0.0:
        return extraction
    return Extraction(
        extraction.paper_id,
        tuple(e for e in extraction.entities if e.confidence >= least),
        tuple(link for link in extraction.links if link.confidence >= least),
        tuple(r for r in extraction.relations if r.confidence >= least),
        extraction.definitions,
    )


def extraction_to_record(paper: Paper, extraction: Extraction) -> dict[str, Any]:
    """The JSON object of a paper's extraction.

    Args:
        paper: the paper that was read.
        extraction: what its text says.

    Returns:
        A dict with ``id`` (the record's own id where it has one), ``entities``, ``links`` and ``relations``.
    """
    return {
        "id": paper.record_id if paper.record_id is not None else paper.id,
        "entities": [_entity(paper, entity) for entity in extraction.entities],
        "links": [
            {
                "surface": link.surface,
                "url": link.url,
                "kind": str(link.kind),
                "role": str(link.role),
                "confidence": round(link.confidence, 4),
                **_place(paper, link.start, link.end),
            }
            for link in extraction.links
        ],
        "relations": [
            {
                "head": relation.head,
                "type": relation.type,
                "tail": relation.tail,
                "confidence": round(relation.confidence, 4),
                "evidence": relation.evidence.quote,
            }
            for relation in extraction.relations
        ],
    }


def _entity(paper: Paper, entity: ExtractedEntity) -> dict[str, Any]:
    return {
        "type": str(entity.type),
        "name": entity.name,
        "aliases": list(entity.aliases),
        "role": str(entity.role),
        "confidence": round(entity.confidence, 4),
        "role_confidence": round(entity.role_confidence, 4),
        "mentions": [_place(paper, mention.start, mention.end) for mention in entity.mentions],
    }


def _place(paper: Paper, start: int, end: int) -> dict[str, Any]:
    if start < len(paper.title):
        return {"field": "title", "start": start, "end": end}
    return {"field": "abstract", "start": start - paper.abstract_start, "end": end - paper.abstract_start}
