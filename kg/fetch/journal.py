"""What came so far, page by page on disk, so that a fetch that was killed goes on where it was.

Two files: ``FILE.part`` with papers as JSON Lines, and ``FILE.part.state`` that says how far it counts (bytes, which
source, which cursor). A page counts once both are written; what stands behind it is cut off on the way back in.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kg.atomic import atomic_write
from kg.errors import FetchError, SourceError
from kg.model import Paper
from kg.paper_json import paper_from_json, paper_to_json

FORMAT = "paper-kg-fetch/1"


class Journal:
    """The pages that came, for one list of sources.

    Args:
        path: of the file to be made in the end; the journal lies beside it.
        request: what is fetched; a journal of another request is begun anew.
        max_age: seconds after which a journal is too old to go on with, or None.

    Raises:
        FetchError: where the files cannot be written.
    """

    def __init__(self, path: Path, request: Mapping[str, object], *, max_age: float | None = None) -> None:
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self._state = path.with_name(path.name + ".part.state")
        self._max_age = max_age
        self._request = json.loads(json.dumps(request))
        self.index = 0
        self.cursor: str | None = None
        self.count = 0
        self.of_source = 0
        self._bytes = 0
        self._begin()

    @property
    def resumed(self) -> bool:
        """Whether there were pages from before."""
        return self.index > 0 or self.cursor is not None

    def papers(self) -> Iterator[Paper]:
        """The papers that came before."""
        if self.count:
            with self.part.open("rb") as stream:
                for line in stream.read(self._bytes).splitlines():
                    yield paper_from_json(json.loads(line))

    def commit(self, papers: Iterable[Paper], *, index: int, cursor: str | None) -> None:
        """Write a page and where to go on behind it.

        Args:
            papers: of the page.
            index: which source comes next.
            cursor: its cursor, None for its first page.

        Raises:
            FetchError: where the disk is full, say.
        """
        lines = [
            json.dumps(paper_to_json(paper), ensure_ascii=False).encode("utf-8", "replace") + b"\n"
            for paper in papers
        ]
        try:
            with self.part.open("r+b") as stream:
                stream.truncate(self._bytes)
                stream.seek(self._bytes)
                stream.writelines(lines)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise FetchError(
                f"cannot be written: {error.strerror or error}", source=str(self.part)
            ) from error
        self._bytes += sum(map(len, lines))
        self.count += len(lines)
        self.of_source = self.of_source + len(lines) if index == self.index else 0
        self.index, self.cursor = index, cursor
        state = {
            "format": FORMAT, "request": self._request, "index": index, "cursor": cursor, "bytes": self._bytes,
            "papers": self.count, "of_source": self.of_source,
        }  # fmt: skip
        with atomic_write(self._state) as stream:
            json.dump(state, stream, ensure_ascii=False)

    def close(self) -> None:
        """Leave what came, and cut off half a page; where nothing came, nothing is left."""
        if not self.part.exists():
            return
        if not self.count and not self.resumed:
            self.discard()
            return
        with self.part.open("r+b") as stream:
            stream.truncate(self._bytes)

    def finish(self) -> None:
        """Make the file out of what came; the journal is gone then."""
        self.close()
        self.part.replace(self.path)
        self._state.unlink(missing_ok=True)

    def discard(self) -> None:
        """Throw the journal away."""
        self.part.unlink(missing_ok=True)
        self._state.unlink(missing_ok=True)

    def _begin(self) -> None:
        if self.path.is_dir():
            raise FetchError(
                "this is a folder, not a file", source=str(self.path), hint="Name a file with -o"
            )
        try:
            self.part.parent.mkdir(parents=True, exist_ok=True)
            state = self._read_state()
            if state:
                self.index, self.cursor, self._bytes, self.count, self.of_source = state
            else:
                self.part.write_bytes(b"")
                self._state.unlink(missing_ok=True)
        except OSError as error:
            raise FetchError(
                f"cannot be written: {error.strerror or error}", source=str(self.part)
            ) from error

    def _read_state(self) -> tuple[int, str | None, int, int, int] | None:
        """What counts from before; None where there is nothing, or nothing of use."""
        try:
            state = json.loads(self._state.read_bytes())
            size = self.part.stat().st_size
            age = time.time() - self._state.stat().st_mtime
        except (OSError, ValueError):
            return None
        if (
            not isinstance(state, dict)
            or state.get("format") != FORMAT
            or state.get("request") != self._request
            or (self._max_age is not None and age > self._max_age)
        ):
            return None
        cursor = state.get("cursor")
        numbers = [state.get(key) for key in ("index", "bytes", "papers", "of_source")]
        index, length, count, of_source = (n if type(n) is int and n >= 0 else -1 for n in numbers)
        if min(index, length, count, of_source) < 0 or length > size:
            return None
        if cursor is not None and not isinstance(cursor, str):
            return None
        try:
            with self.part.open("rb") as stream:
                lines = stream.read(length).splitlines()
            for line in lines:
                paper_from_json(json.loads(line))
        except (OSError, ValueError, TypeError, AttributeError, SourceError):
            return None
        return (index, cursor, length, count, of_source) if len(lines) == count else None


def request_of(names: Sequence[str], *, limit: int | None, links: bool) -> dict[str, object]:
    """What is fetched, for a journal to know its own."""
    return {"names": list(names), "limit": limit, "links": links}
