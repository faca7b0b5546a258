"""Records of all kinds into papers: ids, text to the letter, authors, dates, links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.errors import SourceError
from kg.model import Paper, PartialDate
from kg.sources import paper_from_record, read_papers
from kg.sources.dates import parse_date, read_date
from kg.sources.identity import find_arxiv_id, find_doi, title_id
from kg.sources.json import find_records
from kg.sources.latex import decode_accents
from kg.sources.people import names_of

DATA = Path(__file__).parent / "data" / "sources"
PLAIN = {"title": "A Title", "abstract": "An abstract of a few words."}


def paper_of(**fields: Any) -> Paper:
    return paper_from_record({**PLAIN, **fields}, source="s", format="json")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2501.12345", "2501.12345"),
        ("2501.12345v3", "2501.12345"),
        ("0704.0001", "0704.0001"),
        ("arXiv:2501.12345v1", "2501.12345"),
        ("arXiv: 2501.12345 [cs.CL]", "2501.12345"),
        ("cs/0112017", "cs/0112017"),
        ("math.GT/0309136v2", "math/0309136"),
        ("cond-mat.mes-hall/0309136", "cond-mat/0309136"),
        ("http://arxiv.org/abs/2501.12345v2", "2501.12345"),
        ("https://arxiv.org/pdf/2501.12345.pdf", "2501.12345"),
        ("https://arxiv.org/abs/hep-th/9901001", "hep-th/9901001"),
        ("https://huggingface.co/papers/2501.12345#community", "2501.12345"),
        ("/papers/2501.12345", "2501.12345"),
        ("oai:arXiv.org:2501.12345", "2501.12345"),
        ("10.48550/arXiv.2501.12345", "2501.12345"),
        ("https://doi.org/10.48550/arxiv.2501.12345", "2501.12345"),
        ("p000", None),
        ("cvpr2019:3890", None),
        ("2513.12345", None),
        ("0601.12345", None),
        ("see 2501.12345 for more", None),
        ("10.1000/2501.12345", None),
        ("12501.12345", None),
        ("https://example.org/abs/2501.12345", None),
        ("", None),
    ],
)
def test_arxiv_ids_are_recognised_in_fields(value: str, expected: str | None) -> None:
    """New and old style, in ids, URLs and DOIs; nothing else is taken for one."""
    assert find_arxiv_id(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("10.1145/3292500.3330701", "10.1145/3292500.3330701"),
        ("https://doi.org/10.18653/V1/N19-1423", "10.18653/v1/n19-1423"),
        ("doi: 10.1000/ABC(1).", "10.1000/abc(1)"),
        ("http://dx.doi.org/10.1000/a%28b%29", "10.1000/a(b)"),
        ("not a doi", None),
        ("11.1000/abc", None),
    ],
)
def test_dois_are_bare_and_lower_case(value: str, expected: str | None) -> None:
    """Whatever stands before the DOI is dropped."""
    assert find_doi(value) == expected


def test_the_id_is_arxiv_then_doi_then_title() -> None:
    """Each weaker id is used only where the stronger is missing; the record's own id is kept beside."""
    assert paper_of(id="2501.12345v2", doi="10.1000/x").id == "2501.12345"
    assert paper_of(id="w1", doi="https://doi.org/10.1000/X").id == "doi:10.1000/x"
    paper = paper_of(id="cvpr2019:3890")
    assert (paper.id, paper.record_id) == (title_id("A Title"), "cvpr2019:3890")
    assert paper_of(url="https://arxiv.org/abs/2501.12345").id == "2501.12345"


def test_the_title_hash_ignores_case_spacing_punctuation_and_ligatures() -> None:
    """Titles that people would call the same have one id."""
    assert title_id("Fine-Tuning: a  Study") == title_id("ﬁne tuning — A STUDY")
    assert title_id("Fine-Tuning: a Study") != title_id("Fine-Tuning: a Survey")
    assert title_id("???") != title_id("!!!")
    assert len(title_id("Any").removeprefix("title:")) == 16


