"""Content as text that can stand in a page: gzip, base64."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any


def pack(content: Any) -> str:
    """JSON, gzip, base64; the same content gives the same text."""
    return pack_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def pack_text(text: str) -> str:
    """Text, gzip, base64."""
    return base64.b64encode(gzip.compress(text.encode("utf-8"), 9, mtime=0)).decode("ascii")
