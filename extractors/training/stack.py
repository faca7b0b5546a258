"""Fitting what stands on top of the taggers: the decision, the joining of names, the roles, the calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.aliases import PAIR_FEATURES, group_names, pair_candidates
from extractors.crf import TYPES, Floats, Ints
from extractors.modelfile import Decider
from extractors.rescorer import Calibration, Decision, Rescorer
from extractors.roles import ROLES, role_cues
from extractors.tagging import Proposal, add_wording, decision_places, decision_rows
from extractors.training.gold import GoldPaper, name_key
from extractors.training.trees import fit_trees
from extractors.training.wording import fit_wording
from extractors.trees import Trees
from extractors.wording import Wording, describe_wording

OPTIONAL = len(TYPES) + 1


@dataclass(frozen=True, slots=True)
class Example:
    """A paper's candidates (from taggers that did not learn from it) with the truth about each."""

    paper: GoldPaper
    proposal: Proposal
    labels: Ints
    """0 for none, 1 + type, or OPTIONAL."""
    entities: tuple[int, ...]
    """Number of the gold entity that the candidate is a form of, or -1."""


def make_example(paper: GoldPaper, proposal: Proposal) -> Example:
    """Compare the candidates of a paper with its gold entities."""
    by_key: dict[str, int] = {}
    for number, entity in enumerate(paper.entities):
        for form in entity.forms:
            by_key.setdefault(name_key(form), number)
    entities = tuple(by_key.get(candidate.key, -1) for candidate in proposal.candidates)
    labels = [
        0 if e < 0 else OPTIONAL if paper.entities[e].optional else 1 + TYPES.index(paper.entities[e].type)
        for e in entities
    ]
    return Example(paper, proposal, np.array(labels, dtype=np.int64), entities)


def hear_wording(examples: Sequence[Example], folds: Ints, *, seed: int = 0) -> tuple[list[Example], Wording]:
    """Fit the model of wording out of fold, add what it says to every candidate's row, and fit one for use.

    Args:
        examples: papers, rows without the columns of wording.
        folds: fold of each.
        seed: of the fits.
    """
    described = [[describe_wording(e.proposal.document, c) for c in e.proposal.candidates] for e in examples]

    def fit(chosen: Sequence[int]) -> Wording:
        rows, labels = [], []
        for number in chosen:
            for row, label in zip(described[number], examples[number].labels.tolist(), strict=True):
                if label != OPTIONAL:
                    rows.append(row)
                    labels.append(label)
        return fit_wording(rows, np.array(labels, dtype=np.int64), seed=seed)

    by_fold = {fold: fit(np.nonzero(folds != fold)[0].tolist()) for fold in sorted(set(folds.tolist()))}
    heard = [
        Example(e.paper, add_wording(e.proposal, by_fold[fold]), e.labels, e.entities)
        for e, fold in zip(examples, folds.tolist(), strict=True)
    ]
    return heard, fit(range(len(examples)))


def fit_candidates(examples: Sequence[Example], *, seed: int = 0, **options: Any) -> Trees:
    """Fit the trees that judge candidates; optional ones are left out."""
    rows = np.concatenate([example.proposal.rows for example in examples])
    labels = np.concatenate([example.labels for example in examples])
    keep = labels != OPTIONAL
    return fit_trees(rows[keep], labels[keep], classes=1 + len(TYPES), seed=seed, **options)


def fit_pairs(examples: Sequence[Example], probabilities: Sequence[Floats], *, seed: int = 0) -> Trees:
    """Fit the trees that say which names are one entity.

    Args:
        examples: papers.
        probabilities: of each paper's candidates, from trees that did not learn from it.
        seed: of the fit.
    """
    rows, labels = [], []
    for example, mine in zip(examples, probabilities, strict=True):
        pairs, described = pair_candidates(example.proposal.document, example.proposal.candidates, mine)
        for (a, b), row in zip(pairs, described, strict=True):
            one, two = example.entities[a], example.entities[b]
            if one < 0 and two < 0:
                continue
            rows.append(row)
            labels.append(float(one == two))
    if not rows:
        rows, labels = [np.zeros(len(PAIR_FEATURES), dtype=np.float32)], [0.0]
    return fit_trees(np.array(rows), np.array(labels), classes=1, rounds=100, least=15, seed=seed)


def choose_cues(examples: Sequence[Example], *, count: int = 220, least: int = 25) -> dict[str, int]:
    """Choose the words near an entity that say most about its role (by mutual information)."""
    seen: Counter[str] = Counter()
    joint: Counter[tuple[str, str]] = Counter()
    roles: Counter[str] = Counter()
    for example in examples:
        for places, role, _ in gold_places(example):
            roles[role] += 1
            for name in role_cues(example.proposal.document, places):
                seen[name] += 1
                joint[name, role] += 1
    total = sum(roles.values())
    gains = {}
    for name, n in seen.items():
        if n < least:
            continue
        gain = 0.0
        for role in roles:
            for with_it, among in ((joint[name, role], n), (roles[role] - joint[name, role], total - n)):
                if with_it and among:
                    gain += with_it / total * np.log(with_it * total / (among * roles[role]))
        gains[name] = gain
    best = sorted(gains, key=lambda name: (-gains[name], name))[:count]
    return {name: number for number, name in enumerate(sorted(best))}