def test_text_is_kept_to_the_letter() -> None:
    """White space, LaTeX, ligatures and soft hyphens stay, since offsets point into them."""
    title, abstract = (
        "  A\u00ad Title\n  of \\textbf{two} lines ",
        "\n We gain 3\\% ﬁrst.\r\n\tThen\u00a0more.  ",
    )
    paper = paper_of(title=title, abstract=abstract)
    assert (paper.title, paper.abstract) == (title, abstract)


def test_only_what_no_file_can_hold_is_replaced() -> None:
    """Lone surrogates and NUL become one replacement character each."""
    paper = paper_of(abstract="One\ud800two\0three 😀.")
    assert paper.abstract == "One\ufffdtwo\ufffdthree 😀."


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"title": "A Title"}, "a record without abstract: “A Title”"),
        ({"title": "A Title", "abstract": " \n "}, "a record without abstract"),
        ({"abstract": "Text."}, "no title"),
        ({"id": "x"}, "neither title nor abstract"),
        ({"title": "T", "abstract": "a" * 200_000}, "200,000 characters"),
        ({"title": "t" * 5_000, "abstract": "Text."}, "a title of 5,000 characters"),
        ([1], "a list, not an object"),
        ("text", "text, not an object"),
        (None, "null, not an object"),
    ],
)
def test_a_record_that_is_no_paper_says_why(record: object, message: str) -> None:
    """The message names what is missing."""
    with pytest.raises(SourceError, match=message):
        paper_from_record(record, source="s", format="json")


def test_records_of_the_hub_are_read() -> None:
    """Items of the daily list: the paper inside, comments and the day of listing around it."""
    papers = list(read_papers([DATA / "hub_daily_papers.json"]))
    first = papers[0]
    assert (first.id, first.record_id, first.arxiv_id) == ("2511.01234", "2511.01234", "2511.01234")
    assert first.authors == ("Ines Falk", "Tomás Řezáč", "Wei-Lin Oduya")
    assert first.organisation == "Example Lab"
    assert first.date == PartialDate(2025, 11, 3)
    assert first.links == ("https://github.com/example-lab/tidebench",)
    sighting = first.sightings[0]
    assert (sighting.listed, sighting.upvotes, sighting.comments) == (PartialDate(2025, 11, 5), 62, 4)
    assert papers[1].abstract.startswith("Many attention layers hardly move the residual stream.\n  We")
    assert papers[1].links == ("https://quiet-layers.example.org",)


def test_linked_models_and_datasets_of_the_hub_are_links() -> None:
    """The paper API lists what the Hub has linked."""
    paper = paper_of(
        linkedModels=[{"id": "a/m"}], linkedDatasets=[{"id": "a/d"}], linkedSpaces=[{"id": "a/s"}]
    )
    hub = "https://huggingface.co/"
    assert paper.links == (hub + "a/m", hub + "datasets/a/d", hub + "spaces/a/s")


def test_records_of_the_kaggle_snapshot_are_read() -> None:
    """Names are turned, the first version dates the paper, notes about pages are no comment count."""
    paper = paper_from_record(
        {
            "id": "0704.0001",
            "submitter": "J. Doe",
            "authors": "J. Do\\'e, M. M\\\"uller",
            "title": "On Tides",
            "comments": "37 pages, 15 figures",
            "journal-ref": "Phys.Rev.D76:013009,2007",
            "doi": "10.1103/PhysRevD.76.013009",
            "categories": "hep-ph astro-ph.CO",
            "abstract": "  We study tides.\n",
            "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
            "update_date": "2008-11-26",
            "authors_parsed": [["Do\\'e", "J.", ""], ["Müller", "M.", "Jr."]],
        },
        source="s",
        format="jsonl",
    )
    assert paper.id == "0704.0001"
    assert paper.authors == ("J. Doé", "M. Müller Jr.")
    assert paper.date == PartialDate(2007, 4, 2)
    assert paper.venue == "Phys.Rev.D76:013009,2007"
    assert paper.doi == "10.1103/physrevd.76.013009"
    assert paper.sightings[0].comments is None


