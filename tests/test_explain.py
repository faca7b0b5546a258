"""``kg explain``: a text with its names in colour, and why."""

from __future__ import annotations

import json

import pytest

from extractors.pipeline import make_extractor
from kg.cli.app import run
from kg.cli.explain import coloured
from kg.model import Paper


def test_names_roles_and_reasons_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """Every name with its type, confidence, role and what spoke for it."""
    assert run(["explain", "We propose FooNet, a network, and evaluate it on ImageNet.", "-m", "rules"]) == 0
    shown = capsys.readouterr().out
    for expected in ("FooNet", "introduces", "ImageNet", "evaluates on", "known dataset"):
        assert expected in shown


def test_json_has_the_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    """A program gets the same."""
    assert run(["explain", "We evaluate on ImageNet.", "-m", "rules", "--json"]) == 0
    (entity,) = json.loads(capsys.readouterr().out)["entities"]
    assert entity["because"] == ["known dataset"]


def test_colours_cover_exactly_the_names() -> None:
    """The coloured stretches are the mentions."""
    paper = Paper("p", "On SQuAD", "We evaluate on ImageNet.")
    (extraction,) = make_extractor(model="rules").extract([paper])
    text = coloured(paper, extraction)
    assert [text.plain[s.start : s.end] for s in sorted(text.spans)] == ["SQuAD", "ImageNet"]


def test_an_empty_text_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing found is said, not shown as an empty table."""
    assert run(["explain", "", "-m", "rules"]) == 0
    assert "No names found" in capsys.readouterr().out
