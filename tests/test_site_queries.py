"""The rows behind the panels are what the named queries answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from site_graph import sample_graph

from exports.site import panels
from exports.site.facts import Facts
from exports.site.queries import LIMITS, panel_query
from exports.site.related import RelatedPapers
from exports.sparql.store import SparqlStore
from kg.model import Claim
from kg.schema import RELATIONS

Row = tuple[str, ...]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(sample_graph())


@pytest.fixture(scope="module")
def store() -> SparqlStore:
    return SparqlStore.from_graph(sample_graph())


def ask(store: SparqlStore, columns: str, name: str, node: str = "", **values: str) -> list[Row]:
    """The answer of a panel's query, these columns, as text."""
    answer: Any = store.query(panel_query(name, store.iris, node, **values))
    return [tuple("" if row[c] is None else row[c].value for c in columns.split()) for row in answer]


def iri(store: SparqlStore, node: str) -> str:
    return store.iris.node(node)


def term(relation: str) -> str:
    return RELATIONS[relation].term


COUNTED: dict[str, tuple[str, Callable[[Facts, str], list[tuple[str, int]]]]] = {
    "compared-with": ("other", panels.compared_with),
    "datasets-used-with": ("dataset", panels.datasets_used_with),
    "methods-used-with": ("method", panels.methods_used_with),
    "metrics-of": ("metric", panels.metrics_of),
}


@pytest.mark.parametrize("name", COUNTED)
def test_counts_beside_a_thing(facts: Facts, store: SparqlStore, name: str) -> None:
    """Same things, same numbers, same order, for every entity of the sample."""
    column, function = COUNTED[name]
    seen = 0
    for entity in facts.entities:
        rows = [(iri(store, n), str(c)) for n, c in function(facts, entity.id)][: LIMITS.get(name)]
        answer = ask(store, f"{column} papers", name, entity.id)
        assert [c for _, c in rows] == [c for _, c in answer], entity.id
        # Where names are equal the order is open, and at the limit so is the choice.
        if len(rows) < LIMITS.get(name, 10**9):
            assert set(rows) == set(answer), entity.id
        seen += len(rows)
    assert seen > 10


@pytest.mark.parametrize("kind", ["dataset", "method", "model"])
def test_most_used(facts: Facts, store: SparqlStore, kind: str) -> None:
    """The front page's rankings."""
    name = f"most-used-{kind}s"
    rows = [(iri(store, n), str(c)) for n, c in panels.most_used(facts, kind, panels.MOST_USED[kind])][
        : LIMITS[name]
    ]
    assert rows == ask(store, f"{kind} papers", name)


def test_papers_about(facts: Facts, store: SparqlStore) -> None:
    """Paper, relation, date for every entity and resource; the same rows in an order of dates."""
    for entity in facts.entities:
        rows = [
            (iri(store, f"paper/{p}"), term(r), facts.date(p))
            for p, r in panels.papers_about(facts, entity.id)
        ]
        answer = ask(store, "paper relation date", "papers-about", entity.id)
        assert sorted(rows) == sorted(answer), entity.id
    for resource in facts.resources:
        found = [
            (iri(store, f"paper/{p}"), term(r), facts.date(p))
            for p, r in panels.papers_about(facts, resource.id)
        ]
        assert sorted(found) == sorted(ask(store, "paper relation date", "papers-linking-to", resource.id))


def test_the_newest_papers_come_first(facts: Facts, store: SparqlStore) -> None:
    """Where dates are full, the order is that of the query."""
    rows = [iri(store, p.node_id) for p in panels.newest_papers(facts)][: LIMITS["newest-papers"]]
    assert rows == [row[0] for row in ask(store, "paper", "newest-papers")]


def test_evidence_and_statements(facts: Facts, store: SparqlStore) -> None:
    """Every sentence on a thing's page is in the query's answer, and the other way round."""
    for entity in facts.entities:
        said = panels.evidence_for(facts, entity.id)
        rows = sorted(
            (iri(store, c.subject), term(c.relation), c.evidence.quote, str(c.evidence.start)) for c in said
        )
        assert rows == sorted(ask(store, "paper relation sentence start", "evidence-for", entity.id))
        stated = panels.statements_about(facts, entity.id)
        assert sorted(_statement(store, stated)) == sorted(
            ask(store, "from relation to paper sentence", "statements-about", entity.id)
        )


