"""Answers kept on disk: asked again with ETag and Last-Modified, and given as they are where one stays offline.

One SQLite file. An answer is kept only when it came whole. It is never given out unasked while online: the server
is asked whether it still holds (RFC 9110 §13.1), which costs a request and no body. Keys hold no credential.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import sys
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from kg.errors import FetchError

DATABASE = "http.sqlite"
MAX_KEPT = 32 * 2**20
"""Bytes of the largest body that is kept."""

MAX_TOTAL = 2**30
"""Bytes of all bodies together, packed; the oldest go first."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, url TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL, number INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_number ON answers (number);
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer from before.

    Attributes:
        url: where it came from.
        headers: of that answer, names in lower case.
        body: unpacked.
    """

    url: str
    headers: dict[str, str]
    body: bytes

    def conditions(self) -> dict[str, str]:
        """Headers that ask whether it still holds."""
        asked = {}
        if "etag" in self.headers:
            asked["if-none-match"] = self.headers["etag"]
        if "last-modified" in self.headers:
            asked["if-modified-since"] = self.headers["last-modified"]
        return asked


def cache_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where what may be deleted is kept: ``KG_CACHE``, else the usual place of the platform."""
    values = os.environ if environment is None else environment
    if values.get("KG_CACHE"):
        return Path(values["KG_CACHE"]).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "paper-kg"
    if os.name == "nt":
        return Path(values.get("LOCALAPPDATA") or Path.home()) / "paper-kg" / "Cache"
    base = values.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".cache") / "paper-kg"


def cache_key(method: str, url: str, *, accept: str = "", content: bytes = b"", who: str = "") -> str:
    """A key for a request.

    Args:
        method: ``GET`` or ``POST``.
        url: without credentials.
        accept: what the request accepts, since answers differ by it.
        content: body of the request.
        who: the credential; hashed, so that what one may see is not shown to another.
    """
    owner = hashlib.sha256(who.encode()).hexdigest()[:16] if who else ""
    parts = b"\x1f".join((method.encode(), url.encode(), accept.encode(), owner.encode(), content))
    return hashlib.sha256(parts).hexdigest()


class ResponseCache:
    """Answers by key; safe to use from several threads and processes.

    Args:
        folder: where the file lies; made where there is none.

    Raises:
        FetchError: where it cannot be made or opened.
    """

    def __init__(self, folder: str | Path) -> None:
        self.path = Path(folder) / DATABASE
        self._lock = threading.Lock()
        connection: sqlite3.Connection | None = None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=30.0, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            if connection is not None:
                connection.close()
            raise FetchError(
                f"the cache cannot be used: {error}",
                source=str(self.path),
                hint="Set KG_CACHE to another folder, or delete the file",
            ) from error
        self._connection = connection

    def get(self, key: str) -> Kept | None:
        """The answer of a key, or None; one that is damaged counts as none."""
        with self._lock:
            try:
                row = self._connection.execute(
                    "SELECT url, headers, body FROM answers WHERE key = ?", (key,)
                ).fetchone()
                return Kept(row[0], json.loads(row[1]), zlib.decompress(row[2])) if row else None
            except (sqlite3.Error, zlib.error, ValueError):
                return None

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer; a cache that cannot be written costs nothing but time, so it does not complain."""
        if len(kept.body) > MAX_KEPT:
            return
        packed = zlib.compress(kept.body, 1)
        headers = {name: value for name, value in kept.headers.items() if name in _KEPT_HEADERS}
        with self._lock:
            try:
                self._connection.execute(
                    "INSERT OR REPLACE INTO answers SELECT ?, ?, ?, ?, COALESCE(MAX(number), 0) + 1 FROM answers",
                    (key, kept.url, json.dumps(headers), packed),
                )
                self._trim()
            except sqlite3.Error:
                return

    def _trim(self) -> None:
        total = self._connection.execute("SELECT TOTAL(LENGTH(body)) FROM answers").fetchone()[0]
        if total <= MAX_TOTAL:
            return
        middle = self._connection.execute("SELECT AVG(number) FROM answers").fetchone()[0]
        self._connection.execute("DELETE FROM answers WHERE number < ?", (middle,))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> ResponseCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_KEPT_HEADERS = frozenset(("etag", "last-modified", "content-type", "link", "total-results"))
