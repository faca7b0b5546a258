"""Stored links onto nodes: what an identifier matches is the same thing, the rest probably is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.lookup.record import CLOSE, SAME, SERVICES, Lookup, LookupKey, OutsideLink
from kg.lookup.things import is_known, shared_keys
from kg.model import Entity
from kg.resolution.items import key_of


def links_of(
    entities: Iterable[Entity], lookups: Mapping[LookupKey, Lookup]
) -> dict[str, tuple[OutsideLink, ...]]:
    """The links that hold for nodes, by node id.

    A link is left out where several nodes of a type bear the name, and where the node has an identifier of the service
    without it. Of a record that several nodes match by identifier none is the same thing for certain.

    Args:
        entities: all nodes.
        lookups: what was found, by service, type and key.
    """
    if not any(lookup.link for lookup in lookups.values()):
        return {}
    listed = list(entities)
    shared = shared_keys(listed)
    found: dict[str, tuple[OutsideLink, ...]] = {}
    for entity in listed:
        place = (str(entity.type), key_of(entity.name))
        if place in shared:
            continue
        known = (lookups.get((service, *place)) for service in SERVICES if not is_known(entity, service))
        links = tuple(lookup.link for lookup in known if lookup is not None and lookup.link is not None)
        if links:
            found[entity.id] = links
    claimed = Counter(iri for entity in listed for iri in entity.same_as)
    claimed.update(link.iri for links in found.values() for link in links if link.relation == SAME)
    return {node: tuple(_weaken(link, claimed[link.iri]) for link in links) for node, links in found.items()}


def _weaken(link: OutsideLink, nodes: int) -> OutsideLink:
    if link.relation != SAME or nodes < 2:
        return link
    return replace(link, relation=CLOSE, reason=f"{link.reason}; so it does for another node")


def with_links(entities: Iterable[Entity], lookups: Mapping[LookupKey, Lookup]) -> Iterator[Entity]:
    """The nodes with the links that were found for them, in their order."""
    listed = list(entities)
    links = links_of(listed, lookups)
    for entity in listed:
        yield add_links(entity, links.get(entity.id, ()))


def add_links(entity: Entity, links: Iterable[OutsideLink]) -> Entity:
    """A node with links: identifier matches beside its identifiers, the others beside its guesses."""
    same, close = set(entity.same_as), set(entity.close_match)
    for link in links:
        (same if link.relation == SAME else close).add(link.iri)
    if len(same) + len(close) == len(entity.same_as) + len(entity.close_match):
        return entity
    return replace(entity, same_as=tuple(sorted(same)), close_match=tuple(sorted(close - same)))
