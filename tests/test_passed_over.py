"""Well-known names that the tagger passed over come from the catalogue, each thing once."""

from __future__ import annotations

from extractors.abbreviations import find_abbreviations
from extractors.components import _add_passed_over
from extractors.pipeline import finish
from extractors.reading import Candidate, Found, Reading
from extractors.sentences import split_sentences
from extractors.variants import join_bracketed
from kg.model import EntityType, Paper, Role, Span

TEXT = "We fold zorbs with explainable AI (XAI). Later XAI helps, and diffusion transformers (DiTs) do not."


def _reading(*found: Found) -> Reading:
    reading = Reading.of(Paper("p", "Folding zorbs", TEXT))
    reading.sentences = split_sentences(reading.text)
    reading.abbreviations = find_abbreviations(reading.text)
    reading.found = list(found)
    return reading


def _candidate(reading: Reading, name: str, kind: EntityType) -> Candidate:
    start = reading.text.index(name)
    return Candidate(start, start + len(name), kind, 0.9, "known name")


def _spans(reading: Reading, name: str) -> tuple[Span, ...]:
    start = reading.text.index(name)
    return (Span(start, start + len(name)),)


def test_a_name_and_its_abbreviation_come_as_one() -> None:
    """Both are in the catalogue, and the text says that they are one."""
    reading = _reading()
    names = ("explainable AI", "XAI")
    _add_passed_over(reading, [_candidate(reading, n, EntityType.METHOD) for n in names])
    assert len(reading.found) == 1
    surfaces = {reading.text[s.start : s.end] for s in reading.found[0].spans}
    assert surfaces == {"explainable AI", "XAI"}


def test_the_long_form_of_a_found_abbreviation_joins_it() -> None:
    """What the tagger found under its short name is not added again under its long one."""
    reading = _reading()
    found = Found(EntityType.MODEL, "DiTs", _spans(reading, "DiTs"), 0.9, Role.USES, 0.9, ())
    reading.found = [found]
    _add_passed_over(reading, [_candidate(reading, "diffusion transformers", EntityType.MODEL)])
    (only,) = reading.found
    assert {reading.text[s.start : s.end] for s in only.spans} == {"DiTs", "diffusion transformers"}
    assert (only.name, only.confidence) == ("DiTs", 0.9)


def test_another_type_stays_another_thing() -> None:
    """A dataset of the letters of a method is not that method."""
    reading = _reading()
    found = Found(EntityType.DATASET, "DiTs", _spans(reading, "DiTs"), 0.9, Role.USES, 0.9, ())
    reading.found = [found]
    _add_passed_over(reading, [_candidate(reading, "diffusion transformers", EntityType.MODEL)])
    assert found in reading.found
    assert len(reading.found) == 2


def _introduced(reading: Reading, name: str, kind: EntityType, role: Role = Role.INTRODUCES) -> Found:
    return Found(kind, name, _spans(reading, name), 0.8, role, 0.9, ())


def test_what_is_introduced_under_two_names_is_one() -> None:
    """A name in brackets right behind another, both introduced, is another name for it, whatever its letters."""
    reading = Reading.of(Paper("p", "Folding", "We present Gentle Folding Memory (QuiFold). It folds."))
    two = [_introduced(reading, n, EntityType.METHOD) for n in ("Gentle Folding Memory", "QuiFold")]
    (one,) = join_bracketed(two, reading.text)
    assert len(one.spans) == 2


def test_a_rival_in_brackets_is_another_thing() -> None:
    """Only what the paper introduces under both names is joined, and only within a type."""
    reading = Reading.of(Paper("p", "Folding", "We present Gentle Folding Memory (QuiFold). It folds."))
    own = _introduced(reading, "Gentle Folding Memory", EntityType.METHOD)
    used = _introduced(reading, "QuiFold", EntityType.METHOD, Role.USES)
    data = _introduced(reading, "QuiFold", EntityType.DATASET)
    assert len(join_bracketed([own, used], reading.text)) == 2
    assert len(join_bracketed([own, data], reading.text)) == 2


def test_definitions_of_names_travel_with_the_extraction() -> None:
    """What the text defines is told, in the plural too, for names that were found and no others."""
    reading = Reading.of(Paper("p", "Folding", "A zorb heuristic (ZH) and a wild thing (WT). ZHs fold."))
    reading.sentences = split_sentences(reading.text)
    reading.abbreviations = find_abbreviations(reading.text)
    reading.found = [_introduced(reading, "ZHs", EntityType.METHOD, Role.USES)]
    assert finish(reading, "test").definitions == (("ZH", "zorb heuristic"),)