def _statement(store: SparqlStore, claims: Iterable[Claim]) -> list[Row]:
    return [
        (
            iri(store, c.subject),
            term(c.relation),
            iri(store, c.object),
            iri(store, f"paper/{c.paper_id}"),
            c.evidence.quote,
        )
        for c in claims
    ]


def test_statements_of_a_paper(facts: Facts, store: SparqlStore) -> None:
    """What was read, sentence by sentence."""
    for paper in facts.papers.values():
        rows = sorted(
            (iri(store, c.subject), term(c.relation), iri(store, c.object), c.evidence.quote)
            for c in facts.of_paper.get(paper.id, ())
        )
        assert rows == sorted(ask(store, "from relation to sentence", "statements-of-paper", paper.node_id))


def test_months(facts: Facts, store: SparqlStore) -> None:
    """Of each thing and of all papers."""
    for entity in facts.entities:
        rows = [(m, str(n)) for m, n in panels.months_of(facts, facts.papers_that(entity.id))]
        assert rows == ask(store, "month papers", "months-of", entity.id)
    everything = [(m, str(n)) for m, n in panels.months_of(facts, facts.papers)]
    assert everything == ask(store, "month papers", "papers-by-month")


def test_code_and_lineage(facts: Facts, store: SparqlStore) -> None:
    """Repositories of what introduces a thing; ancestors and descendants at any distance."""
    for entity in facts.entities:
        urls = {facts.nodes[r].url for r, _ in panels.code_for(facts, entity.id)}  # type: ignore[union-attr]
        assert urls == {row[0] for row in ask(store, "url", "code-for", entity.id)}
        for name, column, upwards in (("lineage", "ancestor", True), ("descendants", "descendant", False)):
            rows = {iri(store, n) for n in panels.related_things(facts, entity.id, upwards=upwards)}
            assert rows == {row[0] for row in ask(store, column, name, entity.id)}, (name, entity.id)


def test_related_papers(facts: Facts, store: SparqlStore) -> None:
    """Most things in common, ties by title."""
    related = RelatedPapers(facts)
    for paper in facts.papers.values():
        rows = [
            (iri(store, f"paper/{p}"), str(n)) for p, n in related.find(paper.id, LIMITS["related-papers"])
        ]
        assert rows == ask(store, "other shared", "related-papers", paper.node_id), paper.id


def test_rising_and_new(facts: Facts, store: SparqlStore) -> None:
    """Names with most of their papers lately; datasets as they come."""
    since = panels.recent_since(facts)
    rows = [(iri(store, t), str(n), str(m)) for t, n, m in panels.rising_names(facts, since)][
        : LIMITS["rising-names"]
    ]
    assert rows == ask(store, "thing recent papers", "rising-names", since=since)
    new = {(facts.nodes[d].name, facts.papers[p].title) for d, p in panels.new_datasets(facts)}  # type: ignore[union-attr]
    answer = {(n, t) for n, t in ask(store, "name title", "new-datasets")}
    assert answer <= new and len(answer) == min(len(new), LIMITS["new-datasets"])


def test_what_is_missing(facts: Facts, store: SparqlStore) -> None:
    """The four lists of the page."""
    rows = [(iri(store, e.id), str(facts.support[e.id])) for e in panels.unresolved_names(facts)]
    assert sorted(rows) == sorted(ask(store, "thing papers", "unresolved-names"))
    silent = [iri(store, p.node_id) for p in panels.silent_papers(facts)]
    assert silent == [row[0] for row in ask(store, "paper", "silent-papers")]
    announced = [iri(store, p.node_id) for p, _ in panels.announced_without_repository(facts)]
    assert announced == [row[0] for row in ask(store, "paper", "announced-without-repository")]
    doubtful = [round(c.confidence, 4) for c in panels.least_certain(facts, LIMITS["least-certain"])]
    assert doubtful == [float(row[0]) for row in ask(store, "confidence", "least-certain")]


def test_every_query_runs_elsewhere(store: SparqlStore) -> None:
    """With its prefixes declared, it needs nothing of ours."""
    for name in LIMITS:
        text = panel_query(name, store.iris, "model/bert")
        store.store.query(text)
        assert "# @" not in text and "urn:thing" not in text
