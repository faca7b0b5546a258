"""What both pages need to put text safely into HTML."""

from __future__ import annotations

import base64
import hashlib


def fill_in(page: str, parts: dict[str, str]) -> str:
    """Put each part in the place of its marker.

    Args:
        page: a template in which every marker is followed by markup, ``<`` or ``">``, which text of a graph never
            is, since it is escaped.
        parts: text by marker; a marker may occur more than once.

    Returns:
        The page.
    """
    places: list[tuple[int, str]] = []
    for marker in parts:
        for end in ("<", '">'):
            at = page.find(marker + end)
            while at >= 0:
                places.append((at, marker))
                at = page.find(marker + end, at + 1)
    pieces: list[str] = []
    done = 0
    for place, marker in sorted(places):
        pieces += [page[done:place], parts[marker]]
        done = place + len(marker)
    return "".join([*pieces, page[done:]])


def escape_json(text: str) -> str:
    """JSON that can stand in a script element: no ``<`` in it ends the element, no ``&`` or line separator misleads."""
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def source_hash(text: str) -> str:
    """The source expression that lets exactly this script or style through (CSP Level 3, hash-source)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
