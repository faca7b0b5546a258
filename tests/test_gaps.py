"""Announced, but not linked: which sentences announce, and which links count."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import pytest

from kg.cli.app import run
from kg.cli.gaps import as_markdown
from kg.facts import GONE, HERE, LinkFact
from kg.gaps import DEAD, HUB, NOWHERE, find_announcements, find_gaps
from kg.model import (
    EntityType,
    Evidence,
    ExtractedEntity,
    ExtractedLink,
    Extraction,
    LinkKind,
    LinkRole,
    Mention,
    Paper,
    Role,
    Sighting,
)


def paper(
    abstract: str, *, links: tuple[str, ...] = (), format: str = "jsonl", title: str = "A Study"
) -> Paper:
    return Paper(
        "2511.00001", title, abstract, arxiv_id="2511.00001", links=links, sightings=(Sighting("x", format),)
    )


def kinds(abstract: str) -> tuple[str, ...]:
    return tuple(sorted({k for a in find_announcements(paper(abstract)) for k in a.kinds}))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Our code is available at https://github.com/o/foo.", ("code",)),
        ("Code and models will be released upon acceptance.", ("code", "model")),
        (
            "The source code, dataset and trained weights are made publicly available.",
            ("code", "data", "model"),
        ),
        ("We release the benchmark and the evaluation scripts to the community.", ("code", "data")),
        ("We will open-source all code, data and checkpoints.", ("code", "data", "model")),
        ("To foster research, we make our corpus publicly available.", ("data",)),
        ("We train Foo on MMLU and release the code.", ("code",)),
        ("Code: https://github.com/o/foo", ("code",)),
        ("Code and data available at github.com/o/foo.", ("code", "data")),
        ("Our implementation can be found here.", ("code",)),
        ("We plan to publicly share the annotations.", ("data",)),
        ("The dataset will be made available on our website.", ("data",)),
    ],
)
def test_sentences_that_announce(sentence: str, expected: tuple[str, ...]) -> None:
    """What is or will be given out, by its nouns."""
    assert kinds(f"We study foo. {sentence} It works.") == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "We evaluate on publicly available benchmarks.",
        "Training is hard when little labeled data is available.",
        "Most existing datasets are publicly available but small.",
        "We use open-source models and data.",
        "The code generation task is hard.",
        "We release the pressure on the valve.",
        "Closed models are not released to the public.",
        "We provide an analysis of models and data.",
        "We make use of the data.",
        "Our dataset is large.",
        "The model is available to the agent at each step.",
        "We cannot release the data for reasons of privacy.",
    ],
)
def test_sentences_that_do_not(sentence: str) -> None:
    """The availability of other people's things, and the same words in other senses."""
    assert kinds(f"We study foo. {sentence} It works.") == ()


def test_the_sentence_is_quoted_to_the_letter() -> None:
    """Offsets point into the paper's own text, and a promise is told from a fact."""
    made = paper("We study foo, e.g. Bar et al. in detail.\n  Our code will be released soon. The end.")
    (found,) = find_announcements(made)
    assert made.text[found.start : found.end] == found.quote == "Our code will be released soon."
    assert found.later


def entity(made: Paper, name: str, type: EntityType, role: Role = Role.INTRODUCES) -> ExtractedEntity:
    at = made.text.index(name)
    mention = Mention(at, at + len(name), name, type, "x", 1.0)
    return ExtractedEntity(
        type, name, (name,), role, 1.0, 1.0, (mention,), Evidence(at, at + 1, name[:1]), "x"
    )


@pytest.mark.parametrize(
    ("abstract", "type", "expected"),
    [
        ("We release FooBench.", EntityType.DATASET, "data"),
        ("We open-source Foo-7B.", EntityType.MODEL, "model"),
        ("Foo is publicly available.", EntityType.METHOD, "code"),
    ],
)
def test_names_tell_what_is_given_out(abstract: str, type: EntityType, expected: str) -> None:
    """Where no noun does, the type of the thing that the paper introduces does."""
    made = paper(abstract)
    name = next(word for word in abstract.rstrip(".").split() if word.startswith("Foo"))
    (found,) = find_announcements(made, Extraction(made.id, (entity(made, name, type),)))
    assert found.kinds == (expected,)
    used = Extraction(made.id, (entity(made, name, type, Role.USES),))
    if "available" in abstract:
        assert find_announcements(made, used) == ()


