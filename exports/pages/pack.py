"""Content as text that can stand in a page: gzip, base64."""

from __future__ import annotations

import base64
import gzip
import io
import json
from typing import Any


def pack(content: Any) -> str:
    """JSON, gzip, base64; the same content gives the same text."""
    return pack_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")))


def pack_text(text: str) -> str:
    """Text, gzip, base64."""
    packed = io.BytesIO()
    # gzip.compress names the operating system in the header, or does not, as the version of Python will have it.
    with gzip.GzipFile("", "wb", 9, packed, mtime=0) as stream:
        stream.write(text.encode("utf-8"))
    return base64.b64encode(packed.getvalue()).decode("ascii")
