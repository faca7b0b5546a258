"""The folder of a graph directory's store: named after the graph's state, made beside and renamed, tidied when stale."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import itertools
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from exports.rdf.iris import Iris
from exports.rdf.void import make_void
from exports.sparql.loading import fill_store
from kg.directory import GraphDirectory
from kg.errors import DirectoryError, KGError
from kg.graph import KnowledgeGraph
from kg.pipeline import load_graph
from kg.schema import DEFAULT_BASE_IRI
from kg.version import __version__

STORE_FOLDER = "sparql"
STORE = "oxigraph"
VOID = "void.ttl"
_READY = "ready.json"
_USED_BY = "used-by-"
_BUILDING = ".building-"
_GONE = ".gone-"
_LEFT_BEHIND = 86_400.0
"""Seconds after which a store that is still unfinished belongs to a process that was stopped."""
_LAYOUT = 2
_numbers = itertools.count(1)


def store_place(path: str | Path, *, base_iri: str = DEFAULT_BASE_IRI) -> Path:
    """Where the store of a directory's present state lies or will lie; another state gives another place.

    Raises:
        DirectoryError: where there is no graph directory, or it cannot be read.
    """
    with GraphDirectory.open(path) as directory:
        state = f"{_LAYOUT}\n{directory.fingerprint}\n{base_iri}\n{__version__}\n{ox.__version__}"
        parent = directory.derived_path(STORE_FOLDER)
    return parent / hashlib.sha256(state.encode()).hexdigest()[:16]


def is_ready(folder: Path) -> bool:
    """True where a finished store lies in a folder."""
    return (folder / _READY).is_file()


def store_folder(path: str | Path, *, base_iri: str = DEFAULT_BASE_IRI) -> Path | None:
    """The folder of a directory's store, made where it is missing or stale.

    Returns:
        The folder, or None where the directory cannot be written and has no store of its present state.

    Raises:
        DirectoryError: where there is no graph directory or the disk is full.
    """
    folder = store_place(path, base_iri=base_iri)
    parent = folder.parent
    if is_ready(folder):
        return folder
    if not os.access(parent if parent.exists() else parent.parent, os.W_OK):
        return None
    graph = load_graph(path)
    # What changed while it was read belongs to a later state and must not be stored under the name of this one.
    while (now := store_place(path, base_iri=base_iri)) != folder:
        folder, graph = now, load_graph(path)
    try:
        parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=parent, prefix=_BUILDING))
        try:
            _build(building, graph, base_iri)
            building.chmod(parent.stat().st_mode & 0o777)
            _move(building, folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        raise DirectoryError(f"the SPARQL store cannot be written: {error}", source=str(parent)) from error
    _tidy(parent, keep=folder)
    return folder


@contextlib.contextmanager
def using(folder: Path) -> Iterator[None]:
    """Keep a store from being tidied away while a server opens it again and again."""
    mark = folder / f"{_USED_BY}{os.getpid()}-{next(_numbers)}"
    with contextlib.suppress(OSError):
        mark.touch()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)


def discard(folder: Path) -> bool:
    """Remove a store; one that is used, or cannot be removed as a whole, stays.

    Returns:
        True where it is not there any more.
    """
    if _is_used(folder):
        return False
    going = folder.with_name(f"{_GONE}{folder.name.removeprefix(_GONE)}")
    with contextlib.suppress(OSError):
        if going != folder:
            folder.rename(going)  # so that nobody finds half a store
        shutil.rmtree(going, ignore_errors=True)
    return not folder.exists()


def unwritable(path: str | Path) -> KGError:
    """What is wrong where a directory has no store and none can be made."""
    return KGError(
        "the SPARQL store cannot be written", source=str(path), hint="Make the folder writable once"
    )


def _build(building: Path, graph: KnowledgeGraph, base_iri: str) -> None:
    store = ox.Store(str(building / STORE))
    fill_store(store, graph, base_iri=base_iri)
    store.optimize()
    store.flush()
    count = len(store)
    del store
    gc.collect()
    (building / VOID).write_text(make_void(graph, Iris(base_iri)), encoding="utf-8")
    (building / _READY).write_text(json.dumps({"statements": count, "base": base_iri}), encoding="utf-8")


def _move(building: Path, folder: Path) -> None:
    """Put a finished store in its place; where another process was first, its store stands."""
    try:
        building.rename(folder)
    except OSError:
        if not is_ready(folder):
            raise


def _tidy(parent: Path, *, keep: Path) -> None:
    """Remove stores of former states that nobody uses, and what stopped processes left."""
    for other in parent.iterdir():
        if other == keep:
            continue
        if other.name.startswith(_BUILDING):
            with contextlib.suppress(OSError):
                if time.time() - other.stat().st_mtime > _LEFT_BEHIND:
                    shutil.rmtree(other, ignore_errors=True)
            continue
        discard(other)


def _is_used(folder: Path) -> bool:
    """True where a living process has said that it uses a store."""
    for mark in folder.glob(f"{_USED_BY}*"):
        process = mark.name.removeprefix(_USED_BY).partition("-")[0]
        if os.name != "posix" or not process.isdigit():
            return True
        try:
            os.kill(int(process), 0)
        except ProcessLookupError:
            continue
        except OSError:
            return True
        return True
    return False
