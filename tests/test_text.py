"""The clean view of dirty text and its trace back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.text import clean_text, keep_text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("plain text", "plain text"),
        (r"We propose \textbf{BERT}.", "We propose BERT."),
        (r"\emph{Foo} and {\em Bar} score 5\% more", "Foo and Bar score 5% more"),
        ("e\u00adffi\u00adcient ﬁne-tuning", "efficient fine-tuning"),
        ("wrapped\nline", "wrapped line"),
        ("two\n\nparagraphs", "two\n\nparagraphs"),
        ("non\u00a0breaking\u2009space", "non breaking space"),
        ("VGG\u201116 on $k$-NN", "VGG-16 on k-NN"),
        (r"$\pi_0$ rules", r"\pi0 rules"),
        ("it costs $5 and then $6", "it costs $5 and then $6"),
        (r"see \url{https://github.com/a_b/c}", "see https://github.com/a_b/c"),
        ("Model~X", "Model X"),
        ("NUL\x00byte", "NUL byte"),
        ("zero\u200bwidth", "zerowidth"),
    ],
)
def test_dirty_text_reads_cleanly(dirty: str, clean: str) -> None:
    """Ligatures, soft hyphens, LaTeX remnants and odd spaces do not reach the extractors."""
    assert clean == clean_text(dirty).text


def test_clean_text_is_shared() -> None:
    """Text without dirt is not copied and needs no map."""
    text = "We evaluate on ImageNet."
    view = clean_text(text)
    assert view.text is text
    assert view.starts is None


def test_names_are_traced_back_to_what_is_kept() -> None:
    """A name found in the clean text is cut from the original, markup and all."""
    view = clean_text("of ﬂow-Net, 5\\% up")
    at = view.text.index("flow-Net")
    start, end = view.original_span(at, at + len("flow-Net"))
    assert view.original[start:end] == "ﬂow-Net"


@pytest.mark.parametrize(
    ("text", "name", "kept"),
    [
        ("a $k$-sparse probe", "k-sparse", "$k$-sparse"),
        ("with AP$_{50}$ of", "AP50", "AP$_{50}$"),
        ("our \\textbf{G}rounding by \\underline{V}iew (GV)", "Grounding by View", "\\textbf{G}rounding by \\underline{V}iew"),
        ("\\textit{cooperative} learning", "cooperative learning", "\\textit{cooperative} learning"),
        ("called \\textbf{Flow-Net}, a", "Flow-Net", "Flow-Net"),
        ("a broken {brace of Flow} here", "of Flow} here", "of Flow} here"),
    ],
)  # fmt: skip
def test_a_name_keeps_its_marks_in_pairs(text: str, name: str, kept: str) -> None:
    """LaTeX is not cut in two; a name without any keeps none of its surroundings."""
    view = clean_text(text)
    at = view.text.index(name)
    start, end = view.original_span(at, at + len(name))
    assert view.original[start:end] == kept


@given(st.text(max_size=300))
def test_every_span_lies_in_the_original_in_order(text: str) -> None:
    """Whatever the text, offsets map into it, never backwards."""
    view = clean_text(text)
    last = 0
    for at in range(len(view.text)):
        start, end = view.original_span(at, at + 1)
        assert last <= start < end <= len(text)
        last = start


@given(st.text(alphabet=st.sampled_from("ab \\{}$%_~\n'`"), max_size=60))
def test_markup_soup_does_no_harm(text: str) -> None:
    """Unbalanced LaTeX neither raises nor maps wrongly."""
    view = clean_text(text)
    if view.text:
        start, end = view.original_span(0, len(view.text))
        assert 0 <= start < end <= len(text)


def test_lone_surrogates_become_replacement_characters() -> None:
    """What cannot be written as UTF-8 is replaced one to one, so offsets stay."""
    assert keep_text("a\ud800b") == "a\ufffdb"
    assert keep_text("naïve") == "naïve"
