"""Counting how names were annotated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.features import Document
from extractors.names import KINDS, LONGEST, NameTable, fold_plural, word_key
from extractors.training.gold import GoldPaper, project_spans


@dataclass(frozen=True, slots=True)
class PaperNames:
    """What one annotated paper says about names: for each normalised name, counts by kind."""

    counts: dict[str, tuple[int, ...]]


def span_key(lower: Sequence[str], start: int, end: int) -> str:
    """Normalised name of a range of lower-case words."""
    return fold_plural("".join(map(word_key, lower[start:end])))


def collect_names(
    papers: Sequence[GoldPaper], documents: Sequence[Document]
) -> tuple[NameTable, list[dict[str, tuple[int, ...]]]]:
    """Count the kinds of every annotated name over papers, and the papers in which it stands unannotated.

    Returns:
        The table, and the contribution of each paper to it (to be taken off while learning from that paper).
    """
    kinds_of: list[dict[str, Counter[str]]] = []
    table = NameTable()
    known: set[str] = set()
    for paper, document in zip(papers, documents, strict=True):
        mine: dict[str, Counter[str]] = {}
        for span in project_spans(document.text, document.words, paper.entities):
            if span.end - span.start > LONGEST:
                continue
            key = span_key(document.lower, span.start, span.end)
            if len(key) < 2:
                continue
            entity = paper.entities[span.entity]
            mine.setdefault(key, Counter())["optional" if entity.optional else entity.type] += 1
            table.index_openers([document.lower[span.start : span.end]])
        kinds_of.append(mine)
        known.update(mine)
    table.gold = dict.fromkeys(known, (0,) * len(KINDS))
    contributions = []
    totals: Counter[tuple[str, str]] = Counter()
    for mine, document in zip(kinds_of, documents, strict=True):
        own: dict[str, tuple[int, ...]] = {}
        for hit in table.find(document):
            if hit.key not in mine and hit.key not in own:
                own[hit.key] = tuple(int(kind == "none") for kind in KINDS)
        for key, seen in mine.items():
            best = max(sorted(seen), key=lambda kind: seen[kind])
            own[key] = tuple(int(kind == best) for kind in KINDS)
        contributions.append(own)
        for key, row in own.items():
            totals[key, KINDS[row.index(1)]] += 1
    for document in documents:
        document.known = None  # the table has grown since
    table.gold = {key: tuple(totals[key, kind] for kind in KINDS) for key in sorted(known)}
    return table, contributions
