"""Sentences by offset: every character in one of them, nothing torn at an abbreviation."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A Loom for All\n\nWe weave. It works.", ["A Loom for All", "We weave.", "It works."]),
        ("Do Looms Dream?\n\n They do.", ["Do Looms Dream?", "They do."]),
        ("It is fast! Is it cheap? Yes.", ["It is fast!", "Is it cheap?", "Yes."]),
        ('They call it "fast." We agree.', ['They call it "fast."', "We agree."]),
        ("It is fast (and cheap.) We agree.", ["It is fast (and cheap.)", "We agree."]),
        ("It is fast.We agree.", ["It is fast.", "We agree."]),
        ("Looms help. vLLM-like tools do too.", ["Looms help.", "vLLM-like tools do too."]),
        ("The data are i.i.d. We exploit this.", ["The data are i.i.d.", "We exploit this."]),
        ("It runs at 150 m. Ablations agree.", ["It runs at 150 m.", "Ablations agree."]),
        ("We release v2.0. Tests pass.", ["We release v2.0.", "Tests pass."]),
        ("It reaches 91.5. Others reach 80.", ["It reaches 91.5.", "Others reach 80."]),
        ("We use the\nsame loom. It\nholds.", ["We use the\nsame loom.", "It\nholds."]),
    ],
)
def test_sentence_ends_where_it_should(text: str, expected: list[str]) -> None:
    """Marks, closing quotes, empty lines and forgiven missing spaces end a sentence."""
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "We test many looms, e.g. Jacquard and others, i.e. Dobby ones.",
        "Ada et al. (1843) wrote it, as Babbage et al. Notes say.",
        "Warp vs. Weft is shown in Fig. 2 and Eq. 3 of Sec. IV here.",
        "The U.S. Census and non-U.S. Looms were used by J. R. Weaver today.",
        "It gains 3.5 points at version 2.0.1 of Node.js on loom.py here.",
        "See https://looms.org/a.B/c?x=1.2 for the code.",
        "It is measured w.r.t. Threads, a.k.a. Yarn, cf. Thimbles.",
        "Dr. Ada and Prof. Lovelace wove it.",
        "See https://github. com/ada/engine here.",
        "1. Weaving is first",
    ],
)
def test_abbreviations_and_numbers_end_nothing(text: str) -> None:
    """Abbreviations, initials, versions, decimals and addresses keep a sentence whole."""
    assert sentences(text) == [text]


@given(st.one_of(st.text(max_size=300), st.text(alphabet='aAb1.!? \n()"\\', max_size=300)))
def test_spans_cover_the_text(text: str) -> None:
    """Spans are in order, do not overlap, have no white space at their ends and leave none but white space out."""
    at = 0
    for start, end in split_sentences(text):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize("piece", [".", ". ", "\n", ".\n", "A.B.", "e.g. ", "a ", "?!", "1. "])
def test_time_grows_with_length_only(piece: str) -> None:
    """Hostile repetition costs time in proportion to its length."""
    short, long = piece * (50_000 // len(piece)), piece * (200_000 // len(piece))
    start = time.perf_counter()
    split_sentences(short)
    middle = time.perf_counter()
    split_sentences(long)
    end = time.perf_counter()
    assert end - middle < 12 * (middle - start) + 0.3
