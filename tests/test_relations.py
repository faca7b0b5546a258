"""What a text states outright between two of its names."""

from __future__ import annotations

import pytest

from extractors.entities import occurrences
from extractors.reading import Found, Reading
from extractors.relations import find_relations, protagonist
from extractors.sentences import split_sentences
from kg.model import EntityType, Paper, Role

Thing = tuple[str, str, str]


def reading(abstract: str, *things: Thing, title: str = "A Study") -> Reading:
    """A reading whose entities are given: (name, type, role)."""
    notes = Reading.of(Paper("p", title, abstract))
    notes.sentences = split_sentences(notes.text)
    for name, kind, role in things:
        spans = tuple(occurrences(notes.text, [name]))
        notes.found.append(Found(EntityType(kind), name, spans, 1.0, Role(role), 1.0))
    return notes


FOO: Thing = ("Foo", "method", "introduces")
BAR: Thing = ("Bar", "model", "compares_with")
SQUAD: Thing = ("SQuAD", "dataset", "evaluates_on")
WIKI: Thing = ("Wikipedia", "dataset", "uses")


@pytest.mark.parametrize(
    ("abstract", "things", "expected"),
    [
        ("We propose Foo. Foo outperforms Bar on SQuAD.", (FOO, BAR, SQUAD), ("Foo", "outperforms", "Bar")),
        ("We propose Foo. Our method surpasses Bar by 3 points.", (FOO, BAR), ("Foo", "outperforms", "Bar")),
        ("We propose Foo. Bar is outperformed by Foo.", (FOO, BAR), ("Foo", "outperforms", "Bar")),
        ("We propose Foo. We evaluate it on SQuAD.", (FOO, SQUAD), ("Foo", "evaluated_on", "SQuAD")),
        ("We propose Foo, which is trained on Wikipedia.", (FOO, WIKI), ("Foo", "trained_on", "Wikipedia")),
        (
            "We propose Foo, which builds on Bar.",
            (FOO, ("Bar", "model", "uses")),
            ("Foo", "based_on", "Bar"),
        ),
        (
            "We propose Foo for question answering.",
            (FOO, ("question answering", "task", "evaluates_on")),
            ("Foo", "applied_to", "question answering"),
        ),
        (
            "Foo reaches an F1 of 93 on SQuAD.",
            (FOO, SQUAD, ("F1", "metric", "uses")),
            ("SQuAD", "measured_by", "F1"),
        ),
    ],
)
def test_plain_statements_are_found(
    abstract: str, things: tuple[Thing, ...], expected: tuple[str, str, str]
) -> None:
    """Each relation in its plainest form, with the sentence as evidence."""
    notes = reading(abstract, *things)
    found = {(r.head, r.type, r.tail): r for r in find_relations(notes)}
    assert expected in found
    evidence = found[expected].evidence
    assert notes.paper.text[evidence.start : evidence.end] == evidence.quote
    assert expected[2] in evidence.quote


@pytest.mark.parametrize(
    "abstract",
    [
        "We propose Foo. Foo does not outperform Bar.",
        "We propose Foo. Foo fails to outperform Bar.",
        "We propose Foo. Foo never surpasses Bar.",
    ],
)
def test_negated_statements_give_nothing(abstract: str) -> None:
    """What the text denies is no edge."""
    assert not [r for r in find_relations(reading(abstract, FOO, BAR)) if r.type == "outperforms"]


def test_hedged_statements_are_less_sure() -> None:
    """ "May outperform" is less than half of "outperforms", which falls below what is kept."""
    assert find_relations(reading("We propose Foo. Foo may outperform Bar.", FOO, BAR)) == []


def test_only_what_the_schema_allows() -> None:
    """A dataset is not trained on a dataset, and nothing outperforms a dataset."""
    notes = reading("SQuAD outperforms Wikipedia and is trained on Wikipedia.", SQUAD, WIKI)
    assert find_relations(notes) == []


def test_the_protagonist_is_the_papers_own_and_most_named() -> None:
    """ "We" stands for the introduced thing that the text names most."""
    notes = reading(
        "We propose Foo and Baz. Foo is good. Foo is fast.", FOO, ("Baz", "method", "introduces"), BAR
    )
    star = protagonist(notes)
    assert star is not None
    assert star.name == "Foo"
    assert protagonist(reading("Bar is old.", BAR)) is None
