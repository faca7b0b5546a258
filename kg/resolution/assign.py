"""Every row gets a label: its name in one sense."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from kg.model import EntityType
from kg.resolution.abbreviations import abbreviates, is_short
from kg.resolution.items import KIND_NUMBER, KINDS, UNKNOWN, Items, key_of
from kg.resolution.keys import Reason
from kg.resolution.known import KnownNames
from kg.resolution.labels import Labels
from kg.resolution.senses import (
    MAKERS,
    MOST_SENSES,
    Chooser,
    Sense,
    collect_shorts,
    earliest,
    letters_of,
    type_fit,
)
from kg.resolution.similar import are_variants

_FITS = 0.9
_BEYOND_DOUBT = 2
_SAME_START = 5
_BY_THE_TEXT = Reason("the paper defines the abbreviation", 0.95)
_CATALOGUE, _AMBIGUOUS = 3.0, 1.5
_RESIDUE, _RESIDUE_TINY = 0.5, 0.9
_LONE_OWN = {1: 0.3, 2: 0.35, 3: 0.35, 4: 0.7}
_OWN_BARE = {1: 0.5, 2: 0.8, 3: 0.8, 4: 1.2}
_BESIDE_KNOWN = 0.5
_LETTERS_ENOUGH = 4


@dataclass(slots=True)
class Assigned:
    """Labels of the rows.

    Attributes:
        label: by row, its label.
        reasons: by row, why the name was read so, where it was not simply the same name.
        guesses: pairs of labels that are probably, not certainly, one, with the likelihood.
    """

    label: array[int]
    reasons: dict[int, Reason]
    guesses: dict[tuple[int, int], float] = field(default_factory=dict)

    def guess(self, left: int, right: int, score: float) -> None:
        """Remember that two labels may be one."""
        pair = (min(left, right), max(left, right))
        self.guesses[pair] = max(score, self.guesses.get(pair, 0.0))


def assign_labels(items: Items, known: KnownNames, labels: Labels, reasons: dict[int, Reason]) -> Assigned:
    """Choose a label for every row."""
    assigned = Assigned(array("l", bytes(array("l").itemsize * len(items))), reasons)
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row in range(len(items)):
        rows_of[items.key[row]].append(row)
    worker = _Assigner(items, known, labels, assigned, rows_of)
    for key in sorted(rows_of, key=lambda k: items.keys[k]):
        worker.assign(key, rows_of[key])
    return assigned


def _is_part(left: str, right: str) -> bool:
    """True where one key holds the other, or both begin alike: readings of one long form that a text cut short."""
    return left in right or right in left or left[:_SAME_START] == right[:_SAME_START]


def is_coinage(name: str) -> bool:
    """One word, not all in lower case: what others may call a thing of their own as well."""
    return " " not in name and not name.islower()


class _Assigner:
    def __init__(
        self,
        items: Items,
        known: KnownNames,
        labels: Labels,
        assigned: Assigned,
        rows_of: dict[int, list[int]],
    ) -> None:
        self.items = items
        self.known = known
        self.labels = labels
        self.assigned = assigned
        self.rows_of = rows_of
        self.shorts = collect_shorts(items)
        self.chooser = Chooser(items)
        for short in sorted(self.shorts, key=lambda k: items.keys[k]):
            self._join_long_forms(short)

    # ------------------------------------------------------------------ rows
    def assign(self, key: int, rows: list[int]) -> None:
        """Label all rows of one key."""
        items, labels = self.items, self.labels
        text = items.keys[key]
        own = self._own_rows(key, rows)
        entries = self.known.find(text)
        longs = self.shorts.get(key, {})
        if not own and not longs and (not entries or not self._is_coined(rows)):
            plain = self.main_label(key, rows)
            other = self._label_of_strangers(key, plain)
            for row in rows:
                self.assigned.label[row] = plain if other is None or self._is_meant(row, plain) else other
            return
        homes = self._own_homes(key, rows, own, entries)
        senses = self._senses(key, longs, entries, homes)
        residue = _RESIDUE_TINY if len(text) < 4 else _RESIDUE
        rest = labels.number(("key", text))
        at_home = {items.paper[row]: row for row in homes}
        for row in rows:
            if row in homes:
                self.assigned.label[row] = homes[row]
                continue
            own_row = at_home.get(items.paper[row])
            if own_row is not None and self._fit(row, own_row) >= _FITS:
                self.assigned.label[row] = homes[
                    own_row
                ]  # a paper that has a thing of this name means that one
                continue
            choice = self.chooser.choose(row, senses, residue) if senses else None
            said = items.defined.get(row)
            if said is not None and not (
                choice and choice.sense and self._may_mean(choice.sense.label, row, said)
            ):
                choice, label = None, self._defined_label(row, said)
                if label is not None:
                    self.assigned.label[row] = label
                    self.assigned.reasons.setdefault(row, _BY_THE_TEXT)
                    continue
            if choice is None or choice.sense is None:
                self.assigned.label[row] = rest
                for label, share in choice.guesses if choice else ():
                    self.assigned.guess(rest, label, share)
                continue
            self.assigned.label[row] = choice.sense.label
            if choice.sense.reason:
                self.assigned.reasons.setdefault(
                    row, Reason(choice.sense.reason, round(min(0.99, choice.share), 3))
                )

    def _own_rows(self, key: int, rows: Sequence[int]) -> list[int]:
        """The rows of papers that present a thing of their own under this name.

        A coined word is its paper's own. Words of the language are so where several papers present a method or model
        under them beyond doubt, and hardly anybody else uses them: each then has its own “dynamic alignment”.
        """
        items = self.items
        own = [row for row in rows if items.introduced[row]]
        coined = [row for row in own if is_coinage(items.name[row])]
        if len(coined) == len(own) or self.known.find(items.keys[key]):
            return coined
        sure = [
            row for row in own if items.introduced[row] == _BEYOND_DOUBT and KINDS[items.kind[row]] in MAKERS
        ]
        several = len({items.paper[row] for row in sure}) > 1
        return sure if several and 2 * len(sure) >= len(rows) else coined

    def main_label(self, key: int, rows: Sequence[int]) -> int:
        """What a name means where nothing is known against it: the catalogue's entry of the best type, or itself."""
        text = self.items.keys[key]
        entries = self.known.find(text)
        if not entries:
            return self.labels.number(("key", text))
        kinds = Counter(self.items.kind[row] for row in rows)
        fit = {
            entry: sum(n * type_fit(KINDS[k], self.known.entries[entry].type) for k, n in kinds.items())
            for entry in entries
        }
        return self.labels.number(("entry", min(entries, key=lambda e: (-fit[e], e))))

    def _label_of_strangers(self, key: int, label: int) -> int | None:
        """A label for those who mean words and not the catalogue's name, where its entry leaves room for doubt.

        A task of “multimodal QA” is not the dataset MultimodalQA, one of “cell tracking” not the Cell Tracking Challenge.
        """
        name, text = self.labels.names[label], self.items.keys[key]
        if name[0] != "entry":
            return None
        doubtful = is_coinage(self.known.entries[int(name[1])].name) or text in self.known.shortened
        return self.labels.number(("key", text)) if doubtful else None

    def _is_meant(self, row: int, label: int) -> bool:
        """True where a row's type, or its spelling as one word, fits an entry."""
        entry = self.known.entries[int(self.labels.names[label][1])]
        fit = type_fit(KINDS[self.items.kind[row]], entry.type)
        return fit >= _FITS or is_coinage(self.items.name[row])

    def _fit(self, left: int, right: int) -> float:
        """How well the types of two rows go together."""
        kind = self.items.kind
        return type_fit(KINDS[kind[left]], KINDS[kind[right]])

    def _defined_label(self, row: int, long: int) -> int | None:
        """The label of the long form that a row's paper gives its name, where that is a name of a fitting type."""
        rows = self.rows_of.get(long)
        if not rows or not self._is_mostly(long, KINDS[self.items.kind[row]]):
            return None
        return self.main_label(long, rows)

    def _may_mean(self, label: int, row: int, long: int) -> bool:
        """False where a sense has long forms of its own, and none of them is the one that the row's paper gives."""
        items, name = self.items, self.labels.names[label]
        short = items.name[row]
        if name[0] == "entry":
            names = self.known.entries[int(name[1])].names
        else:
            number = items.numbers.get(str(name[1]))
            rows = self.rows_of.get(number, []) if number is not None else []
            names = tuple(items.name[one] for one in rows[:1])
        text = items.keys[long]
        fuller = [one for one in names if not is_short(one) and abbreviates(short, one)]
        return not fuller or any(_is_part(text, key_of(one)) for one in fuller)

    def _is_mostly(self, key: int, kind: EntityType) -> bool:
        """True where most papers take what has this name for something of a fitting type, whoever abbreviates it.

        ``medical question answering`` is a task, even if the makers of the dataset MedQA spell its name out so.
        """
        rows = self.rows_of[key]
        fits = sum(type_fit(KINDS[self.items.kind[row]], kind) >= _FITS for row in rows)
        return 2 * fits >= len(rows)

    def _is_coined(self, rows: Sequence[int]) -> bool:
        """One word with a capital or digit in most of the papers: a name that others may invent as well."""
        names = [self.items.name[row] for row in rows[:50] if row not in self.assigned.reasons]
        return 2 * sum(map(is_coinage, names)) > len(names)

    def _own_homes(
        self, key: int, rows: Sequence[int], own: Sequence[int], entries: Sequence[int]
    ) -> dict[int, int]:
        """Labels of the rows that introduce a thing of this name."""
        items, known, labels = self.items, self.known, self.labels
        homes: dict[int, int] = {}
        by_quote: dict[str, int] = {}
        claimed: set[int] = set()
        mentioned = min(
            (items.until[items.paper[row]] for row in rows if not items.introduced[row]), default=UNKNOWN
        )
        order = sorted(own, key=lambda row: (items.until[items.paper[row]], items.papers[items.paper[row]]))
        for row in order:
            kind = KINDS[items.kind[row]]
            label: int | None = None
            for entry in entries:
                fits = type_fit(kind, known.entries[entry].type) >= _FITS
                if items.introduced[row] == 2 and mentioned < earliest(items, (row,)):
                    break  # others spoke of the known one before this paper gave its own that name
                if not self._names_by_coinage(entry, key):
                    continue  # a paper's PROBE is not what everybody calls probing
                if fits and (not known.is_ambiguous(entry) or entry not in claimed):
                    claimed.add(entry)
                    label = labels.number(("entry", entry))
                    break
            quote = items.quotes[row]
            if label is None and quote:
                label = by_quote.get(quote)  # one paper under two ids
            if label is None:
                label = labels.number(("own", items.keys[key], items.papers[items.paper[row]]))
            if quote:
                by_quote.setdefault(quote, label)
            homes[row] = label
        return homes

    def _names_by_coinage(self, entry: int, key: int) -> bool:
        """True where the catalogue's own spelling of this key is a coined name, not ordinary words."""
        spelt = self._spellings(entry, key)
        return not spelt or any(map(is_coinage, spelt))

    def _spellings(self, entry: int, key: int) -> list[str]:
        """How the catalogue spells the names of this key, if it has any."""
        text = self.items.keys[key]
        return [name for name in self.known.entries[entry].names if key_of(name) == text]

    # ------------------------------------------------------------------ senses
    def _senses(
        self, key: int, longs: dict[int, list[int]], entries: Sequence[int], homes: dict[int, int]
    ) -> list[Sense]:
        items, known, labels = self.items, self.known, self.labels
        size = len(items.keys[key])
        found: dict[int, Sense] = {}
        # The more papers speak of a thing of that type and name, the less likely it is that all mean a new one.
        named = Counter(KINDS[items.kind[row]] for row in self.rows_of[key] if not items.introduced[row])
        for entry in entries:
            item = known.entries[entry]
            ambiguous = known.is_ambiguous(entry)
            self._add(
                found,
                Sense(
                    labels.number(("entry", entry)),
                    Counter({KIND_NUMBER[item.type]: 1}),
                    (_AMBIGUOUS if ambiguous else _CATALOGUE) + min(_CATALOGUE, 0.5 * named[item.type]),
                    reason="the catalogue's name",
                    certain=not ambiguous,
                    lower_case=not known.wants_case(entry),
                    letters=frozenset(map(letters_of, self._spellings(entry, key)))
                    if known.wants_case(entry)
                    else frozenset(),
                ),
            )
        total = sum(len(rows) for rows in longs.values())
        for long, rows in longs.items():
            mine = sum(items.introduced[row] > 0 for row in rows)
            weight = (len(rows) - mine) + mine * _LONE_OWN.get(size, 1.2)
            self._add(
                found,
                Sense(
                    self.main_label(long, rows),
                    Counter(items.kind[row] for row in rows),
                    weight,
                    since=earliest(items, rows) if mine == len(rows) else 0,
                    rows=tuple(rows[:8]),
                    definers=len(rows),
                    spellings=self._own_spellings(key, rows) if mine == len(rows) else frozenset(),
                ),
            )
        for row, label in homes.items():
            if labels.names[label][0] != "own":
                continue
            name = items.name[row]
            self._add(
                found,
                Sense(
                    label,
                    Counter({items.kind[row]: 1}),
                    _OWN_BARE.get(size, 1.5) * (_BESIDE_KNOWN if entries else 1.0),
                    since=earliest(items, (row,)),
                    rows=(row,),
                    reason="the name that a paper introduces",
                    lower_case=not any(sum(c.isupper() for c in part) > 1 for part in name.split("-")),
                ),
            )
        for sense in found.values():
            if sense.definers:
                sense.reason = f"abbreviation: {sense.definers} of {total} papers that define it say so"
        return sorted(found.values(), key=lambda s: (-s.weight, labels.names[s.label]))[:MOST_SENSES]

    def _own_spellings(self, key: int, rows: Sequence[int]) -> frozenset[str]:
        """How the papers that introduce a thing spell its abbreviation."""
        aliases = self.items.aliases
        return frozenset(alias.rstrip("s") for row in rows for k, alias in aliases.get(row, ()) if k == key)

    def _add(self, found: dict[int, Sense], sense: Sense) -> None:
        """Add a sense; two senses whose labels are joined are one."""
        root = self.labels.find(sense.label)
        other = found.get(root)
        if other is None:
            found[root] = sense
            return
        other.kinds.update(sense.kinds)
        other.weight += sense.weight
        other.rows = (other.rows + sense.rows)[:8]
        other.since = 0
        other.certain = other.certain or sense.certain
        other.letters = frozenset()
        other.definers += sense.definers
        other.spellings = (
            other.spellings | sense.spellings if other.spellings and sense.spellings else frozenset()
        )

    def _join_long_forms(self, short: int) -> None:
        """Long forms of one abbreviation that are variants of each other are one thing."""
        items, known, labels = self.items, self.known, self.labels
        longs = self.shorts[short]
        if len(items.keys[short]) < 3:
            return
        order = sorted(longs, key=lambda k: (-len(longs[k]), items.keys[k]))[:MOST_SENSES]
        homes = {long: self.main_label(long, longs[long]) for long in order}
        names = {long: items.name[longs[long][0]] for long in order}
        for at, left in enumerate(order):
            for right in order[at + 1 :]:
                if are_variants(names[left], names[right]):
                    text = f"long forms of one abbreviation, {items.keys[short]}"
                    labels.join(homes[left], homes[right], reason=text, score=0.92)
        for entry in known.find(items.keys[short]):
            self._join_entry(short, entry, order, homes, names)

    def _join_entry(
        self, short: int, entry: int, order: Sequence[int], homes: dict[int, int], names: dict[int, str]
    ) -> None:
        """The catalogue's entry of an abbreviation and the long form that papers give it."""
        items, known, labels = self.items, self.known, self.labels
        item = known.entries[entry]
        long_names = [name for name in item.names if " " in name or name.count("-") > 1]
        label = labels.number(("entry", entry))
        longs = self.shorts[short]
        fitting = {
            long: sum(
                type_fit(KINDS[items.kind[row]], item.type)
                for row in longs[long]
                if not items.introduced[row]  # what a paper calls its own is hardly the well-known thing
            )
            for long in order
        }
        for long in order:
            if any(are_variants(names[long], name) for name in long_names):
                labels.join(
                    label, homes[long], reason=f"long forms of one abbreviation, {item.name}", score=0.92
                )
        if long_names or known.is_ambiguous(entry):
            return
        best = max(order, key=lambda long: (fitting[long], items.keys[long]))
        needed = _FITS if len(items.keys[short]) >= _LETTERS_ENOUGH else 2 * _FITS
        clear = fitting[best] >= needed and fitting[best] >= 0.6 * sum(fitting.values())
        if clear and self._is_mostly(best, item.type):
            text = f"abbreviation: {len(longs[best])} of {sum(map(len, longs.values()))} papers that define it say so"
            labels.join(label, homes[best], reason=text, score=0.9)
