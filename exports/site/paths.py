"""Where the page of a node lies: names that every file system and web server takes, one for one.

A node's id becomes ``<type>/<name>.html``. Ids that are plain already keep their spelling; what had to be changed
(capitals, which some file systems do not tell apart, other scripts, length, names that Windows reserves) ends in ``~`` and
a hash of the id, and ``~`` stands nowhere else, so that no two nodes share a page.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

LONGEST = 80
_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._+-]*[a-z0-9])?")
_OTHER = re.compile(r"[^a-z0-9._+-]+")
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file; the part before the first full stop counts.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)")
_TAKEN = re.compile(r"index(?:-\d+)?")


@lru_cache(maxsize=1 << 18)
def page_path(node_id: str) -> str:
    """Path of a node's page below the site: ``dataset/imagenet.html``."""
    space, _, rest = node_id.partition("/")
    if (
        len(rest) <= LONGEST
        and _PLAIN.fullmatch(rest)
        and not _RESERVED.match(rest)
        and not _TAKEN.fullmatch(rest)
    ):
        return f"{space}/{rest}.html"
    digest = hashlib.sha256(node_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    stem = _OTHER.sub("-", rest[:400].lower()).strip("-.")[: LONGEST - 13].rstrip("-.")
    if _RESERVED.match(stem):
        stem = f"x-{stem}"
    return f"{space}/{stem}~{digest}.html"


def list_path(type_name: str, page: int = 1) -> str:
    """Path of a page of the list of all nodes of a type; pages count from 1."""
    return f"{type_name}/index.html" if page == 1 else f"{type_name}/index-{page}.html"
