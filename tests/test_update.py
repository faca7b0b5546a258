"""A graph directory over time: new papers in, changed ones replaced, others taken out, and what that changed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exports.pages.whats_new import render_whats_new
from kg.changes import find_changes
from kg.cli.app import run
from kg.directory import GraphDirectory
from kg.errors import DirectoryError
from kg.model import Extraction, Paper, PartialDate, Sighting
from kg.pipeline import refresh
from kg.sources.identity import title_id
from kg.update import find_ids, unite, update

RULES = {"model": "rules"}


def paper(number: int, abstract: str, **more: object) -> Paper:
    identifier = f"2511.{number:05d}"
    made = Paper(
        identifier, f"Study {number}", abstract, arxiv_id=identifier, date=PartialDate(2025, 11, 1),
        sightings=(Sighting("a.jsonl", "jsonl", number),),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


FIRST = [
    paper(1, "We propose Foo, a method. Foo is evaluated on MMLU."),
    paper(2, "We use DPO to train Bar. Bar is evaluated on GSM8K."),
    paper(3, "We fine-tune BERT on SQuAD."),
]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[GraphDirectory]:
    """Three papers that came on the first of November."""
    with GraphDirectory.create(tmp_path / "graph") as opened:
        refresh(opened, FIRST, options=dict(RULES), today="2025-11-01")
        yield opened


def test_new_come_in_changed_are_replaced_the_rest_is_not_read(directory: GraphDirectory) -> None:
    """Counts tell them apart, and only new and changed texts are read."""
    changed = paper(2, "We use PPO to train Bar. Bar is evaluated on GSM8K.")
    report = update(directory, [FIRST[0], changed, paper(4, "We release FooBench.")], today="2025-11-05")
    assert report.new == ("2511.00004",)
    assert report.changed == ("2511.00002",)
    assert (report.retold, report.same, report.extracted) == (0, 1, 2)
    assert [p.id for p in directory.papers()] == [f"2511.{n:05d}" for n in (1, 2, 3, 4)]
    assert directory.papers_of(["2511.00002"])["2511.00002"].abstract == changed.abstract
    assert directory.added_days()["2511.00002"] == "2025-11-01"


def test_an_update_that_brings_nothing_changes_nothing(directory: GraphDirectory) -> None:
    """Not even the fingerprint that derived files go by."""
    before = directory.fingerprint
    report = update(directory, FIRST, today="2025-11-05")
    assert report.same == 3
    assert directory.fingerprint == before


def test_other_details_cost_no_reading(directory: GraphDirectory) -> None:
    """More votes and a new link are kept; nothing is read anew; what the new record lacks stays."""
    told = replace(FIRST[0], organisation="The Institute", links=("https://github.com/o/foo",))
    assert update(directory, [told], today="2025-11-05").retold == 1
    silent = replace(FIRST[0], sightings=(Sighting("b.jsonl", "jsonl", 1, upvotes=7),))
    report = update(directory, [silent], today="2025-11-06")
    assert (report.retold, report.extracted) == (1, 0)
    now = directory.papers_of([FIRST[0].id])[FIRST[0].id]
    assert now.organisation == "The Institute"
    assert now.links == ("https://github.com/o/foo",)
    assert [s.source for s in now.sightings] == ["a.jsonl", "b.jsonl"]
    assert now.upvotes == 7


def test_a_paper_known_by_its_title_takes_its_own_id(directory: GraphDirectory) -> None:
    """And a record without id of a known paper is that paper; another paper of the same title is another."""
    text = "We propose Qux, a method for aligning things, and show that it works on many of them, over and over again."
    nameless = Paper(title_id("Qux: A Study"), "Qux: A Study", text)
    assert update(directory, [nameless], today="2025-11-05").new == (nameless.id,)
    named = Paper(
        "2511.00077", "Qux: a study", text, arxiv_id="2511.00077", links=("https://github.com/o/qux",)
    )
    report = update(directory, [named], today="2025-11-06")
    assert report.new == ("2511.00077",)
    assert nameless.id not in directory.paper_ids()
    again = update(directory, [nameless], today="2025-11-07")
    assert again.new == ()
    assert directory.papers_of(["2511.00077"])["2511.00077"].links == ("https://github.com/o/qux",)
    other = Paper(
        nameless.id, "Qux: A Study", "Something else entirely, which begins in another way and goes on so."
    )
    assert update(directory, [other], today="2025-11-08").new == (nameless.id,)
    assert len(directory.paper_ids()) == 5


def test_the_reader_of_the_build_reads_the_update(directory: GraphDirectory) -> None:
    """Extractor and options are remembered; another extractor reads all anew."""
    before = directory.extractor
    update(directory, [paper(4, "We release FooBench.")], today="2025-11-05")
    assert directory.extractor == before
    assert len(list(directory.extractions())) == 4


def test_an_exact_date_is_not_lost_to_a_vague_one() -> None:
    """A month does not replace a day."""
    now = unite(FIRST[0], replace(FIRST[0], date=PartialDate(2025, 11)))
    assert now.date == PartialDate(2025, 11, 1)


def test_a_failed_update_leaves_the_old_state(
    directory: GraphDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash in the middle of the write is as if nothing had happened."""
    before = [(p, e) for p, e in directory.extractions()]

    def fail(*arguments: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(GraphDirectory, "_finish", fail)
    with pytest.raises(RuntimeError):
        update(directory, [paper(1, "Another text about Qux.")], today="2025-11-05")
    monkeypatch.undo()
    assert list(directory.extractions()) == before
    assert list(directory.history()) == []


def test_ids_are_found_as_people_write_them(directory: GraphDirectory) -> None:
    """Addresses, versions, node ids; what is not there is told."""
    found, missing = find_ids(
        directory,
        [
            "arXiv:2511.00001v3",
            "https://arxiv.org/abs/2511.00002",
            "paper/2511.00003",
            "2511.00001",
            "10.1/x",
        ],
    )
    assert found == ("2511.00001", "2511.00002", "2511.00003")
    assert missing == ("10.1/x",)


def test_what_is_new_since_a_day(directory: GraphDirectory) -> None:
    """First-seen things with who introduces them, rising methods, claims that came and went, papers that left."""
    news = [
        paper(2, "We use PPO to train Bar. Bar is evaluated on GSM8K."),
        paper(4, "We introduce QuxBench, a new benchmark dataset for reasoning. We train with PPO."),
        paper(5, "We evaluate models trained with PPO on QuxBench."),
    ]
    update(directory, news, today="2025-11-05")
    directory.remove_papers(["2511.00003"], today="2025-11-06")
    changes = find_changes(directory, "2025-11-05")
    assert [p.id for p in changes.new] == ["2511.00004", "2511.00005"]
    assert [p.id for p in changes.changed] == ["2511.00002"]
    assert [p.id for p in changes.removed] == ["2511.00003"]
    assert changes.before == 3
    seen = {f.entity.name: f for f in changes.first_seen}
    assert "QuxBench" in seen
    assert "GSM8K" not in seen
    assert seen["QuxBench"].papers[0].id == "2511.00004"
    assert any("PPO" in r.entity.aliases and r.now == 2 for r in changes.rising)
    moved = {(c.object, c.kept) for c in changes.claims}
    assert any(kept for _, kept in moved)
    assert any(not kept for _, kept in moved)
    assert all(c.paper.id == "2511.00002" for c in changes.claims)


def test_nothing_is_new_after_the_last_change(directory: GraphDirectory) -> None:
    """And everything is since before the first."""
    update(directory, [paper(2, "Another text about DPO and MMLU.")], today="2025-11-05")
    later = find_changes(directory, "2025-11-06")
    assert (later.new, later.changed, later.first_seen, later.claims) == ((), (), (), ())
    assert later.before == 3
    earlier = find_changes(directory, "2025-10-01")
    assert len(earlier.new) == 3
    assert earlier.before == 0
    with pytest.raises(DirectoryError, match="not a date"):
        find_changes(directory, "yesterday")


def test_the_state_before_is_that_of_the_day(directory: GraphDirectory) -> None:
    """Of a paper that changed twice, the older text counts; one that came and went in between never was."""
    update(directory, [paper(2, "We study RLHF."), paper(9, "We study LoRA.")], today="2025-11-05")
    update(directory, [paper(2, "We study RLHF and DPO.")], today="2025-11-06")
    directory.remove_papers(["2511.00009"], today="2025-11-06")
    changes = find_changes(directory, "2025-11-05")
    assert [p.id for p in changes.removed] == []
    gone = {c.object for c in changes.claims if not c.kept}
    assert "GSM8K" in " ".join(gone) or gone


def test_the_page_holds_text_as_text(directory: GraphDirectory) -> None:
    """Titles with markup are shown, not run; the page asks nobody for anything."""
    evil = replace(
        paper(4, "We introduce <script>alert(1)</script>Bench, a dataset."),
        title="<img src=x onerror=alert(1)>",
    )
    update(directory, [evil], today="2025-11-05")
    page = render_whats_new(find_changes(directory, "2025-11-05"), title="<b>New</b>")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img src=x" in page
    assert "default-src &#x27;none&#x27;" in page
    assert "http" not in page.replace("https://arxiv.org/abs/", "").replace("http-equiv", "")


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """kg build, update, remove, diff, one after the other."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    record = {
        "id": "2511.00001",
        "title": "One",
        "abstract": "We propose Foo, a method. It is evaluated on MMLU.",
    }
    first.write_text(json.dumps(record), encoding="utf-8")
    other = {
        "id": "2511.00002",
        "title": "Two",
        "abstract": "We introduce QuxBench, a new benchmark dataset.",
    }
    second.write_text(json.dumps(record) + "\n" + json.dumps(other) + "\n{broken", encoding="utf-8")
    out = str(tmp_path / "graph")
    assert run(["build", str(first), "-o", out, "--model", "rules"]) == 0
    capsys.readouterr()
    assert run(["update", out, str(second)]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "1 new, 0 changed" in said
    assert "1 read anew" in said
    assert (
        run(
            [
                "diff",
                out,
                "--since",
                time.strftime("%Y-%m-%d"),
                "--json",
                "--html",
                str(tmp_path / "new.html"),
            ]
        )
        == 0
    )
    value = json.loads(capsys.readouterr().out)
    assert len(value["new"]) == 2
    assert "QuxBench" in (tmp_path / "new.html").read_text("utf-8")
    assert run(["diff", out, "--since", "2001-01-01"]) == 0
    assert "QuxBench" in capsys.readouterr().out
    assert run(["remove", out, "2511.00002", "2511.99999"]) == 1
    assert "not there" in capsys.readouterr().err
    assert run(["update", str(tmp_path / "none"), str(first)]) == 2
    assert run(["diff", out, "--since", "soon"]) == 2


class Quick:
    """An extractor that finds nothing, at once: what is left is the cost of the directory."""

    name, version = "quick", "1"

    def extract(self, papers: Iterable[Paper]) -> Iterator[Extraction]:
        for one in papers:
            yield Extraction(one.id)


@pytest.mark.slow
def test_ten_papers_into_ten_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under three seconds, and the others are not touched."""
    monkeypatch.setattr("kg.pipeline.load_extractor", lambda name, **options: Quick())
    many = [paper(n, f"We study number {n}. " * 60) for n in range(10_000)]
    with GraphDirectory.create(tmp_path / "graph") as opened:
        refresh(opened, many, today="2025-11-01")
        began = time.perf_counter()
        report = update(opened, [paper(20_000 + n, "We propose Foo.") for n in range(10)], today="2025-11-05")
        seconds = time.perf_counter() - began
    assert len(report.new) == 10
    assert report.extracted == 10
    assert seconds < 3
