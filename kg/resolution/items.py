"""What the papers say, in columns: one row for each paper's entity, names as numbered keys.

Columns instead of objects, since a large collection has millions of rows and every step reads only a few of them.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kg.model import EntityType, ExtractedEntity, Extraction, LinkKind, PartialDate, Role
from kg.resolution.abbreviations import abbreviates, is_short
from kg.resolution.spelling import name_key, split_definition
from kg.text import clean_text

KINDS: tuple[EntityType, ...] = tuple(EntityType)
KIND_NUMBER = {kind: number for number, kind in enumerate(KINDS)}
UNKNOWN = 1 << 30
_FEW_NAMES = 3
UNSURE_ROLE, SURE_ROLE = 0.5, 0.95
_VENUE = re.compile(r"[a-z]+((?:19|20)\d\d)(?!\d)")
_ARXIV = re.compile(r"(?:arxiv:)?(\d\d)(0[1-9]|1[0-2])\.\d{4,5}", re.IGNORECASE)
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 .+-]*[A-Za-z0-9.+-])?")
_HUB_KINDS = {LinkKind.HUGGINGFACE_MODEL: EntityType.MODEL, LinkKind.HUGGINGFACE_DATASET: EntityType.DATASET}


@dataclass(slots=True)
class Items:
    """One row for each entity of each paper, in the order of paper ids.

    Attributes:
        papers: paper ids, sorted.
        since: by paper, the earliest month in which it may have appeared, counted from year 0, 0 where not known.
        until: by paper, the latest such month, ``UNKNOWN`` where not known.
        keys: the keys, by number.
        starts: by paper, its first row; one more behind the last.
        paper: by row, number of the paper.
        index: by row, position in that paper's extraction.
        kind: by row, number of the type in ``KINDS``.
        key: by row, number of the name's key.
        name: by row, the name as the paper has it.
        weight: by row, how sure the extractor was, 0 to 1.
        introduced: by row, 1 where the paper presents the thing as its own, 2 where its title opens
            with the name or the role is beyond doubt, else 0.
        aliases: by row, (key, alias) of every other spelling; rows without any are left out.
        shorts: by row, keys of the abbreviations that the paper defines for it; rows without any are left out.
        defined: by row, key of the long form that the text gives the row's name, where the entity itself has none.
        quotes: by row, the sentence that says the role.
        hub: by row, the Hub page that the paper links to under the very name.
    """

    papers: list[str] = field(default_factory=list)
    since: array[int] = field(default_factory=lambda: array("l"))
    until: array[int] = field(default_factory=lambda: array("l"))
    keys: list[str] = field(default_factory=list)
    starts: array[int] = field(default_factory=lambda: array("l"))
    paper: array[int] = field(default_factory=lambda: array("l"))
    index: array[int] = field(default_factory=lambda: array("l"))
    kind: bytearray = field(default_factory=bytearray)
    key: array[int] = field(default_factory=lambda: array("l"))
    name: list[str] = field(default_factory=list)
    weight: array[float] = field(default_factory=lambda: array("f"))
    introduced: bytearray = field(default_factory=bytearray)
    aliases: dict[int, tuple[tuple[int, str], ...]] = field(default_factory=dict)
    shorts: dict[int, tuple[int, ...]] = field(default_factory=dict)
    defined: dict[int, int] = field(default_factory=dict)
    quotes: list[str] = field(default_factory=list)
    hub: dict[int, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.name)

    def number(self, key: str) -> int:
        """The number of a key, a new one if need be."""
        found = self.numbers.get(key)
        if found is None:
            found = self.numbers[key] = len(self.keys)
            self.keys.append(key)
        return found

    def rows(self, paper: int) -> range:
        """The rows of a paper."""
        return range(self.starts[paper], self.starts[paper + 1])


def collect(extractions: Iterable[Extraction], dates: Mapping[str, PartialDate] | None = None) -> Items:
    """Read all papers into columns.

    Papers are put in the order of their ids, so that nothing later depends on the order in which they came; of two
    extractions of one paper the last counts.
    """
    items = Items()
    by_paper = {extraction.paper_id: extraction for extraction in extractions}
    for number, identifier in enumerate(sorted(by_paper)):
        extraction = by_paper[identifier]
        items.papers.append(identifier)
        since, until = _months(identifier, dates)
        items.since.append(since)
        items.until.append(until)
        items.starts.append(len(items))
        hub = _hub_links(extraction)
        long_of = {key_of(short): long for short, long in extraction.definitions if abbreviates(short, long)}
        for index, entity in enumerate(extraction.entities):
            _add(items, number, index, entity, hub)
            row = len(items) - 1
            long = long_of.get(items.keys[items.key[row]]) if is_short(entity.name) else None
            if long is not None and row not in items.shorts and len(entity.aliases) <= _FEW_NAMES:
                items.defined[row] = items.number(key_of(long))
    items.starts.append(len(items))
    return items


def _add(
    items: Items, paper: int, index: int, entity: ExtractedEntity, hub: dict[tuple[EntityType, str], str]
) -> None:
    row = len(items)
    long, bracket = split_definition(entity.name)
    if bracket and not abbreviates(bracket, long):
        long, bracket = entity.name, ""
    key = key_of(long)
    items.paper.append(paper)
    items.index.append(index)
    items.kind.append(KIND_NUMBER[entity.type])
    items.key.append(items.number(key))
    items.name.append(entity.name)
    items.weight.append(min(1.0, max(0.05, entity.confidence)))
    items.introduced.append(_introduction(entity))
    items.quotes.append(entity.evidence.quote)
    others = {alias: key_of(alias) for alias in (*entity.aliases, bracket) if alias and alias != entity.name}
    if others:
        items.aliases[row] = tuple((items.number(other), alias) for alias, other in sorted(others.items()))
        shorts = sorted(
            {
                other
                for alias, other in others.items()
                if other != key and is_short(alias) and not is_short(long) and abbreviates(alias, long)
            }
        )
        if shorts:
            items.shorts[row] = tuple(items.number(short) for short in shorts)
    if hub:
        for name in (entity.name, *entity.aliases):
            page = hub.get((entity.type, key_of(name)))
            if page is not None:
                items.hub[row] = page
                break


def key_of(name: str) -> str:
    """The name's key; for a name without letter or digit, one made of its signs."""
    return name_key(name) or "sign " + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=1 << 18)
