"""Words around a name that add nothing to it: ``MMLU benchmark``, ``attention mechanism``, ``OpenAI o3``.

Whether a word may go depends on the type, and on the rest being a name of its own in the same collection: ``world
model`` does not become ``world``. The lists come from how annotated papers vary the names of one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import EntityType
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
    EntityType.METHOD: _MAKING | {"prompting", "clustering", "decomposition", "problem", "reasoning"},
    EntityType.MODEL: _MAKING | {"backbone", "checkpoint"},
    EntityType.TASK: frozenset({"task", "problem", "challenge"}),
    EntityType.METRIC: frozenset({"score", "metric", "measure", "rate", "value", "index"}),
}  # fmt: skip
"""Words that may stand behind a name without naming something else, in the singular."""

COINED_ONLY = frozenset({"network", "encoder", "decoder"})
"""Words that add nothing to a coined name (``LSTM network``), but much to words of the language."""

MAKERS = frozenset(
    {"openai", "google", "deepmind", "meta", "anthropic", "microsoft", "nvidia", "mozilla", "alibaba", "facebook", "apple",
     "amazon", "huggingface", "ibm", "xai"}
)  # fmt: skip
_DATA_SET = re.compile(r"\s+data\s+sets?$", re.IGNORECASE)
_BOTH = re.compile(r"(.*[A-Za-z][ -]?\d{2,}|.*[A-Za-z]\d)\s*(?:/|and|&)\s*\d[\d.]*$")
_MAKERS_OF = frozenset({EntityType.METHOD, EntityType.MODEL})
_NOUGHTIES = re.compile(r"^(.*[a-z])[-']?([0-2]\d)$")


def reduce_name(name: str, kind: EntityType) -> Iterator[tuple[str, str, float]]:
    """Shorter or fuller names that stand for the same thing if they occur on their own.

    Args:
        name: as the text has it.
        kind: its type, which decides what is generic.

    Yields:
        (key of the other name, reason, score), longest name first.
    """
    words = name_words(_DATA_SET.sub(" dataset", name) if kind is EntityType.DATASET else name)
    generic = GENERIC[kind]
    end = len(words)
    while end > 1 and (
        words[end - 1].lower() in generic
        or (
            kind in _MAKERS_OF and words[end - 1].lower() in COINED_ONLY and end == 2 and _is_coined(words[0])
        )
    ):
        end -= 1
        yield name_key(" ".join(words[:end])), f"generic “{words[end]}”", 0.93
    if len(words) > 1 and words[0].lower() in MAKERS:
        yield name_key(" ".join(words[1:])), f"maker “{words[0]}”", 0.9
    if kind is EntityType.DATASET:
        year = _NOUGHTIES.match(name_key(name))
        if year is not None:
            yield f"{year.group(1)}20{year.group(2)}", "year in two digits", 0.9
    both = _BOTH.match(name)
    if both is not None:
        yield name_key(both.group(1)), "first of several", 0.7


def _is_coined(word: str) -> bool:
    return sum(c.isupper() for c in word) > 1
