"""Answers of Wikidata and the Hub as their documentation has them, about things of our own invention."""

from __future__ import annotations

from typing import Any

from kg.lookup.candidates import Candidate
from kg.lookup.things import Source, Thing
from kg.model import Entity, EntityType
from kg.resolution.items import key_of

IRI = "http://www.wikidata.org/entity/"


def thing(
    name: str = "SkyBench",
    kind: EntityType = EntityType.DATASET,
    *,
    aliases: tuple[str, ...] = (),
    sources: tuple[Source, ...] = (),
    ambiguous: bool = False,
    **more: Any,
) -> Thing:
    entity = Entity(f"{kind}/x", kind, name, (name, *aliases), **more)
    return Thing(entity, key_of(name), 3, sources, ambiguous)


def item(
    number: int, names: str | tuple[str, ...] = "SkyBench", description: str = "", **more: Any
) -> Candidate:
    names = (names,) if isinstance(names, str) else names
    return Candidate(f"Q{number}", f"{IRI}Q{number}", names, names[0], description, **more)


def repository(identifier: str, downloads: int = 0, *arxiv: str) -> Candidate:
    owner, _, name = identifier.removeprefix("datasets/").rpartition("/")
    iri = f"https://huggingface.co/{identifier}"
    return Candidate(
        identifier, iri, (name,), identifier, owner=owner, downloads=downloads, arxiv=tuple(arxiv)
    )


def statement(value: Any, rank: str = "normal") -> dict[str, Any]:
    kind = "wikibase-entityid" if isinstance(value, dict) else "string"
    return {
        "mainsnak": {"snaktype": "value", "datavalue": {"value": value, "type": kind}},
        "type": "statement",
        "rank": rank,
    }


def wikidata_item(
    identifier: str, label: str, description: str, aliases: tuple[str, ...] = (), **claims: Any
) -> dict[str, Any]:
    """An item as ``wbgetentities`` gives it."""
    return {
        "type": "item", "id": identifier,
        "labels": {"en": {"language": "en", "value": label}},
        "descriptions": {"en": {"language": "en", "value": description}},
        "aliases": {"en": [{"language": "en", "value": alias} for alias in aliases]},
        "claims": {number: [statement(value)] for number, value in claims.items()},
    }  # fmt: skip


def wikidata_hit(identifier: str, label: str, match: str = "") -> dict[str, Any]:
    """A result as ``wbsearchentities`` gives it."""
    return {
        "id": identifier, "title": identifier, "concepturi": IRI + identifier, "label": label,
        "match": {"type": "label", "language": "en", "text": match or label},
    }  # fmt: skip
