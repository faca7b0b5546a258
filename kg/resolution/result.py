"""What resolution gives: nodes, the node of every paper's entity, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.merges import Merge
from kg.model import Entity, EntityType


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of every paper's entities.

    Attributes:
        entities: the nodes, by id.
        nodes: node id by paper id and position in that paper's extraction.
        merges: every spelling that became part of a node under another name, with reason and score.
        families: node id of the larger family by node id of a size or version.
        dissent: by paper id and position, the type that the paper gives where the node settled on another.
        types: by node id, the types that papers give it and how many do, most first; nodes of one type are left out.
    """

    entities: tuple[Entity, ...]
    nodes: dict[tuple[str, int], str]
    merges: tuple[Merge, ...] = ()
    families: dict[str, str] = field(default_factory=dict)
    dissent: dict[tuple[str, int], EntityType] = field(default_factory=dict)
    types: dict[str, tuple[tuple[EntityType, int], ...]] = field(default_factory=dict)
