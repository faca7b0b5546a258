"""What a service knew of a node, and when: a link with its reason, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

WIKIDATA, HUB = "wikidata", "hub"
SERVICES = (WIKIDATA, HUB)
TITLES = {WIKIDATA: "Wikidata", HUB: "the Hub"}
"""The services as people call them."""

SAME, CLOSE = "same", "close"

LookupKey = tuple[str, str, str]
"""Service, type, key of the name."""


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """A record elsewhere that is the same thing, or probably is.

    Attributes:
        service: ``wikidata`` or ``hub``.
        id: as the service has it (``Q1``, ``datasets/owner/name``).
        iri: of the record.
        label: its name there.
        description: what the service says that it is, or empty.
        relation: ``same`` where an identifier matches, else ``close``.
        score: how sure, 0 to 1; set by rule, not measured.
        reason: why, in words.
    """

    service: str
    id: str
    iri: str
    label: str
    description: str
    relation: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Lookup:
    """An answered question. It is kept by service, type and name, so that it outlives the node's id.

    Attributes:
        service: that was asked.
        type: of the node.
        key: of the node's name (``kg.resolution.items.key_of``).
        name: the node's name, for people.
        seen: when, ``2025-11-05T07:00:00Z``.
        link: what was found, or None.
        refused: ids there that people said are wrong.
    """

    service: str
    type: str
    key: str
    name: str
    seen: str
    link: OutsideLink | None = None
    refused: tuple[str, ...] = ()

    @property
    def place(self) -> LookupKey:
        """Under which it is kept."""
        return (self.service, self.type, self.key)
