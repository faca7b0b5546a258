"""Papers as JSON objects and back."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.model import Paper, PartialDate, Sighting
from kg.paper_json import paper_from_json, paper_to_json
from kg.sources import read_papers

TEXT = st.text(max_size=30)
SOME = st.one_of(st.none(), TEXT)
COUNT = st.one_of(st.none(), st.integers(0, 10**6))
DATE = st.one_of(
    st.none(),
    st.builds(
        PartialDate,
        st.one_of(st.none(), st.integers(-5, 99_999)),
        st.one_of(st.none(), st.integers(0, 12)),
        st.one_of(st.none(), st.integers(0, 31)),
    ),
)
LIST = st.lists(TEXT, max_size=3).map(tuple)
SIGHTING = st.builds(Sighting, TEXT, TEXT, st.integers(0, 99), DATE, DATE, COUNT, COUNT)
PAPER = st.builds(
    Paper, TEXT, TEXT, TEXT, record_id=SOME, authors=LIST, author_count=COUNT, organisation=SOME, date=DATE,
    arxiv_id=SOME, doi=SOME, venue=SOME, links=LIST, keywords=LIST, sightings=st.lists(SIGHTING, max_size=3).map(tuple),
)  # fmt: skip


@given(PAPER)
def test_nothing_is_lost(paper: Paper) -> None:
    """Through an object and through text, any paper comes back equal."""
    assert paper_from_json(paper_to_json(paper)) == paper
    assert paper_from_json(json.loads(json.dumps(paper_to_json(paper)))) == paper


@given(PAPER.filter(lambda paper: bool(paper.title.strip() and paper.abstract.strip())))
def test_json_lines_of_papers_are_read_back_whole(paper: Paper) -> None:
    """What was written with its sightings is not read as a new record."""
    line = json.dumps(paper_to_json(paper)).encode() + b"\n"
    assert list(read_papers(["-"], stdin=io.BytesIO(line), format="jsonl")) == [paper]


def test_defaults_are_left_out() -> None:
    """The object stays small; dates read as dates."""
    paper = Paper("2511.01234", "T", "A", date=PartialDate(None, 11, 5))
    assert paper_to_json(paper) == {
        "format": "paper-kg/1", "id": "2511.01234", "title": "T", "abstract": "A", "date": "--11-05"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 7}, "'id' must be text"),
        ({"title": None}, "'title' must be text"),
        ({"authors": "Ines Falk"}, "'authors' must be a list of texts"),
        ({"date": "yesterday"}, "'date' must be a date"),
        ({"author_count": "3"}, "'author_count' must be a whole number"),
        ({"sightings": [7]}, "'sightings' must be a list of objects"),
        ({"sightings": [{"source": "x"}]}, "'format' must be text"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], message: str) -> None:
    """The error says which, and what it should be."""
    record = {"format": "paper-kg/1", "id": "x", "title": "T", "abstract": "A", **change}
    with pytest.raises(SourceError, match=message):
        paper_from_json(record)
