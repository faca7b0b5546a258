"""An outside record, as far as it helps to judge whether it is a given node."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record of Wikidata or the Hub.

    Attributes:
        id: as the service has it.
        iri: of the record.
        names: label and aliases, or the repository's name.
        label: what it is called there.
        description: one line, or empty.
        pages: addresses that are the thing's own (official website, source code), each with what the service calls it.
        arxiv: arXiv ids without version: the record's own, or those that its tags name.
        dois: the record's own, in lower case.
        classes: ids of the classes that it is an instance of.
        owner: who keeps the repository, or empty.
        downloads: in the last 30 days, 0 where it is not told.
    """

    id: str
    iri: str
    names: tuple[str, ...]
    label: str = ""
    description: str = ""
    pages: tuple[tuple[str, str], ...] = ()
    arxiv: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    owner: str = ""
    downloads: int = 0
