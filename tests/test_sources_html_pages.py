"""Daily Papers pages saved as HTML from a browser."""

from __future__ import annotations

import html
import io
import json
import quopri
import time
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model import Paper, PartialDate
from kg.sources import Problem, read_papers

PAGES = Path(__file__).parent / "data" / "pages"


def read(name: str, captured: PartialDate | None = None) -> tuple[list[Paper], list[Problem]]:
    problems: list[Problem] = []
    return list(read_papers([PAGES / name], captured=captured, on_problem=problems.append)), problems


def test_the_page_of_a_day_is_read_from_its_data() -> None:
    """Ids, texts to the letter, authors, votes, comments, organisation and repository."""
    papers, problems = read("daily_papers.html")
    assert [paper.id for paper in papers] == ["2511.01234", "2511.00987", "2510.27001"]
    first = papers[0]
    assert first.authors == ("Ines Falk", "Tomás Řezáč", "Wei-Lin Oduya")
    assert (first.upvotes, first.sightings[0].comments, first.organisation) == (62, 4, "Example Lab")
    assert first.date == PartialDate(2025, 11, 3)
    assert first.sightings[0].listed == PartialDate(2025, 11, 5)
    assert first.links == ("https://github.com/example-lab/tidebench",)
    assert "residual stream.\n  We measure" in papers[1].abstract
    assert "<0.3 points of accuracy & needs" in papers[1].abstract
    assert papers[2].title == 'A "Small" Corpus of 40 Spoken Lowland Dialects'
    assert problems == []


def test_a_search_page_gives_what_it_shows() -> None:
    """Not the papers of the day, which its data hold as well."""
    assert [paper.id for paper in read("daily_papers_search.html")[0]] == ["2510.27001", "2511.01234"]


def test_cards_are_read_where_the_data_are_missing() -> None:
    """A page saved without scripts: a card without abstract is a problem."""
    papers, problems = read("daily_papers_cards.html")
    assert [(paper.id, paper.author_count, paper.upvotes) for paper in papers] == [
        ("2511.01234", 3, 62),
        ("2511.00987", 1, 18),
    ]
    assert papers[0].date == PartialDate(2025, 11, 3)
    assert papers[0].sightings[0].comments == 4
    assert papers[1].abstract.endswith("at <0.3 points of accuracy & needs no training.")
    assert [problem.what for problem in problems] == [
        'paper 3 of the page: a record without abstract: “A "Small" Corpus of 40 Spoken Lowland Dialects”'
    ]


@pytest.mark.parametrize("name", ["paper_page.html", "paper_page_plain.html"])
def test_the_page_of_one_paper_is_read(name: str) -> None:
    """With its data and without."""
    papers, _ = read(name)
    assert [paper.id for paper in papers] == ["2511.01234"]
    assert papers[0].title == "TideBench: Measuring How Language Models Plan Around Changing Conditions"
    assert papers[0].abstract.startswith("Plans rarely survive contact")
    assert papers[0].abstract.endswith("https://github.com/example-lab/tidebench.")


def test_both_ways_of_saving_a_page_give_the_same_papers() -> None:
    """But for white space inside the abstract, which a browser does not show."""
    by_data = {paper.id: paper for paper in read("daily_papers.html")[0]}
    for card in read("daily_papers_cards.html")[0]:
        assert card.title == by_data[card.id].title
        assert card.abstract == " ".join(by_data[card.id].abstract.split())


def test_data_that_are_damaged_are_passed_over() -> None:
    """The cards are read instead."""
    text = (PAGES / "daily_papers_cards.html").read_text("utf-8")
    text = text.replace("<section", '<div data-target="DailyPapers" data-props="{broken"></div><section', 1)
    papers = list(read_papers(["-"], stdin=io.BytesIO(text.encode())))
    assert len(papers) == 2


def test_a_page_saved_as_one_file_is_unpacked() -> None:
    """MHTML, as Chrome and Edge save it, with quoted-printable inside."""
    page = quopri.encodestring((PAGES / "daily_papers.html").read_bytes()).decode("ascii")
    archive = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://huggingface.co/papers\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----B----"\r\n\r\n'
        "------B----\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: https://huggingface.co/papers\r\n\r\n{page}\r\n------B------\r\n"
    )
    papers = list(read_papers(["-"], stdin=io.BytesIO(archive.encode())))
    assert [paper.id for paper in papers] == ["2511.01234", "2511.00987", "2510.27001"]
    assert papers[0].authors[1] == "Tomás Řezáč"


def test_another_page_is_refused() -> None:
    """The message says what it should be."""
    page = "<!doctype html><html><body><h1>Weather</h1><p>" + "It rains. " * 50 + "</p></body></html>"
    with pytest.raises(SourceError, match=r"it is not one of huggingface\.co/papers"):
        list(read_papers(["-"], stdin=io.BytesIO(page.encode())))


def test_a_large_page_takes_seconds() -> None:
    """A month of papers is megabytes of data in one attribute."""
    papers = [
        {"paper": {"id": f"2511.{n:05d}", "title": f"Paper {n}", "summary": "We count. " * 150}}
        for n in range(1000)
    ]
    props = html.escape(json.dumps({"dailyPapers": papers}))
    page = (
        f'<!doctype html><html><body><div data-target="DailyPapers" data-props="{props}"></div></body></html>'
    )
    start = time.perf_counter()
    assert sum(1 for _ in read_papers(["-"], stdin=io.BytesIO(page.encode()))) == 1000
    assert time.perf_counter() - start < 10