def gold_places(example: Example) -> list[tuple[list[tuple[int, int]], str, int]]:
    """Places, role and number of each gold entity that has a candidate."""
    out = []
    for number, entity in enumerate(example.paper.entities):
        members = [c for c, e in enumerate(example.entities) if e == number]
        if members:
            decision = Decision(TYPES.index(entity.type), tuple(members), 1.0)
            out.append((decision_places(example.proposal, decision), entity.role, number))
    return out


def gold_decisions(example: Example, probabilities: Floats) -> tuple[list[Decision], list[int]]:
    """The gold entities of a paper as decisions, and the number of the role of each."""
    decisions, roles = [], []
    for number, entity in enumerate(example.paper.entities):
        members = [c for c, e in enumerate(example.entities) if e == number]
        if not members:
            continue
        kind = TYPES.index(entity.type)
        members.sort(key=lambda c: -probabilities[c, 1 + kind])
        decisions.append(Decision(kind, tuple(members), float(probabilities[members[0], 1 + kind])))
        roles.append(ROLES.index(entity.role))
    return decisions, roles


def fit_roles(
    examples: Sequence[Example], probabilities: Sequence[Floats], cues: dict[str, int], *, seed: int = 0
) -> Trees:
    """Fit the trees that choose roles, from the gold entities; optional ones count a quarter."""
    rows, labels, weights = [], [], []
    for example, mine in zip(examples, probabilities, strict=True):
        decisions, roles = gold_decisions(example, mine)
        if not decisions:
            continue
        rows.append(decision_rows(example.proposal, decisions, cues))
        labels.extend(roles)
        for decision in decisions:
            entity = example.paper.entities[example.entities[decision.members[0]]]
            weights.append(0.25 if entity.optional else 1.0)
    return fit_trees(
        np.concatenate(rows),
        np.array(labels),
        classes=len(ROLES),
        rounds=110,
        weights=np.array(weights, dtype=np.float32),
        seed=seed,
    )


def fit_calibration(scores: npt.NDArray[Any], right: npt.NDArray[Any], *, bins: int = 40) -> Calibration:
    """Isotonic regression (pool adjacent violators) on binned scores.

    Args:
        scores: of held-out decisions.
        right: whether each was right.
        bins: most bins of equal size.
    """
    if len(scores) < 50:
        return Calibration(np.array([0.0, 1.0], dtype=np.float32), np.array([0.0, 1.0], dtype=np.float32))
    order = np.argsort(scores, kind="stable")
    blocks: list[list[float]] = []
    for part in np.array_split(order, min(bins, len(order) // 20)):
        blocks.append([float(scores[part].mean()), float(right[part].mean()), float(len(part))])
        while len(blocks) > 1 and blocks[-2][1] >= blocks[-1][1]:
            score, chance, weight = blocks.pop()
            last = blocks[-1]
            both = last[2] + weight
            blocks[-1] = [
                (last[0] * last[2] + score * weight) / both,
                (last[1] * last[2] + chance * weight) / both,
                both,
            ]
    xs = [0.0, *(block[0] for block in blocks), 1.0]
    ys = [0.0, *(block[1] for block in blocks), min(0.995, max(blocks[-1][1], blocks[-1][0]))]
    return Calibration(np.array(xs, dtype=np.float32), np.maximum.accumulate(np.array(ys, dtype=np.float32)))


def calibrate_types(
    examples: Sequence[Example], probabilities: Sequence[Floats], pairs: Trees, *, floor: float = 0.05
) -> tuple[Calibration, ...]:
    """One calibration a type, on the entities of papers that the trees did not learn from.

    What is calibrated is an entity as it is counted: names are joined first, one that is another name of something
    already found is wrong, and optional ones are left out.

    Args:
        examples: papers.
        probabilities: of each paper's candidates, from trees that did not learn from it.
        pairs: the trees that join names.
        floor: less probable candidates are left out.
    """
    scores: list[list[float]] = [[] for _ in TYPES]
    right: list[list[bool]] = [[] for _ in TYPES]
    for example, mine in zip(examples, probabilities, strict=True):
        if not len(mine):
            continue
        kinds, tops = mine[:, 1:].argmax(axis=1).tolist(), mine[:, 1:].max(axis=1).tolist()
        chosen = [number for number, top in enumerate(tops) if top >= floor]
        compared, rows = pair_candidates(example.proposal.document, example.proposal.candidates, mine)
        same = pairs.probabilities(rows)[:, 0].tolist() if compared else []
        taken: set[int] = set()
        for group in group_names(chosen, tops, compared, same):
            kind = kinds[group[0]]
            found = [example.entities[member] for member in group if example.entities[member] >= 0]
            fitting = [
                e for e in found if TYPES.index(example.paper.entities[e].type) == kind and e not in taken
            ]
            if any(example.paper.entities[e].optional for e in fitting or found[:1]):
                taken.update(fitting)
                continue
            taken.update(fitting[:1])
            scores[kind].append(tops[group[0]])
            right[kind].append(bool(fitting))
    return tuple(fit_calibration(np.array(s), np.array(r)) for s, r in zip(scores, right, strict=True))


def assemble(
    taggers: Sequence[str],
    wording: Wording,
    trees: Trees,
    pairs: Trees,
    calibration: tuple[Calibration, ...],
    roles: Trees,
    cues: dict[str, int],
    role_calibration: Calibration,
    *,
    threshold: float,
) -> Decider:
    """Put the fitted parts together."""
    return Decider(
        tuple(taggers), wording, Rescorer(trees, pairs, calibration, threshold), roles, cues, role_calibration
    )