def tidy(name: str) -> str:
    """A name fit to be shown: without mark-up, hard line breaks and doubled blanks."""
    if _PLAIN.fullmatch(name) and "  " not in name:
        return name
    return " ".join(clean_text(name).text.split()) or name


def _introduction(entity: ExtractedEntity) -> int:
    if entity.role is not Role.INTRODUCES:
        return 0
    if any(mention.start == 0 for mention in entity.mentions):
        return 2
    return 2 if entity.role_confidence >= SURE_ROLE else int(entity.role_confidence >= UNSURE_ROLE)


def _months(paper_id: str, dates: Mapping[str, PartialDate] | None) -> tuple[int, int]:
    """First and last month in which a paper may have appeared; a conference prints what was known the year before."""
    found = _ARXIV.match(paper_id)
    if found is not None:
        month = (2000 + int(found.group(1))) * 12 + int(found.group(2))
        return month, month
    date = dates.get(paper_id) if dates else None
    year = date.year if date is not None else None
    if year is None and (venue := _VENUE.match(paper_id)) is not None:
        year = int(venue.group(1))
    if date is not None and year and date.month:
        return year * 12 + date.month, year * 12 + date.month
    return ((year - 1) * 12 + 1, year * 12 + 12) if year else (0, UNKNOWN)


def _hub_links(extraction: Extraction) -> dict[tuple[EntityType, str], str]:
    pages: dict[tuple[EntityType, str], str] = {}
    for link in extraction.links:
        kind = _HUB_KINDS.get(link.kind)
        if kind is not None:
            pages.setdefault((kind, name_key(link.url.rstrip("/").rsplit("/", 1)[-1])), link.url)
    return pages