def link(
    made: Paper, url: str, kind: LinkKind = LinkKind.GITHUB, role: LinkRole = LinkRole.CODE
) -> ExtractedLink:
    at = made.text.index(url)
    return ExtractedLink(url, url, kind, role, at, at + len(url), Evidence(at, at + len(url), url), 1.0, "x")


def test_a_link_in_the_abstract_closes_the_gap_unless_it_is_dead() -> None:
    """A repository, a page of the project; not a paper, not a dead one."""
    url = "https://github.com/o/foo"
    linked = paper(f"We release our code at {url}.")
    pair = (linked, Extraction(linked.id, links=(link(linked, url),)))
    assert list(find_gaps([pair])) == []
    gone = {url: LinkFact(url, "2025-11-05T00:00:00Z", GONE)}
    here = {url: LinkFact(url, "2025-11-05T00:00:00Z", HERE)}
    assert [g.state for g in find_gaps([pair], facts=gone)] == [DEAD]
    assert list(find_gaps([pair], facts=here)) == []
    other = "https://arxiv.org/abs/2501.1"
    cites = paper(f"We release our code, see {other}.")
    pair = (cites, Extraction(cites.id, links=(link(cites, other, LinkKind.ARXIV, LinkRole.PAPER),)))
    assert [g.state for g in find_gaps([pair])] == [NOWHERE]


def test_links_of_the_source_count_and_their_lack_on_the_hub_is_told() -> None:
    """A repository beside the record closes the gap; a paper of the Hub whose page links none has one."""
    announced = paper("We release our code.", links=("https://github.com/o/foo",))
    assert list(find_gaps([(announced, Extraction(announced.id))])) == []
    url = "https://github.com/o/foo"
    on_hub = paper(f"We release our code at {url}.", format="hf-papers")
    extraction = Extraction(on_hub.id, links=(link(on_hub, url),))
    (gap,) = find_gaps([(on_hub, extraction)])
    assert gap.state == HUB
    assert gap.links == (url,)
    from_file = paper(f"We release our code at {url}.")
    assert list(find_gaps([(from_file, extraction)])) == []
    silent = paper("We study foo.", format="hf-papers")
    assert list(find_gaps([(silent, Extraction(silent.id))])) == []


def test_markdown_is_ready_for_an_issue() -> None:
    """Boxes to tick, sentences quoted; text of a paper cannot mention people, make links or run mark-up."""
    evil = paper(
        "We release [code](http://x) for @octocat <b>and</b> fix #1.", title="*Foo* <script> @octocat"
    )
    text = as_markdown(list(find_gaps([(evil, Extraction(evil.id))])), 1)
    assert "- [ ] [" in text
    assert "(<https://arxiv.org/abs/2511.00001>)" in text
    assert "@octocat" not in text
    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "\\[code\\](http" in text
    assert "#1" not in text.replace("\\#1", "")


def test_the_command_in_all_shapes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Table, CSV that no spreadsheet runs, Markdown, and a file by its suffix."""
    records = [
        {
            "id": "2511.00001",
            "title": "=cmd|' /C calc'!A0",
            "abstract": "We propose Foo. We will release our code and data.",
        },
        {
            "id": "2511.00002",
            "title": "Linked",
            "abstract": "We propose Bar. Code is at https://github.com/o/bar.",
        },
        {"id": "2511.00003", "title": "Silent", "abstract": "We propose Baz."},
    ]
    source, out = tmp_path / "in.jsonl", str(tmp_path / "graph")
    source.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert run(["build", str(source), "-o", out, "--model", "rules"]) == 0
    capsys.readouterr()
    assert run(["gaps", out]) == 0
    shown = capsys.readouterr()
    assert "2511.00001" in shown.out
    assert "2511.00002" not in shown.out
    assert "1 nowhere" in shown.err
    assert run(["gaps", out, "-f", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["title"].startswith("'=cmd")
    assert rows[0]["announces"] == "code data"
    assert rows[0]["promised"] == "yes"
    assert run(["gaps", out, "-o", str(tmp_path / "gaps.md"), "--state", "nowhere"]) == 0
    assert "1 of 3 papers" in (tmp_path / "gaps.md").read_text("utf-8")
    assert run(["gaps", out, "--state", "odd"]) == 2


def test_long_texts_take_no_long_time() -> None:
    """A hundred thousand characters without an end of a sentence, made of the very words that are looked for."""
    for piece in ("we ", "code and ", "we release, and ", "data is ", "our code available "):
        text = piece * (100_000 // len(piece))
        began = time.perf_counter()
        find_announcements(paper(text))
        assert time.perf_counter() - began < 5
