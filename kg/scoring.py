"""Quality of extraction against annotated papers: the figures of the project's annotation guidelines.

A predicted entity is right where its type is the annotated one's and one of its surface forms equals one of the annotated
entity's, ignoring case, punctuation, spaces and a plural s. An entity counts once a paper; optional ones count neither way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.model import EntityType
from kg.schema import ENTITY_RELATIONS

CORE: tuple[str, ...] = (EntityType.DATASET, EntityType.METHOD, EntityType.MODEL)
TYPES: tuple[str, ...] = (*CORE, EntityType.TASK, EntityType.METRIC)

Record = Mapping[str, Any]


def form_key(text: str) -> str:
    """A surface form without case, punctuation, spaces and plural s."""
    flat = re.sub(r"[^a-z0-9+*]+", "", text.casefold())
    return flat[:-1] if len(flat) > 4 and flat.endswith("s") and not flat.endswith("ss") else flat


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall, F1 (0 to 1) and the number of annotated things that count."""

    precision: float
    recall: float
    f1: float
    gold: int


@dataclass(frozen=True, slots=True)
class Scores:
    """All figures of one evaluation.

    Attributes:
        rows: by name: the five types, core, all, introduced, links, relations.
        role_accuracy: share of right roles among the rightly found core entities.
        link_kind_accuracy: share of right kinds among the rightly found links.
        errors: the most frequent errors by sort: missed, spurious, wrong type.
        calibration: by confidence threshold: precision of what is at least so sure, and how many that are.
    """

    rows: dict[str, Score]
    role_accuracy: float
    link_kind_accuracy: float
    errors: dict[str, Counter[str]]
    calibration: dict[float, tuple[float, int]]
    expected_calibration_error: float

    def as_dict(self) -> dict[str, Any]:
        """The machine-readable form."""
        rows = {
            name: {"precision": s.precision, "recall": s.recall, "f1": s.f1, "gold": s.gold}
            for name, s in self.rows.items()
        }
        return {
            **rows,
            "role accuracy": self.role_accuracy,
            "link kind accuracy": self.link_kind_accuracy,
            "expected calibration error": self.expected_calibration_error,
            "precision at confidence": {
                str(t): {"precision": p, "found": n} for t, (p, n) in self.calibration.items()
            },
        }


@dataclass(slots=True)
class _Tally:
    types: dict[str, Counter[str]] = field(default_factory=lambda: {t: Counter() for t in TYPES})
    roles: Counter[str] = field(default_factory=Counter)
    introduced: Counter[str] = field(default_factory=Counter)
    links: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    errors: dict[str, Counter[str]] = field(
        default_factory=lambda: {"missed": Counter(), "spurious": Counter(), "wrong type": Counter()}
    )
    judged: list[tuple[float, bool]] = field(default_factory=list)


def score(gold: Mapping[str, Record], predicted: Mapping[str, Record]) -> Scores:
    """Compare extractions with annotations.

    Args:
        gold: annotated records by id.
        predicted: extracted records by id, in the same shape; a missing one counts as empty.

    Returns:
        The figures. Relations are counted over the papers that have annotated relations.
    """
    tally = _Tally()
    with_relations = any(record.get("relations") for record in gold.values())
    for identifier, record in gold.items():
        found = predicted.get(identifier, {})
        _count_entities(record, found, tally)
        _count_introduced(record, found, tally)
        _count_links(record, found, tally)
        if with_relations:
            _count_relations(record, found, tally)
    rows = {t: _prf(tally.types[t]) for t in TYPES}
    rows["core (dataset, method, model)"] = _prf(sum((tally.types[t] for t in CORE), Counter()))
    rows["all five types"] = _prf(sum((tally.types[t] for t in TYPES), Counter()))
    rows["introduced by the paper"] = _prf(tally.introduced)
    rows["links"] = _prf(tally.links)
    if with_relations:
        rows["relations"] = _prf(tally.relations)
    return Scores(
        rows,
        tally.roles["right"] / tally.roles["n"] if tally.roles["n"] else 0.0,
        tally.kinds["right"] / tally.kinds["n"] if tally.kinds["n"] else 0.0,
        tally.errors,
        {t: _precision_at(tally.judged, t) for t in (0.5, 0.7, 0.9)},
        _calibration_error(tally.judged),
    )


def _forms(entity: Record) -> set[str]:
    return {form_key(s) for s in (entity["name"], *entity.get("aliases", ())) if form_key(s)}


Pairs = list[tuple[Record, Record]]


