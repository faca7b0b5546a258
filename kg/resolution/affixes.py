"""Words around a name that add nothing to it: ``MMLU benchmark``, ``attention mechanism``, ``OpenAI o3``.

Whether a word may go depends on the type, and on the rest being a name of its own in the same collection: ``world
model`` does not become ``world``. The lists come from how annotated papers vary the names of one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.model import EntityType
from kg.resolution.phrases import turn_task
from kg.resolution.spelling import name_key, name_words

_ANY = frozenset(
    {"framework", "approach", "method", "technique", "scheme", "strategy", "procedure", "series", "family"}
)
_MAKING = _ANY | frozenset(
    {
        "mechanism", "algorithm", "module", "model", "objective", "process", "function", "block", "layer", "system",
        "paradigm", "pipeline", "architecture", "library", "toolkit", "tool", "package", "suite", "protocol",
    }
)  # fmt: skip
GENERIC: dict[EntityType, frozenset[str]] = {
    EntityType.DATASET: frozenset(
        {"dataset", "benchmark", "corpus", "challenge", "leaderboard", "suite", "task", "testbed", "environment",
         "benchmarking", "competition", "collection", "database", "game", "simulator", "series", "family", "track",
         "test", "dev", "val", "validation", "set", "split", "subset", "testset", "data"}
    ),
    EntityType.METHOD: _MAKING | {"problem"},
    EntityType.MODEL: _MAKING | {"backbone", "checkpoint"},
    EntityType.TASK: frozenset({"task", "problem", "challenge"}),
    EntityType.METRIC: frozenset({"score", "metric", "measure"}),
}  # fmt: skip
"""Words that may stand behind a name without naming something else, in the singular."""

HEADS = frozenset({"prompting", "reasoning", "clustering", "decomposition"})
"""Words that add nothing to some well-known methods (``k-means clustering``), but much to most names."""

COINED_ONLY = frozenset({"network", "encoder", "decoder"})
"""Words that add nothing to a coined name (``LSTM network``), but much to words of the language."""

MAKERS = (
    "OpenAI",
    "Google",
    "DeepMind",
    "Anthropic",
    "Microsoft",
    "NVIDIA",
    "Mozilla",
    "Alibaba",
    "Facebook",
)

_DATA_SET = re.compile(r"\s+data\s+sets?$", re.IGNORECASE)
_BOTH = re.compile(r"(.*[A-Za-z][ -]?\d{2,}|.*[A-Za-z]\d)\s*(?:/|and|&)\s*\d[\d.]*$")
_MAKES = frozenset({EntityType.METHOD, EntityType.MODEL})
_ADJECTIVE = re.compile(
    r"(?:based|driven|aware|guided|augmented|integrated|enhanced|free|level|oriented|centric|agent)$"
)
_FEWEST_CAPITALS = {EntityType.DATASET: 1, EntityType.MODEL: 1}
_NOUGHTIES = re.compile(r"^(.*[a-z])[-']?([0-2]\d)$")


@dataclass(frozen=True, slots=True)
class Shorter:
    """Another name that stands for the same thing if it occurs on its own.

    Attributes:
        key: of the other name.
        reason: in words.
        score: probability that both are one, 0 to 1.
        known_only: True where the other name must be the catalogue's.
    """

    key: str
    reason: str
    score: float
    known_only: bool = False


def reduce_name(name: str, kind: EntityType) -> Iterator[Shorter]:
    """Shorter or fuller names that stand for the same thing if they occur on their own.

    Args:
        name: as the text has it.
        kind: its type, which decides what is generic.

    Yields:
        The names, longest first.
    """
    words = name_words(_DATA_SET.sub(" dataset", name) if kind is EntityType.DATASET else name)
    end = len(words)
    known_only = False
    while end > 1 and _may_go(words, end, kind):
        end -= 1
        known_only = known_only or words[end].lower() in HEADS
        if _stands_alone(words[:end], kind):
            yield Shorter(name_key(" ".join(words[:end])), f"generic “{words[end]}”", 0.93, known_only)
    for maker in MAKERS:
        rest = name[len(maker) + 1 :]
        if name.startswith(f"{maker} ") and any(c.isupper() or c.isdigit() for c in rest):
            yield Shorter(name_key(rest), f"maker “{maker}”", 0.9)
    if kind is EntityType.DATASET:
        year = _NOUGHTIES.match(name_key(name))
        if year is not None:
            yield Shorter(f"{year.group(1)}20{year.group(2)}", "year in two digits", 0.9)
    if kind is EntityType.TASK:
        for usual in turn_task(name):
            yield Shorter(name_key(usual), "the same words in their usual order", 0.93)
    both = _BOTH.match(name)
    if both is not None:
        yield Shorter(name_key(both.group(1)), "first of several", 0.7)


def _may_go(words: Sequence[str], end: int, kind: EntityType) -> bool:
    word = words[end - 1].lower()
    if word in GENERIC[kind] or (kind is EntityType.METHOD and word in HEADS):
        return True
    return kind in _MAKES and word in COINED_ONLY and end == 2


def _stands_alone(words: Sequence[str], kind: EntityType) -> bool:
    """True for what can be a name: no adjective such as “graph-based”, and a single word only where it is coined."""
    if _ADJECTIVE.search(words[-1].lower()):
        return False
    if len(words) > 1:
        return True
    capitals = sum(sign.isupper() for sign in words[0])
    return capitals >= _FEWEST_CAPITALS.get(kind, 2) or not words[0].replace("'", "").isalpha()
