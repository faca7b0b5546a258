"""Paper abstracts in, a typed knowledge graph out, every edge traced to the words that say it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kg.version import __version__

if TYPE_CHECKING:
    from kg.errors import KGError
    from kg.graph import KnowledgeGraph, Neighbour
    from kg.model import Claim, Entity, EntityType, Evidence, Paper, Resource, Role
    from kg.pipeline import build, load_graph

__all__ = [
    "Claim",
    "Entity",
    "EntityType",
    "Evidence",
    "KGError",
    "KnowledgeGraph",
    "Neighbour",
    "Paper",
    "Resource",
    "Role",
    "__version__",
    "build",
    "load_graph",
]

# Loaded when first asked for: the command line and plug-ins need not wait for networkx and the parsers.
_HOMES = {
    "kg.errors": ("KGError",),
    "kg.graph": ("KnowledgeGraph", "Neighbour"),
    "kg.model": ("Claim", "Entity", "EntityType", "Evidence", "Paper", "Resource", "Role"),
    "kg.pipeline": ("build", "load_graph"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