def test_works_of_openalex_are_read() -> None:
    """The inverted abstract is put in order; the arXiv id comes out of the locations."""
    paper = paper_from_record(
        {
            "id": "https://openalex.org/W1",
            "doi": "https://doi.org/10.1000/ABC",
            "display_name": "On Tides",
            "abstract_inverted_index": {"We": [0], "study": [1, 3], "tides": [2], "more.": [4]},
            "authorships": [{"author": {"display_name": "Ines Falk"}}],
            "publication_date": "2024-03-01",
            "primary_location": {
                "source": {"display_name": "Journal of Tides"},
                "landing_page_url": "https://x.org",
            },
            "locations": [{"landing_page_url": "http://arxiv.org/abs/2403.00001"}],
        },
        source="s",
        format="json",
    )
    assert paper.abstract == "We study tides study more."
    assert (paper.id, paper.doi, paper.venue) == ("2403.00001", "10.1000/abc", "Journal of Tides")
    assert paper.authors == ("Ines Falk",)
    assert paper.record_id == "https://openalex.org/W1"


def test_papers_of_semantic_scholar_are_read() -> None:
    """Ids lie in an object of their own."""
    paper = paper_of(
        paperId="ab12",
        externalIds={"ArXiv": "2403.00001", "DOI": "10.1000/ABC", "CorpusId": 7},
        venue="",
        journal={"name": "Journal of Tides"},
        year=2024,
        authors=[{"authorId": "1", "name": "Ines Falk"}],
        fieldsOfStudy=["Computer Science"],
    )
    assert (paper.id, paper.doi, paper.record_id) == ("2403.00001", "10.1000/abc", "ab12")
    assert (paper.venue, paper.date, paper.keywords) == (
        "Journal of Tides",
        PartialDate(2024),
        ("Computer Science",),
    )


def test_notes_of_openreview_are_read() -> None:
    """Values lie one object deeper, and dates are milliseconds."""
    note = {
        "id": "xYz",
        "cdate": 1700000000000,
        "content": {
            "title": {"value": "On Tides"},
            "abstract": {"value": "We study tides."},
            "authors": {"value": ["Ines Falk", "Bo Adler"]},
            "venue": {"value": "ICLR 2024"},
        },
    }
    paper = paper_from_record(note, source="s", format="json")
    assert (paper.title, paper.abstract, paper.record_id) == ("On Tides", "We study tides.", "xYz")
    assert paper.authors == ("Ines Falk", "Bo Adler")
    assert (paper.venue, paper.date) == ("ICLR 2024", PartialDate(2023, 11, 14))


def test_csl_json_of_zotero_and_crossref_is_read() -> None:
    """Names in parts, dates in parts, titles in lists."""
    paper = paper_from_record(
        {
            "title": ["On Tides"],
            "abstract": "We study tides.",
            "DOI": "10.1000/abc",
            "author": [{"given": "Ines", "family": "Falk"}, {"literal": "The Tide Group"}],
            "issued": {"date-parts": [[2024, 3]]},
            "container-title": ["Journal of Tides"],
        },
        source="s",
        format="json",
    )
    assert (paper.title, paper.id, paper.date) == ("On Tides", "doi:10.1000/abc", PartialDate(2024, 3))
    assert paper.authors == ("Ines Falk", "The Tide Group")
    assert paper.venue == "Journal of Tides"


def test_extra_keys_are_ignored() -> None:
    """A record with annotations beside its text is a plain record."""
    paper = paper_of(
        id="p000", source="page", year=2025, entities=[{"name": "X"}], links=[{"url": "https://x.org"}]
    )
    assert (paper.record_id, paper.date, paper.links) == ("p000", PartialDate(2025), ())


