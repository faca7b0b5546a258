"""File names for nodes: safe on every file system, different for different nodes, the same every time."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ODD = re.compile(r"[^a-z0-9._-]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|index|com\d|lpt\d)(\..*)?")
_LONGEST = 80


def page_path(identifier: str) -> str:
    """The path of a node's page below the site, such as ``dataset/imagenet.html``.

    What is not plain lower-case letters, digits, dots and hyphens is replaced, and a digest of the id added, so that
    no two nodes share a file even where upper and lower case are one.
    """
    kind, _, rest = identifier.partition("/")
    if _PLAIN.fullmatch(rest) and len(rest) <= _LONGEST and not _RESERVED.fullmatch(rest):
        return f"{kind}/{rest}.html"
    digest = hashlib.sha256(identifier.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    stem = _ODD.sub("-", rest.lower()).strip("-.")[:_LONGEST].strip("-.")
    return f"{kind}/{stem}-{digest}.html" if stem else f"{kind}/{digest}.html"
