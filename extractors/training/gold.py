"""Annotated abstracts: reading them, and projecting their names onto the text.

The annotation lists each entity once with all its surface forms and no offsets. Training needs spans, so every
surface form is looked up in the text, longest first; a place that a longer form has taken is not given twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractors.words import join_text, split_words

TYPES = ("dataset", "method", "model", "task", "metric")
CORE = ("dataset", "method", "model")
ROLES = ("introduces", "evaluates_on", "uses", "compares_with", "mentions")
FOLDS = 5


@dataclass(frozen=True, slots=True)
class GoldEntity:
    """An annotated entity of one paper."""

    type: str
    name: str
    forms: tuple[str, ...]
    role: str
    optional: bool


@dataclass(frozen=True, slots=True)
class GoldPaper:
    """An annotated paper."""

    id: str
    title: str
    abstract: str
    source: str
    entities: tuple[GoldEntity, ...]

    @property
    def text(self) -> str:
        """Title and abstract as one string."""
        return join_text(self.title, self.abstract)


@dataclass(frozen=True, slots=True)
class WordSpan:
    """A surface form in the text: words ``start`` to ``end`` (exclusive), and which entity it names."""

    start: int
    end: int
    entity: int


def name_key(text: str) -> str:
    """Normalise a name: case, punctuation, spaces and a plural s do not count."""
    flat = re.sub(r"[^a-z0-9+*]+", "", text.casefold())
    return flat[:-1] if len(flat) > 4 and flat.endswith("s") and not flat.endswith("ss") else flat


def fold_of(paper_id: str) -> int:
    """The cross-validation fold (0 to 4) of a paper: it depends on the identifier alone."""
    return int(hashlib.sha1(paper_id.encode()).hexdigest(), 16) % FOLDS


def parse_paper(row: dict[str, Any]) -> GoldPaper:
    """Make a paper out of one decoded line of an annotation file."""
    return GoldPaper(
        id=str(row["id"]),
        title=row["title"],
        abstract=row["abstract"],
        source=str(row.get("source", "")),
        entities=tuple(
            GoldEntity(
                type=entity["type"],
                name=entity["name"],
                forms=tuple(dict.fromkeys([*entity.get("aliases", []), entity["name"]])),
                role=entity.get("role", "mentions"),
                optional=bool(entity.get("optional", False)),
            )
            for entity in row["entities"]
            if entity["type"] in TYPES
        ),
    )


def read_gold(paths: Iterable[Path | str]) -> list[GoldPaper]:
    """Read annotated papers from JSONL files, one paper a line."""
    papers: list[GoldPaper] = []
    for path in paths:
        with Path(path).open(encoding="utf-8") as lines:
            papers.extend(parse_paper(json.loads(line)) for line in lines if line.strip())
    return papers


def project_spans(
    text: str, words: Sequence[tuple[int, int]], entities: Sequence[GoldEntity]
) -> list[WordSpan]:
    """Find every occurrence of every surface form in a text.

    Args:
        text: the text.
        words: its words, as :func:`extractors.words.split_words` gives them.
        entities: the entities annotated in it.

    Returns:
        Spans that begin and end with a word, without overlaps, sorted. Where two forms compete for a place the
        longer one has it.
    """
    starts = {start: index for index, (start, _) in enumerate(words)}
    ends = {end: index + 1 for index, (_, end) in enumerate(words)}
    forms = sorted(
        {(form, number) for number, entity in enumerate(entities) for form in entity.forms if form},
        key=lambda item: (-len(item[0]), item[0], item[1]),
    )
    taken = [False] * len(words)
    spans = []
    for form, number in forms:
        at = text.find(form)
        while at >= 0:
            first, last = starts.get(at), ends.get(at + len(form))
            if first is not None and last is not None and not any(taken[first:last]):
                taken[first:last] = [True] * (last - first)
                spans.append(WordSpan(first, last, number))
            at = text.find(form, at + 1)
    return sorted(spans, key=lambda span: span.start)


def annotate_words(text: str, entities: Sequence[GoldEntity]) -> tuple[list[tuple[int, int]], list[WordSpan]]:
    """Words of a text and the annotated spans among them."""
    words = split_words(text)
    return words, project_spans(text, words, entities)