def test_an_arxiv_id_dates_a_paper_that_has_no_date() -> None:
    """The id states year and month."""
    assert paper_of(id="2501.12345").date == PartialDate(2025, 1)
    assert paper_of(id="hep-th/9901001").date == PartialDate(1999, 1)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Ines Falk, Bo Adler, Wei-Lin Oduya", ("Ines Falk", "Bo Adler", "Wei-Lin Oduya")),
        ("Falk, Ines; Adler, Bo", ("Ines Falk", "Bo Adler")),
        ("Falk, Ines and Adler, Bo", ("Ines Falk", "Bo Adler")),
        ("Ines Falk and Bo Adler", ("Ines Falk", "Bo Adler")),
        ("Ines Falk, Bo Adler and Wei-Lin Oduya", ("Ines Falk", "Bo Adler", "Wei-Lin Oduya")),
        ("Falk, Ines", ("Ines Falk",)),
        (["Ines Falk", {"name": "Bo Adler"}, None, 7], ("Ines Falk", "Bo Adler")),
        ([["Falk", "Ines", ""]], ("Ines Falk",)),
        ('G\\"odel, Kurt', ("Kurt Gödel",)),
        ("", ()),
        ({}, ()),
    ],
)
def test_authors_are_read_in_many_forms(value: object, expected: tuple[str, ...]) -> None:
    """Whatever the source has, names come out as first and last name."""
    assert names_of([value]) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2025-11-05", PartialDate(2025, 11, 5)),
        ("2025-11-05T09:12:44.000Z", PartialDate(2025, 11, 5)),
        ("2025-11", PartialDate(2025, 11)),
        ("2025/11/05/", PartialDate(2025, 11, 5)),
        ("2025", PartialDate(2025)),
        ("Nov 5, 2025", PartialDate(2025, 11, 5)),
        ("November 5th 2025", PartialDate(2025, 11, 5)),
        ("5 Nov 2025", PartialDate(2025, 11, 5)),
        ("Nov 2025", PartialDate(2025, 11)),
        ("Mon, 2 Apr 2007 19:18:42 GMT", PartialDate(2007, 4, 2)),
        ("Nov 5", PartialDate(None, 11, 5)),
        ("--11-05", PartialDate(None, 11, 5)),
        ("20251105", PartialDate(2025, 11, 5)),
        ("25/12/2025", PartialDate(2025, 12, 25)),
        ("03/04/2025", PartialDate(2025)),
        ("2025-13-40", PartialDate(2025)),
        ("2025-02-30", PartialDate(2025, 2)),
        ("soon", None),
        ("", None),
        ("9" * 100, None),
    ],
)
def test_dates_are_read_as_far_as_they_go(value: str, expected: PartialDate | None) -> None:
    """No part is made up, and none that is certain is lost."""
    assert read_date(value) == expected


def test_a_date_that_a_user_mistyped_is_an_error() -> None:
    """The message shows how to write it."""
    assert parse_date("2025-11-05") == PartialDate(2025, 11, 5)
    with pytest.raises(SourceError, match="2025-11-05"):
        parse_date("yesterday")


@pytest.mark.parametrize(
    "value",
    [
        [PLAIN],
        [[PLAIN]],
        PLAIN,
        {"papers": [PLAIN]},
        {"results": [PLAIN], "meta": {"count": 1}},
        {"data": {"papers": [PLAIN]}},
        {"message": {"items": [PLAIN]}},
        {"p1": PLAIN},
    ],
)
def test_records_are_found_where_json_usually_has_them(value: object) -> None:
    """A list, a list under a usual key, a single record, records by their ids."""
    assert find_records(value) == [PLAIN]


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        ('G{\\"o}del', "Gödel"),
        ("\\'{E}cole, \\v{C}apek, \\c{c}a, \\o{}re, Stra{\\ss}e", "École, Čapek, ça, øre, Straße"),
        ('{\\L}ukasz and na{\\"\\i}ve', "Łukasz and naïve"),
        ("{BERT}: {P}re-training", "BERT: Pre-training"),
        ("\\textbf{X} gains 3\\% and $x^{2}$", "\\textbf{X} gains 3\\% and $x^{2}$"),
        ("a \\{set\\} of \\url{https://x.org}", "a \\{set\\} of \\url{https://x.org}"),
        ("plain", "plain"),
    ],
)
def test_latex_letters_are_decoded_and_the_rest_stays(latex: str, plain: str) -> None:
    """Accents and grouping braces go, styling commands and formulas stay for the clean view."""
    assert decode_accents(latex) == plain
