"""Small papers for the tests of resolution: only what the resolver reads."""

from __future__ import annotations

from kg.model import EntityType, Evidence, ExtractedEntity, Extraction, Mention, Role
from kg.resolution import Resolution


def said(
    kind: str,
    name: str,
    *aliases: str,
    role: str = "uses",
    quote: str = "",
    start: int = 500,
    confidence: float = 0.9,
) -> ExtractedEntity:
    """An entity as a paper names it; ``start`` 0 is the opening of the title."""
    type_ = EntityType(kind)
    mention = Mention(start, start + len(name), name, type_, "test", confidence)
    evidence = Evidence(0, len(quote), quote)
    return ExtractedEntity(
        type_, name, (name, *aliases), Role(role), confidence, 0.9, (mention,), evidence, "test"
    )


def introduced(kind: str, name: str, *aliases: str, quote: str = "") -> ExtractedEntity:
    """An entity that the paper presents as its own, in the title."""
    return said(kind, name, *aliases, role="introduces", quote=quote, start=0)


def paper(identifier: str, *entities: ExtractedEntity) -> Extraction:
    """A paper that names these."""
    return Extraction(identifier, entities)


def node(found: Resolution, identifier: str, index: int = 0) -> str:
    """The node of a paper's entity."""
    return found.nodes[(identifier, index)]


def partition(found: Resolution) -> set[frozenset[tuple[str, int]]]:
    """Which entities are together, whatever the ids."""
    groups: dict[str, set[tuple[str, int]]] = {}
    for place, identifier in found.nodes.items():
        groups.setdefault(identifier, set()).add(place)
    return {frozenset(group) for group in groups.values()}
