"""Readable parts of node ids."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from kg.text import clean_text

_SLUG = re.compile(r"[^\w.+-]+")


@lru_cache(maxsize=1 << 16)
def slug(name: str) -> str:
    """A readable part of an id: lower case, words joined by hyphens, at most 80 characters, never empty."""
    text = _SLUG.sub("-", clean_text(name).text.casefold().strip()).strip("-.")
    if not text:
        return "x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return text if len(text) <= 80 else text[:67] + "-" + hashlib.sha256(text.encode()).hexdigest()[:12]
