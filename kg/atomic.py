"""Write beside and rename, so that a file is either the old one or the new one, never half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kg.errors import ExportError


@contextmanager
def atomic_write(path: Path, *, binary: bool = False) -> Iterator[IO]:  # type: ignore[type-arg]  # text or bytes by `binary`
    """Open a temporary file in the same folder; rename it to ``path`` when the block ends well.

    Args:
        path: the file to make or replace; missing parent folders are made.
        binary: bytes instead of UTF-8 text with ``\\n`` line ends.

    Yields:
        The open file.

    Raises:
        ExportError: where the folder cannot be written or the disk is full; the old file is untouched.
    """
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        part = Path(name)
        mode, encoding, newline = ("wb", None, None) if binary else ("w", "utf-8", "\n")
        with os.fdopen(handle, mode, encoding=encoding, newline=newline) as stream:
            yield stream
        part.chmod(0o666 & ~_umask())
        part.replace(path)
        part = None
    except OSError as error:
        raise ExportError(f"cannot write: {error.strerror or error}", source=str(path)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
