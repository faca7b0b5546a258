"""A graph directory that may only be read: told at once, with what to do, and nothing is left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kg.cli.app import run
from kg.directory import GraphDirectory
from kg.model import Paper
from kg.pipeline import refresh


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A graph of one paper which its reader may not write, whoever runs the tests."""
    folder = tmp_path / "graph"
    paper = Paper("2511.00001", "Study", "We propose Foo, a method. Foo is evaluated on MMLU.")
    with GraphDirectory.create(folder) as made:
        refresh(made, [paper], options={"model": "rules"}, today="2025-11-01")
    really = os.access

    def access(path: str | Path, mode: int) -> bool:
        return really(path, mode) and not (mode == os.W_OK and Path(path).is_relative_to(folder))

    monkeypatch.setattr(os, "access", access)
    return folder


def test_view_says_where_else(directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without ``-o`` the page has no place; with it there is one."""
    assert run(["view", str(directory), "--no-open"]) == 2
    assert "-o FILE.html" in " ".join(capsys.readouterr().err.split())
    assert not (directory / "graph.html").exists()
    assert run(["view", str(directory), "--no-open", "--no-sparql", "-o", str(tmp_path / "page.html")]) == 0
    assert (tmp_path / "page.html").stat().st_size > 1000


@pytest.mark.parametrize("command", ["build", "update", "remove", "enrich"])
def test_what_changes_the_graph_is_refused_at_once(
    directory: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    """One sentence, status 2, and the graph as it was."""
    more = tmp_path / "more.jsonl"
    more.write_text('{"id": "2511.00002", "title": "Another", "abstract": "We propose Bar."}\n')
    arguments = {
        "build": ["build", str(more), "-o", str(directory)],
        "update": ["update", str(directory), str(more)],
        "remove": ["remove", str(directory), "2511.00001"],
        "enrich": ["enrich", str(directory), "--offline"],
    }
    before = (directory / "graph.sqlite").read_bytes()
    assert run(arguments[command]) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "may be read but not written" in said
    assert "copy" in said
    assert (directory / "graph.sqlite").read_bytes() == before


def test_reading_commands_do_not_mind(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only reads works as ever."""
    assert run(["stats", str(directory), "--json"]) == 0
    assert run(["query", str(directory), "ASK { ?p a kg:Paper }"]) == 0
    assert run(["enrich", str(directory), "--show"]) == 0
    capsys.readouterr()
