"""Files as they come: named, found, unpacked, damaged, missing, of the wrong kind."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tracemalloc
from pathlib import Path

import pytest

from kg.errors import PluginError, SourceError
from kg.model import Paper, PartialDate
from kg.sources import Document, Problem, expand_inputs, format_names, read_papers, registry
from kg.sources import base as base_module
from kg.sources import json as json_module


def record(number: int) -> dict[str, object]:
    return {"id": f"r{number}", "title": f"Paper Number {number}", "abstract": f"We count to {number}."}


def lines(count: int) -> bytes:
    return b"".join(json.dumps(record(n)).encode() + b"\n" for n in range(count))


def read(path: Path | str, **options: object) -> tuple[list[Paper], list[Problem]]:
    problems: list[Problem] = []
    papers = list(read_papers([path], on_problem=problems.append, **options))  # type: ignore[arg-type]
    return papers, problems


def test_a_folder_stands_for_its_files_sorted(tmp_path: Path) -> None:
    """All known suffixes below it, packed ones too; hidden and unknown files are left out."""
    for name in ("b.jsonl", "a.txt", "sub/c.json.gz", "sub/.hidden.txt", "photo.png", ".git/d.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = expand_inputs([tmp_path])
    assert found == tuple(str(tmp_path / name) for name in ("a.txt", "b.jsonl", "sub/c.json.gz"))


def test_patterns_are_filled_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the shell does not do it; a file is read once however often it is named."""
    (tmp_path / "x").mkdir()
    for name in ("a.txt", "b.txt", "x/c.txt", "[odd].txt"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert expand_inputs(["*.txt", "a.txt"]) == ("[odd].txt", "a.txt", "b.txt")
    assert set(expand_inputs(["**/*.txt"])) == {"[odd].txt", "a.txt", "b.txt", str(Path("x/c.txt"))}
    assert expand_inputs(["[odd].txt", "-", "-"]) == ("[odd].txt", "-")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nowhere.txt", "there is no such file or folder"),
        ("no*where.txt", "no file matches this pattern"),
        ("https://huggingface.co/papers", "a web address"),
        ("", "not a file name"),
        ("a\0b", "not a file name"),
    ],
)
def test_a_name_that_leads_nowhere_is_an_error_at_once(name: str, message: str) -> None:
    """Before any paper is read, so that a slip costs no time."""
    with pytest.raises(SourceError, match=message):
        read_papers([name])


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    """The message says what was looked for."""
    with pytest.raises(SourceError, match=r"no file of papers in this folder.*\.jsonl"):
        expand_inputs([tmp_path])


def test_no_inputs_are_an_error() -> None:
    """Nothing to read is said so."""
    with pytest.raises(SourceError, match="no inputs were given"):
        list(read_papers([]))


