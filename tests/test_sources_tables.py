"""Tables, bibliographies and feeds: CSV, BibTeX, RIS, Atom and their like."""

from __future__ import annotations

import io
import time

import pytest

from kg.errors import SourceError
from kg.model import Paper, PartialDate
from kg.sources import Problem, read_papers


def read(text: str | bytes) -> tuple[list[Paper], list[Problem]]:
    problems: list[Problem] = []
    data = text if isinstance(text, bytes) else text.encode()
    return list(read_papers(["-"], stdin=io.BytesIO(data), on_problem=problems.append)), problems


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("mark", ["", "\ufeff", "sep=;\n"])
def test_delimiters_are_found(delimiter: str, mark: str) -> None:
    """Comma, semicolon, tab and bar; a byte order mark and a hint for spreadsheets do no harm."""
    rows = [
        ["ID", "Title", "Abstract", "Year"],
        ["7", "On Tides", '"We study tides, ""deep"" ones; | all."', "2024"],
    ]
    papers, problems = read(mark + "\r\n".join(delimiter.join(row) for row in rows) + "\r\n")
    assert [(paper.record_id, paper.title, paper.abstract) for paper in papers] == [
        ("7", "On Tides", 'We study tides, "deep" ones; | all.')
    ]
    assert papers[0].date == PartialDate(2024)
    assert problems == []


def test_the_columns_of_a_zotero_export_are_known() -> None:
    """Names with spaces, authors turned and parted by semicolons."""
    papers, _ = read(
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","DOI","Url","Abstract Note","Date","Manual Tags"\n'
        '"AB12","journalArticle","2024","Falk, Ines; Adler, Bo","On Tides","Journal of Tides","10.1000/ABC",'
        '"https://x.org","We study\r\ntides.","2024-03-01","tides; sea"\n'
    )
    paper = papers[0]
    assert (paper.record_id, paper.id, paper.venue) == ("AB12", "doi:10.1000/abc", "Journal of Tides")
    assert paper.authors == ("Ines Falk", "Bo Adler")
    assert paper.abstract == "We study\r\ntides."
    assert (paper.date, paper.keywords) == (PartialDate(2024, 3, 1), ("tides", "sea"))


def test_a_row_that_is_no_paper_costs_no_other() -> None:
    """It is named by the line on which it starts."""
    papers, problems = read('\nsep=,\ntitle,abstract\nA,"We count\nto one."\nB,\n\nC,We count to three.\n')
    assert [paper.title for paper in papers] == ["A", "C"]
    assert [(problem.line, problem.what) for problem in problems] == [(6, "a record without abstract: “B”")]


def test_a_table_without_a_text_column_says_what_it_has() -> None:
    """The user sees which column is missing."""
    with pytest.raises(SourceError, match=r"no abstract column; its columns are: id, title, year"):
        read("id,title,year\n1,On Tides,2024\n")


def test_a_quote_that_is_never_closed_is_told() -> None:
    """Rather than read as one giant record."""
    rows = "".join(f"Paper {n},We count to {n}.\n" for n in range(100))
    papers, problems = read('title,abstract\nGood,We are fine.\n"Bad,We are not.\n' + rows)
    assert [paper.title for paper in papers] == ["Good"]
    assert "quote" in problems[0].hint


def test_a_long_field_is_no_trouble() -> None:
    """The csv module's own bound of 128 KiB would end the file; ours is one record."""
    papers, problems = read("title,abstract\nLong," + "a " * 100_000 + "\nShort,We are short.\n")
    assert [paper.title for paper in papers] == ["Short"]
    assert "200,000 characters" in problems[0].what


