"""Names of inputs into files: patterns, folders, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable
from importlib.resources import files as package_files
from pathlib import Path

from kg.errors import SourceError

SUFFIXES = (
    ".txt", ".text", ".html", ".htm", ".mhtml", ".mht", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".bib", ".bibtex", ".ris",
    ".xml", ".atom",
)  # fmt: skip
"""Suffixes of the files that are read out of a folder."""

PACKED = (".gz", ".bz2", ".xz")
"""Suffixes of packed files, behind one of the above."""


SAMPLE = "sample"
"""The name of the bundled sample, unless a file of that name is there."""


def expand_inputs(inputs: Iterable[str | Path]) -> tuple[str, ...]:
    """Turn what the user named into files.

    A pattern is filled in here too, because the shell of Windows does not do it. A folder stands for all files in
    it and below that have one of the known suffixes, sorted; hidden ones are left out. A file that is named is
    taken whatever its suffix. ``-`` is standard input, ``sample`` the bundled sample. Naming a file twice reads it once.

    Args:
        inputs: files, folders, patterns such as ``pages/*.txt`` or ``**/*.jsonl``, ``-``, or live sources such as
            ``hf:2025-11-05``, which stay as they are.

    Returns:
        File names in the order given, with ``-`` for standard input.

    Raises:
        SourceError: for a name that leads nowhere, or a folder without any such file.
    """
    files: dict[str, None] = {}
    for item in inputs:
        name = str(item)
        for found in _expand(name):
            files.setdefault(found)
    return tuple(files)


def _expand(name: str) -> list[str]:
    if name == "-":
        return ["-"]
    if not name.strip() or "\0" in name:
        raise SourceError(f"{name!r} is not a file name")
    path = Path(name)
    if not _exists(path) and name.startswith("~"):
        path = path.expanduser()
    if path.is_dir():
        return _walk(path)
    if _exists(path):
        return [str(path)]
    if name == SAMPLE:
        return [str(package_files("kg").joinpath("data/sample.jsonl"))]
    if _is_live(name):
        return [name]
    if glob.has_magic(name):
        found = sorted(glob.glob(str(path), recursive=True))  # noqa: PTH207 (takes absolute patterns too)
        files = [
            file for match in found for file in (_walk(Path(match)) if Path(match).is_dir() else [match])
        ]
        if files:
            return files
        raise SourceError("no file matches this pattern", source=name)
    if "://" in name:
        raise SourceError(
            "this is a web address, not a file", source=name, hint="Save the page, or use kg fetch"
        )
    raise SourceError("there is no such file or folder", source=name, hint="Check the spelling")


def _is_live(name: str) -> bool:
    """Whether a name that is no file names a live source (``hf:2025-11-05``)."""
    if ":" not in name:
        return False
    from kg.fetch.names import is_live  # loads the network code, which files do not need

    return is_live(name)


def _exists(path: Path) -> bool:
    """Whether something is there; what may not be looked at counts, so that opening it tells why."""
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _walk(folder: Path) -> list[str]:
    files: list[str] = []
    denied: list[str] = []

    def note(error: OSError) -> None:
        denied.append(str(error.filename))

    for at, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        files.extend(str(Path(at) / name) for name in sorted(names) if _is_known(name))
    if str(folder) in denied:
        raise SourceError("permission denied: this folder cannot be listed", source=str(folder))
    files.extend(denied)  # opening such a folder reports it, and the rest is read
    if not files:
        known = " ".join(SUFFIXES)
        raise SourceError("no file of papers in this folder", source=str(folder), hint=f"Looked for {known}")
    return sorted(files)


def _is_known(name: str) -> bool:
    if name.startswith("."):
        return False
    stem = name.lower()
    for packed in PACKED:
        stem = stem.removesuffix(packed)
    return stem.endswith(SUFFIXES)