def test_sightings_name_the_file_without_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the working folder the relative path, elsewhere the bare name; the position counts records."""
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.jsonl"
    path.write_bytes(lines(2))
    monkeypatch.chdir(tmp_path)
    assert [paper.sightings[0].source for paper in read("in/a.jsonl")[0]] == ["in/a.jsonl"] * 2
    assert read(path)[0][1].sightings[0].source == "in/a.jsonl"
    monkeypatch.chdir(tmp_path / "in")
    assert read("../in/a.jsonl")[0][1].sightings[0].source == "a.jsonl"
    monkeypatch.chdir("/")
    assert read(path)[0][1].sightings[0].position == 2


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_files_are_unpacked_by_content(tmp_path: Path, pack: object) -> None:
    """The name does not matter."""
    path = tmp_path / "papers"
    path.write_bytes(pack(lines(3)))  # type: ignore[operator]
    assert len(read(path)[0]) == 3


def test_a_cut_packed_file_keeps_what_came(tmp_path: Path) -> None:
    """The damage is one problem, the records before it are kept; strict refuses."""
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress(lines(20_000))[:-3000])
    papers, problems = read(path)
    assert len(papers) > 1000
    assert any("damaged" in problem.what and problem.source == str(path) for problem in problems)
    with pytest.raises(SourceError, match="damaged"):
        read(path, strict=True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the input is empty"),
        (b"  \n\t\n", "the input is empty"),
        (b"\xef\xbb\xbf", "the input is empty"),
        (b"%PDF-1.7\n\x00\x01", "a PDF file"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"PK\x03\x04rest", "a ZIP archive"),
        (b"(\xb5/\xfdrest", "a Zstandard file"),
        (bytes(range(256)) * 20, "a binary file"),
        (b"[]", "no papers found"),
        (b"{}", "no papers found"),
        (b"{", "not JSON"),
        (b"<html><body><p>Hello</p></body></html>", "no papers found in this page"),
        (b"\x1f\x8b\x08broken", "damaged|cannot be read"),
    ],
)
def test_an_input_without_papers_ends_in_one_sentence(tmp_path: Path, data: bytes, message: str) -> None:
    """What it is instead, and in which file."""
    path = tmp_path / "input.dat"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_bad_file_among_good_ones_is_skipped(tmp_path: Path) -> None:
    """It is one problem; strict refuses it."""
    (tmp_path / "a.txt").write_bytes(b"")
    (tmp_path / "b.jsonl").write_bytes(lines(2))
    papers, problems = read(tmp_path)
    assert len(papers) == 2
    assert [(problem.source, problem.what) for problem in problems] == [
        (str(tmp_path / "a.txt"), "the input is empty")
    ]
    with pytest.raises(SourceError, match="the input is empty"):
        read(tmp_path, strict=True)


def test_only_bad_files_are_an_error(tmp_path: Path) -> None:
    """A graph of nothing is not made silently."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).touch()
    with pytest.raises(SourceError, match="no papers found in any of the inputs"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"not json", "not JSON"),
        (b'{"title": "T"}', "a record without abstract"),
        (b'{"abstract": "A"}', "no title"),
        (b'{"title": "T", "abstract": "caf\xe9"}', "invalid UTF-8 at byte 32"),
        (b"[1, 2]", "a list, not an object"),
        (b'{"title": "T", "abstract": NaN}', "without abstract"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"title": "T", "abstract": "cut', "not JSON: unterminated string"),
        (b'{"title": "T", "abstract": 1' + b"1" * 5000 + b"}", "not JSON that can be read"),
    ],
)
def test_a_bad_line_costs_no_other(tmp_path: Path, line: bytes, message: str) -> None:
    """It is reported with its number; strict raises it."""
    path = tmp_path / "papers.jsonl"
    path.write_bytes(lines(2) + line + b"\n" + lines(1))
    papers, problems = read(path)
    assert len(papers) == 3
    assert [problem.line for problem in problems] == [3]
    assert message in problems[0].what
    assert str(problems[0]).startswith(f"{path}:3")
    with pytest.raises(SourceError, match=r"papers\.jsonl:3"):
        read(path, strict=True)


def test_an_endless_line_is_skipped_without_being_held(tmp_path: Path) -> None:
    """A line of 50 MB is one problem, and costs no such memory."""
    path = tmp_path / "papers.jsonl"
    with path.open("wb") as file:
        file.write(lines(1) + b'{"title": "T", "abstract": "')
        for _ in range(50):
            file.write(b"a" * 2**20)
        file.write(b'"}\n' + lines(1))
    tracemalloc.start()
    papers, problems = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(papers) == 2
    assert [(problem.line, problem.what.split(" bytes")[0]) for problem in problems] == [
        (2, "a line of 52,428,831")
    ]
    assert peak < 40 * 2**20


