"""The commands query and verify: formats, named queries, statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdf_graph import make_graph

from exports.rdf import verify as verify_module
from exports.sparql import folder as folder_module
from kg.cli.app import run
from kg.directory import GraphDirectory

SELECT = "SELECT ?n { dataset:skybench schema:name ?n }"


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A directory whose graph is the test graph."""
    with GraphDirectory.create(tmp_path / "graph") as made:
        made.replace_papers(make_graph().papers(), extractor="rules@1")
    monkeypatch.setattr(folder_module, "load_graph", lambda path: make_graph())
    return str(tmp_path / "graph")


def ask(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    """Exit status, standard output, standard error."""
    status = run(["query", *arguments])
    out, err = capfdbinary.readouterr()
    return status, out.decode(), err.decode()


def test_piped_answers_are_csv(directory: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Without a terminal the answer is CSV."""
    assert ask(capfdbinary, directory, SELECT)[:2] == (0, "n\r\nSkyBench\r\n")


def test_json_is_the_standard_one(directory: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """SPARQL 1.1 Query Results JSON."""
    status, out, _ = ask(capfdbinary, directory, SELECT, "--format", "json")
    assert status == 0
    assert json.loads(out)["results"]["bindings"] == [{"n": {"type": "literal", "value": "SkyBench"}}]


@pytest.mark.parametrize(
    ("query", "format", "words"),
    [
        (SELECT, "tsv", '"SkyBench"'),
        (SELECT, "xml", "<literal>SkyBench</literal>"),
        (SELECT, "table", "SkyBench"),
        ("ASK {}", "csv", "true"),
        ("ASK {}", "table", "yes"),
        ("DESCRIBE dataset:skybench", "turtle", "dcat:Dataset"),
        ("DESCRIBE dataset:skybench", "ntriples", "<http://www.w3.org/ns/dcat#Dataset>"),
        ("DESCRIBE dataset:skybench", "jsonld", '"@id"'),
        ("DESCRIBE dataset:skybench", "rdfxml", "rdf:RDF"),
    ],
)
def test_formats(
    directory: str, capfdbinary: pytest.CaptureFixture[bytes], query: str, format: str, words: str
) -> None:
    """Each format that is offered."""
    status, out, _ = ask(capfdbinary, directory, query, "-f", format)
    assert status == 0
    assert words in out


def test_named_queries_take_parameters(directory: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """By name, with name=value; --show prints the SPARQL; --list names them all."""
    status, out, _ = ask(capfdbinary, directory, "datasets-used-with", "method=Rain", "limit=3")
    assert status == 0
    assert "SkyBench" in out
    assert "LIMIT 3" in ask(capfdbinary, directory, "most-used-datasets", "limit=3", "--show")[1]
    assert "datasets-used-with" in ask(capfdbinary, "--list")[1]
    assert "kg:evaluatesOn" in ask(capfdbinary, "--terms")[1]


def test_queries_come_from_files(
    directory: str, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    """A file is read, and its name stands in what is said about it; answers go to files."""
    good, bad, answer = tmp_path / "good.rq", tmp_path / "bad.rq", tmp_path / "answer.json"
    good.write_text(SELECT, encoding="utf-8")
    bad.write_text("SELECT ?x\n{ ?x ?y }", encoding="utf-8")
    assert ask(capfdbinary, directory, str(good), "-o", str(answer), "-f", "json")[0] == 0
    assert json.loads(answer.read_text())["head"]["vars"] == ["n"]
    status, _, err = ask(capfdbinary, directory, str(bad))
    assert status == 2
    assert "bad.rq:2:" in err.replace("\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("SELEC",), "SELECT"),
        (("most-used-dataset",), "most-used-datasets"),
        (("datasets-used-with", "metod=x"), "method"),
        (("datasets-used-with", "x"), "name=value"),
        ((SELECT, "limit=3"), "only named queries"),
        (("missing.rq",), "cannot be read"),
        ((SELECT, "-f", "nonsense"), "json"),
        (("DESCRIBE dataset:skybench", "-f", "csv"), "turtle"),
        (("DESCRIBE dataset:skybench", "-f", "table"), "turtle"),
        (("ASK { SERVICE <http://127.0.0.1:1/> {} }",), "another server"),
        (("INSERT DATA { <a:b> <a:b> 1 }",), "only read"),
    ],
)
def test_what_is_wrong_is_said(
    directory: str, capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], words: str
) -> None:
    """Status 2 and one clear sentence on standard error."""
    status, out, err = ask(capfdbinary, directory, *arguments)
    assert status == 2
    assert out == ""
    assert words in err
    assert "Traceback" not in err


def test_hints_go_to_standard_error(directory: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """The answer stays clean."""
    status, out, err = ask(capfdbinary, directory, "SELECT ?x { ?x schema:nmae ?y }")
    assert (status, out) == (0, "x\r\n")
    assert "schema:name" in err


def test_verify_leaves_with_its_verdict(
    directory: str, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """0 where all holds, 2 and what is broken where not."""
    held = verify_module.Check("evidence", "every quote is there")
    broken = verify_module.Check("IRIs", "every IRI is valid", ("<a b> is none",))
    monkeypatch.setattr("kg.cli.verify.run_checks", lambda path, base_iri: iter([held]))
    assert run(["verify", directory]) == 0
    monkeypatch.setattr("kg.cli.verify.run_checks", lambda path, base_iri: iter([held, broken]))
    assert run(["verify", directory]) == 2
    assert b"<a b> is none" in capfdbinary.readouterr().out
    assert run(["verify", directory, "--json"]) == 2
    assert json.loads(capfdbinary.readouterr().out)["holds"] is False
