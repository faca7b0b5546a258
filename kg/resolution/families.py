"""Sizes, versions and parts, and the family that they are part of: ``Llama-2-7B`` of ``Llama-2``, ``CIFAR-10`` of ``CIFAR``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.catalogue import CatalogueEntry
from kg.model import EntityType
from kg.resolution.items import key_of
from kg.resolution.known import KnownNames

_SIZE = re.compile(r"^(?:\d+(?:\.\d+)?[bBmMtT]|[aA]\d+(?:\.\d+)?[bB]|\d+x\d+(?:\.\d+)?[bB])$")
_TIER = frozenset(
    {"tiny", "mini", "small", "medium", "base", "large", "huge", "giant", "xl", "xxl", "nano", "lite", "pro", "ultra", "flash",
     "turbo", "opus", "sonnet", "haiku", "instruct", "chat", "it", "preview", "thinking"}
)  # fmt: skip
_LAYERS = re.compile(r"^(?:[a-z]{2,}?net)[ -]?\d{2,3}$", re.IGNORECASE)
_TOKENS = re.compile(r"[\s\-_/]+")
_MOST_STEPS = 6


def shorter_names(name: str) -> Iterator[str]:
    """The names of larger families, nearest first: sizes and tiers are taken off from the end.

    ``Qwen2.5-VL-7B-Instruct`` gives ``Qwen2.5-VL-7B`` and ``Qwen2.5-VL``, never ``Qwen2.5``: ``VL`` is another model.
    """
    tokens = [token for token in _TOKENS.split(name) if token]
    while len(tokens) > 1 and (_SIZE.match(tokens[-1]) or tokens[-1].lower() in _TIER):
        tokens.pop()
        yield " ".join(tokens)
    if len(tokens) == 2 and _LAYERS.match(" ".join(tokens)):
        yield tokens[0]
    elif len(tokens) == 1 and _LAYERS.match(tokens[0]):
        yield tokens[0].rstrip("0123456789")


def find_parent(name: str, kind: EntityType, by_key: Mapping[str, str], known: KnownNames) -> str | None:
    """The node of the nearest larger family, or None.

    Args:
        name: canonical name of a node.
        kind: its type; the names of models tell their family by themselves, the others' is the catalogue's to say.
        by_key: node ids of that type by key.
        known: the catalogue, whose families count where the name says nothing.
    """
    own = by_key.get(key_of(name))
    for shorter in shorter_names(name) if kind is EntityType.MODEL else ():
        found = by_key.get(key_of(shorter))
        if found is not None and found != own:
            return found
    entry = _entry(name, kind, known)
    for _ in range(_MOST_STEPS):
        if entry is None or not entry.family:
            return None
        found = by_key.get(key_of(entry.family))
        if found is not None and found != own:
            return found
        entry = _entry(entry.family, kind, known)
    return None


def _entry(name: str, kind: EntityType, known: KnownNames) -> CatalogueEntry | None:
    for number in known.find(key_of(name)):
        if known.entries[number].type is kind:
            return known.entries[number]
    return None
