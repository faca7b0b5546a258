"""What taggers read in a pile of unlabelled abstracts: for each name, how often it was taken for what.

Six taggers read every abstract, one for each fold (fitted without its papers) and one fitted to all, so that the
figures given to the papers of a fold come from a tagger that has not seen them. The features are worked out once and
serve all six.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from extractors.crf import TYPES, Floats, forward_backward, span_probabilities
from extractors.features import describe_places, read_document
from extractors.names import LONGEST, NameTable
from extractors.tagger import SPAN_TYPES, FieldTagger
from extractors.training.crf import index_features
from extractors.training.field import Corpus, fit_field
from extractors.training.gold import FOLDS, fold_of
from extractors.training.names import span_key

KINDS = len(TYPES) + 1


def read_abstracts(
    path: Path | str, *, skip_titles: frozenset[str] = frozenset()
) -> Iterator[tuple[str, str]]:
    """Titles and abstracts of a JSONL file (gzip by its name), without papers of the given titles."""
    file = Path(path)
    with (
        gzip.open(file, "rt", encoding="utf-8")
        if file.suffix == ".gz"
        else file.open(encoding="utf-8") as lines
    ):
        for line in lines:
            row = json.loads(line)
            if row["title"].casefold() not in skip_titles:
                yield row["title"], row["abstract"]


def fit_readers(corpus: Corpus, *, seed: int = 0, log: Callable[[str], object]) -> list[FieldTagger]:
    """Fit a tagger without each fold, and one to all papers; all see the same features and no known names."""
    folds = np.array([fold_of(paper.id) for paper in corpus.papers])
    counts: Counter[str] = Counter()
    for document in corpus.documents:
        for row in describe_places(document):
            counts.update(row)
    index = index_features(counts, least=3)
    readers = []
    for fold in range(FOLDS + 1):
        chosen = np.nonzero(folds != fold)[0].tolist()
        readers.append(fit_field(corpus, chosen, None, {}, place_index=index, seed=seed))
        log(f"reader {fold + 1} of {FOLDS + 1}")
    return readers


def _join(readers: list[FieldTagger]) -> tuple[FieldTagger, list[tuple[Floats, Floats]]]:
    parts = [reader.parts() for reader in readers]
    words, _, places, _, _, _, clusters = parts[0]
    joined = FieldTagger(
        {name: number for number, name in enumerate(words)},
        np.concatenate([part[1] for part in parts], axis=2),
        {name: number for number, name in enumerate(places)},
        np.concatenate([part[3] for part in parts], axis=1),
        parts[0][4],
        parts[0][5],
        clusters,
    )
    return joined, [(part[4], part[5]) for part in parts]


def read_names(
    readers: list[FieldTagger],
    abstracts: Iterable[tuple[str, str]],
    *,
    least_mass: float = 1.5,
    batch: int = 128,
    log: Callable[[str], object],
) -> Reading:
    """Let all readers read all abstracts.

    Args:
        readers: taggers with the same features.
        abstracts: titles and abstracts.
        least_mass: a name is kept if any reader expects it so often in all.
        batch: abstracts at a time.
        log: told about progress.

    Returns:
        The names that at least one reader takes for something often enough.
    """
    joined, borders = _join(readers)
    labels = 1 + 2 * SPAN_TYPES
    mass: dict[str, Floats] = defaultdict(lambda: np.zeros((len(readers), KINDS), dtype=np.float32))
    stream = iter(abstracts)
    seen = 0
    while chunk := list(islice(stream, batch)):
        documents = [read_document(title, abstract) for title, abstract in chunk]
        scores, chains = joined.emission_scores(documents, None)
        lower = [word for document in documents for word in document.lower]
        for number, (start, transition) in enumerate(borders):
            mine = np.ascontiguousarray(scores[:, number * labels : (number + 1) * labels])
            lattice = forward_backward(mine, start, transition, chains)
            spans = span_probabilities(lattice, chains, types=SPAN_TYPES, longest=LONGEST, floor=0.05)
            for a, b, kind, p in zip(
                spans.start.tolist(),
                spans.end.tolist(),
                spans.type.tolist(),
                spans.probability.tolist(),
                strict=True,
            ):
                mass[" ".join(lower[a:b])][number, kind] += p
        seen += len(chunk)
        if seen % (batch * 40) == 0:
            log(f"read {seen} abstracts, {len(mass)} names")
    kept: dict[str, Floats] = {}
    table = NameTable()
    for name, rows in mass.items():
        if rows.sum(axis=1).max() < least_mass:
            continue
        words = name.split(" ")
        key = span_key(words, 0, len(words))
        if len(key) < 2:
            continue
        kept[key] = kept.get(key, 0.0) + rows
        table.index_openers([words])
    mass.clear()
    log(f"kept {len(kept)} names")
    return Reading(kept, table.openers, table.pairs)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, before it is counted how often each name stands in the text at all."""

    mass: dict[str, Floats]
    """By normalised name: expected number of places of each kind, [readers, kinds]."""
    openers: dict[str, int]
    pairs: set[str]


@dataclass(frozen=True, slots=True)
class CorpusNames:
    """Names read in unlabelled abstracts; see :class:`extractors.names.NameTable` for the figures."""

    figures: list[dict[str, tuple[float, ...]]]
    """By reader: those of the folds, and last that of all papers."""
    openers: dict[str, int]
    pairs: set[str]

    def add_to(self, table: NameTable, reader: int) -> None:
        """Add what one reader has found."""
        table.corpus = self.figures[reader]
        table.openers = {
            word: max(self.openers.get(word, 0), table.openers.get(word, 0))
            for word in self.openers.keys() | table.openers.keys()
        }
        table.pairs = self.pairs | table.pairs


def count_figures(reading: Reading, abstracts: Iterable[tuple[str, str]]) -> CorpusNames:
    """Divide the mass of each name by the number of its places."""
    table = NameTable(gold=dict.fromkeys(reading.mass, ()), openers=reading.openers, pairs=reading.pairs)
    places: Counter[str] = Counter()
    for title, abstract in abstracts:
        for hit in table.find(read_document(title, abstract)):
            places[hit.key] += 1
    out: list[dict[str, tuple[float, ...]]] = []
    for number in range(FOLDS + 1):
        figures = {}
        for key in sorted(reading.mass):
            total = max(places[key], 1)
            shares = np.minimum(1.0, reading.mass[key][number] / total)
            figures[key] = (round(float(np.log1p(total)), 2), *(round(float(share), 2) for share in shares))
        out.append(figures)
    return CorpusNames(out, reading.openers, reading.pairs)
