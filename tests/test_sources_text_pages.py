"""Daily Papers pages saved as plain text."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model import Paper, PartialDate
from kg.sources import Problem, merge_papers, read_papers

SHARED = Path(__file__).parents[2] / "shared" / "pages"

TIDE = (
    "Plans rarely survive contact with a changing world, yet most planning tests hold the world still. We present "
    "TideBench, a benchmark of 1,200 small logistics puzzles whose conditions change while the model is planning. "
    "The best of eleven models solves 41% of the puzzles."
)
QUIET = (
    "Many attention layers hardly move the residual stream. We measure this for nine transformers and skip the quiet "
    "layers of each token at inference time. On long documents this saves 27% of the computation."
)
DIALECTS = (
    "We release a corpus of 312 hours of read and spontaneous speech in forty lowland dialects, with phonetic "
    "transcripts for a tenth of it. A model fine-tuned on the corpus halves the error rate of the best recogniser."
)
TITLES = ("TideBench: Planning Around Change", "Quiet Layers", "Can Forty Dialects Share One Model?")
HEADERS = (
    "new\n\nGet trending papers in your email inbox!\n\nSubscribe\n\nDaily Papers\n\nbyAK and the research community\n\n",
    "Daily Papers\n\nby AK and the research community\n\n",
    "Hugging Face\nModels\nDatasets\nSpaces\nDaily Papers\nby\nAK\nand the research community\n",
    "Daily Papers\nby @akhaliq\nNov 5\n\n",
    "",
)


def read(text: str | bytes, *, captured: PartialDate | None = None) -> tuple[list[Paper], list[Problem]]:
    problems: list[Problem] = []
    data = text.encode() if isinstance(text, str) else text
    papers = list(read_papers(["-"], stdin=io.BytesIO(data), captured=captured, on_problem=problems.append))
    return papers, problems


def page(*blocks: str, header: str = HEADERS[0], below: str = "") -> str:
    return header + "\n\n".join(f"{title}\n\n{body}{below}" for title, body in zip(TITLES, blocks))


@pytest.mark.parametrize("header", HEADERS)
def test_titles_and_abstracts_are_found_under_any_header(header: str) -> None:
    """The lines above the first paper are left out, however they are spelt."""
    papers, problems = read(page(TIDE, QUIET, DIALECTS, header=header))
    assert [(paper.title, paper.abstract) for paper in papers] == list(zip(TITLES, (TIDE, QUIET, DIALECTS)))
    assert problems == []


def test_the_block_of_authors_and_date_is_read() -> None:
    """Author count and date under an abstract belong to the paper above."""
    papers, _ = read(page(TIDE, QUIET, below="\n\n  • 12 authors\n·\nNov 12, 2023"))
    assert [paper.author_count for paper in papers] == [12, 12]
    assert papers[0].date == PartialDate(2023, 11, 12)
    assert papers[0].sightings[0].listed == PartialDate(2023, 11, 12)


def test_an_organisation_may_stand_in_place_of_the_authors() -> None:
    """With a bullet or without, the line before the dot and the date is the organisation."""
    text = f"{TITLES[0]}\n\n{TIDE}\n\n  • Example Lab\n·\nNov 12, 2023 4\n\n"
    text += f"{TITLES[1]}\n\n{QUIET}\n\nUniversity of Nowhere\n·\nJun 2\n"
    papers, _ = read(HEADERS[0] + text)
    assert [paper.organisation for paper in papers] == ["Example Lab", "University of Nowhere"]
    assert [paper.author_count for paper in papers] == [None, None]


@pytest.mark.parametrize(
    "below",
    ["  • 7 authors\n·\nAug 4 2", "7 authors · Aug 4 · 2", "* 7 authors\n·\nPublished on Aug 4\n·\n2"],
)
def test_the_number_behind_the_date_counts_comments(below: str) -> None:
    """Comments are told apart from the year and from votes, on the line of the date or behind it."""
    papers, _ = read(page(TIDE, QUIET, below="\n\n" + below))
    assert [paper.sightings[0].comments for paper in papers] == [2, 2]
    assert papers[0].date == PartialDate(None, 8, 4)


def test_votes_and_submitters_before_a_title_are_not_part_of_it() -> None:
    """A page with vote boxes gives votes to the paper below them."""
    text = (
        HEADERS[0]
        + f"Submitted by\nareader\n62\n{TITLES[0]}\n{TIDE}\nExample Lab\n·\nPublished on Nov 4\n·\n12 authors\n·\n3\n"
    )
    text += f"Submitted by\nother_one\n1.2k\n{TITLES[1]}\n{QUIET}\n"
    papers, problems = read(text)
    assert [paper.title for paper in papers] == list(TITLES[:2])
    assert [paper.upvotes for paper in papers] == [62, 1200]
    assert (papers[0].organisation, papers[0].author_count, papers[0].sightings[0].comments) == (
        "Example Lab",
        12,
        3,
    )
    assert problems == []


def test_an_abstract_may_have_several_paragraphs() -> None:
    """Paragraphs are joined by an empty line: sentences, links, and headings of a structured abstract."""
    more = "Our results hold for two more families of models."
    link = "Code: https://github.com/example-lab/tidebench"
    text = f"{TITLES[0]}\n\nBackground\n\n{TIDE}\n\n{more}\n\n{link}\n\n{TITLES[1]}\n\n{QUIET}\n\n{DIALECTS}"
    papers, _ = read(HEADERS[1] + text)
    assert papers[0].abstract == "\n\n".join(["Background", TIDE, more, link])
    assert papers[1].abstract == f"{QUIET}\n\n{DIALECTS}"


def test_windows_line_ends_and_hard_spaces_do_not_matter() -> None:
    """CRLF and no-break spaces give the same papers."""
    text = page(TIDE, QUIET, below="\n\n  •\u00a05 authors\n·\nJun 11")
    papers, _ = read(text.replace("\n", "\r\n"))
    assert [(paper.title, paper.author_count) for paper in papers] == [(TITLES[0], 5), (TITLES[1], 5)]


def test_a_wrapped_page_is_put_together() -> None:
    """Where lines are wrapped at some width, a paragraph is one abstract and its line feeds are kept."""
    wrapped = page(*(textwrap.fill(body, 72) for body in (TIDE, QUIET)), below="\n\n  • 5 authors\n·\nJun 11")
    papers, _ = read(wrapped)
    assert [paper.title for paper in papers] == list(TITLES[:2])
    assert papers[0].abstract == textwrap.fill(TIDE, 72)


def test_markdown_links_give_the_arxiv_id() -> None:
    """A page saved as Markdown links its titles; the id is in the link."""
    text = f"# Daily Papers\n\nby AK\n\n### [{TITLES[0]}](https://huggingface.co/papers/2511.01234)\n\n{TIDE}\n\n### {TITLES[1]}\n\n{QUIET}"
    papers, _ = read(text)
    assert papers[0].id == "2511.01234"
    assert [paper.title for paper in papers] == list(TITLES[:2])


def test_the_page_of_one_paper_is_read() -> None:
    """Title below the arXiv id, abstract below its heading; authors and buttons are not taken for text."""
    text = f"Papers\narxiv:2511.01234\n\n{TITLES[0]}\n\nPublished on Nov 3\n· Submitted by A Reader on Nov 5\nUpvote\n62\nAuthors:\nInes Falk\n,\nWei Oduya\nAbstract\n\n{TIDE}\n\nView arXiv page\nView PDF\n"
    papers, _ = read(text)
    assert [(paper.id, paper.title, paper.abstract, paper.upvotes) for paper in papers] == [
        ("2511.01234", TITLES[0], TIDE, 62)
    ]


def test_a_title_without_abstract_is_a_problem() -> None:
    """It is reported with its line and does not take the abstract of another paper."""
    text = f"{TITLES[0]}\n\n{TIDE}\n\n  • 3 authors\n·\nJun 2\n\nA Title That Stands Alone\n\n  • 9 authors\n·\nJun 3\n\n{TITLES[1]}\n\n{QUIET}\n"
    papers, problems = read(HEADERS[0] + text)
    assert [(paper.title, paper.author_count) for paper in papers] == [(TITLES[0], 3), (TITLES[1], None)]
    assert [problem.what for problem in problems] == ["a title without abstract: “A Title That Stands Alone”"]
    assert (
        problems[0].line == (HEADERS[0] + text)[: (HEADERS[0] + text).index("A Title That")].count("\n") + 1
    )


def test_navigation_below_the_papers_is_left_out() -> None:
    """Page numbers and footers are not part of the last abstract."""
    footer = (
        "\n\nPrevious\n1\n2\nNext\n\nCompany\nTOS\nPrivacy\nAbout\nJobs\n\nWebsite\nModels\nPricing\nDocs\n"
    )
    papers, problems = read(page(TIDE, QUIET) + footer)
    assert papers[-1].abstract == QUIET
    assert problems == []


@pytest.mark.parametrize("text", [HEADERS[0], "Hello there.\nNothing to see.\n"])
def test_a_page_without_papers_is_an_error(text: str) -> None:
    """One sentence says that there are none, and in which file."""
    with pytest.raises(SourceError, match=r"standard input: no papers found"):
        read(text)


def test_damaged_bytes_become_replacement_characters_and_are_told_once() -> None:
    """The paper is kept; the message gives line and byte."""
    text = page(TIDE).encode() + b" A caf\xe9 and a \xff."
    papers, problems = read(text)
    assert papers[0].abstract == TIDE + " A caf\ufffd and a \ufffd."
    assert len(problems) == 1
    assert not problems[0].lost
    assert problems[0].line == page(TIDE).count("\n") + 1
    assert f"byte {len(TIDE + ' A caf') + 1} of the line" in problems[0].what


def test_nul_bytes_keep_their_place() -> None:
    """A NUL is one replacement character, so that lengths stay."""
    papers, _ = read(page(TIDE + " One\0two words."))
    assert papers[0].abstract.endswith("One\ufffdtwo words.")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_encodings_are_read(encoding: str) -> None:
    """UTF-8 and UTF-16 with a mark, and UTF-16 without one."""
    papers, problems = read(page(TIDE, QUIET).encode(encoding))
    assert [paper.title for paper in papers] == list(TITLES[:2])
    assert problems == []


@pytest.mark.parametrize(
    ("shown", "captured", "expected"),
    [
        ("Jun 11", None, PartialDate(None, 6, 11)),
        ("Jun 11", PartialDate(2025, 11, 5), PartialDate(2025, 6, 11)),
        ("Nov 5", PartialDate(2025, 11, 5), PartialDate(2025, 11, 5)),
        ("Nov 6", PartialDate(2025, 11, 5), PartialDate(2024, 11, 6)),
        ("Dec 31", PartialDate(2025), PartialDate(2025, 12, 31)),
        ("Dec 1", PartialDate(2025, 11), PartialDate(2024, 12, 1)),
        ("Feb 29", PartialDate(2025, 11, 5), PartialDate(2024, 2, 29)),
        ("Jun 11, 2021", PartialDate(2025, 11, 5), PartialDate(2021, 6, 11)),
    ],
)
def test_a_date_without_year_is_completed_by_the_capture_alone(
    shown: str, captured: PartialDate | None, expected: PartialDate
) -> None:
    """The year of capture, or the one before for a date that would lie behind it; never a guess."""
    papers, _ = read(page(TIDE, below=f"\n\n  • 2 authors\n·\n{shown}"), captured=captured)
    assert papers[0].date == expected
    assert papers[0].sightings[0].captured == captured


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real pages are not here")
def test_the_real_pages_hold_47_and_14_papers() -> None:
    """Both layouts in the wild, and the papers that both pages show are one with two sightings."""
    papers = list(read_papers([SHARED]))
    by_page = [[paper for paper in papers if paper.sightings[0].source.endswith(f"{n}.txt")] for n in (1, 2)]
    assert [len(one) for one in by_page] == [47, 14]
    assert sum(paper.author_count is not None for paper in by_page[0]) == 45
    merged = merge_papers(papers)
    assert len(merged) == 56
    assert sorted(len(paper.sightings) for paper in merged).count(2) == 5
