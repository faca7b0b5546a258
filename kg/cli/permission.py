"""May a command write where it wants to? Asked before the work, so that nobody hears it after an hour of reading."""

from __future__ import annotations

import os
from pathlib import Path

from kg.directory import DATABASE
from kg.errors import DirectoryError, ExportError


def require_writable(directory: Path) -> None:
    """Make sure that a graph directory, where it is one, can be changed.

    Raises:
        DirectoryError: where it may only be read.
    """
    database = directory / DATABASE
    if database.exists() and not (os.access(directory, os.W_OK) and os.access(database, os.W_OK)):
        raise DirectoryError(
            "may be read but not written",
            source=str(directory),
            hint="Work on a copy of it, or have the right to write given to you",
        )


def page_place(directory: Path, name: str, output: Path | None) -> Path:
    """Where a page goes: to the place that was named, or into the graph directory.

    Raises:
        ExportError: where no place was named and the directory may only be read.
    """
    if output is not None:
        return output
    if directory.is_dir() and not os.access(directory, os.W_OK):
        raise ExportError(
            "may be read but not written, and the page would go there",
            source=str(directory),
            hint="Name another place with -o FILE.html",
        )
    return directory / name
