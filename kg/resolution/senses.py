"""What a name means in a paper that does not say: senses, and the choice among them.

The senses of a name are the long forms that papers define it for, the catalogue's entries, and the things of that name
that papers introduce. Each has a weight; type, date and context decide in the single case. A choice needs
a clear majority; without one the name stays a label of its own and the likeliest senses are remembered as guesses.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kg.model import EntityType
from kg.resolution.items import KIND_NUMBER, KINDS, Items

MAJORITY = 0.6
"""Share of the weight that a sense needs to be chosen."""
GUESS = 0.35
"""Share from which a sense that was not chosen is kept as a guess."""
MOST_SENSES = 24
"""Senses of one name that are weighed; more would make a name like ``CE`` slow and help nobody."""

MAKERS = frozenset({EntityType.METHOD, EntityType.MODEL})
_SAME_TYPE, _MAKER_TYPE, _TASK_TYPE, _OTHER_TYPE = 1.0, 0.9, 0.5, 0.15
_TOO_EARLY = 0.05
_LOWER, _LOWER_KNOWN = 0.15, 0.4
_OTHER_CASE, _OTHER_NAME = 0.3, 0.05
_CONTEXT = 3.0
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(slots=True)
class Sense:
    """One meaning of a name.

    Attributes:
        label: number of the label.
        kinds: types that papers give it, by weight.
        weight: how much speaks for it before the single case is looked at.
        since: month before which no paper can speak of it, counted from year 0, 0 where not known.
        rows: rows that define or introduce it, for their context.
        reason: in words.
        definers: papers that define the abbreviation so.
        spellings: how the abbreviation is spelt where only those who introduce the thing define it, else empty.
        certain: True for the catalogue's unambiguous entries: a type that a single paper gives it matters less.
        lower_case: False where the name in lower case is an ordinary word and not this.
        letters: how a known name is spelt that another case would make another name (``MiMo``, ``MIMO``), else empty.
    """

    label: int
    kinds: Counter[int]
    weight: float
    since: int = 0
    rows: tuple[int, ...] = ()
    reason: str = ""
    definers: int = 0
    spellings: frozenset[str] = frozenset()
    certain: bool = False
    lower_case: bool = True
    letters: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """What was made of a name.

    Attributes:
        sense: the chosen sense, or None.
        share: its share of the weight, 0 to 1.
        guesses: (label, share) of likely senses that were not chosen.
    """

    sense: Sense | None
    share: float
    guesses: tuple[tuple[int, float], ...] = ()


def letters_of(name: str) -> str:
    """Letters and digits in their case, without a plural's s: what tells names apart that differ in nothing else."""
    return "".join(sign for sign in name if sign.isalnum()).removesuffix("s")


def _differs_in_case(letters: str, known: frozenset[str]) -> bool:
    """True for the same letters in another case; other letters are another matter."""
    return letters not in known and letters.casefold() in {one.casefold() for one in known}


def type_fit(left: EntityType, right: EntityType, *, certain: bool = False) -> float:
    """How well two types go together for one thing, 0 to 1."""
    if left is right:
        return _SAME_TYPE
    if left in MAKERS and right in MAKERS:
        return _MAKER_TYPE
    if {left, right} & MAKERS and EntityType.TASK in (left, right):
        return _TASK_TYPE
    return 2 * _OTHER_TYPE if certain else _OTHER_TYPE