BIBTEX = r"""
% a library
@string{jt = "Journal of Tides"}
@article{falk2024,
  title = {On {T}ides and G{\"o}del},
  author = {Falk, Ines and {\v{R}}ez{\'a}{\v{c}}, Tom{\'a}{\v s} and {The Tide Group}},
  abstract = {We study
    tides with a gain of 3\%.},
  journal = jt, year = 2024, month = mar,
  doi = {https://doi.org/10.1000/AB\_C},
  keywords = {tides, sea}
}
@misc{broken, title = {No end

@misc{adler2023, title={Quiet Layers}, author={Bo Adler}, abstract={We skip layers.}, year={2023},
  eprint={2311.00987v2}, archivePrefix={arXiv}, primaryClass={cs.CL}}
@book{none, title={No Abstract}, year=1999}
@misc{adler2023, title={Another With That Key}, abstract={We share a key.}}
"""


def test_bibtex_is_read_and_its_letters_decoded() -> None:
    """Accents and grouping braces are decoded, styling and line feeds stay, strings are filled in."""
    papers, _ = read(BIBTEX)
    first = papers[0]
    assert (first.title, first.record_id) == ("On Tides and Gödel", "falk2024")
    assert first.abstract == "We study\n    tides with a gain of 3\\%."
    assert first.authors == ("Ines Falk", "Tomáš Řezáč", "The Tide Group")
    assert (first.venue, first.date, first.doi) == ("Journal of Tides", PartialDate(2024, 3), "10.1000/ab_c")
    assert papers[1].id == "2311.00987"


def test_bibtex_entries_that_are_no_papers_are_told_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A broken entry and one without abstract; entries that share a key are both read; nothing is printed."""
    papers, problems = read(BIBTEX)
    assert [paper.title for paper in papers] == [
        "On Tides and Gödel",
        "Quiet Layers",
        "Another With That Key",
    ]
    told = {problem.line: problem.what for problem in problems}
    assert "cannot be read" in told[BIBTEX[: BIBTEX.index("@misc{broken")].count("\n") + 1]
    assert "without abstract" in told[BIBTEX[: BIBTEX.index("@book{none")].count("\n") + 1]
    assert capsys.readouterr() == ("", "")


def test_a_large_bibliography_takes_seconds() -> None:
    """Two thousand entries: the parser does not grow with the square of the file."""
    entry = (
        "@article{k%d, title={Paper %d}, author={Falk, Ines}, abstract={"
        + "We count. " * 60
        + "}, year=2024}\n"
    )
    start = time.perf_counter()
    papers, _ = read("".join(entry % (n, n) for n in range(2000)))
    assert len(papers) == 2000
    assert time.perf_counter() - start < 20


RIS = """TY  - JOUR
T1  - On Tides
AU  - Falk, Ines
AU  - Adler, Bo
AB  - We study tides
JO  - Journal of Tides
PY  - 2024/03/01/
DO  - 10.1000/ABC
KW  - tides
KW  - sea
ER  -

TY  - CPAPER
TI  - No Abstract
ER  -

TY  - GEN
TI  - Quiet Layers
N2  - We skip layers.
UR  - https://arxiv.org/abs/2311.00987
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_ris_is_read(end: str) -> None:
    """Each record by itself, the last without its end too."""
    papers, problems = read(RIS.replace("\n", end))
    assert [paper.title for paper in papers] == ["On Tides", "Quiet Layers"]
    first = papers[0]
    assert (first.authors, first.abstract) == (("Ines Falk", "Bo Adler"), "We study tides")
    assert (first.venue, first.date, first.id) == (
        "Journal of Tides",
        PartialDate(2024, 3, 1),
        "doi:10.1000/abc",
    )
    assert first.keywords == ("tides", "sea")
    assert papers[1].id == "2311.00987"
    assert [(problem.line, problem.what) for problem in problems] == [
        (13, "a record without abstract: “No Abstract”")
    ]


ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <title type="html">ArXiv Query: search_query=cat:cs.CL</title>
  <id>http://arxiv.org/api/abc</id>
  <updated>2024-03-05T00:00:00-05:00</updated>
  <entry>
    <id>http://arxiv.org/abs/2403.00001v2</id>
    <updated>2024-03-04T10:00:00Z</updated>
    <published>2024-03-01T10:00:00Z</published>
    <title>On Tides &amp;
  Currents</title>
    <summary>  We study tides
