"""Why a node is what it is: its spellings, the papers that have them, and the rule behind each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.lookup.record import OutsideLink
from kg.model import Entity, EntityType, Extraction
from kg.resolution.items import key_of, tidy
from kg.resolution.result import Resolution


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a node.

    Attributes:
        name: as papers have it.
        reason: why it belongs to the node, in words.
        score: probability that it does, 0 to 1.
        papers: ids of the papers that have it, sorted.
    """

    name: str
    reason: str
    score: float
    papers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A node and what made it.

    Attributes:
        entity: the node.
        spellings: most papers first.
        types: types that papers give it and how many do, most first.
        family: node id of the family that it is part of, or empty.
        links: what was found for it elsewhere, with the reasons.
    """

    entity: Entity
    spellings: tuple[Spelling, ...]
    types: tuple[tuple[EntityType, int], ...]
    family: str = ""
    links: tuple[OutsideLink, ...] = ()


def account_for(resolution: Resolution, extractions: Iterable[Extraction], name: str) -> tuple[Account, ...]:
    """Account for every node that has this id or a spelling with this key.

    Args:
        resolution: of the extractions.
        extractions: what the papers say.
        name: a node's id, its name or another spelling.

    Returns:
        The nodes with most papers first; empty where there is none.
    """
    key = key_of(name)
    wanted = {
        entity.id: entity
        for entity in resolution.entities
        if entity.id == name or any(key_of(alias) == key for alias in (entity.name, *entity.aliases))
    }
    papers: dict[str, dict[str, set[str]]] = {identifier: defaultdict(set) for identifier in wanted}
    types: dict[str, dict[EntityType, int]] = {identifier: defaultdict(int) for identifier in wanted}
    for extraction in extractions:
        for index, said in enumerate(extraction.entities):
            node = resolution.nodes.get((extraction.paper_id, index))
            if node in wanted:
                papers[node][tidy(said.name)].add(extraction.paper_id)
                types[node][said.type] += 1
    because: dict[tuple[str, str], tuple[float, str]] = {}
    for merge in resolution.merges:
        place = (merge.node, merge.name)
        if merge.node in wanted and (place not in because or because[place][0] < merge.score):
            because[place] = (merge.score, merge.reason)
    accounts = []
    for identifier, entity in wanted.items():
        spellings = []
        for spelling, found in papers[identifier].items():
            score, reason = because.get((identifier, spelling), (1.0, "the node's name"))
            spellings.append(Spelling(spelling, reason, score, tuple(sorted(found))))
        accounts.append(
            Account(
                entity,
                tuple(sorted(spellings, key=lambda s: (-len(s.papers), s.name))),
                tuple(sorted(types[identifier].items(), key=lambda tn: (-tn[1], tn[0]))),
                resolution.families.get(identifier, ""),
            )
        )
    return tuple(sorted(accounts, key=lambda a: (-sum(len(s.papers) for s in a.spellings), a.entity.id)))
