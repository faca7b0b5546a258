"""The rows behind the panels: what the named queries answer, computed from the graph.

Thousands of pages ask these questions; asking the SPARQL engine each time would take minutes. Every function names the
query that it stands for and gives the same rows; a test compares them on the sample. Thing means a node id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from exports.site.facts import Facts
from exports.sparql.named import get_query
from kg.graph import node_label
from kg.model import Claim, Entity, Paper, Resource

Counted = tuple[str, int]
"""A node id and a number of papers."""


def papers_about(facts: Facts, thing: str) -> list[tuple[str, str]]:
    """Paper id and relation, newest first (``papers-about``, ``papers-linking-to``)."""
    rows = [
        (paper, relation) for relation, papers in facts.from_papers.get(thing, {}).items() for paper in papers
    ]
    rows.sort(key=lambda row: (facts.papers[row[0]].title, row[1]))
    rows.sort(key=lambda row: facts.date(row[0]), reverse=True)
    return rows


def months_of(facts: Facts, papers: Iterable[str]) -> list[tuple[str, int]]:
    """Month and number of papers (``months-of``, ``papers-by-month``); papers without a date are left out."""
    return sorted(Counter(month for paper in papers if (month := facts.month(paper))).items())


def evidence_for(facts: Facts, thing: str) -> list[Claim]:
    """What papers say that they do with a thing, surest first (``evidence-for``)."""
    return sorted(
        facts.stated.get(thing, ()), key=lambda c: (-c.confidence, c.paper_id, c.evidence.start, c.id)
    )


def statements_about(facts: Facts, thing: str) -> list[Claim]:
    """What is stated between a thing and others, surest first (``statements-about``)."""
    return sorted(
        facts.between.get(thing, ()), key=lambda c: (-c.confidence, c.paper_id, c.subject, c.object, c.id)
    )


def compared_with(facts: Facts, thing: str) -> list[Counted]:
    """What a thing is set against (``compared-with``)."""
    found: dict[str, set[str]] = {}
    for own, others in (("introduces", "compares_with"), ("compares_with", "introduces")):
        for paper in facts.papers_that(thing, own):
            for other in facts.things_of(paper, (others,)):
                found.setdefault(other, set()).add(paper)
    return _ranked(facts, {other: len(papers) for other, papers in found.items()})


def datasets_used_with(facts: Facts, thing: str) -> list[Counted]:
    """The datasets in papers that use a method or model (``datasets-used-with``)."""
    counts: Counter[str] = Counter()
    for paper in facts.papers_that(thing, "uses", "introduces", "compares_with"):
        counts.update(_of_type(facts.things_of(paper, ("evaluates_on", "uses")), "dataset"))
    return _ranked(facts, counts)


def methods_used_with(facts: Facts, thing: str) -> list[Counted]:
    """The methods that papers use together with a thing (``methods-used-with``)."""
    counts: Counter[str] = Counter()
    for paper in facts.papers_that(thing, "uses", "introduces", "evaluates_on"):
        counts.update(_of_type(facts.things_of(paper, ("uses", "introduces")), "method"))
    counts.pop(thing, None)
    return _ranked(facts, counts)


def metrics_of(facts: Facts, thing: str) -> list[Counted]:
    """The metrics in which results on a dataset or task are given (``metrics-of``)."""
    counts: Counter[str] = Counter()
    for paper in facts.papers_that(thing, "evaluates_on"):
        counts.update(_of_type(facts.things_of(paper, ("uses", "mentions", "evaluates_on")), "metric"))
    found = dict(counts)
    for claim in facts.between.get(thing, ()):
        if claim.relation == "measured_by" and claim.subject == thing:
            found.setdefault(claim.object, 0)
    return _ranked(facts, found)


def code_for(facts: Facts, thing: str) -> list[tuple[str, str]]:
    """Resource and paper id: code of the papers that introduce a thing (``code-for``)."""
    rows = {
        (resource, paper)
        for paper in facts.papers_that(thing, "introduces")
        for resource in facts.things_of(paper, ("has_code",))
    }
    return sorted(rows, key=lambda row: (_url(facts, row[0]), facts.papers[row[1]].title))


def related_things(facts: Facts, thing: str, *, upwards: bool) -> list[str]:
    """What a thing is based on or part of, at any distance (``lineage``), or the reverse (``descendants``)."""
    found: set[str] = set()
    todo = [thing]
    while todo:
        here = todo.pop()
        for claim in facts.between.get(here, ()):
            if claim.relation not in ("based_on", "part_of"):
                continue
            near, far = (claim.subject, claim.object) if upwards else (claim.object, claim.subject)
            if near == here and far not in found:
                found.add(far)
                todo.append(far)
    return sorted(found, key=lambda node: (node_label(facts.nodes[node]), node))


def most_used(facts: Facts, type_name: str, relations: tuple[str, ...]) -> list[Counted]:
    """Things of a type by the papers that use them (``most-used-datasets`` and its like)."""
    counts = {
        entity.id: number
        for entity in facts.entities
        if entity.type == type_name and (number := len(facts.papers_that(entity.id, *relations)))
    }
    return _ranked(facts, counts)


MOST_USED: dict[str, tuple[str, ...]] = {
    "dataset": ("evaluates_on", "uses"), "method": ("uses",), "model": ("uses", "compares_with"),
}  # fmt: skip


def rising_names(facts: Facts, since: str, *, least: int = 3) -> list[tuple[str, int, int]]:
    """Thing, recent papers, all dated papers (``rising-names``)."""
    rows = []
    for entity in facts.entities:
        spoken = facts.papers_that(entity.id, "introduces", "evaluates_on", "uses", "compares_with")
        months = [month for paper in spoken if (month := facts.month(paper))]
        if len(months) >= least:
            rows.append((entity.id, sum(month >= since for month in months), len(months)))
    return sorted(
        rows, key=lambda r: (-(r[1] + 2) / (r[2] - r[1] + 2), -r[2], node_label(facts.nodes[r[0]]), r[0])
    )


def recent_since(facts: Facts) -> str:
    """The month (or year, where months are unknown) from which on about a third of the dated papers are.

    Empty where all are of one time.
    """
    times = [time for paper in facts.papers if len(time := facts.month(paper)) >= 4 and time[0].isdigit()]
    times.sort()
    since = times[len(times) * 2 // 3] if times else ""
    return since if since and since != times[0] else ""


def new_datasets(facts: Facts) -> list[tuple[str, str]]:
    """Dataset and paper that introduces it, newest first (``new-datasets``)."""
    rows = [
        (entity.id, paper)
        for entity in facts.entities
        if entity.type == "dataset"
        for paper in facts.papers_that(entity.id, "introduces")
    ]
    rows.sort(key=lambda row: (node_label(facts.nodes[row[0]]), row))
    return sorted(rows, key=lambda row: facts.date(row[1]), reverse=True)


def newest_papers(facts: Facts) -> list[Paper]:
    """Papers with a date, newest first (``newest-papers``)."""
    dated = sorted((p for p in facts.papers.values() if facts.date(p.id)), key=lambda p: (p.title, p.id))
    return sorted(dated, key=lambda p: facts.date(p.id), reverse=True)


def unresolved_names(facts: Facts) -> list[Entity]:
    """Entities without identifier elsewhere or home page, most papers first (``unresolved-names``)."""
    unknown = [e for e in facts.entities if not e.same_as and not e.homepage]
    return sorted(unknown, key=lambda e: (-facts.support.get(e.id, 0), e.name, e.id))


def announced_without_repository(facts: Facts) -> list[tuple[Paper, re.Match[str]]]:
    """Papers that announce code or data and link to none, by title (``announced-without-repository``)."""
    linked = ("has_code", "has_dataset", "has_model", "has_project")
    found = [
        (paper, match)
        for paper in facts.papers.values()
        if (match := _announcement().search(paper.abstract)) and not facts.things_of(paper.id, linked)
    ]
    return sorted(found, key=lambda row: (row[0].title, row[0].id))


@lru_cache(maxsize=1)
def _announcement() -> re.Pattern[str]:
    """The query's own pattern: alternatives, repetitions and negated sets mean the same in both engines."""
    text = get_query("announced-without-repository").text
    written = re.search(r'REGEX\(\?abstract, "([^"]+)", "i"\)', text)
    return re.compile(written.group(1) if written else r"(?!)", re.IGNORECASE)


def silent_papers(facts: Facts) -> list[Paper]:
    """Papers of which no name could be read, by title (``silent-papers``)."""
    silent = [p for p in facts.papers.values() if not any(
        not thing.startswith("resource/") for things in facts.to_things.get(p.id, {}).values() for thing in things
    )]  # fmt: skip
    return sorted(silent, key=lambda p: (p.title, p.id))


def least_certain(facts: Facts, most: int) -> list[Claim]:
    """The claims that the extractors are least sure of (``least-certain``)."""
    claims = (c for found in facts.of_paper.values() for c in found)
    return sorted(claims, key=lambda c: (round(c.confidence, 4), c.paper_id, c.object, c.id))[:most]


def _of_type(things: Iterable[str], type_name: str) -> list[str]:
    start = type_name + "/"
    return [thing for thing in things if thing.startswith(start)]


def _ranked(facts: Facts, counts: dict[str, int] | Counter[str]) -> list[Counted]:
    return sorted(counts.items(), key=lambda row: (-row[1], node_label(facts.nodes[row[0]]), row[0]))


def _url(facts: Facts, resource: str) -> str:
    node = facts.nodes[resource]
    return node.url if isinstance(node, Resource) else ""