in &lt;two&gt; seas.
</summary>
    <author><name>Ines Falk</name></author>
    <author><name>Bo Adler</name><arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">Example Lab</arxiv:affiliation></author>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/ABC</arxiv:doi>
    <arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">Journal of Tides 1</arxiv:journal_ref>
    <link href="http://arxiv.org/abs/2403.00001v2" rel="alternate" type="text/html"/>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
    <category term="cs.LG" scheme="http://arxiv.org/schemas/atom"/>
  </entry>
  <entry><id>http://arxiv.org/abs/2403.00002v1</id><title>No Abstract</title></entry>
</feed>
"""


def test_answers_of_arxivs_api_are_read() -> None:
    """Atom with arXiv's own elements; line feeds inside a text stay."""
    papers, problems = read(ATOM)
    paper = papers[0]
    assert (paper.id, paper.record_id) == ("2403.00001", "http://arxiv.org/abs/2403.00001v2")
    assert (paper.title, paper.abstract) == ("On Tides &\n  Currents", "We study tides\nin <two> seas.")
    assert paper.authors == ("Ines Falk", "Bo Adler")
    assert (paper.date, paper.doi, paper.venue) == (
        PartialDate(2024, 3, 1),
        "10.1000/abc",
        "Journal of Tides 1",
    )
    assert paper.keywords == ("cs.CL", "cs.LG")
    assert [problem.what for problem in problems] == ["entry 2: a record without abstract: “No Abstract”"]


def test_arxivs_rss_is_read() -> None:
    """The announcement before the abstract is left out; all authors are in one element."""
    papers, _ = read(
        """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><title>cs.CL updates</title>
<item><title>On Tides</title><link>https://arxiv.org/abs/2403.00001</link>
<description>arXiv:2403.00001v1 Announce Type: new
Abstract: We study tides.</description><guid isPermaLink="false">oai:arXiv.org:2403.00001v1</guid>
<category>cs.CL</category><pubDate>Fri, 01 Mar 2024 00:00:00 -0500</pubDate>
<dc:creator>Ines Falk, Bo Adler, Wei Oduya</dc:creator></item></channel></rss>"""
    )
    paper = papers[0]
    assert (paper.id, paper.abstract, paper.date) == (
        "2403.00001",
        "We study tides.",
        PartialDate(2024, 3, 1),
    )
    assert paper.authors == ("Ines Falk", "Bo Adler", "Wei Oduya")


def test_arxivs_oai_records_are_read() -> None:
    """Bulk metadata: names in parts, categories in one element."""
    papers, _ = read(
        """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords><record><header><identifier>oai:arXiv.org:2403.00001</identifier></header>
<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2403.00001</id><created>2024-03-01</created><updated>2024-03-09</updated>
<authors><author><keyname>Falk</keyname><forenames>Ines</forenames></author><author><keyname>Adler</keyname><forenames>Bo</forenames></author></authors>
<title>On Tides</title><categories>cs.CL cs.LG</categories><abstract>We study tides.</abstract></arXiv></metadata></record></ListRecords></OAI-PMH>"""
    )
    paper = papers[0]
    assert (paper.id, paper.title, paper.date) == ("2403.00001", "On Tides", PartialDate(2024, 3, 1))
    assert (paper.authors, paper.keywords) == (("Ines Falk", "Bo Adler"), ("cs.CL", "cs.LG"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ATOM[:600], r"standard input:\d+:\d+: not well-formed XML"),
        (
            '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><feed>&b;</feed>',
            "it declares entities",
        ),
    ],
)
def test_damaged_and_hostile_xml_is_refused(text: str, message: str) -> None:
    """In one sentence, and without filling the memory."""
    with pytest.raises(SourceError, match=message):
        read(text)
