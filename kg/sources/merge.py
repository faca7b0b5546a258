"""One paper seen in several places into one paper with several sightings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kg.model import Paper, PartialDate, Sighting
from kg.sources.identity import normalise_title, title_id

_SAME_START = 120
"""Letters and digits at the start of two abstracts that must agree where only the title says they are one paper."""


def merge_papers(papers: Iterable[Paper]) -> list[Paper]:
    """Make one paper of those that are the same, in the order of first appearance.

    Papers are the same that have the same id. So are a paper known by its arXiv id and one known by its DOI, where the
    first names that DOI too; and a paper known by its title alone and the one paper of that title that has an arXiv
    id or DOI, where the abstracts start alike.

    Of title and abstract the longest is kept (one without damaged characters first), of the date the most exact,
    of authors, links and keywords the longest list; sightings are united. What is kept does not depend on the order.

    Args:
        papers: any papers; all are held in memory.

    Returns:
        Papers with different ids.
    """
    groups: dict[str, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(paper.id, []).append(paper)
    leads = _find_leads(groups)
    if leads:
        joined: dict[str, list[Paper]] = {}
        for key, group in groups.items():
            joined.setdefault(leads.get(key, key), []).extend(group)
        groups = joined
    return [group[0] if len(group) == 1 else _merge(key, group) for key, group in groups.items()]


def _find_leads(groups: dict[str, list[Paper]]) -> dict[str, str]:
    """Which weaker id stands for which stronger one."""
    leads: dict[str, str] = {}
    by_doi: dict[str, set[str]] = {}
    for key, group in groups.items():
        if not key.startswith(("doi:", "title:")):
            for paper in group:
                if paper.doi:
                    by_doi.setdefault(f"doi:{paper.doi}", set()).add(key)
    for key, stronger in by_doi.items():
        if key in groups and len(stronger) == 1:
            leads[key] = min(stronger)
    titled = {key for key in groups if key.startswith("title:")}
    if not titled:
        return leads
    by_title: dict[str, set[str]] = {}
    for key, group in groups.items():
        if key not in titled:
            for paper in group:
                by_title.setdefault(title_id(paper.title), set()).add(leads.get(key, key))
    for key in titled:
        stronger = by_title.get(key, set())
        if len(stronger) == 1:
            lead = min(stronger)
            starts = {_start(paper) for paper in groups[lead]}
            if any(_start(paper) in starts for paper in groups[key]):
                leads[key] = lead
    return leads


def _start(paper: Paper) -> str:
    return normalise_title(paper.abstract[: 3 * _SAME_START])[:_SAME_START]


def _merge(key: str, group: list[Paper]) -> Paper:
    sightings: dict[Sighting, None] = {}
    for paper in group:
        for sighting in paper.sightings:
            sightings.setdefault(sighting)
    authors = max((paper.authors for paper in group), key=lambda names: (len(names), names))
    counts = [paper.author_count for paper in group if paper.author_count is not None]
    dates = [paper.date for paper in group if paper.date is not None]
    return replace(
        group[0],
        id=key,
        title=max((paper.title for paper in group), key=_goodness),
        abstract=max((paper.abstract for paper in group), key=_goodness),
        record_id=next((paper.record_id for paper in group if paper.record_id is not None), None),
        authors=authors,
        author_count=max(counts) if counts and not authors else None,
        organisation=_best(paper.organisation for paper in group),
        date=min(dates, key=_exactness) if dates else None,
        arxiv_id=_best(paper.arxiv_id for paper in group),
        doi=_best(paper.doi for paper in group),
        venue=_best(paper.venue for paper in group),
        links=_unite(paper.links for paper in group),
        keywords=_unite(paper.keywords for paper in group),
        sightings=tuple(sightings),
    )


def _goodness(text: str) -> tuple[int, int, int, str]:
    """Undamaged first, then most words, then least layout, then any fixed order."""
    words = len(" ".join(text.split()))
    return (-text.count("\ufffd"), words, -len(text), text)


def _best(values: Iterable[str | None]) -> str | None:
    return max((value for value in values if value), key=lambda value: (len(value), value), default=None)


def _unite(lists: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """The longest list, then what only the others have, sorted."""
    every = sorted(lists, key=lambda items: (-len(items), items))
    first = every[0]
    return (*first, *sorted({item for items in every[1:] for item in items} - set(first)))


def _exactness(date: PartialDate) -> tuple[int, int, int, int]:
    """The most exact date first, then the earliest."""
    known = (date.year is not None) * 4 + (date.month is not None) * 2 + (date.day is not None)
    return (-known, date.year or 0, date.month or 0, date.day or 0)
