"""Abbreviations with their long forms, in both directions and in the shapes papers use."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.abbreviations import find_abbreviations


def pairs(text: str) -> list[tuple[str, str]]:
    return [(found.short, found.long) for found in find_abbreviations(text)]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("We train a Masked Autoencoder (MAE) on looms.", "MAE", "Masked Autoencoder"),
        ("We use DPO (Direct Preference Optimization) here.", "DPO", "Direct Preference Optimization"),
        ("The large language models (LLMs) weave.", "LLMs", "large language models"),
        ("We prompt with Chain-of-Thought (CoT) steps.", "CoT", "Chain-of-Thought"),
        ("We use K-Nearest Neighbours (k-NN) search.", "k-NN", "K-Nearest Neighbours"),
        ("We use Low-Rank Adaptation (LoRA) layers.", "LoRA", "Low-Rank Adaptation"),
        ("We add a Spectral Approximation Gate (SAG).", "SAG", "Spectral Approximation Gate"),
        ("We propose a novel Woven Thread Net (WTN).", "WTN", "Woven Thread Net"),
        ("Semi-supervised learning (SSL) is cheap.", "SSL", "Semi-supervised learning"),
        ("In-context learning (ICL) is cheap.", "ICL", "In-context learning"),
        ("We turn text-to-image (T2I) looms.", "T2I", "text-to-image"),
        ("We keep variable visual position encoding (V2PE).", "V2PE", "variable visual position encoding"),
        ("The Identity Document 4.0 (ID 4.0) passes.", "ID 4.0", "Identity Document 4.0"),
        ("Supervised fine-tuning (SFT; Ada, 1843) is used.", "SFT", "Supervised fine-tuning"),
        ("Reward learning (termed RL) is used.", "RL", "Reward learning"),
        ('Reward learning ("RL") is used.', "RL", "Reward learning"),
        (
            "The graph of convolutional networks (i.e., GCN) is used.",
            "GCN",
            "graph of convolutional networks",
        ),
        (
            "A Cross-modal PROtotype driven NETwork (XPRONET) weaves.",
            "XPRONET",
            "Cross-modal PROtotype driven NETwork",
        ),
        ("We call it Branch-Train-MiX (BTX).", "BTX", "Branch-Train-MiX"),
        ("Conditional Value at Risk (CVaR95) is bounded.", "CVaR95", "Conditional Value at Risk"),
        ("The generation FID (gFID) falls.", "gFID", "generation FID"),
        ("We study person Re-IDentification (ReID).", "ReID", "Re-IDentification"),
        ("WARP, short for Weave And Repeat Patterns, works.", "WARP", "Weave And Repeat Patterns"),
        ("Collaborative Filtering (CF) is old.", "CF", "Collaborative Filtering"),
    ],
)
def test_pair_is_found(text: str, short: str, long: str) -> None:
    """A definition is found with the long form that its author means."""
    assert pairs(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "We test looms (e.g., WARP) and others (see Fig. 2).",
        "The large language models (GPT-4) weave.",
        "It gains 3 points (91.5) in two runs (ours).",
        "We weave with threads (silk and wool) by hand.",
        "Two looms (A) and (B) are shown (left).",
        "Our looms. Woven (MAE) things (2024) at (EMNLP).",
        "We study it (in three parts) at once.",
    ],
)
def test_other_brackets_are_no_definitions(text: str) -> None:
    """Examples, citations, numbers and remarks in brackets define nothing."""
    assert pairs(text) == []


def test_long_form_stays_inside_its_sentence() -> None:
    """Words of the sentence before are not drawn into a long form."""
    assert pairs("It is Woven. Thread Nets (TN) hold.") == [("TN", "Thread Nets")]


@given(st.one_of(st.text(max_size=200), st.text(alphabet="aAbBcC ()-,.2 ", max_size=200)))
def test_spans_hold_in_any_text(text: str) -> None:
    """Whatever the text, spans are valid and hold what they say, and the two do not overlap."""
    for found in find_abbreviations(text):
        assert text[slice(*found.short_span)] == found.short
        assert text[slice(*found.long_span)] == found.long
        assert found.short_span[1] <= found.long_span[0] or found.long_span[1] <= found.short_span[0]
        assert len(found.long) > len(found.short)


@pytest.mark.parametrize(
    "piece", ["(", "((A", "A (B) ", "Ab Cd (AC) ", "A-", "X stands for a b c ", "a b c d e (ABCDE) "]
)
def test_time_grows_with_length_only(piece: str) -> None:
    """Hostile repetition costs time in proportion to its length."""
    short, long = piece * (30_000 // len(piece)), piece * (120_000 // len(piece))
    start = time.perf_counter()
    find_abbreviations(short)
    middle = time.perf_counter()
    find_abbreviations(long)
    end = time.perf_counter()
    assert end - middle < 12 * (middle - start) + 0.3
