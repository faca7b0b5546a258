"""The command line as a person or a script meets it: output, files, exit statuses, one sentence for every mishap."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from kg.cli.app import COMMANDS, run
from kg.graph import KnowledgeGraph

RULES = ["--model", "rules"]


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """Two papers as JSON Lines."""
    records = [
        {
            "id": "a1",
            "title": "FooNet: A Network",
            "abstract": "We propose FooNet, a network. We evaluate FooNet on ImageNet.",
        },
        {
            "id": "2501.00002",
            "title": "On BERT",
            "abstract": "We fine-tune BERT on SQuAD. Code: https://github.com/o/r.",
        },
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


@pytest.fixture
def built(papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A graph directory of the two papers."""
    assert run(["build", str(papers), "-o", str(tmp_path / "out"), *RULES]) == 0
    capsys.readouterr()
    return tmp_path / "out"


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    """What was said on standard error, on one line."""
    return " ".join(capsys.readouterr().err.split())


def test_build_then_stats_as_json(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The counts are one JSON object with papers, nodes by type and edges by relation."""
    assert run(["stats", str(built), "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert list(counts) == ["papers", "nodes", "edges"]
    assert counts["papers"] == counts["nodes"]["paper"] == 2
    assert counts["edges"]["has_code"] == 1


def test_stats_as_a_table(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """People see labels and the best connected names."""
    assert run(["stats", str(built)]) == 0
    shown = capsys.readouterr().out
    assert "Datasets" in shown
    assert "ImageNet" in shown


def test_extract_keeps_ids_order_and_offsets(papers: Path, tmp_path: Path) -> None:
    """One object a paper, in input order, with the record's own id; offsets cut the name out of its field."""
    target = tmp_path / "found.jsonl"
    assert run(["extract", str(papers), "-o", str(target), *RULES]) == 0
    records = [json.loads(line) for line in papers.read_text(encoding="utf-8").splitlines()]
    found = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [r["id"] for r in records] == [f["id"] for f in found]
    for record, one in zip(records, found, strict=True):
        assert set(one) == {"id", "entities", "links", "relations"}
        for entity in one["entities"]:
            assert {"type", "name", "aliases", "role", "confidence", "mentions"} <= set(entity)
            for mention in entity["mentions"]:
                assert record[mention["field"]][mention["start"] : mention["end"]] in entity["aliases"]
    (link,) = found[1]["links"]
    assert (link["surface"], link["url"], link["kind"], link["role"]) == (
        "https://github.com/o/r.", "https://github.com/o/r", "github", "code",
    )  # fmt: skip


def test_extract_to_standard_output_from_standard_input(
    papers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dash reads and writes the standard streams."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(papers.read_bytes())))
    assert run(["extract", "-", *RULES]) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == ["a1", "2501.00002"]


def test_query_json_is_the_standard_format(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """SPARQL 1.1 Query Results JSON, prefixes known without declaring them."""
    query = (
        "SELECT ?name WHERE { ?p kg:evaluatesOn ?d . ?d a schema:Dataset ; schema:name ?name } ORDER BY ?name"
    )
    assert run(["query", str(built), query, "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["head"]["vars"] == ["name"]
    assert "ImageNet" in [row["name"]["value"] for row in answer["results"]["bindings"]]


def test_export_by_suffix_and_by_name(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The suffix names the format; a folder of tables needs its name."""
    for name in (
        "g.ttl",
        "g.nt",
        "g.nq",
        "g.trig",
        "g.jsonld",
        "g.rdf",
        "g.graphml",
        "g.gexf",
        "g.cyjs",
        "g.html",
    ):
        assert run(["export", str(built), "-o", str(tmp_path / name)]) == 0, complaint(capsys)
        assert (tmp_path / name).stat().st_size > 100
    assert run(["export", str(built), "-f", "csv", "-o", str(tmp_path / "tables")]) == 0
    assert (tmp_path / "tables" / "nodes.csv").exists()
    assert run(["export", str(built), "-o", str(tmp_path / "g.xyz")]) == 2
    assert ".graphml" in complaint(capsys)


def test_view_writes_a_page_that_asks_nobody(built: Path, tmp_path: Path) -> None:
    """The page loads nothing from elsewhere."""
    page = tmp_path / "page.html"
    assert run(["view", str(built), "--no-open", "-o", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert 'src="http' not in text
    assert 'href="http://cdn' not in text


def test_evaluate_prints_the_figures(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same gold against itself through a file gives ones."""
    gold = str(data / "gold_sample.jsonl")
    assert run(["evaluate", gold, "--predicted", gold, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["all five types"]["recall"] == 1.0
    assert figures["links"]["f1"] == 1.0


def test_building_again_reads_nothing_anew(
    built: Path, papers: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was extracted before is kept."""
    assert run(["build", str(papers), "-o", str(built), *RULES]) == 0
    assert "0 read anew" in complaint(capsys)


def test_workers_do_not_change_the_result(papers: Path, tmp_path: Path) -> None:
    """Two processes write what one writes."""
    one, two = tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    assert run(["extract", str(papers), "-o", str(one), *RULES]) == 0
    assert run(["extract", str(papers), "-o", str(two), "-j", "2", *RULES]) == 0
    assert one.read_bytes() == two.read_bytes()


def test_a_bad_record_is_skipped_and_told(
    papers: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The good records are kept, the bad one is named with its line, the status is 1; --strict refuses."""
    papers.write_text(
        papers.read_text(encoding="utf-8") + '\n{"title": "No abstract"}\nnot json\n', encoding="utf-8"
    )
    assert run(["build", str(papers), "-o", str(tmp_path / "out"), *RULES]) == 1
    said = complaint(capsys)
    assert "papers.jsonl:3" in said
    assert "papers.jsonl:4" in said
    assert "2 papers" in said
    assert run(["build", str(papers), "-o", str(tmp_path / "strict"), "--strict", *RULES]) == 2
    assert "papers.jsonl:3" in complaint(capsys)
    assert not (tmp_path / "strict").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"just some words\n", "no papers"),
        (b"\xff\xfe\x00\xd8junk", ""),
        (b"%PDF-1.7 binary", "PDF"),
        (b"[]", ""),
        (b"title,year\nx,1\n", ""),
    ],
)
def test_useless_files_end_in_one_sentence(
    content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Empty, wordless and foreign files: no traceback, no directory, status 2, the file named."""
    path = tmp_path / "input.dat"
    path.write_bytes(content)
    assert run(["build", str(path), "-o", str(tmp_path / "out"), *RULES]) == 2
    told = complaint(capsys)
    assert "input.dat" in told
    assert "Traceback" not in told
    assert said in told
    assert not (tmp_path / "out").exists()


def test_a_first_build_that_fails_leaves_no_directory(papers: Path, tmp_path: Path) -> None:
    """A model that is not there is found out before anything is kept."""
    assert run(["build", str(papers), "-o", str(tmp_path / "out"), "--model", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "out").exists()


def test_the_formats_are_listed_without_a_directory(capsys: pytest.CaptureFixture[str]) -> None:
    """Who asks for the list need not have a graph yet."""
    assert run(["export", "--list"]) == 0
    assert "graphml" in capsys.readouterr().out.split()
    assert run(["export"]) == 2


def test_a_missing_input_and_a_missing_directory(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are named."""
    assert run(["build", str(tmp_path / "none.jsonl"), "-o", str(tmp_path / "out")]) == 2
    assert "none.jsonl" in complaint(capsys)
    assert run(["stats", str(tmp_path / "nowhere")]) == 2
    assert "kg build" in complaint(capsys)


def test_a_full_disk_leaves_the_old_file(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that was there before is still whole, and nothing lies beside it."""
    target = tmp_path / "tables" / "g.cyjs"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.atomic.Path.replace", full)
    assert run(["export", str(built), "-o", str(target)]) == 2
    assert "No space left" in complaint(capsys)
    assert [p.name for p in target.parent.iterdir()] == ["g.cyjs"]
    assert target.read_text(encoding="utf-8") == "old"


def test_ctrl_c_says_so_and_keeps_the_old_graph(
    built: Path, papers: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 130, one sentence, the directory as before."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kg.cli.build.refresh", interrupt)
    assert run(["build", str(papers), "-o", str(built), *RULES]) == 130
    assert "stopped" in complaint(capsys)
    assert run(["stats", str(built), "--json"]) == 0


def test_ctrl_c_while_starting_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Libraries take a moment to load, and people are quick."""
    import kg.cli

    monkeypatch.setitem(sys.modules, "kg.cli.app", _Interrupted("kg.cli.app"))
    with pytest.raises(SystemExit) as stop:
        kg.cli.main()
    assert stop.value.code == 130
    assert capsys.readouterr().err == "stopped\n"


class _Interrupted(ModuleType):
    """A module that is interrupted while something is imported from it."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_a_fault_of_ours_is_one_sentence_too(
    built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A programming error shows no traceback unless asked for."""

    def broken(*_: object, **__: object) -> KnowledgeGraph:
        raise ZeroDivisionError("oops")

    monkeypatch.delenv("KG_DEBUG", raising=False)
    monkeypatch.setattr("kg.cli.stats.load_graph", broken)
    assert run(["stats", str(built)]) == 2
    told = complaint(capsys)
    assert "ZeroDivisionError" in told
    assert "KG_DEBUG=1" in told
    monkeypatch.setenv("KG_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["stats", str(built)])


def test_a_reader_that_leaves_is_no_error(built: Path) -> None:
    """``kg query … | head`` ends quietly."""
    code = f"from kg.cli.app import main; import sys; sys.argv = ['kg', 'stats', {str(built)!r}]; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_output_is_utf8_whatever_the_locale(built: Path) -> None:
    """A terminal of another encoding gets its bytes, not a crash."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    code = f"from kg.cli.app import main; import sys; sys.argv = ['kg', 'stats', {str(built)!r}]; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert "●" in done.stdout.decode("utf-8")


def test_demo_shows_tables_a_query_and_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first command of the README: found what, one question with its answer, where RDF and page lie."""
    monkeypatch.chdir(tmp_path)
    assert run(["demo", "-o", "demo", *RULES]) == 0
    shown = capsys.readouterr().out
    for expected in ("Datasets", "evaluates on", "SELECT ?dataset", "ImageNet", "graph.ttl", "graph.html"):
        assert expected in shown
    assert (tmp_path / "demo" / "graph.ttl").exists()


def test_library_build_reads_like_prose(make_paper: Callable[..., object], papers: Path) -> None:
    """``from kg import build`` and ask."""
    from kg import build

    graph = build(papers, model="rules")
    assert [p.title for p in graph.papers_using("ImageNet")] == ["FooNet: A Network"]
    assert graph.to_networkx().number_of_nodes() == len(graph)


def test_starting_loads_no_heavy_library() -> None:
    """Help comes at once: what reads text, draws or answers SPARQL is imported by the command that needs it."""
    code = (
        "import sys\nfrom kg.cli.app import run\n"
        "assert run(['--help']) == 0\n"
        "heavy = {'spacy', 'rdflib', 'pyoxigraph', 'pyvis', 'networkx', 'numpy', 'httpx', 'IPython'}\n"
        "sys.exit(' '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    for name in COMMANDS:
        assert f" {name} " in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_says_what_their_help_says(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The summary in ``kg --help`` is the first sentence of the command's own help, which shows an example."""
    assert run([command, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert COMMANDS[command] in shown
    assert f"kg {command}" in shown


def test_a_misspelt_command_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    """``kg biuld`` is not left alone."""
    assert run(["biuld"]) == 2
    assert "'build'" in capsys.readouterr().err


def test_a_damaged_letter_costs_no_paper(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes that are not UTF-8 are noted, not called skipped; the status says that all records are there."""
    table = tmp_path / "papers.csv"
    table.write_bytes(b"title,abstract\nCaf\xe9 Networks,We propose FooNet.\nOn BERT,We use BERT.\n")
    assert run(["extract", str(table), "-o", str(tmp_path / "out.jsonl"), *RULES]) == 0
    said = complaint(capsys)
    assert "note" in said
    assert "papers.csv:2" in said
    assert "read as U+FFFD" in said
    assert "skipped" not in said
    assert len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 2
