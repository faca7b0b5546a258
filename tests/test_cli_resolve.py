"""``kg resolve``, ``kg merges`` and ``kg why`` as a person or a script meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.cli.app import run

RULES = ["--model", "rules"]


@pytest.fixture
def annotated(tmp_path: Path) -> Path:
    """Three papers with their entities."""
    records = [
        {"id": "p1", "entities": [
            {"type": "method", "name": "Wobble Ball Optimization", "aliases": ["Wobble Ball Optimization", "WBO"], "role": "uses"},
            {"type": "model", "name": "Zorb-2-7B", "aliases": ["Zorb-2-7B"], "role": "uses", "optional": False},
        ]},
        {"id": "p2", "title": "WBO again", "abstract": "We use WBO.", "entities": [
            {"type": "method", "name": "WBO", "aliases": ["WBO"], "role": "uses"},
        ]},
        {"id": "p3", "entities": [
            {"type": "method", "name": "wobble-ball optimisation", "aliases": ["wobble-ball optimisation", "WBO"], "role": "mentions"},
        ]},
    ]  # fmt: skip
    path = tmp_path / "annotated.jsonl"
    path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    """A graph directory of two papers that name the same things differently."""
    records = [
        {"id": "2501.00001", "title": "On tuning", "abstract": "We fine-tune LLaMA-2 on SQuAD and evaluate it on ImageNet."},
        {"id": "2501.00002", "title": "On more", "abstract": "We fine-tune Llama 2 on SQuAD and evaluate it on ImageNet."},
    ]  # fmt: skip
    papers = tmp_path / "papers.jsonl"
    papers.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert run(["build", str(papers), "-o", str(tmp_path / "g"), *RULES]) == 0
    return tmp_path / "g"


def test_resolve_writes_a_line_for_every_entity(annotated: Path, tmp_path: Path) -> None:
    """Paper, name and node, in the order of the input."""
    out = tmp_path / "nodes.tsv"
    assert run(["resolve", str(annotated), "-o", str(out)]) == 0
    rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row[:2] for row in rows] == [
        ["p1", "Wobble Ball Optimization"],
        ["p1", "Zorb-2-7B"],
        ["p2", "WBO"],
        ["p3", "wobble-ball optimisation"],
    ]
    assert rows[0][2] == rows[2][2] == rows[3][2] != rows[1][2]


def test_resolve_follows_decisions(annotated: Path, tmp_path: Path) -> None:
    """A file of decisions overrides the rules."""
    decisions, out = tmp_path / "mine.tsv", tmp_path / "nodes.tsv"
    decisions.write_text("different\tWBO\tWobble Ball Optimization\n", encoding="utf-8")
    assert run(["resolve", str(annotated), "-o", str(out), "--merges", str(decisions)]) == 0
    rows = [line.split("\t") for line in out.read_text(encoding="utf-8").splitlines()]
    assert rows[0][2] != rows[2][2]


@pytest.mark.parametrize(
    "line", ["{", '{"id": "p1"}', '{"id": "p1", "entities": [{"type": "thing", "name": "x"}]}', "[1]"]
)
def test_resolve_names_the_line_that_is_no_record(
    line: str, annotated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence with file and line, exit status 2, nothing written."""
    with annotated.open("a", encoding="utf-8") as stream:
        stream.write(line + "\n")
    out = tmp_path / "nodes.tsv"
    assert run(["resolve", str(annotated), "-o", str(out)]) == 2
    message = " ".join(capsys.readouterr().err.split())
    assert "annotated.jsonl:4" in message.replace(" ", "") or "annotated.jsonl:4" in message
    assert not out.exists()


def test_merges_lists_spelling_reason_and_score(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object a line for scripts."""
    capsys.readouterr()
    assert run(["merges", str(graph), "--json", "--name", "llama"]) == 0
    (merge,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (
        merge["name"] == "LLaMA-2"
        and merge["label"] == "Llama 2"
        and merge["reason"]
        and merge["score"] > 0.9
    )


def test_why_shows_spellings_and_papers(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both spellings lead to the same account."""
    capsys.readouterr()
    assert run(["why", str(graph), "llama-2", "--json"]) == 0
    account = json.loads(capsys.readouterr().out)
    assert {s["name"]: s["papers"] for s in account["spellings"]} == {
        "LLaMA-2": ["2501.00001"],
        "Llama 2": ["2501.00002"],
    }
    assert run(["why", str(graph), "Llama 2"]) == 0
    assert "LLaMA-2" in capsys.readouterr().out


def test_why_of_an_unknown_name_says_so(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 and one sentence."""
    assert run(["why", str(graph), "nobody knows this"]) == 1
    assert "nothing here" in capsys.readouterr().err


def test_a_decision_changes_the_graph(graph: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--different`` writes merges.tsv, and from then on there are two nodes; the opposite is refused."""
    from kg.pipeline import load_graph

    assert len([e for e in load_graph(graph).entities() if "lama" in e.name]) == 1
    assert run(["merges", str(graph), "--different", "LLaMA-2", "Llama 2", "--note", "for a test"]) == 0
    assert "different\tLLaMA-2\tLlama 2\tfor a test" in (graph / "merges.tsv").read_text(encoding="utf-8")
    assert len({e.id for e in load_graph(graph).entities() if "lama" in e.id}) == 2
    assert run(["merges", str(graph), "--same", "LLaMA-2", "Llama 2"]) == 2
    assert "line" in capsys.readouterr().err


def test_the_resolution_is_remembered_until_something_changes(
    graph: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look does not resolve anew and gives the same; a decision makes it anew."""
    import kg.resolution.stored as stored
    from kg.directory import GraphDirectory

    with GraphDirectory.open(graph) as directory:
        first = stored.resolve_directory(directory)

        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("resolved anew")

        with monkeypatch.context() as patch:
            patch.setattr(stored, "resolve", refuse)
            assert stored.resolve_directory(directory) == first
        directory.merges_path.write_text("different\tLLaMA-2\tLlama 2\n", encoding="utf-8")
        assert stored.resolve_directory(directory) != first
