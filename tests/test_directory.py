"""The graph directory: one file of truth, changed in one step or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.directory import DATABASE, GraphDirectory, content_hash
from kg.errors import DirectoryError
from kg.model import Extraction, Paper

MakePaper = Callable[..., Paper]


def filled(path: Path, papers: list[Paper], extractor: str = "x-1") -> GraphDirectory:
    """A directory that holds these papers, each with an empty extraction."""
    directory = GraphDirectory.create(path)
    directory.store_extractions(extractor, ((content_hash(p), Extraction(p.id)) for p in papers))
    directory.replace_papers(papers, extractor=extractor)
    return directory


def test_papers_come_back_as_they_went_in(tmp_path: Path, make_paper: MakePaper) -> None:
    """Every field of a paper survives, and the order too."""
    papers = [make_paper("2501.00002", abstract="Zweites. \u202e\x00"), make_paper("2501.00001")]
    with filled(tmp_path / "g", papers):
        pass
    with GraphDirectory.open(tmp_path / "g") as again:
        assert papers == list(again.papers())
        assert [(p, Extraction(p.id)) for p in papers] == list(again.extractions())


def test_a_failed_change_leaves_the_old_state(tmp_path: Path, make_paper: MakePaper) -> None:
    """An error in the middle of replacing papers rolls back everything."""
    old = make_paper("2501.00001")
    with filled(tmp_path / "g", [old]) as directory:
        before = directory.fingerprint

        def papers() -> list[Paper]:
            raise KeyboardInterrupt

        def stream():  # type: ignore[no-untyped-def]
            yield make_paper("2501.00002")
            papers()

        with pytest.raises(KeyboardInterrupt):
            directory.replace_papers(stream(), extractor="x-1")
        assert [old] == list(directory.papers())
        assert before == directory.fingerprint


def test_adding_replaces_only_what_changed(tmp_path: Path, make_paper: MakePaper) -> None:
    """A paper of the same id takes the old one's place; the others stay."""
    first, second = make_paper("2501.00001"), make_paper("2501.00002")
    changed = make_paper("2501.00001", abstract="We propose Foo again.")
    with filled(tmp_path / "g", [first, second]) as directory:
        directory.store_extractions("x-1", [(content_hash(changed), Extraction(changed.id))])
        directory.add_papers([changed], extractor="x-1")
        assert [changed, second] == list(directory.papers())
        assert directory.remove_papers(["2501.00002", "none"]) == 1
        assert [changed] == list(directory.papers())


def test_extractions_are_remembered_by_content_and_version(tmp_path: Path, make_paper: MakePaper) -> None:
    """Nothing is extracted twice; another version counts as unread."""
    paper = make_paper()
    with filled(tmp_path / "g", [paper]) as directory:
        assert {content_hash(paper)} == directory.extracted("x-1", [content_hash(paper), "0"])
        assert set() == directory.extracted("x-2", [content_hash(paper)])


def test_fingerprint_follows_papers_and_decisions(tmp_path: Path, make_paper: MakePaper) -> None:
    """Derived files know by it when they are stale."""
    with filled(tmp_path / "g", [make_paper()]) as directory:
        first = directory.fingerprint
        assert first == directory.fingerprint
        directory.merges_path.write_text("same\tA\tB\n", encoding="utf-8")
        second = directory.fingerprint
        assert first != second
        directory.remove_papers(["2501.00001"])
        assert second != directory.fingerprint


def test_what_is_no_graph_directory_is_refused(tmp_path: Path) -> None:
    """Missing, foreign, damaged, too new: one clear sentence each."""
    with pytest.raises(DirectoryError, match=r"does not exist.*kg build"):
        GraphDirectory.open(tmp_path / "none")
    with pytest.raises(DirectoryError, match="is not a graph directory"):
        GraphDirectory.open(tmp_path)
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DirectoryError, match="is a file, not a folder"):
        GraphDirectory.create(tmp_path / "file")
    with pytest.raises(DirectoryError, match="holds other files"):
        GraphDirectory.create(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / DATABASE).write_bytes(b"this is not a database, but long enough to look like one" * 40)
    with pytest.raises(DirectoryError, match="cannot be opened"):
        GraphDirectory.open(broken)
    GraphDirectory.create(tmp_path / "new").close()
    connection = sqlite3.connect(tmp_path / "new" / DATABASE)
    connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.commit()
    connection.close()
    with pytest.raises(DirectoryError, match="newer version"):
        GraphDirectory.open(tmp_path / "new")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="permissions do not bind this user")
def test_a_folder_without_permission_is_named(tmp_path: Path) -> None:
    """The error says which folder."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    with pytest.raises(DirectoryError, match="locked"):
        GraphDirectory.create(locked / "g")


def test_a_new_directory_goes_again_where_nothing_came_into_it(tmp_path: Path) -> None:
    """A first build that fails leaves no empty graph behind; a folder that was there before stays."""
    (tmp_path / "old").mkdir()
    for name in ("new", "old"):
        with pytest.raises(ValueError, match="broken"), GraphDirectory.create(tmp_path / name):
            raise ValueError("broken")
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


def test_a_first_build_that_stopped_is_no_graph_yet(tmp_path: Path, make_paper: MakePaper) -> None:
    """What was read is kept for the next build, but nobody takes it for a graph of no papers."""
    paper = make_paper()
    with pytest.raises(KeyboardInterrupt), GraphDirectory.create(tmp_path / "g") as directory:
        directory.store_extractions("x-1", [(content_hash(paper), Extraction(paper.id))])
        raise KeyboardInterrupt
    with pytest.raises(DirectoryError, match="first build was not finished"):
        GraphDirectory.open(tmp_path / "g")
    with GraphDirectory.create(tmp_path / "g") as directory:
        assert {content_hash(paper)} == directory.extracted("x-1", [content_hash(paper)])


def test_a_full_disk_is_told_as_such(tmp_path: Path, make_paper: MakePaper) -> None:
    """The database ends the transaction by itself then; the message is of the disk, and the old state is kept."""
    with filled(tmp_path / "g", [make_paper("2501.00001")]) as directory:
        before = list(directory.papers())
        pages = directory._connection.execute("PRAGMA page_count").fetchone()[0]
        directory._connection.execute(f"PRAGMA max_page_count = {pages}")
        many = [make_paper(f"2501.{n:05}", abstract="We propose Foo. " * 500) for n in range(40)]
        with pytest.raises(DirectoryError, match="full"):
            directory.replace_papers(many, extractor="x-1")
        assert before == list(directory.papers())
