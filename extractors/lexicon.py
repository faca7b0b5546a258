"""Names that are known beforehand: the catalogue and users' own lists, found in the text whatever their spelling.

A stretch of words matches where its normal form (``kg.names.normal_form``) is that of a name: ``LLaMA 2``, ``Llama-2``
and ``llama2`` are one. Names flagged ``ambiguous`` or ``case`` match with their exact spelling only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from extractors.reading import Candidate
from kg.catalogue import load_catalogue
from kg.errors import ExtractionError
from kg.model import EntityType
from kg.names import normal_form

_WORD = re.compile(r"[^\W_]+(?:[+#*](?![\w]))*")
_MAX_WORDS = 8
_SEPARATORS = str.maketrans("", "", "-.@")
_GAP = re.compile(r"[\s\-_./:+]{0,3}")


@dataclass(frozen=True, slots=True)
class Known:
    """A known name: its type, how sure a bare match is (0 to 1), the spellings it is bound to if any, its capitals."""

    type: EntityType
    score: float
    spellings: frozenset[str] | None
    source: str
    capitals: int


class Lexicon:
    """A fast matcher for many thousand names.

    Args:
        names: (name, type, score, exact spelling only, source) of every name.
    """

    def __init__(self, names: Iterable[tuple[str, EntityType, float, bool, str]]) -> None:
        self._known: dict[str, Known] = {}
        self._bare: set[str] = set()
        self._beginnings: set[str] = set()
        for name, kind, score, exact, source in names:
            key = normal_form(name)
            if not key:
                continue
            old = self._known.get(key)
            spellings = (
                frozenset({name}) | (old.spellings or frozenset() if old else frozenset()) if exact else None
            )
            if old is None or old.score < score:
                self._known[key] = Known(kind, score, spellings, source, sum(c.isupper() for c in name))
            self._bare.add(key.translate(_SEPARATORS))
            words = [w.group() for w in _WORD.finditer(name)][:_MAX_WORDS]
            for length in range(1, len(words)):
                self._beginnings.add("".join(words[:length]).casefold())

    def __len__(self) -> int:
        return len(self._known)

    def find(self, text: str) -> list[Candidate]:
        """Every known name in a text, longest first at each place, without overlaps.

        Args:
            text: clean text.

        Returns:
            Candidates in the order of the text.
        """
        words = [(m.start(), m.end()) for m in _WORD.finditer(text)]
        folded = [text[s:e].casefold() for s, e in words]
        found: list[Candidate] = []
        at = 0
        while at < len(words):
            best: Candidate | None = None
            width = 1
            joined = ""
            for length in range(1, min(_MAX_WORDS, len(words) - at) + 1):
                last = at + length - 1
                if length > 1:
                    between = text[words[last - 1][1] : words[last][0]]
                    if "\n" in between or not _GAP.fullmatch(between):
                        break
                joined += folded[last]
                if not self._may_be_known(joined):
                    if joined not in self._beginnings:
                        break
                    continue
                surface = text[words[at][0] : words[last][1]]
                known = self._known.get(normal_form(surface))
                if known is not None and (
                    surface in known.spellings
                    if known.spellings is not None
                    else _may_be(surface, known.capitals)
                ):
                    best = Candidate(
                        words[at][0], words[last][1], known.type, known.score, f"known {known.source}"
                    )
                    width = length
                if joined not in self._beginnings:
                    break
            if best is not None:
                found.append(best)
            at += width
        return found

    def _may_be_known(self, joined: str) -> bool:
        """A quick look before the name is normalised with care: separators gone, perhaps a plural."""
        bare = self._bare
        return (
            joined in bare
            or (
                joined.endswith("s")
                and (joined[:-1] in bare or (joined.endswith("ies") and joined[:-3] + "y" in bare))
            )
            or not joined.isascii()
        )


def _may_be(surface: str, capitals: int) -> bool:
    """Whether one word may be the name: "complex" and "Multiple" are no ComplEx and no MULTIPLE, "imagenet" is nobody's."""
    if not surface.isalpha() or capitals == 0:
        return True
    own = sum(c.isupper() for c in surface)
    return own > 0 and (capitals < 2 or own > 1)


def _score(flags: Collection[str]) -> float:
    if "ambiguous" in flags:
        return 0.55
    return 0.45 if "broad" in flags else 0.9


@lru_cache(maxsize=1)
def catalogue_names() -> tuple[tuple[str, EntityType, float, bool, str], ...]:
    """All names of the bundled catalogue, ready for a ``Lexicon``."""
    rows = []
    for entry in load_catalogue():
        exact = bool({"ambiguous", "case"} & set(entry.flags))
        for name in (entry.name, *entry.aliases):
            plain_word = name.isalpha() and len(name) <= 3
            rows.append(
                (name, EntityType(entry.type), _score(entry.flags), exact or plain_word, str(entry.type))
            )
    return tuple(rows)


def read_lexicon(path: str | Path) -> tuple[tuple[str, EntityType, float, bool, str], ...]:
    """Read a user's own names from a TOML file.

    The file has one table per type, each a list of names or of lists whose first member is the name and whose others
    are aliases::

        dataset = ["MyBench", ["Our Long Corpus", "OLC"]]
        method = ["SuperTune"]

    Raises:
        ExtractionError: where the file cannot be read or holds something else.
    """
    source = str(path)
    try:
        with Path(path).open("rb") as stream:
            content = tomllib.load(stream)
    except OSError as error:
        raise ExtractionError(f"cannot be read: {error.strerror or error}", source=source) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ExtractionError(f"is not TOML: {error}", source=source) from error
    rows: list[tuple[str, EntityType, float, bool, str]] = []
    for key, names in content.items():
        if key not in set(EntityType) or not isinstance(names, list):
            raise ExtractionError(
                f"{key!r} is not a list of names of a known type",
                source=source,
                hint=f"Types: {', '.join(EntityType)}",
            )
        for item in names:
            for name in item if isinstance(item, list) else [item]:
                if not isinstance(name, str) or not normal_form(name):
                    raise ExtractionError(f"{name!r} is not a name", source=source)
                rows.append((name, EntityType(key), 0.95, False, f"{key} of {Path(path).name}"))
    return tuple(rows)
