"""The catalogue as the resolver sees it: which entries a key may stand for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from kg.catalogue import AMBIGUOUS, CASE, CatalogueEntry, load_catalogue
from kg.resolution.affixes import reduce_name
from kg.resolution.items import key_of
from kg.resolution.spelling import name_words

HUB = "https://huggingface.co/"
WIKIDATA = "http://www.wikidata.org/entity/"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Entries by key.

    Attributes:
        entries: the catalogue's entries.
        by_key: numbers of the entries that have a name or alias of this key, or one with a generic word more.
        shortened: the keys that are there only for want of that word.
    """

    entries: tuple[CatalogueEntry, ...]
    by_key: dict[str, tuple[int, ...]]
    shortened: frozenset[str] = frozenset()

    def find(self, key: str) -> tuple[int, ...]:
        """Numbers of the entries that a key may stand for."""
        return self.by_key.get(key, ())

    def named(self, key: str) -> tuple[int, ...]:
        """Numbers of the entries that have a name or alias of this very key."""
        return () if key in self.shortened else self.find(key)

    def is_ambiguous(self, entry: int) -> bool:
        """True where the name is also an ordinary word or the name of other things."""
        return AMBIGUOUS in self.entries[entry].flags

    def wants_case(self, entry: int) -> bool:
        """True where lower case would mean something else."""
        return CASE in self.entries[entry].flags

    def identifiers(self, entry: int) -> tuple[str, ...]:
        """IRIs of the same thing elsewhere, sorted."""
        known = self.entries[entry]
        found = []
        if known.hub:
            found.append(HUB + known.hub)
        if known.wikidata:
            found.append(WIKIDATA + known.wikidata)
        return tuple(sorted(found))


def index_entries(entries: Iterable[CatalogueEntry]) -> KnownNames:
    """Make entries findable by the resolver's keys."""
    listed = tuple(entries)
    by_key: dict[str, dict[int, None]] = {}
    for number, entry in enumerate(listed):
        for name in entry.names:
            by_key.setdefault(key_of(name), {})[number] = None
    shorter: dict[str, dict[int, None]] = {}
    for number, entry in enumerate(listed):
        for name in entry.names:
            words = name_words(name)
            for other in reduce_name(name, entry.type):
                if len(words) > 2 and other.key not in by_key:
                    shorter.setdefault(other.key, {})[number] = None
    # A shorter name that fits several entries is nobody's.
    unique = {key: numbers for key, numbers in shorter.items() if len(numbers) == 1}
    by_key.update(unique)
    return KnownNames(listed, {key: tuple(numbers) for key, numbers in by_key.items()}, frozenset(unique))


@cache
def shared_names() -> KnownNames:
    """The packaged catalogue by key; one for all callers."""
    return index_entries(load_catalogue())
