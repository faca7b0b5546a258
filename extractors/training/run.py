"""From annotated abstracts to the files of a trained tagger, with honest figures on the way.

Everything that a later step learns from an earlier one is out of fold: the papers are cut into five folds by their
identifier, the taggers of each fold have not seen its papers, and the decision learns from what they say about them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from extractors.candidates import Candidate
from extractors.crf import TYPES, Floats, SpanScores
from extractors.modelfile import (
    ENCODER,
    FIELD,
    FORMAT,
    NAMES,
    NOTES,
    PACKAGED,
    Decider,
    decider_arrays,
    field_arrays,
    field_of_arrays,
    read_arrays,
    table_arrays,
    table_of_arrays,
)
from extractors.names import NameTable
from extractors.roles import ROLES, choose_role
from extractors.tagger import FieldTagger, spans_from_probabilities
from extractors.tagging import Proposal, decision_rows, propose
from extractors.training.clusters import learn_clusters
from extractors.training.field import Corpus, fit_field, read_corpus
from extractors.training.gold import CORE, FOLDS, GoldPaper, fold_of, read_gold
from extractors.training.names import collect_names
from extractors.training.priors import CorpusNames, count_figures, fit_readers, read_abstracts, read_names
from extractors.training.stack import (
    Example,
    assemble,
    calibrate_types,
    choose_cues,
    fit_calibration,
    fit_candidates,
    fit_pairs,
    fit_roles,
    gold_decisions,
    hear_wording,
    make_example,
)
from extractors.trees import Trees
from extractors.wording import Wording
from kg.atomic import atomic_write
from kg.errors import SourceError
from kg.scoring import Scores, score

Log = Callable[[str], object]
Clusters = Mapping[str, Sequence[int]]
THRESHOLD = 0.4
"""Where precision and recall balance, by cross-validation."""
LEAST_PAPERS = 50


@dataclass(frozen=True, slots=True)
class FieldFit:
    """A feature tagger and the names that it knew, fitted to some of the papers."""

    field: FieldTagger
    table: NameTable


def fit_field_on(
    corpus: Corpus,
    chosen: Sequence[int],
    *,
    corpus_names: CorpusNames | None,
    reader: int = FOLDS,
    seed: int = 0,
) -> FieldFit:
    """Count names over some papers and fit a feature tagger to them."""
    papers = [corpus.papers[n] for n in chosen]
    documents = [corpus.documents[n] for n in chosen]
    table, contributions = collect_names(papers, documents)
    if corpus_names:
        corpus_names.add_to(table, reader)
    by_number = dict(zip(chosen, contributions, strict=True))
    return FieldFit(fit_field(corpus, chosen, table, by_number, seed=seed), table)


def out_of_fold(
    corpus: Corpus,
    *,
    corpus_names: CorpusNames | None = None,
    seed: int = 0,
    log: Log,
) -> tuple[list[SpanScores], list[NameTable]]:
    """What taggers that have not seen it say about each paper, and the names that they knew."""
    folds = np.array([fold_of(paper.id) for paper in corpus.papers])
    spans: list[SpanScores | None] = [None] * len(folds)
    tables: list[NameTable | None] = [None] * len(folds)
    for fold in range(FOLDS):
        chosen = np.nonzero(folds != fold)[0].tolist()
        held = np.nonzero(folds == fold)[0].tolist()
        if not held or not chosen:
            continue
        fit = fit_field_on(corpus, chosen, corpus_names=corpus_names, reader=fold, seed=seed)
        found = fit.field.find_spans([corpus.documents[n] for n in held], fit.table)
        for number, mine in zip(held, found, strict=True):
            spans[number] = mine
            tables[number] = fit.table
        log(f"taggers: fold {fold + 1} of {FOLDS}")
    return [s for s in spans if s is not None], [t for t in tables if t is not None]


def make_examples(
    corpus: Corpus,
    spans: Sequence[Sequence[SpanScores]],
    tables: Sequence[NameTable],
) -> list[Example]:
    """Candidates of each paper with the truth about them."""
    return [
        make_example(paper, propose([document], [mine], table)[0])
        for paper, document, mine, table in zip(corpus.papers, corpus.documents, spans, tables, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Stack:
    """Everything on top of the taggers, with the out-of-fold figures that it was calibrated on."""

    decider: Decider
    held_out: dict[int, Decider]
    """By fold: fitted without its papers."""


def fit_stack(
    examples: Sequence[Example], taggers: Sequence[str], wording: Wording, *, seed: int = 0, log: Log
) -> Stack:
    """Fit the decision, the joining and the roles, for the evaluation fold by fold, and for use on everything."""
    folds = np.array([fold_of(example.paper.id) for example in examples])
    probabilities: list[Floats] = [np.zeros((0, 1 + len(TYPES)), dtype=np.float32)] * len(examples)
    trees_by_fold: dict[int, Trees] = {}
    present = sorted(set(folds.tolist()))
    for fold in present:
        trees = fit_candidates([e for e, f in zip(examples, folds, strict=True) if f != fold], seed=seed)
        trees_by_fold[fold] = trees
        held = np.nonzero(folds == fold)[0].tolist()
        for number, mine in zip(held, _apply(trees, [examples[n] for n in held]), strict=True):
            probabilities[number] = mine
        log(f"decision: fold {fold + 1} of {FOLDS}")
    role_scores: list[float] = []
    role_right: list[bool] = []
    parts = {}
    for fold in present:
        rest = [n for n in range(len(examples)) if folds[n] != fold]
        held = [n for n in range(len(examples)) if folds[n] == fold]
        some, some_p = [examples[n] for n in rest], [probabilities[n] for n in rest]
        cues = choose_cues(some)
        roles = fit_roles(some, some_p, cues, seed=seed)
        pairs = fit_pairs(some, some_p, seed=seed)
        parts[fold] = pairs, calibrate_types(some, some_p, pairs), roles, cues
        for number in held:
            decisions, truth = gold_decisions(examples[number], probabilities[number])
            if decisions:
                chances = roles.probabilities(decision_rows(examples[number].proposal, decisions, cues))
                role_scores.extend(chances.max(axis=1).tolist())
                role_right.extend((chances.argmax(axis=1) == np.array(truth)).tolist())
        log(f"names and roles: fold {fold + 1} of {FOLDS}")
    role_calibration = fit_calibration(np.array(role_scores), np.array(role_right))
    held_out = {}
    for fold, (pairs, calibration, roles, cues) in parts.items():
        trees = trees_by_fold[fold]
        held_out[fold] = assemble(
            taggers, wording, trees, pairs, calibration, roles, cues, role_calibration, threshold=THRESHOLD
        )
    cues = choose_cues(examples)
    pairs = fit_pairs(examples, probabilities, seed=seed)
    final = assemble(
        taggers,
        wording,
        fit_candidates(examples, seed=seed),
        pairs,
        calibrate_types(examples, probabilities, pairs),
        fit_roles(examples, probabilities, cues, seed=seed),
        cues,
        role_calibration,
        threshold=THRESHOLD,
    )
    return Stack(final, held_out)


def _apply(trees: Trees, examples: Sequence[Example]) -> list[Floats]:
    rows = [example.proposal.rows for example in examples]
    stacked = trees.probabilities(np.concatenate(rows))
    return np.split(stacked, np.cumsum([len(part) for part in rows])[:-1])


def predict(decider: Decider, proposal: Proposal, *, threshold: float | None = None) -> list[dict[str, Any]]:
    """The entities of a paper in the form of the annotation files, with confidences."""
    if not proposal.candidates:
        return []
    rescorer = decider.rescorer
    decisions = rescorer.decide(
        proposal.document,
        proposal.candidates,
        rescorer.trees.probabilities(proposal.rows),
        threshold=rescorer.threshold if threshold is None else threshold,
    )
    if not decisions:
        return []
    chances = decider.roles.probabilities(decision_rows(proposal, decisions, decider.role_cues))
    out = []
    for decision, row in zip(decisions, chances, strict=True):
        forms = _forms(proposal, [proposal.candidates[m] for m in decision.members])
        out.append(
            {
                "type": TYPES[decision.type],
                "name": forms[0],
                "aliases": forms,
                "role": ROLES[
                    choose_role(row, confidence=decision.confidence, core=TYPES[decision.type] in CORE)
                ],
                "confidence": decision.confidence,
            }
        )
    return out


def _forms(proposal: Proposal, members: Sequence[Candidate]) -> list[str]:
    text, words = proposal.document.text, proposal.document.words
    found = {text[words[start][0] : words[end - 1][1]] for member in members for start, end in member.places}
    return sorted(found, key=lambda form: (-len(form), form))


def gold_record(paper: GoldPaper) -> dict[str, Any]:
    """A paper in the form of the annotation files."""
    return {
        "id": paper.id,
        "entities": [
            {"type": e.type, "name": e.name, "aliases": list(e.forms), "role": e.role, "optional": e.optional}
            for e in paper.entities
        ],
        "links": [],
    }


def cross_validate(
    examples: Sequence[Example], stack: Stack, *, threshold: float | None = None, source: str | None = None
) -> Scores:
    """Score every paper with what was fitted without it."""
    gold, found = {}, {}
    for example in examples:
        if source is not None and example.paper.source != source:
            continue
        decider = stack.held_out[fold_of(example.paper.id)]
        gold[example.paper.id] = gold_record(example.paper)
        found[example.paper.id] = {
            "id": example.paper.id,
            "entities": predict(decider, example.proposal, threshold=threshold),
            "links": [],
        }
    return score(gold, found)


def summarise(scores: Scores) -> str:
    """The main figures in one line."""
    rows = scores.rows
    parts = [
        f"{name} {row.f1:.3f} (P {row.precision:.3f} R {row.recall:.3f})"
        for name, row in rows.items()
        if row.gold
    ]
    return (
        "; ".join(parts)
        + f"; role accuracy {scores.role_accuracy:.3f}; calibration error {scores.expected_calibration_error:.3f}; "
        + ", ".join(f"precision at {t}: {p:.3f}" for t, (p, _) in scores.calibration.items())
    )


def write_model(
    folder: Path, fit: FieldFit, deciders: Mapping[str, Decider], *, notes: Mapping[str, Any]
) -> None:
    """Write the files of a model."""
    files = {FIELD: field_arrays(fit.field), NAMES: table_arrays(fit.table)}
    files |= {f"{name}.npz": decider_arrays(decider) for name, decider in deciders.items()}
    digest = hashlib.sha256()
    for name in sorted(files):
        for key in sorted(files[name]):
            digest.update(key.encode() + files[name][key].tobytes())
        with atomic_write(folder / name, binary=True) as stream:
            np.savez_compressed(stream, **files[name])  # type: ignore[arg-type]
    with atomic_write(folder / NOTES) as stream:
        json.dump(
            {"format": FORMAT, "version": digest.hexdigest()[:10], "variants": sorted(deciders), **notes},
            stream,
            indent=1,
            sort_keys=True,
        )
        stream.write("\n")


def train_tagger(
    gold_paths: Sequence[Path | str],
    out_dir: Path | str,
    *,
    seed: int,
    encoder_oof: Path | str | Mapping[str, Any] | None,
    encoder: Path | str | None,
    unlabelled: Path | str | None,
    abstracts: int | None,
    log: Log,
) -> dict[str, Any]:
    """Train everything and write it; see :func:`extractors.training.train`."""
    papers = read_gold(gold_paths)
    if len(papers) < LEAST_PAPERS:
        raise SourceError(
            f"{len(papers)} annotated papers are too few to learn from",
            hint=f"Give at least {LEAST_PAPERS}; a few hundred make a usable model",
        )
    clusters, names = background(papers, unlabelled, abstracts=abstracts, seed=seed, log=log)
    corpus = read_corpus(papers, clusters)
    log(f"read {len(papers)} papers")
    spans, tables = out_of_fold(corpus, corpus_names=names, seed=seed, log=log)
    variants: dict[str, list[list[SpanScores]]] = {"fast": [[mine] for mine in spans]}
    heard = _read_oof(encoder_oof)
    if heard is not None:
        variants["best"] = [
            [mine, spans_from_probabilities(np.asarray(heard[paper.id], dtype=np.float32), document)]
            for mine, paper, document in zip(spans, corpus.papers, corpus.documents, strict=True)
        ]
    results: dict[str, Any] = {}
    deciders = {}
    for variant, by_tagger in variants.items():
        folds = np.array([fold_of(paper.id) for paper in papers])
        examples, wording = hear_wording(make_examples(corpus, by_tagger, tables), folds, seed=seed)
        stack = fit_stack(examples, ("field", "encoder")[: len(by_tagger[0])], wording, seed=seed, log=log)
        deciders[variant] = stack.decider
        scores = cross_validate(examples, stack)
        log(f"{variant}, five-fold: {summarise(scores)}")
        results[variant] = scores.as_dict()
        sources = sorted({paper.source for paper in papers} - {""})
        results[variant]["by source"] = {
            source: cross_validate(examples, stack, source=source).as_dict() for source in sources
        }
    fit = fit_field_on(corpus, range(len(papers)), corpus_names=names, seed=seed)
    write_model(Path(out_dir), fit, deciders, notes={"papers": len(papers), "seed": seed, "figures": results})
    if encoder is not None:
        with atomic_write(Path(out_dir) / ENCODER, binary=True) as stream:
            stream.write(Path(encoder).read_bytes())
    return results


def background(
    papers: Sequence[GoldPaper], unlabelled: Path | str | None, *, abstracts: int | None, seed: int, log: Log
) -> tuple[Clusters, CorpusNames]:
    """Word clusters and names out of unlabelled abstracts, or those of the packaged model."""
    if unlabelled is None:
        field = field_of_arrays(read_arrays(PACKAGED / FIELD))
        table = table_of_arrays(read_arrays(PACKAGED / NAMES))
        return field.parts()[-1], CorpusNames([table.corpus] * (FOLDS + 1), table.openers, table.pairs)
    skip = frozenset(paper.title.casefold() for paper in papers)
    clusters = learn_clusters(read_abstracts(unlabelled, skip_titles=skip), seed=seed, log=log)
    corpus = read_corpus(papers, clusters)
    readers = fit_readers(corpus, seed=seed, log=log)
    reading = read_names(readers, islice(read_abstracts(unlabelled, skip_titles=skip), abstracts), log=log)
    names = count_figures(reading, islice(read_abstracts(unlabelled, skip_titles=skip), abstracts))
    log(f"{len(names.figures[0])} names out of unlabelled abstracts")
    return clusters, names


def _read_oof(source: Path | str | Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if source is None or isinstance(source, Mapping):
        return source
    return read_arrays(Path(source))