def _match(gold: list[Record], predicted: list[Record]) -> tuple[Pairs, Pairs, list[Record], list[Record]]:
    """Pairs of one paper, one to one, same type first; pairs of differing type; what is left on each side."""
    gold, predicted = list(gold), list(predicted)
    right: Pairs = []
    wrong: Pairs = []
    for same_type in (True, False):
        for g in list(gold):
            for p in list(predicted):
                if (g["type"] == p["type"]) == same_type and _forms(g) & _forms(p):
                    (right if same_type else wrong).append((g, p))
                    gold.remove(g)
                    predicted.remove(p)
                    break
    return right, wrong, gold, predicted


def _count_entities(record: Record, found: Record, tally: _Tally) -> None:
    right, wrong, missed, spurious = _match(record["entities"], found.get("entities", []))
    for g, p in right:
        if g.get("optional"):
            continue
        tally.types[g["type"]]["tp"] += 1
        tally.judged.append((float(p.get("confidence", 1.0)), True))
        if g["type"] in CORE and "role" in p:
            tally.roles["n"] += 1
            tally.roles["right"] += g["role"] == p["role"]
    for g, p in wrong:
        if g.get("optional"):
            continue
        tally.types[g["type"]]["fn"] += 1
        if p["type"] in tally.types:
            tally.types[p["type"]]["fp"] += 1
            tally.judged.append((float(p.get("confidence", 1.0)), False))
        tally.errors["wrong type"][f"{g['type']} called {p['type']}: {g['name']}"] += 1
    for g in missed:
        if not g.get("optional"):
            tally.types[g["type"]]["fn"] += 1
            tally.errors["missed"][f"{g['type']}: {g['name']}"] += 1
    for p in spurious:
        if p["type"] in tally.types:
            tally.types[p["type"]]["fp"] += 1
            tally.judged.append((float(p.get("confidence", 1.0)), False))
            tally.errors["spurious"][f"{p['type']}: {p['name']}"] += 1


def _count_introduced(record: Record, found: Record, tally: _Tally) -> None:
    gold = [
        e
        for e in record["entities"]
        if e["role"] == "introduces" and e["type"] in CORE and not e.get("optional")
    ]
    predicted = [e for e in found.get("entities", []) if e.get("role") == "introduces" and e["type"] in CORE]
    right, wrong, missed, spurious = _match(gold, predicted)
    tally.introduced.update(tp=len(right), fn=len(missed) + len(wrong), fp=len(spurious) + len(wrong))


def _count_links(record: Record, found: Record, tally: _Tally) -> None:
    gold = {x["url"].rstrip("/").casefold(): x for x in record.get("links", [])}
    predicted = {x["url"].rstrip("/").casefold(): x for x in found.get("links", [])}
    both = gold.keys() & predicted.keys()
    tally.links.update(tp=len(both), fn=len(gold.keys() - both), fp=len(predicted.keys() - both))
    for url in both:
        tally.kinds["n"] += 1
        tally.kinds["right"] += gold[url]["kind"] == predicted[url].get("kind")


def _count_relations(record: Record, found: Record, tally: _Tally) -> None:
    """A predicted relation is right where its type and the names at both ends are the annotated ones'."""
    forms = {e["name"]: frozenset(_forms(e)) for e in record["entities"]}
    own = {e["name"]: frozenset(_forms(e)) for e in found.get("entities", [])}

    def ends(
        relation: Record, names: Mapping[str, frozenset[str]]
    ) -> tuple[str, frozenset[str], frozenset[str]]:
        head, tail = (names.get(relation[k], frozenset({form_key(relation[k])})) for k in ("head", "tail"))
        return relation["type"], head, tail

    gold = [ends(r, forms) for r in record.get("relations", []) if r["type"] in ENTITY_RELATIONS]
    predicted = [ends(r, own) for r in found.get("relations", [])]
    for kind, head, tail in predicted:
        hit = next((g for g in gold if g[0] == kind and g[1] & head and g[2] & tail), None)
        if hit is None:
            tally.relations["fp"] += 1
        else:
            gold.remove(hit)
            tally.relations["tp"] += 1
    tally.relations["fn"] += len(gold)


def _prf(c: Counter[str]) -> Score:
    tp, fp, fn = c["tp"], c["fp"], c["fn"]
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn) if tp + fn else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return Score(precision, recall, f1, tp + fn)


def _precision_at(judged: list[tuple[float, bool]], threshold: float) -> tuple[float, int]:
    sure = [right for confidence, right in judged if confidence >= threshold]
    return (sum(sure) / len(sure) if sure else 0.0), len(sure)


def _calibration_error(judged: list[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over equal-width bins (Naeini et al., AAAI 2015): 0 is perfect."""
    if not judged:
        return 0.0
    error = 0.0
    for at in range(bins):
        part = [
            (c, r) for c, r in judged if at / bins <= c < (at + 1) / bins or (at == bins - 1 and c >= 1.0)
        ]
        if part:
            mean = sum(c for c, _ in part) / len(part)
            error += abs(mean - sum(r for _, r in part) / len(part)) * len(part) / len(judged)
    return error