def test_json_lines_are_read_in_constant_memory(tmp_path: Path) -> None:
    """Papers come as they are read."""
    path = tmp_path / "papers.jsonl"
    path.write_bytes(lines(10_000))
    tracemalloc.start()
    count = sum(1 for _ in read_papers([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 4 * 2**20


def test_standard_input_is_read_by_content() -> None:
    """There is no name to go by."""
    papers = list(read_papers(["-"], stdin=io.BytesIO(lines(2))))
    assert [paper.sightings[0].source for paper in papers] == ["standard input"] * 2


@pytest.mark.parametrize("name", ["papers.txt", "papers", "papers.csv", "papers.html"])
def test_the_content_decides_not_the_suffix(tmp_path: Path, name: str) -> None:
    """JSON Lines under any name are JSON Lines."""
    path = tmp_path / name
    path.write_bytes(lines(2))
    assert [paper.sightings[0].format for paper in read(path)[0]] == ["jsonl", "jsonl"]


def test_a_named_format_is_taken_at_its_word(tmp_path: Path) -> None:
    """With short names too; an unknown one is an error that lists the known."""
    path = tmp_path / "papers.txt"
    path.write_bytes(b"{" + b'"title": "T", "abstract": "A b."}')
    assert read(path, format="ndjson")[0][0].sightings[0].format == "jsonl"
    with pytest.raises(SourceError, match=r"Did you mean 'bibtex'.*daily-papers-text"):
        read(path, format="bibtx")


def test_json_is_read_as_a_whole_or_as_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large files give the same papers as small ones, from a list and from a list under a key."""
    for value in ([record(1), 7, record(2)], {"meta": {"n": [1]}, "results": [record(1), 7, record(2)]}):
        path = tmp_path / "papers.json"
        path.write_text(json.dumps(value, indent=1), "utf-8")
        whole = read(path)
        with monkeypatch.context() as patch:
            patch.setattr(json_module, "SMALL", 20)
            streamed = read(path)
        assert whole == streamed
        assert [paper.record_id for paper in whole[0]] == ["r1", "r2"]
        assert [problem.what for problem in whole[1]] == [
            "record 2: this is a number, not an object with a title and an abstract"
        ]


def test_broken_json_names_line_and_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was cut; read as a stream, the records before the cut are kept."""
    path = tmp_path / "papers.json"
    path.write_text(json.dumps([record(n) for n in range(50)], indent=1)[:-60], "utf-8")
    with pytest.raises(SourceError, match=r"papers\.json:\d+:\d+: not JSON"):
        read(path)
    monkeypatch.setattr(json_module, "SMALL", 20)
    papers, problems = read(path)
    assert len(papers) == 49
    assert "not JSON" in problems[0].what


def test_json_lines_called_json_are_read(tmp_path: Path) -> None:
    """Several values after one another are lines, even where the first does not fit the sample."""
    path = tmp_path / "papers.json"
    big = {**record(0), "extra": "x" * 70_000}
    path.write_bytes(json.dumps(big).encode() + b"\n" + lines(2))
    assert len(read(path)[0]) == 3


def test_a_file_too_large_to_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Formats that are read as a whole have a bound."""
    monkeypatch.setattr(base_module, "MAX_WHOLE", 1000)
    path = tmp_path / "papers.bib"
    path.write_bytes(b"@misc{a, title={T}, abstract={A}}\n" * 100)
    with pytest.raises(SourceError, match="too large for a format that is read as a whole"):
        read(path)


def test_a_file_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's refusal is one sentence."""
    path = tmp_path / "papers.jsonl"
    path.write_bytes(lines(1))

    def refuse(self: Path, mode: str = "r") -> io.BytesIO:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"papers\.jsonl: permission denied: this file cannot be read"):
        read(path)


def test_a_folder_without_permission_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the top it is an error; below, a problem, and the other folders are read."""
    (tmp_path / "closed").mkdir()
    (tmp_path / "open.jsonl").write_bytes(lines(1))
    scandir = os.scandir

    def refuse(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(SourceError, match="permission denied: this folder cannot be listed"):
        expand_inputs([tmp_path / "closed"])
    papers, problems = read(tmp_path)
    assert len(papers) == 1
    assert [problem.source for problem in problems] == [str(tmp_path / "closed")]


def test_trouble_while_reading_is_one_sentence(tmp_path: Path) -> None:
    """A disk or a network share that fails in the middle."""

    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            data = super().read(size)
            if not data:
                raise OSError(5, "Input/output error")
            return data

    problems: list[Problem] = []
    papers = list(read_papers(["-"], stdin=Failing(lines(5000)), on_problem=problems.append))
    assert 1000 < len(papers) <= 5000
    assert [problem.what for problem in problems][-1:] == ["cannot be read: Input/output error"]


def test_plug_ins_add_formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A format of another package is asked like ours, by its entry point."""

    class Shouted:
        name = "shouted"
        suffixes = (".shout",)

        def sniff(self, head: str, filename: str) -> float:
            return 0.99 if head.startswith("SHOUT") else 0.0

        def parse(self, document: Document) -> object:
            yield Paper("title:x", "T", document.text(), sightings=(document.sighting(self.name, 1),))

    monkeypatch.setattr(registry, "_plugin_names", lambda: ("shouted",))
    monkeypatch.setattr("kg.plugins.load", lambda group, name: Shouted)
    registry.load_format.cache_clear()
    path = tmp_path / "x"
    path.write_text("SHOUT this", "utf-8")
    assert read(path)[0][0].abstract == "SHOUT this"
    assert format_names()[-1] == "shouted"
    monkeypatch.setattr("kg.plugins.load", lambda group, name: object())
    registry.load_format.cache_clear()
    with pytest.raises(PluginError, match="no source format"):
        read(path)
    registry.load_format.cache_clear()


def test_a_file_of_no_known_kind_is_an_error(tmp_path: Path) -> None:
    """The message lists the formats that can be named."""
    path = tmp_path / "drawing.svg"
    path.write_text("<svg xmlns='http://www.w3.org/2000/svg'></svg>", "utf-8")
    with pytest.raises(SourceError, match=r"cannot tell what kind of file this is.*jsonl, json, csv"):
        read(path)


def test_the_capture_date_reaches_every_format(tmp_path: Path) -> None:
    """It is kept in the sighting."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(1))
    captured = PartialDate(2025, 11, 5)
    assert read(path, captured=captured)[0][0].sightings[0].captured == captured
