"""How much more annotated papers would help: the learning curve of the fast model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from extractors.tagging import propose
from extractors.training.field import read_corpus
from extractors.training.gold import GoldPaper, fold_of
from extractors.training.priors import CorpusNames
from extractors.training.run import (
    Clusters,
    fit_field_on,
    fit_stack,
    gold_record,
    make_examples,
    out_of_fold,
    predict,
)
from extractors.training.stack import hear_wording
from kg.scoring import Scores, score


def learning_curve(
    papers: Sequence[GoldPaper],
    *,
    clusters: Clusters,
    corpus_names: CorpusNames | None = None,
    sizes: Sequence[int] = (250, 500, 1000, 2000),
    seed: int = 0,
    log: Callable[[str], object],
) -> dict[int, Scores]:
    """Train the fast model on more and more papers and score it on the first fold, which none of them sees.

    Args:
        papers: annotated papers.
        clusters: cluster numbers of words.
        corpus_names: names read in unlabelled abstracts; those of the first fold's reader are used throughout.
        sizes: numbers of papers; those beyond what there is are cut to it.
        seed: of everything random.
        log: told about progress.

    Returns:
        The figures by the number of papers learnt from.
    """
    held = [paper for paper in papers if fold_of(paper.id) == 0]
    rest = sorted(
        (paper for paper in papers if fold_of(paper.id) != 0),
        key=lambda paper: hashlib.sha1(f"curve {paper.id}".encode()).hexdigest(),
    )
    if corpus_names is not None:
        first = corpus_names.figures[0]
        corpus_names = CorpusNames(
            [first] * len(corpus_names.figures), corpus_names.openers, corpus_names.pairs
        )
    test = read_corpus(held, clusters)
    out = {}
    for size in sorted({min(size, len(rest)) for size in sizes}):
        corpus = read_corpus(rest[:size], clusters)
        spans, tables = out_of_fold(corpus, corpus_names=corpus_names, seed=seed, log=lambda line: None)
        folds = np.array([fold_of(paper.id) for paper in corpus.papers])
        examples, wording = hear_wording(
            make_examples(corpus, [[s] for s in spans], tables), folds, seed=seed
        )
        decider = fit_stack(examples, ("field",), wording, seed=seed, log=lambda line: None).decider
        fit = fit_field_on(corpus, range(size), corpus_names=corpus_names, seed=seed)
        found = fit.field.find_spans(test.documents, fit.table)
        gold, predicted = {}, {}
        for paper, document, mine in zip(test.papers, test.documents, found, strict=True):
            proposal = propose([document], [[mine]], fit.table, wording)[0]
            gold[paper.id] = gold_record(paper)
            predicted[paper.id] = {"id": paper.id, "entities": predict(decider, proposal), "links": []}
        out[size] = score(gold, predicted)
        row = out[size].rows["core (dataset, method, model)"]
        log(f"{size} papers: core F1 {row.f1:.3f} (P {row.precision:.3f} R {row.recall:.3f})")
    return out