class Chooser:
    """Weighs the senses of names for rows that only give the name."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._contexts: dict[int, frozenset[str | int]] = {}

    def choose(self, row: int, senses: Sequence[Sense], residue: float) -> Choice:
        """Pick the sense that a row's name has.

        Args:
            row: of a paper that gives the name and nothing more.
            senses: what it may mean.
            residue: weight of "something else".
        """
        items = self._items
        kind = KINDS[items.kind[row]]
        until = items.until[items.paper[row]]
        lower = items.name[row].islower()
        weights = []
        for sense in senses:
            weight = sense.weight * self._fit(kind, sense)
            if until < sense.since:
                weight *= _TOO_EARLY
            if lower and not sense.lower_case:
                weight *= (
                    _LOWER_KNOWN if sense.certain and kind in map(KINDS.__getitem__, sense.kinds) else _LOWER
                )
            if sense.spellings and items.name[row].rstrip("s") not in sense.spellings:
                weight *= _OTHER_CASE  # FLASH is somebody's Frame-Level … Handler; Flash is more likely something else
            if sense.letters and _differs_in_case(letters_of(items.name[row]), sense.letters):
                same = kind is EntityType.DATASET and KIND_NUMBER[kind] in sense.kinds
                weight *= (
                    _OTHER_CASE if same else _OTHER_NAME
                )  # makers of data are the least careful with capitals
            weights.append(weight)
        best = max(range(len(senses)), key=lambda i: (weights[i], -senses[i].label))
        total = sum(weights) + residue
        rivals = sum(w >= 0.1 * weights[best] for w in weights)
        if rivals > 1 and weights[best] < 0.9 * total:
            for i, sense in enumerate(senses):
                if weights[i] >= 0.1 * weights[best] and sense.rows:
                    weights[i] *= 1.0 + _CONTEXT * self._overlap(row, sense)
            best = max(range(len(senses)), key=lambda i: (weights[i], -senses[i].label))
            total = sum(weights) + residue
        share = weights[best] / total if total else 0.0
        if share >= MAJORITY:
            return Choice(senses[best], share)
        guesses = ((s.label, w / total) for s, w in zip(senses, weights, strict=True) if w >= GUESS * total)
        return Choice(None, 0.0, tuple(guesses))

    @staticmethod
    def _fit(kind: EntityType, sense: Sense) -> float:
        total = sum(sense.kinds.values())
        return (
            sum(n * type_fit(kind, KINDS[k], certain=sense.certain) for k, n in sense.kinds.items()) / total
        )

    def _overlap(self, row: int, sense: Sense) -> float:
        """Best share of a row's context that a defining row has too, 0 to 1."""
        own = self._context(row)
        if not own:
            return 0.0
        best = 0.0
        for other in sense.rows[:8]:
            theirs = self._context(other)
            if theirs:
                best = max(best, len(own & theirs) / math.sqrt(len(own) * len(theirs)))
        return best

    def _context(self, row: int) -> frozenset[str | int]:
        """Keys of the other things that the paper names, and the longer words of the row's sentence."""
        found = self._contexts.get(row)
        if found is None:
            items = self._items
            beside = {items.key[other] for other in items.rows(items.paper[row]) if other != row}
            words = set(_WORD.findall(items.quotes[row].lower())) - _COMMON
            found = self._contexts[row] = frozenset(beside | words)
        return found


def collect_shorts(items: Items) -> dict[int, dict[int, list[int]]]:
    """Long forms by abbreviation: key of the short form → key of the long form → rows that define it."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row, shorts in items.shorts.items():
        for short in shorts:
            found[short][items.key[row]].append(row)
    return found


def earliest(items: Items, rows: Iterable[int]) -> int:
    """The month before the first in which the rows' papers may have appeared, 0 where one is unknown.

    One month of grace: papers are known before they are listed.
    """
    return max(0, min((items.since[items.paper[row]] for row in rows), default=0) - 1)


_COMMON = frozenset({
    "about", "achieve", "achieves", "across", "additionally", "also", "among", "approach", "approaches", "based",
    "baseline", "baselines", "become", "better", "between", "both", "compared", "comparison", "data", "dataset",
    "datasets", "demonstrate", "demonstrates", "different", "effective", "evaluate", "evaluated", "evaluation",
    "existing", "experiment", "experimental", "experiments", "extensive", "first", "framework", "from", "further",
    "have", "however", "improve", "improves", "including", "into", "introduce", "introduces", "large", "learning",
    "method", "methods", "model", "models", "more", "most", "multiple", "novel", "other", "outperform",
    "outperforms", "over", "paper", "performance", "present", "problem", "propose", "proposed", "proposes",
    "results", "show", "shows", "significant", "significantly", "state", "such", "task", "tasks", "than", "that",
    "their", "these", "they", "this", "through", "training", "using", "various", "very", "when", "where", "which",
    "while", "with", "without", "work"
})  # fmt: skip
