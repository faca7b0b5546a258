"""A directory's resolution, remembered beside the papers for as long as nothing that it rests on changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache

import msgspec

from kg.catalogue import load_catalogue
from kg.directory import GraphDirectory
from kg.merges import Merge
from kg.model import Entity, EntityType, Extraction, PartialDate
from kg.resolution.resolver import resolve
from kg.resolution.result import Resolution

RULES = "resolution-9"
"""Name and version of the rules; another version makes remembered results worthless."""
_NAME = "resolution"


class _Stored(msgspec.Struct, frozen=True):
    """A resolution without repeated ids: nodes by number, entities of a paper in their order."""

    entities: tuple[Entity, ...]
    papers: tuple[str, ...]
    counts: tuple[int, ...]
    numbers: tuple[int, ...]
    merges: tuple[Merge, ...]
    families: dict[str, str]
    dissent: tuple[tuple[str, int, EntityType], ...]
    types: dict[str, tuple[tuple[EntityType, int], ...]]


def resolve_directory(directory: GraphDirectory) -> Resolution:
    """The resolution of all that a directory holds, made anew only where something changed.

    Raises:
        DirectoryError: where the directory cannot be read.
        ResolutionError: where its merge decisions cannot be read or contradict each other.
    """
    key = f"{directory.fingerprint}-{RULES}-{_catalogue_hash()}"
    record = directory.cached(_NAME, key)
    if record is not None:
        try:
            return _restore(msgspec.msgpack.decode(record, type=_Stored))
        except (msgspec.DecodeError, ValueError, IndexError):
            pass  # what was remembered is damaged; it can always be made anew
    dates: dict[str, PartialDate] = {}

    def read() -> Iterator[Extraction]:
        # The resolver looks at the dates when it has read all papers.
        for paper, extraction in directory.extractions():
            if paper.date is not None:
                dates[paper.id] = paper.date
            yield extraction

    found = resolve(read(), decisions=directory.decisions(), dates=dates)
    directory.cache(_NAME, key, msgspec.msgpack.encode(_store(found)))
    return found


@cache
def _catalogue_hash() -> str:
    digest = hashlib.sha256()
    for entry in load_catalogue():
        digest.update(
            repr(
                (entry.type, entry.names, entry.family, sorted(entry.flags), entry.hub, entry.wikidata)
            ).encode()
        )
    return digest.hexdigest()[:16]


def _store(found: Resolution) -> _Stored:
    numbers = {entity.id: number for number, entity in enumerate(found.entities)}
    papers: list[str] = []
    counts: list[int] = []
    nodes: list[int] = []
    for (paper, _), node in sorted(found.nodes.items()):
        if not papers or papers[-1] != paper:
            papers.append(paper)
            counts.append(0)
        counts[-1] += 1
        nodes.append(numbers[node])
    dissent = tuple((paper, index, kind) for (paper, index), kind in sorted(found.dissent.items()))
    return _Stored(
        found.entities,
        tuple(papers),
        tuple(counts),
        tuple(nodes),
        found.merges,
        found.families,
        dissent,
        found.types,
    )


def _restore(stored: _Stored) -> Resolution:
    ids = [entity.id for entity in stored.entities]
    numbers = iter(stored.numbers)
    nodes = {
        (paper, index): ids[next(numbers)]
        for paper, count in zip(stored.papers, stored.counts, strict=True)
        for index in range(count)
    }
    dissent = {(paper, index): kind for paper, index, kind in stored.dissent}
    return Resolution(stored.entities, nodes, stored.merges, stored.families, dissent, stored.types)
