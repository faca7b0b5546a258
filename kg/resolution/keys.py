"""Names settled before senses are weighed: a paper's own definitions, and generic words that go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.model import EntityType
from kg.resolution.affixes import Shorter, reduce_name
from kg.resolution.expansions import Expansions
from kg.resolution.items import KINDS, Items, key_of
from kg.resolution.known import KnownNames
from kg.resolution.senses import type_fit

_FITS = 0.9
_MOST_STEPS = 3
_APART = 0.2
_AS_WRITTEN, _WRITTEN_OUT = "abbreviation written out", 0.93


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a row's name was read as another, and how sure that is (0 to 1)."""

    text: str
    score: float


def settle_keys(items: Items, known: KnownNames) -> dict[int, Reason]:
    """Change the rows' keys where the name stands for another one.

    Returns:
        By row, why its key was changed.
    """
    reasons: dict[int, Reason] = {}
    _use_definitions(items, reasons)
    _drop_generic_words(items, known, reasons)
    return reasons


def _use_definitions(items: Items, reasons: dict[int, Reason]) -> None:
    """Within a paper an abbreviation means what the paper says it means."""
    by_paper: dict[int, dict[int, int]] = defaultdict(dict)
    for row in sorted(items.shorts):
        for short in items.shorts[row]:
            by_paper[items.paper[row]].setdefault(short, row)
    for paper, defined in by_paper.items():
        for row in items.rows(paper):
            definer = defined.get(items.key[row])
            if definer is not None and definer != row and items.key[definer] != items.key[row]:
                items.key[row] = items.key[definer]
                reasons[row] = Reason("the paper defines the abbreviation", 0.97)


def _drop_generic_words(items: Items, known: KnownNames, reasons: dict[int, Reason]) -> None:
    kinds_of: dict[int, int] = defaultdict(int)
    first: dict[int, int] = {}
    for row, (key, kind) in enumerate(zip(items.key, items.kind, strict=True)):
        kinds_of[key] |= 1 << kind
        first.setdefault(key * len(KINDS) + kind, row)
    for row, shorts in items.shorts.items():
        for short in shorts:
            kinds_of[short] |= 1 << items.kind[row]
    expansions = Expansions(items, known)
    wanted: dict[int, tuple[int, Reason]] = {}
    for pair, row in first.items():
        found = _reduction(items, known, kinds_of, expansions, row)
        if found is not None:
            wanted[pair] = found
    if not wanted:
        return
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row, (key, kind) in enumerate(zip(items.key, items.kind, strict=True)):
        if key * len(KINDS) + kind in wanted:
            rows_of[key * len(KINDS) + kind].append(row)
    changes: list[tuple[int, int, Reason]] = []
    for pair, rows in rows_of.items():
        target, reason = wanted[pair]
        # Papers that list both names as two things know better than a rule about words, but not than the catalogue.
        both = sum(any(items.key[other] == target for other in items.rows(items.paper[row])) for row in rows)
        certain = reason.text == _AS_WRITTEN or known.named(items.keys[target])
        if certain or both <= _APART * len(rows):
            changes.extend(
                (row, target, reason)
                for row in rows
                if row not in reasons and _may_change(items, row, target, reason)
            )
    for row, target, reason in changes:
        items.key[row] = target
        reasons[row] = reason


def _may_change(items: Items, row: int, target: int, reason: Reason) -> bool:
    """What a paper calls its own is not the general thing of the shorter name, unless the paper says so itself."""
    if not items.introduced[row] or reason.text == _AS_WRITTEN:
        return True
    return any(key == target for key, _ in items.aliases.get(row, ()))


def _reduction(
    items: Items, known: KnownNames, kinds_of: Mapping[int, int], expansions: Expansions, row: int
) -> tuple[int, Reason] | None:
    """The key that a row's name is short or long for, if that is a name of a fitting type on its own."""
    kind = KINDS[items.kind[row]]
    if known.find(items.keys[items.key[row]]):
        return None
    best: tuple[int, Reason] | None = None
    for other in _other_names(items.name[row], kind, expansions):
        if other.key == items.keys[items.key[row]]:
            continue
        number = items.numbers.get(other.key)
        there = kinds_of.get(number, 0) if number is not None and not other.known_only else 0
        found = any(there >> k & 1 and type_fit(kind, KINDS[k]) >= _FITS for k in range(len(KINDS)))
        known_so = any(_fits_entry(known, entry, kind) for entry in known.named(other.key))
        if found or known_so or other.reason == _AS_WRITTEN:
            best = (items.number(other.key), Reason(other.reason, round(other.score, 3)))
    return best


def _other_names(name: str, kind: EntityType, expansions: Expansions) -> Iterator[Shorter]:
    written = expansions.expand(name)
    if written is not None:
        yield Shorter(key_of(written), _AS_WRITTEN, _WRITTEN_OUT)
        for other in reduce_name(written, kind):
            reason = f"{_AS_WRITTEN}, {other.reason}"
            yield Shorter(other.key, reason, other.score * _WRITTEN_OUT, other.known_only)
    yield from reduce_name(name, kind)


def _fits_entry(known: KnownNames, entry: int, kind: EntityType) -> bool:
    return type_fit(kind, known.entries[entry].type) >= _FITS
