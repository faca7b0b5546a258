"""Tasks said in other words of the same stem: ``detecting hallucinations``, ``diagnosis of pneumonia``.

The usual order in English puts what is done behind what it is done to: ``hallucination detection``, ``pneumonia
diagnosis``. Only words whose noun is beyond doubt are turned.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.resolution.spelling import name_words

_NOUNS = {
    "aligning": "alignment", "assessing": "assessment", "attributing": "attribution", "classifying": "classification",
    "compressing": "compression", "correcting": "correction", "detecting": "detection", "diagnosing": "diagnosis",
    "discovering": "discovery", "estimating": "estimation", "evaluating": "evaluation", "extracting": "extraction",
    "forecasting": "forecasting", "generating": "generation", "identifying": "identification",
    "localizing": "localization", "matching": "matching", "mitigating": "mitigation", "monitoring": "monitoring",
    "optimizing": "optimization", "parsing": "parsing", "predicting": "prediction", "ranking": "ranking",
    "recognizing": "recognition", "recommending": "recommendation", "reconstructing": "reconstruction",
    "removing": "removal", "retrieving": "retrieval", "segmenting": "segmentation", "simplifying": "simplification",
    "simulating": "simulation", "summarizing": "summarization", "synthesizing": "synthesis", "tracking": "tracking",
    "transcribing": "transcription", "translating": "translation", "verifying": "verification",
}  # fmt: skip
_DOINGS = frozenset(_NOUNS.values())
_BRITISH = re.compile(r"ising$")
_JOINTS = frozenset({"a", "an", "and", "as", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "under", "with"})  # fmt: skip
_MOST_WORDS = 5


def turn_task(name: str) -> Iterator[str]:
    """The usual wording of a task that is said with a verb or with "of".

    Args:
        name: as the text has it.

    Yields:
        At most one name; none where the wording is usual already or in doubt.
    """
    words = name_words(name)
    if not 2 <= len(words) <= _MOST_WORDS:
        return
    first = words[0].lower()
    noun = _NOUNS.get(_BRITISH.sub("izing", first))
    if noun is not None and _is_plain(words[1:]):
        yield " ".join((*words[1:], noun))
    elif first in _DOINGS and words[1].lower() == "of" and _is_plain(words[2:]):
        yield " ".join((*words[2:], words[0]))


def _is_plain(words: Sequence[str]) -> bool:
    """True for a noun phrase: no preposition or article in it, and no second doing at its end."""
    return (
        bool(words)
        and not _JOINTS.intersection(word.lower() for word in words)
        and words[-1].lower() not in _DOINGS
    )
