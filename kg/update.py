"""Keeping a graph directory up to date: new papers in, changed ones replaced, the rest not touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from kg.directory import GraphDirectory, content_hash
from kg.model import Paper, Sighting
from kg.pipeline import Options, refresh
from kg.sources import merge_papers
from kg.sources.identity import find_arxiv_id, find_doi, title_id

_WEAK = ("title:", "doi:")
"""Beginnings of ids that the same paper may trade for a stronger one."""


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did.

    Attributes:
        new: ids of papers that were not there.
        changed: ids of papers whose title or abstract is another now.
        retold: papers of which only the rest is another now (links, votes, authors).
        same: papers that are as they were.
        extracted: papers read anew.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    retold: int
    same: int
    extracted: int


def update(
    directory: GraphDirectory,
    papers: Iterable[Paper],
    *,
    extractor: str | None = None,
    options: Options | None = None,
    jobs: int = 1,
    today: str = "",
    progress: Callable[[int], None] | None = None,
) -> UpdateReport:
    """Add papers and replace those that changed, in one step.

    What a new record does not tell (links, organisation, …) stays as an older one told it. Papers are read by the
    extractor that read the others, unless another is named; then all are read anew.

    Args:
        directory: to bring up to date.
        papers: merged papers, new and known alike.
        extractor: plug-in name; that of the last build by default.
        options: for the extractor; those of the last build by default.
        jobs: worker processes.
        today: ISO date to remember as the day on which papers came or changed.
        progress: called with the number of papers read since the last call.

    Returns:
        What was new and what changed.

    Raises:
        DirectoryError: where the directory cannot be written.
        ExtractionError: where a paper cannot be read.
    """
    given, superseded = match_known(directory, papers)
    known = directory.papers_of(given)
    new: list[str] = []
    changed: list[str] = []
    wanted: list[Paper] = []
    retold = same = 0
    for identifier, paper in given.items():
        before = known.get(identifier)
        if before is None:
            new.append(identifier)
            wanted.append(paper)
            continue
        now = unite(before, paper)
        if content_hash(now) != content_hash(before):
            changed.append(identifier)
        elif now != before:
            retold += 1
        else:
            same += 1
            continue
        wanted.append(now)
    chosen, chosen_options = reader_of(directory) if extractor is None else (extractor, options or {})
    if options is not None:
        chosen_options = options
    extracted = 0
    if wanted or extractor is not None:
        extracted = refresh(
            directory, wanted, extractor=chosen, options=chosen_options, jobs=jobs, replace=False, today=today,
            progress=progress,
        )  # fmt: skip
    if superseded:
        directory.remove_papers(superseded, today=today)  # last, so that a crash loses no paper
    return UpdateReport(tuple(new), tuple(changed), retold, same, extracted)


def match_known(
    directory: GraphDirectory, papers: Iterable[Paper]
) -> tuple[dict[str, Paper], tuple[str, ...]]:
    """Tell papers that are known under a weaker or stronger id (title, DOI, arXiv id) from new ones.

    Returns:
        The papers by the id under which they are to be kept, and the ids of known ones whose place they take.
    """
    given = {paper.id: paper for paper in papers}
    present = directory.paper_ids()
    strangers = [paper for identifier, paper in given.items() if identifier not in present]
    weak = any(identifier.startswith(_WEAK) for identifier in (*present, *(paper.id for paper in strangers)))
    if not strangers or not weak:
        return given, ()
    by_name: dict[str, list[Paper]] = {}
    for known in directory.papers():
        for name in _names(known):
            by_name.setdefault(name, []).append(known)
    superseded: list[str] = []
    for paper in strangers:
        mates = {
            mate.id: mate for name in _names(paper) for mate in by_name.get(name, ()) if mate.id not in given
        }
        for mate in mates.values():
            merged = merge_papers([mate, paper])
            if len(merged) != 1:
                continue
            del given[paper.id]
            given[merged[0].id] = merged[0]
            if merged[0].id != mate.id:
                superseded.append(mate.id)
            break
    return given, tuple(superseded)


def _names(paper: Paper) -> tuple[str, ...]:
    return (title_id(paper.title), f"doi:{paper.doi}") if paper.doi else (title_id(paper.title),)


def reader_of(directory: GraphDirectory) -> tuple[str, Options]:
    """Extractor and options of the last build."""
    try:
        value = json.loads(directory.meta("reader") or "{}")
    except ValueError:
        value = {}
    options = value.get("options")
    return str(value.get("extractor", "default")), dict(options) if isinstance(options, dict) else {}


def unite(before: Paper, now: Paper) -> Paper:
    """The new record, with what only the old one tells."""
    seen = {(s.source, s.format): s for s in now.sightings}
    sightings: list[Sighting] = [s for s in before.sightings if (s.source, s.format) not in seen]
    return replace(
        now,
        authors=now.authors or before.authors,
        organisation=now.organisation or before.organisation,
        date=now.date if now.date is not None and (now.date.is_full or before.date is None) else before.date,
        arxiv_id=now.arxiv_id or before.arxiv_id,
        doi=now.doi or before.doi,
        venue=now.venue or before.venue,
        links=tuple(dict.fromkeys((*now.links, *before.links))),
        keywords=now.keywords or before.keywords,
        sightings=(*sightings, *now.sightings),
    )


def find_ids(directory: GraphDirectory, wanted: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of papers as people write them (``arXiv:2501.12345v2``, an address, a DOI), looked up.

    Returns:
        The ids that there are, and what was not found.
    """
    present = directory.paper_ids()
    found: dict[str, None] = {}
    missing: list[str] = []
    for text in wanted:
        doi = find_doi(text)
        candidates = (text, text.removeprefix("paper/"), find_arxiv_id(text), f"doi:{doi}" if doi else None)
        hit = next((c for c in candidates if c in present), None)
        if hit is None:
            missing.append(text)
        else:
            found.setdefault(str(hit))
    return tuple(found), tuple(missing)
