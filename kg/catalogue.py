"""The catalogue: datasets, models, methods, tasks and metrics that abstracts name most, written down by hand.

Input: ``kg/data/catalogue/*.tsv``, one file a type. Output: entries, and a look-up by any spelling of a name.
It serves four ends: a lexicon for finding names, canonical names and aliases for resolving them, the family that a
version or size belongs to, and the few outside identifiers that are certain.

The files have a header line and eight columns: name, aliases, family, hub, homepage, wikidata, flags; ``|`` separates
the items of a list. Rows are sorted by name. Within a file no two entries share a normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from kg.errors import ResolutionError
from kg.model import EntityType
from kg.names import normal_form

COLUMNS = ("name", "aliases", "family", "hub", "homepage", "wikidata", "flags")
FILES: tuple[tuple[EntityType, str], ...] = (
    (EntityType.DATASET, "datasets.tsv"),
    (EntityType.MODEL, "models.tsv"),
    (EntityType.METHOD, "methods.tsv"),
    (EntityType.TASK, "tasks.tsv"),
    (EntityType.METRIC, "metrics.tsv"),
)
AMBIGUOUS, CASE, BROAD = "ambiguous", "case", "broad"
FLAGS = frozenset({AMBIGUOUS, CASE, BROAD})


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One known thing.

    Attributes:
        type: what it is.
        name: the canonical name.
        aliases: other names, as usually spelt; spellings with the same normal form are not repeated.
        family: canonical name of the larger family it is a version, size or part of, or empty.
        hub: Hugging Face repository (``meta-llama/Llama-2-7b-hf``, ``datasets/cais/mmlu``), or empty.
        homepage: web address, or empty.
        wikidata: Wikidata item (``Q…``), or empty.
        flags: any of ``ambiguous`` (also an ordinary word or the name of other things: needs context), ``case`` (only
            with this very case) and ``broad`` (so general that a reader may leave it out).
    """

    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    family: str = ""
    hub: str = ""
    homepage: str = ""
    wikidata: str = ""
    flags: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical name, then the aliases."""
        return (self.name, *self.aliases)


class Catalogue:
    """Look-up of entries by any spelling of one of their names."""

    def __init__(self, entries: Iterable[CatalogueEntry]) -> None:
        self._entries = tuple(entries)
        self._by_key: dict[str, list[tuple[CatalogueEntry, str]]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[CatalogueEntry]:
        return iter(self._entries)

    def find(self, surface: str, type: EntityType | str | None = None) -> CatalogueEntry | None:
        """The entry that a surface form most likely names.

        Args:
            surface: a name as a text has it.
            type: look among the entries of this type alone.

        Returns:
            The entry, or None. Of several types the one without flags wins, then the order of ``FILES``. Acronyms of
            up to three letters and entries flagged ``case`` are found in their very case only, hyphens aside.
        """
        found = self.find_all(surface)
        if type is not None:
            found = tuple(entry for entry in found if entry.type == type)
        return min(found, key=lambda entry: len(entry.flags), default=None)

    def find_all(self, surface: str) -> tuple[CatalogueEntry, ...]:
        """All entries, of any type, that a surface form may name, in the order of ``FILES``."""
        return tuple(
            entry
            for entry, spelling in self._index().get(normal_form(surface), ())
            if not _case_tells(spelling, entry.flags) or _same_letters(surface, spelling)
        )

    def _index(self) -> dict[str, list[tuple[CatalogueEntry, str]]]:
        if self._by_key is None:
            index: dict[str, list[tuple[CatalogueEntry, str]]] = {}
            for entry in self._entries:
                for spelling in entry.names:
                    index.setdefault(normal_form(spelling), []).append((entry, spelling))
            self._by_key = index
        return self._by_key


def read_entries(text: str, type: EntityType, *, source: str | None = None) -> tuple[CatalogueEntry, ...]:
    """Read the entries of one file.

    Args:
        text: content of the file.
        type: type of all its entries.
        source: name of the file, for messages.

    Returns:
        The entries in the order of the file.

    Raises:
        ResolutionError: if the header, the number of columns or a flag is not as it should be.
    """
    header, *lines = text.split("\n")
    if tuple(header.split("\t")) != COLUMNS:
        raise ResolutionError(
            "the catalogue's header is wrong", source=source, line=1, hint="It is: " + " ".join(COLUMNS)
        )
    entries = []
    known_flags = {"": frozenset[str]()}
    for number, line in enumerate(lines, start=2):
        if not line:
            continue
        cells = line.split("\t")
        if len(cells) != len(COLUMNS) or not cells[0]:
            raise ResolutionError(f"the row has not {len(COLUMNS)} columns", source=source, line=number)
        name, aliases, family, hub, homepage, wikidata, flags = cells
        marks = known_flags.get(flags)
        if marks is None:
            marks = known_flags[flags] = frozenset(flags.split("|"))
            if not marks <= FLAGS:
                unknown = ", ".join(sorted(marks - FLAGS))
                raise ResolutionError(f"unknown flag: {unknown}", source=source, line=number)
        spellings = tuple(aliases.split("|")) if aliases else ()
        entries.append(CatalogueEntry(type, name, spellings, family, hub, homepage, wikidata, marks))
    return tuple(entries)


@cache
def load_catalogue() -> tuple[CatalogueEntry, ...]:
    """All entries of the packaged catalogue, type by type in the order of ``FILES``, each sorted by name."""
    folder = resources.files("kg") / "data" / "catalogue"
    return tuple(
        entry
        for kind, name in FILES
        for entry in read_entries((folder / name).read_text(encoding="utf-8"), kind, source=name)
    )


@cache
def shared_catalogue() -> Catalogue:
    """The packaged catalogue, ready for look-ups; one for all callers."""
    return Catalogue(load_catalogue())


def _same_letters(surface: str, spelling: str) -> bool:
    """Whether two spellings agree letter by letter, hyphens, blanks and a plural ``s`` aside."""
    left, right = ("".join(sign for sign in text if sign.isalnum()) for text in (surface, spelling))
    return left.removesuffix("s") == right.removesuffix("s")


def _case_tells(spelling: str, flags: frozenset[str]) -> bool:
    """Whether a name counts in its own case only: a short acronym does, and one word of an entry flagged ``case``."""
    if " " in spelling or spelling.count("-") > 1 or spelling == spelling.lower():
        return False
    return CASE in flags or (len(spelling) <= 3 and spelling.isalpha())
