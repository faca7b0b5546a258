"""Paper abstracts in, a typed knowledge graph out, every edge traced to the words that say it."""

from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, Paper, Resource, Role

__all__ = ["Claim", "Entity", "EntityType", "Evidence", "KnowledgeGraph", "Paper", "Resource", "Role"]
