"""The figures of ``kg evaluate``: those of the annotation guidelines' reference scorer, to the digit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from scoring_case import perturbed

from kg.scoring import form_key, score


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def by_id(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Records by id."""
    return {r["id"]: r for r in records}


def figures(gold: list[dict[str, Any]], predicted: list[dict[str, Any]]) -> dict[str, Any]:
    """What the scorer says, without the rows that only ours has."""
    ours = score(by_id(gold), by_id(predicted)).as_dict()
    for extra in ("relations", "expected calibration error", "precision at confidence"):
        ours.pop(extra, None)
    return ours


def test_figures_are_those_of_the_reference_scorer(data: Path) -> None:
    """Precision, recall, F1, roles and links of faulty predictions equal what the reference scorer printed for them."""
    gold = read(data / "gold_sample.jsonl")
    expected = json.loads((data / "scoring_figures.json").read_text(encoding="utf-8"))
    assert expected == figures(gold, perturbed(gold))


@pytest.mark.skipif(
    "KG_GOLD" not in os.environ, reason="KG_GOLD does not name a folder with the reference scorer"
)
def test_the_reference_scorer_agrees_when_run(data: Path, tmp_path: Path) -> None:
    """The same comparison with the reference scorer itself."""
    gold = read(data / "gold_sample.jsonl")
    predicted = tmp_path / "predicted.jsonl"
    predicted.write_text("\n".join(map(json.dumps, perturbed(gold))), encoding="utf-8")
    scorer = Path(os.environ["KG_GOLD"]) / "score.py"
    command = [sys.executable, str(scorer), str(data / "gold_sample.jsonl"), str(predicted), "--json"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert json.loads(answer.stdout) == figures(gold, perturbed(gold))


def test_the_gold_scores_itself_perfectly(data: Path) -> None:
    """Perfect predictions get perfect figures, relations included."""
    gold = by_id(read(data / "gold_sample.jsonl"))
    predicted = {
        i: {**r, "entities": [e for e in r["entities"] if not e["optional"]]} for i, r in gold.items()
    }
    scores = score(gold, predicted)
    assert {1.0} == {row.f1 for row in scores.rows.values()}
    assert scores.role_accuracy == scores.link_kind_accuracy == 1.0


def test_nothing_predicted_scores_nothing(data: Path) -> None:
    """No predictions: no division by zero, all zero."""
    scores = score(by_id(read(data / "gold_sample.jsonl")), {})
    assert {0.0} == {row.f1 for row in scores.rows.values()}
    assert scores.expected_calibration_error == 0.0


def test_spelling_does_not_matter() -> None:
    """Case, punctuation, spaces and one plural s are ignored, a double s is not a plural."""
    assert form_key("Vision Transformers") == form_key("vision-transformer")
    assert form_key("loss") == "loss"
    assert form_key("C++") == "c++"


def test_calibration_is_the_gap_between_confidence_and_truth() -> None:
    """Ten right of ten at 0.8 are 0.2 off."""
    entity = {"type": "dataset", "name": "X", "role": "uses", "confidence": 0.8}
    gold = {str(i): {"entities": [{**entity, "optional": False}], "links": []} for i in range(10)}
    scores = score(gold, {str(i): {"entities": [entity], "links": []} for i in range(10)})
    assert scores.expected_calibration_error == pytest.approx(0.2)
    assert scores.calibration[0.9] == (0.0, 0)
    assert scores.calibration[0.7] == (1.0, 10)
