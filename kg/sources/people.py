"""Names of authors in the many ways in which sources write them, always given as ``First Last``."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.sources.latex import decode_accents
from kg.text import keep_text

_AND = re.compile(r"\s+and\s+|\s*&\s*(?=[A-Z])")
_NAMES = ("name", "display_name", "fullname", "full_name", "literal", "raw_author_name", "author_name")


def names_of(values: Iterable[object]) -> tuple[str, ...]:
    """Authors out of the first value that holds any.

    Args:
        values: a list of names, of objects (``name``; ``given`` and ``family``; ``author.display_name``) or of
            lists (last, first, suffix, as in the Kaggle snapshot of arXiv), or one string with separators.

    Returns:
        The names in the order of the source.
    """
    for value in values:
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
        names = _from_string(value) if isinstance(value, str) else tuple(_from_value(value))
        cleaned = tuple(name for name in (_clean(name) for name in names) if name)
        if cleaned:
            return cleaned
    return ()


def turn_name(name: str) -> str:
    """``Last, First`` as ``First Last``; with a suffix between, ``Last, Jr., First`` as ``First Last, Jr.``."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and parts[0] and parts[1]:
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3 and all(parts):
        return f"{parts[2]} {parts[0]}, {parts[1]}"
    return name


def _from_string(text: str) -> tuple[str, ...]:
    if ";" in text:
        return tuple(turn_name(part) for part in text.split(";"))
    if "\n" in text.strip() and "," not in text:
        return tuple(text.splitlines())
    parts = [part for part in _AND.split(text) if part.strip()]
    if len(parts) > 1:
        with_commas = [part for part in parts if "," in part]
        if len(with_commas) == len(parts):
            return tuple(turn_name(part) for part in parts)
        return tuple(name for part in parts for name in part.split(","))
    pieces = [piece.strip() for piece in text.split(",") if piece.strip()]
    if len(pieces) == 2 and " " not in pieces[0] and len(pieces[1].split()) <= 2:
        return (turn_name(text),)  # one author, last name first
    return tuple(pieces)


def _from_value(value: object) -> Iterable[str]:
    if isinstance(value, dict):
        name = _from_object(value)
        if name:
            yield name
    elif isinstance(value, (list, tuple)):
        for item in value:
            if isinstance(item, str):
                yield turn_name(item)
            elif isinstance(item, dict):
                yield from _from_value(item)
            elif isinstance(item, (list, tuple)):
                strings = [part.strip() for part in item if isinstance(part, str)]
                if strings:
                    last, first, *more = [*strings, ""]
                    yield " ".join(part for part in (first, last, *more) if part)


def _from_object(value: dict[object, object]) -> str | None:
    for key in _NAMES:
        name = value.get(key)
        if isinstance(name, str) and name.strip():
            return turn_name(name)
    given = value.get("given") or value.get("firstName") or value.get("first") or value.get("forenames")
    family = value.get("family") or value.get("lastName") or value.get("last") or value.get("keyname")
    if isinstance(family, str) and family.strip():
        return f"{given} {family}" if isinstance(given, str) and given.strip() else family
    for key in ("author", "user", "value"):
        inner = value.get(key)
        if isinstance(inner, dict):
            return _from_object(inner)
        if isinstance(inner, list):
            found = list(_from_value(inner))
            return found[0] if found else None
        if isinstance(inner, str) and inner.strip():
            return turn_name(inner)
    return None


def _clean(name: str) -> str:
    name = " ".join(keep_text(name).replace("\0", "").split()).strip(",; ")
    if "\\" in name or "{" in name:
        name = decode_accents(name)
    return name if len(name) <= 300 else ""
