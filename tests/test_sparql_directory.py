"""The store of a graph directory: made once per state, shared by readers, gone when stale."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdf_graph import make_graph

from exports.sparql import folder as folder_module
from exports.sparql import store as store_module
from exports.sparql.folder import store_folder
from exports.sparql.store import SparqlStore
from kg.directory import GraphDirectory
from kg.errors import DirectoryError


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory whose graph is the test graph."""
    with GraphDirectory.create(tmp_path / "graph") as made:
        made.replace_papers(make_graph().papers(), extractor="rules@1")
    for module in (folder_module, store_module):
        monkeypatch.setattr(module, "load_graph", lambda path: make_graph())
    return tmp_path / "graph"


def test_the_store_is_made_once(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second opening does not load the graph."""
    first = SparqlStore.for_directory(directory)

    def refuse(path: object) -> None:
        raise AssertionError("loaded again")

    for module in (folder_module, store_module):
        monkeypatch.setattr(module, "load_graph", refuse)
    second = SparqlStore.for_directory(directory)
    assert len(first) == len(second) > 100
    assert second.query("ASK { dataset:skybench a kg:Dataset }")


def test_a_changed_graph_gets_a_new_store(directory: Path) -> None:
    """Papers that change make the store stale; the old one goes."""
    before = store_folder(directory)
    with GraphDirectory.open(directory) as opened:
        opened.remove_papers(["2401.00001"])
    after = store_folder(directory)
    assert before is not None
    assert after is not None
    assert before != after
    assert not before.exists()
    assert [p.name for p in after.parent.iterdir()] == [after.name]


def test_a_store_that_is_served_stays(directory: Path) -> None:
    """A stale store goes only when the process that serves it has ended."""
    before = store_folder(directory)
    assert before is not None
    with folder_module.using(before):
        with GraphDirectory.open(directory) as opened:
            opened.remove_papers(["2401.00001"])
        store_folder(directory)
        assert before.exists()
    (before / "used-by-999999999").touch()
    with GraphDirectory.open(directory) as opened:
        opened.remove_papers(["doi:10.1234/(a)b;c"])
    store_folder(directory)
    assert not before.exists()


def test_several_readers_share_a_store(directory: Path) -> None:
    """Two open stores answer, on disk and in memory."""
    stores = [SparqlStore.for_directory(directory) for _ in range(3)]
    stores.append(SparqlStore.for_directory(directory, in_memory=True))
    assert all(s.query("ASK { ?p kg:evaluatesOn dataset:skybench }") for s in stores)


def test_a_directory_that_cannot_be_written_is_read_in_memory(
    directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without permission to write, queries still run."""
    monkeypatch.setattr(folder_module.os, "access", lambda path, mode: False)
    assert SparqlStore.for_directory(directory).query("ASK { ?p kg:evaluatesOn dataset:skybench }")
    assert not (directory / folder_module.STORE_FOLDER).exists()


def test_a_missing_directory_is_a_clear_error(tmp_path: Path) -> None:
    """The message says how to make one."""
    with pytest.raises(DirectoryError, match="kg build"):
        SparqlStore.for_directory(tmp_path / "nothing")
