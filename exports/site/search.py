"""The search index: small files by the first two letters of a word, loaded as scripts, so that it works from a folder too.

Browsers do not let a page opened from a folder fetch files, but they load scripts. ``search/index.js`` holds what is
shown before anything is typed and says which files there are; ``search/<letters>.js`` holds every entry with a word that
begins so; where these are many, there are files by three letters as well. The letters are written as hexadecimal code points: names that every file system takes.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exports.pages.data import safe_text
from exports.site.facts import Facts
from exports.site.markup import clip
from exports.site.paths import page_path
from kg.graph import Node, node_id, node_label, node_type
from kg.model import Entity
from kg.schema import NODE_TYPES

LETTERS = 2
CROWDED = 1000
"""Entries of a file from which on there are files by three letters too, and this one keeps only the best known."""
OPENING = 60
_MARKS = re.compile("[\u0300-\u036f]")
_WORD = re.compile(r"[^\W_]+")
_STOP = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "and",
        "in",
        "on",
        "with",
        "to",
        "from",
        "by",
        "via",
        "is",
        "are",
        "at",
        "as",
        "into",
        "using",
        "towards",
        "toward",
    ]
)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Entry(NamedTuple):
    """One line of the index: name, path, number of its type, papers, other names."""

    label: str
    path: str
    type: int
    papers: int
    others: str


def fold(text: str) -> str:
    """Text as the search compares it: compatibility forms opened, no diacritics, lower case."""
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


def shard_name(letters: str) -> str:
    """Name of the file for words with this beginning."""
    return "-".join(f"{ord(letter):x}" for letter in letters)


def search_files(facts: Facts) -> Iterator[tuple[str, str]]:
    """The files of the index: path and text."""
    entries = sorted(_entries(facts), key=lambda e: (-e.papers, e.label, e.path))
    shards = _split(entries, LETTERS)
    for key, crowd in list(shards.items()):
        if len(crowd) > CROWDED:
            finer = _split(crowd, LETTERS + 1)
            shards |= {letters: part for letters, part in finer.items() if letters.startswith(key)}
            shards[key] = crowd[:CROWDED]
    opening = [e for e in entries if NODE_NAMES[e.type] != "paper"][:OPENING]
    index = {"types": [t.label for t in NODE_TYPES.values()], "kinds": list(NODE_NAMES), "top": opening}
    names = " ".join(sorted(map(shard_name, shards)))
    yield "search/index.js", f"kgIndex({_encode({**index, 'shards': names})});\n"
    for key, part in sorted(shards.items()):
        name = shard_name(key)
        lines = ",\n".join(map(_encode, part))
        yield f"search/{name}.js", f'kgShard("{name}",[\n{lines}\n]);\n'


def _split(entries: list[Entry], letters: int) -> dict[str, list[Entry]]:
    shards: dict[str, list[Entry]] = {}
    for entry in entries:
        found = words(f"{entry.label} {entry.others}")
        squashed = "".join(words(entry.label))
        keys = {word[:letters] for word in found if word not in _STOP} | {squashed[:letters]}
        for key in sorted(keys - {""}):
            shards.setdefault(key, []).append(entry)
    return shards


NODE_NAMES: tuple[str, ...] = tuple(NODE_TYPES)


def _entries(facts: Facts) -> Iterable[Entry]:
    for node in facts.nodes.values():
        yield _entry(node, facts)


def _entry(node: Node, facts: Facts) -> Entry:
    label = safe_text(clip(node_label(node), 160))
    others = ""
    if isinstance(node, Entity):
        names = [clip(a, 80) for a in node.aliases if a != node.name]
        others = safe_text(clip(" | ".join(names), 200))
    kind = NODE_NAMES.index(node_type(node))
    papers = 0 if kind == 0 else facts.support.get(node_id(node), 0)
    return Entry(label, page_path(node_id(node)), kind, papers, others)
