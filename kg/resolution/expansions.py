"""Abbreviations inside longer names: ``offline RL`` as ``offline reinforcement learning``."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from kg.resolution.abbreviations import is_short
from kg.resolution.items import Items, key_of
from kg.resolution.known import KnownNames
from kg.resolution.spelling import split_definition

_TOKEN = re.compile(r"[^\s\-\u2010-\u2015]+")
_GROUP = re.compile(r"\S+")
_ORDINARY = re.compile(r"(?<![A-Za-z])[a-z]{3,}(?![A-Za-z])")
_INNER = re.compile(r"\s*\(([^()\s]{2,12})\)(?=\s)")
_SHARE = 0.8
_PAPERS = 2


class Expansions:
    """The long form of every abbreviation that means one thing to nearly all who define it."""

    def __init__(self, items: Items, known: KnownNames) -> None:
        self._known = known
        self._long: dict[str, str] = {}
        counts: dict[int, Counter[str]] = defaultdict(Counter)
        for row, shorts in items.shorts.items():
            long = split_definition(items.name[row])[0]
            for short in shorts:
                counts[short][long.lower()] += 1
        for short, longs in counts.items():
            by_key: dict[str, Counter[str]] = defaultdict(Counter)
            for long, number in longs.items():
                by_key[key_of(long)][long] += number
            best = min(by_key, key=lambda key: (-sum(by_key[key].values()), key))
            number = sum(by_key[best].values())
            if number >= _PAPERS and number >= _SHARE * sum(longs.values()):
                self._long[items.keys[short]] = min(
                    by_key[best], key=lambda long: (-by_key[best][long], long)
                )

    def long_form(self, token: str) -> str | None:
        """The long form of an abbreviation, or None."""
        if not is_short(token):
            return None
        key = key_of(token)
        found = self._long.get(key)
        if found is None:
            entries = self._known.find(key)
            if len(entries) == 1 and not self._known.is_ambiguous(entries[0]):
                names = self._known.entries[entries[0]].names
                found = next((name for name in names if len(_TOKEN.findall(name)) > 1), None)
        return found

    def expand(self, name: str) -> str | None:
        """The name with its abbreviations written out and its inner brackets dropped, or None where it has neither.

        Abbreviations that hyphens join to each other or to numbers are a coined name (``VQ-VAE-2``) and stay.
        """
        plain = _INNER.sub("", name)
        tokens = _TOKEN.findall(plain)
        if len(tokens) < 2:
            return plain if plain != name else None
        changed = plain != name

        def write_out(match: re.Match[str]) -> str:
            nonlocal changed
            long = self.long_form(match.group())
            if long is None:
                return match.group()
            changed = True
            return long

        def write_group(match: re.Match[str]) -> str:
            group = match.group()
            coined = _TOKEN.fullmatch(group) is None and not _ORDINARY.search(group)
            return group if coined else _TOKEN.sub(write_out, group)

        written = _GROUP.sub(write_group, plain)
        return written if changed else None
