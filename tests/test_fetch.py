"""Live sources against local servers that replay records of each service's own shape."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from replay import Asked, Clock, Reply, Server, make_client, packed, serve

from kg.cli.app import run
from kg.errors import FetchError
from kg.fetch import Journal, fetch, fetch_all, is_live, live_source
from kg.fetch.journal import request_of
from kg.http import ResponseCache
from kg.model import Paper, PartialDate
from kg.sources import Problem, expand_inputs, read_papers


def hub_paper(number: int, **more: Any) -> dict[str, Any]:
    """A paper as the Hub's API has it inside ``paper``."""
    return {
        "id": f"2511.{number:05d}",
        "authors": [
            {"_id": "690a", "name": "Ada Example", "hidden": False},
            {
                "_id": "690b",
                "name": "Bo Sample",
                "hidden": False,
                "user": {"user": "bo", "fullname": "Bo S."},
            },
        ],
        "publishedAt": "2025-11-04T18:59:58.000Z",
        "submittedOnDailyAt": "2025-11-05T01:02:03.000Z",
        "title": f"Paper {number}: A Study",
        "summary": f"We propose Foo{number} and release it.",
        "upvotes": number,
        "discussionId": "690abc",
        "githubRepo": f"https://github.com/o/foo{number}",
        "ai_summary": "A summary by a machine.",
        "ai_keywords": ["foo", "bar"],
        "organization": {
            "_id": "1",
            "name": "acct",
            "fullname": "The Institute",
            "avatar": "https://x.org/a.png",
        },
        **more,
    }


def hub_item(number: int) -> dict[str, Any]:
    """An item of the daily list."""
    return {
        "paper": hub_paper(number),
        "publishedAt": "2025-11-05T00:00:00.000Z",
        "title": f"Paper {number}: A Study",
        "summary": f"We propose Foo{number} and release it.",
        "thumbnail": "https://cdn.example/x.png",
        "numComments": 2,
        "submittedBy": {"_id": "2", "fullname": "C", "name": "c", "type": "user", "isPro": False},
        "isAuthorParticipating": False,
    }


def hub(days: dict[str, list[int]], *, size: int = 50) -> Callable[[Asked], Reply]:
    """The Hub with the papers of some days."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/api/daily_papers":
            if asked.query.get("date") == "2099-01-01":
                return Reply({"error": 'Invalid date: "date" must be less than or equal to now'}, 400)
            numbers = days.get(
                asked.query.get("date") or asked.query.get("week") or asked.query.get("month", ""), []
            )
            limit, page = min(int(asked.query["limit"]), size), int(asked.query["p"])
            return Reply([hub_item(n) for n in numbers[page * limit : (page + 1) * limit]])
        if asked.path == "/api/papers/search":
            return Reply([hub_item(n) for n in range(int(asked.query["limit"])) if n < 7])
        number = int(asked.path.rpartition(".")[2])
        if number == 404:
            return Reply({"error": "Paper not found"}, 404)
        return Reply(
            hub_paper(
                number,
                projectPage=f"https://foo{number}.example",
                linkedModels=[{"id": f"o/foo{number}-7b", "downloads": 5, "pipeline_tag": "text-generation"}],
                linkedDatasets=[{"id": f"o/foo{number}-data"}],
                linkedSpaces=[{"id": f"o/foo{number}-demo", "emoji": "x"}],
                numTotalModels=1,
            )
        )

    return answer


def papers_of(server: Server, name: str, **options: Any) -> list[Paper]:
    with make_client(server) as client:
        return list(fetch(name, client=client, **options))


# ---------------------------------------------------------------------------------------------- Hugging Face
def test_daily_papers_of_a_day() -> None:
    """Every field that the Hub tells lands in the paper, its linked things among the links."""
    with serve(hub({"2025-11-05": [1, 2]})) as server:
        papers = papers_of(server, "hf:2025-11-05")
    assert [p.id for p in papers] == ["2511.00001", "2511.00002"]
    paper = papers[0]
    assert paper.title == "Paper 1: A Study"
    assert paper.abstract == "We propose Foo1 and release it."
    assert paper.authors == ("Ada Example", "Bo Sample")
    assert paper.organisation == "The Institute"
    assert paper.upvotes == 1
    assert paper.date == PartialDate(2025, 11, 4)
    assert set(paper.links) == {
        "https://github.com/o/foo1", "https://foo1.example", "https://huggingface.co/o/foo1-7b",
        "https://huggingface.co/datasets/o/foo1-data", "https://huggingface.co/spaces/o/foo1-demo",
    }  # fmt: skip
    sighting = paper.sightings[0]
    assert (sighting.source, sighting.format, sighting.position) == ("hf:2025-11-05", "hf-papers", 1)
    assert sighting.listed == PartialDate(2025, 11, 5)
    assert sighting.comments == 2


def test_a_range_of_days_and_its_pages() -> None:
    """Each day is read to its empty page, however long the service makes its pages; a paper of two days comes once."""
    days = {"2025-11-05": list(range(1, 131)), "2025-11-06": [], "2025-11-07": [5, 200]}
    with serve(hub(days, size=30)) as server:
        papers = papers_of(server, "hf:2025-11-05..2025-11-07", links=False)
    assert len(papers) == 131
    assert len({p.id for p in papers}) == 131


def test_weeks_and_months_are_asked_for_as_such() -> None:
    """The Hub's own parameters."""
    with serve(hub({"2025-W45": [1], "2025-11": [2]})) as server:
        assert papers_of(server, "hf:2025-W45", links=False)[0].id == "2511.00001"
        assert papers_of(server, "hf:2025-11", links=False)[0].id == "2511.00002"


def test_search_on_the_hub() -> None:
    """Quotation marks that the shell left are not part of the words; the limit is passed on."""
    with serve(hub({})) as server:
        papers = papers_of(server, 'hf:search:"value alignment"', limit=3)
        assert server.asked[0].query == {"q": "value alignment", "limit": "3"}
    assert len(papers) == 3
    assert papers[0].links


def test_one_paper_of_the_hub() -> None:
    """By its id, with or without version or address; an unknown one is an error with a way out."""
    with serve(hub({})) as server:
        for name in ("hf:2511.00007", "hf:2511.00007v2", "hf:https://huggingface.co/papers/2511.00007"):
            assert papers_of(server, name)[0].id == "2511.00007"
        with pytest.raises(FetchError, match=r"Try arxiv:2511\.00404"):
            papers_of(server, "hf:2511.00404")


def test_a_day_that_has_not_come() -> None:
    """What the Hub says is passed on."""
    with serve(hub({})) as server, pytest.raises(FetchError, match="less than or equal to now"):
        papers_of(server, "hf:2099-01-01")


def test_a_paper_without_page_of_its_own_stays_in_the_list() -> None:
    """A 404 for the details costs the details alone."""
    with serve(hub({"2025-11-05": [404, 1]})) as server:
        papers = papers_of(server, "hf:2025-11-05")
    assert [p.id for p in papers] == ["2511.00404", "2511.00001"]
    assert papers[0].links == ("https://github.com/o/foo404",)


# ---------------------------------------------------------------------------------------------- arXiv
def atom(numbers: list[int], total: int, start: int = 0) -> str:
    """An answer of arXiv's query interface."""
    entries = "".join(
        f"""<entry>
  <id>http://arxiv.org/abs/2511.{n:05d}v1</id>
  <updated>2025-11-05T17:00:00Z</updated><published>2025-11-04T17:00:00Z</published>
  <title>Paper {n}:
  A Study</title>
  <summary>  We study foo {n} &amp; bar.
</summary>
  <author><name>Ada Example</name></author><author><name>Bo Sample</name></author>
  <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">8 pages</arxiv:comment>
  <link href="http://arxiv.org/abs/2511.{n:05d}v1" rel="alternate" type="text/html"/>
  <link title="pdf" href="http://arxiv.org/pdf/2511.{n:05d}v1" rel="related" type="application/pdf"/>
  <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
</entry>"""
        for n in numbers
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <link href="http://arxiv.org/api/query?x" rel="self" type="application/atom+xml"/>
  <title type="html">ArXiv Query</title><id>http://arxiv.org/api/abc</id><updated>2025-11-06T00:00:00-05:00</updated>
  <opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{total}</opensearch:totalResults>
  <opensearch:startIndex xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{start}</opensearch:startIndex>
  {entries}
</feed>"""


ARXIV_ERROR = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">ArXiv Query</title>
<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">1</opensearch:totalResults>
<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_99999</id><title>Error</title>
<summary>incorrect id format for 99999</summary><author><name>arXiv api core</name></author></entry></feed>"""


def arxiv(count: int) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        start, most = int(asked.query.get("start", 0)), int(asked.query["max_results"])
        return Reply(atom(list(range(start, min(start + most, count))), count, start))

    return answer


def test_a_category_of_arxiv_on_days() -> None:
    """Oldest first within each day, pages by offset until all are there."""
    with serve(arxiv(450)) as server:
        papers = papers_of(server, "arxiv:cs.CL:2025-11-04..2025-11-05")
        queries = [a.query for a in server.asked]
    assert len(papers) == 450
    assert queries[0]["search_query"] == "cat:cs.CL AND submittedDate:[202511040000 TO 202511042359]"
    assert queries[0]["sortOrder"] == "ascending"
    assert [q["start"] for q in queries] == ["0", "200", "400"] * 2
    assert papers[0].title.split() == ["Paper", "0:", "A", "Study"]
    assert papers[0].authors == ("Ada Example", "Bo Sample")
    assert "cs.CL" in papers[0].keywords


def test_newest_of_a_category_up_to_a_limit() -> None:
    """Without days the newest come first, and no more than asked for."""
    with serve(arxiv(5000)) as server:
        papers = papers_of(server, "arxiv:cs.CL", limit=250)
        assert len(papers) == 250
        assert [a.query["max_results"] for a in server.asked] == ["200", "50"]


def test_search_and_ids_on_arxiv() -> None:
    """Plain words are a phrase, arXiv's own language passes through; ids go in lists of a hundred."""
    with serve(arxiv(1)) as server:
        papers_of(server, 'arxiv:search:"value alignment"')
        papers_of(server, "arxiv:search:ti:foo AND cat:cs.AI")
        ids = ",".join(f"2511.{n:05d}" for n in range(150))
        papers_of(server, f"arxiv:{ids}")
        queries = [a.query for a in server.asked]
    assert queries[0]["search_query"] == 'all:"value alignment"'
    assert queries[1]["search_query"] == "ti:foo AND cat:cs.AI"
    assert [len(q["id_list"].split(",")) for q in queries[2:]] == [100, 50]


def test_an_error_of_arxiv_is_no_paper() -> None:
    """A feed with one entry of errors is a refusal, asked once."""
    with serve(lambda asked: Reply(ARXIV_ERROR)) as server:
        with pytest.raises(FetchError, match="incorrect id format"):
            papers_of(server, "arxiv:2511.99999")
        assert len(server.asked) == 1


def test_an_empty_page_in_the_middle_is_asked_for_again() -> None:
    """arXiv's known fault; where it stays, the rest is reported missing instead of lost in silence."""
    problems: list[Problem] = []
    faults = {"200": 1}

    def answer(asked: Asked) -> Reply:
        start = asked.query["start"]
        if faults.get(start, 0):
            faults[start] -= 1
            return Reply(atom([], 450, int(start)))
        return arxiv(450)(asked)

    with serve(answer) as server:
        assert len(papers_of(server, "arxiv:cs.CL:2025-11-05", on_problem=problems.append)) == 450
        assert not problems
        faults["200"] = 99
        assert len(papers_of(server, "arxiv:cs.CL:2025-11-05", on_problem=problems.append)) == 200
    assert "450" in problems[0].what


OAI = """<?xml version='1.0' encoding='UTF-8'?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2025-11-06T00:00:00Z</responseDate>
<request verb="ListRecords">http://oaipmh.arxiv.org/oai</request>
<ListRecords>
<record><header><identifier>oai:arXiv.org:2511.0000{n}</identifier><datestamp>2025-11-05</datestamp><setSpec>cs:cs:CL</setSpec></header>
<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2511.0000{n}</id><created>2025-11-04</created>
<authors><author><keyname>Example</keyname><forenames>Ada</forenames></author></authors>
<title>Bulk {n}</title><categories>cs.CL cs.AI</categories><license>http://creativecommons.org/licenses/by/4.0/</license>
<abstract>  We study {n}.</abstract></arXiv></metadata></record>
<record><header status="deleted"><identifier>oai:arXiv.org:2511.09999</identifier><datestamp>2025-11-05</datestamp></header></record>
{token}</ListRecords></OAI-PMH>"""


def test_bulk_from_arxiv() -> None:
    """Pages by the service's own token; deleted records hold no paper; no records is no error."""

    def answer(asked: Asked) -> Reply:
        if asked.query.get("set") == "math":
            return Reply('<OAI-PMH><error code="noRecordsMatch">nothing</error></OAI-PMH>')
        if asked.query.get("resumptionToken") == "a&b|1":
            return Reply(OAI.format(n=2, token="<resumptionToken></resumptionToken>"))
        return Reply(OAI.format(n=1, token='<resumptionToken cursor="0">a&amp;b|1</resumptionToken>'))

    with serve(answer) as server:
        papers = papers_of(server, "arxiv:oai:cs:cs:CL:2025-11-01..2025-11-05")
        first = server.asked[0].query
        assert papers_of(server, "arxiv:oai:math") == []
    assert [p.id for p in papers] == ["2511.00001", "2511.00002"]
    assert papers[0].authors == ("Ada Example",)
    assert (first["set"], first["from"], first["until"]) == ("cs:cs:CL", "2025-11-01", "2025-11-05")


# ---------------------------------------------------------------------------------------------- the others
def open_alex_work(number: int) -> dict[str, Any]:
    return {
        "id": f"https://openalex.org/W{number:06d}",
        "doi": f"https://doi.org/10.1234/w{number}",
        "title": f"Work {number}",
        "display_name": f"Work {number}",
        "publication_date": "2025-10-01",
        "abstract_inverted_index": {"We": [0], "study": [1, 4], "foo": [2], "and": [3], "bar.": [5]},
        "authorships": [{"author": {"id": "https://openalex.org/A1", "display_name": "Ada Example"}}],
        "primary_location": {"source": {"display_name": "Journal of Foo"}},
        "keywords": [{"id": "https://openalex.org/keywords/foo", "display_name": "Foo", "score": 0.5}],
    }


def test_open_alex_by_number_and_by_cursor() -> None:
    """Without a key by page number, with one by cursor; the abstract is put together from its index."""

    def answer(asked: Asked) -> Reply:
        if asked.path.startswith("/works/"):
            return Reply(open_alex_work(7))
        cursor = asked.query.get("cursor")
        if cursor and not asked.query.get("api_key"):
            return Reply({"error": "Unauthorized", "message": "Cursor paging needs an API key"}, 401)
        page = {"*": 1, "two": 2, "three": 3}[cursor] if cursor else int(asked.query["page"])
        numbers = range((page - 1) * 100, min(page * 100, 250))
        following = {1: "two", 2: "three"}.get(page) if cursor else None
        results = [open_alex_work(n) for n in numbers]
        return Reply({"meta": {"count": 250, "per_page": 100, "next_cursor": following}, "results": results})

    with serve(answer) as server:
        papers = papers_of(server, "openalex:search:foo")
        assert [a.query.get("page") for a in server.asked] == ["1", "2", "3"]
        assert papers_of(server, "openalex:10.1234/w7,W2741809807")[0].doi == "10.1234/w7"
        environment = {"KG_OPENALEX_URL": server.url, "OPENALEX_API_KEY": "k"}
        with make_client(environment=environment) as client:
            assert len(list(fetch("openalex:filter:publication_year:2025", client=client))) == 250
    assert len(papers) == 250
    assert papers[0].abstract == "We study foo and study bar."
    assert papers[0].venue == "Journal of Foo"
    assert papers[0].authors == ("Ada Example",)


def scholar_paper(number: int) -> dict[str, Any]:
    return {
        "paperId": f"{number:040x}",
        "externalIds": {
            "ArXiv": f"2511.{number:05d}",
            "DOI": f"10.48550/arXiv.2511.{number:05d}",
            "CorpusId": number,
        },
        "title": f"Scholar {number}",
        "abstract": "We study foo." if number != 3 else None,
        "venue": "arXiv.org",
        "year": 2025,
        "publicationDate": "2025-11-04",
        "authors": [{"authorId": "1", "name": "Ada Example"}],
    }


def test_semantic_scholar() -> None:
    """Bulk search by token; ids by post; records without abstract and unknown ids are reported."""
    problems: list[Problem] = []

    def answer(asked: Asked) -> Reply:
        if asked.method == "POST":
            ids = json.loads(asked.body)["ids"]
            return Reply([scholar_paper(9) if i == "ARXIV:2511.00009" else None for i in ids])
        if asked.query.get("token") == "next":
            return Reply({"total": 4, "token": None, "data": [scholar_paper(n) for n in (3, 4)]})
        return Reply({"total": 4, "token": "next", "data": [scholar_paper(n) for n in (1, 2)]})

    with serve(answer) as server:
        papers = papers_of(server, 's2:search:"foo bar" | baz', on_problem=problems.append)
        assert server.asked[0].query["query"] == '"foo bar" | baz'
        assert [p.id for p in papers] == ["2511.00001", "2511.00002", "2511.00004"]
        assert "without abstract" in problems[0].what
        assert papers_of(server, "s2:2511.00009,CorpusId:5", on_problem=problems.append)[0].id == "2511.00009"
    assert "does not know CorpusId:5" in problems[1].what


BIB = """@proceedings{acl-2024-long, title = "Proceedings", year = "2024"}
@inproceedings{example-sample-2024-foo,
    title = "Foo: A {S}tudy",
    author = "Example, Ada  and
      Sample, Bo",
    booktitle = "Proceedings",
    month = aug, year = "2024",
    url = "https://aclanthology.org/2024.acl-long.1",
    doi = "10.18653/v1/2024.acl-long.1",
    abstract = "We study foo."
}
"""


def test_the_acl_anthology() -> None:
    """Volumes, papers and the packed whole; front matter is reported."""
    problems: list[Problem] = []

    def answer(asked: Asked) -> Reply:
        if asked.path == "/anthology+abstracts.bib.gz":
            return Reply(packed(BIB.encode()))
        if asked.path in ("/volumes/2024.acl-long.bib", "/2024.acl-long.1.bib"):
            return Reply(BIB)
        return Reply("not found", 404)

    with serve(answer) as server:
        for name in ("acl:2024.acl-long", "acl:2024.acl-long.1", "acl:all"):
            papers = papers_of(server, name, on_problem=problems.append)
            assert [p.id for p in papers] == ["doi:10.18653/v1/2024.acl-long.1"]
            assert papers[0].authors == ("Ada Example", "Bo Sample")
        with pytest.raises(FetchError, match="404"):
            papers_of(server, "acl:1999.none-long")
    assert len(problems) == 3


def test_open_review() -> None:
    """Fields in their envelopes, pages by offset; the challenge is passed on with what to do."""

    def note(number: int) -> dict[str, Any]:
        content = {
            "title": {"value": f"Note {number}"}, "abstract": {"value": "We study foo."},
            "authors": {"value": ["Ada Example"]}, "venue": {"value": "ICLR 2025 poster"},
            "venueid": {"value": "ICLR.cc/2025/Conference"}, "keywords": {"value": ["foo"]},
        }  # fmt: skip
        return {
            "id": f"note{number:06d}",
            "forum": f"note{number:06d}",
            "cdate": 1727000000000,
            "content": content,
        }

    def answer(asked: Asked) -> Reply:
        if asked.query.get("content.venueid") == "Closed.cc/2026/Conference":
            return Reply(
                {"name": "ChallengeRequiredError", "message": "Challenge required", "status": 403}, 403
            )
        first, most = int(asked.query["offset"]), int(asked.query["limit"])
        return Reply({"notes": [note(n) for n in range(first, min(first + most, 700))], "count": 700})

    with serve(answer) as server:
        papers = papers_of(server, "openreview:ICLR.cc/2025/Conference")
        with (
            make_client(environment={"KG_OPENREVIEW_URL": server.url}) as client,
            pytest.raises(FetchError, match=r"Challenge required.*OPENREVIEW_TOKEN"),
        ):
            list(fetch("openreview:Closed.cc/2026/Conference", client=client))
    assert len(papers) == 700
    assert papers[0].venue == "ICLR 2025 poster"
    assert papers[0].authors == ("Ada Example",)


def test_zotero_and_feeds() -> None:
    """A library by offset, a feed as it is."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/rss":
            return Reply(
                '<?xml version="1.0"?><rss version="2.0"><channel><title>cs.CL</title><item><title>Feed paper</title>'
                "<link>https://arxiv.org/abs/2511.00042</link><description>arXiv:2511.00042v1 Announce Type: new \n"
                "Abstract: We study foo.</description></item></channel></rss>"
            )
        start = int(asked.query["start"])
        items = [
            {
                "key": f"KEY{n:05d}", "version": 1, "library": {"type": "group"},
                "data": {
                    "key": f"KEY{n:05d}", "itemType": "journalArticle", "title": f"Item {n}", "abstractNote": "We study foo.",
                    "creators": [{"creatorType": "author", "firstName": "Ada", "lastName": "Example"}],
                    "DOI": f"10.1234/z{n}", "date": "2025-10", "tags": [{"tag": "foo"}],
                },
            }
            for n in range(start, min(start + 100, 120))
        ]  # fmt: skip
        return Reply(items, headers={"Total-Results": "120"})

    with serve(answer) as server:
        papers = papers_of(server, "zotero:groups/12345")
        feed = papers_of(server, f"feed:{server.url}/rss")
    assert len(papers) == 120
    assert papers[0].authors == ("Ada Example",)
    assert papers[0].id == "doi:10.1234/z0"
    assert feed[0].id == "2511.00042"
    assert feed[0].abstract == "We study foo."


# ---------------------------------------------------------------------------------------------- names
@pytest.mark.parametrize(
    "name",
    [
        "hf:", "hf:yesterday", "hf:2025-13-40", "hf:2025-11-07..2025-11-05", "hf:search:", "arxiv:", "arxiv:search: ",
        "arxiv:2501.1", "arxiv:cs.CL:someday", "openalex:x", "s2:x", "s2:,", "acl:x", "openreview:x y", "zotero:me",
        "feed:file:///etc/passwd", "feed:x", "nowhere:x", "plain",
    ],
)  # fmt: skip
def test_odd_names_are_errors_before_anything_is_asked(name: str) -> None:
    """One sentence that shows how names look."""
    with pytest.raises(FetchError):
        live_source(name)


def test_names_and_files_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of such a name is a file; drive letters are no sources."""
    assert is_live("hf:2025-11-05")
    assert not is_live("C:\\papers\\a.jsonl")
    assert not is_live("papers.jsonl")
    assert expand_inputs(["hf:2025-11-05"]) == ("hf:2025-11-05",)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hf:2025-11-05").write_text('{"title": "A", "abstract": "B."}', encoding="utf-8")
    assert next(iter(read_papers(["hf:2025-11-05"]))).title == "A"


# ---------------------------------------------------------------------------------------------- going on
def test_a_killed_fetch_goes_on_where_it_was(tmp_path: Path) -> None:
    """Pages that came are not asked for again, what was half-written is cut off, the file is complete."""
    with serve(arxiv(1000)) as server, make_client(server, attempts=1) as client:
        name, out = "arxiv:cs.CL:2025-11-05", tmp_path / "out.jsonl"
        request = request_of([name], limit=None, links=True)
        journal = Journal(out, request)
        stream = fetch(name, client=client, journal=journal)
        for _ in range(450):
            next(stream)
        del stream  # killed: the third page was committed, and nothing was closed
        with journal.part.open("ab") as damaged:
            damaged.write(b'{"format": "paper-kg/1", "id": "25')
        before = len(server.asked)
        again = Journal(out, request)
        assert again.resumed
        assert again.count == 600
        papers = list(fetch(name, client=client, journal=again))
        again.finish()
        assert len(server.asked) - before == 2
    assert len(papers) == 1000
    kept = [json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()]
    assert kept == [f"2511.{n:05d}" for n in range(1000)]
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]


def test_a_journal_of_another_request_is_begun_anew(tmp_path: Path) -> None:
    """Nor is one that was damaged taken for good."""
    path = tmp_path / "out.jsonl"
    journal = Journal(path, {"names": ["a"]})
    journal.commit([Paper("x", "T", "A")], index=0, cursor="1")
    journal.close()
    assert Journal(path, {"names": ["a"]}).resumed
    assert not Journal(path, {"names": ["b"]}).resumed
    journal = Journal(path, {"names": ["a"]})
    journal.commit([Paper("x", "T", "A")], index=0, cursor="1")
    journal.close()
    journal.part.write_bytes(b"damage")
    assert not Journal(path, {"names": ["a"]}).resumed


def test_an_old_journal_can_be_begun_anew(tmp_path: Path) -> None:
    """What was newest yesterday is not what is newest now."""
    path = tmp_path / "out.jsonl"
    journal = Journal(path, {})
    journal.commit([Paper("x", "T", "A")], index=0, cursor="1")
    assert Journal(path, {}, max_age=3600).resumed
    old = time.time() - 7200
    os.utime(path.with_name("out.jsonl.part.state"), (old, old))
    assert not Journal(path, {}, max_age=3600).resumed
    with pytest.raises(FetchError, match="folder"):
        Journal(tmp_path, {})


def test_the_limit_holds_over_a_restart(tmp_path: Path) -> None:
    """What came before counts."""
    with serve(arxiv(1000)) as server, make_client(server) as client:
        name, out = "arxiv:cs.CL:2025-11-05", tmp_path / "out.jsonl"
        request = request_of([name], limit=500, links=True)
        stream = fetch(name, client=client, journal=Journal(out, request), limit=500)
        for _ in range(250):
            next(stream)
        journal = Journal(out, request)
        assert len(list(fetch(name, client=client, journal=journal, limit=500))) == 500


def test_a_service_that_runs_in_circles_is_left() -> None:
    """Pages that bring nothing new for ever end in an error."""
    same = [hub_item(1)]
    with serve(lambda asked: Reply(same)) as server, pytest.raises(FetchError, match="over and over"):
        papers_of(server, "hf:2025-11-05", links=False)


# ---------------------------------------------------------------------------------------------- the command
@pytest.fixture
def at_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Server], None]:
    """Points the command line at a server, with a cache of its own."""

    def point(server: Server) -> None:
        monkeypatch.setenv("KG_HF_URL", server.url)
        monkeypatch.setenv("KG_ARXIV_URL", server.url)
        monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
        monkeypatch.setattr("kg.http.client.Pace", Clock().pace)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")

    return point


def test_the_command_writes_what_build_reads(
    at_hub: Callable[[Server], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """kg fetch to a file and to standard output; kg build from the file and from the name give the same papers."""
    with serve(hub({"2025-11-05": [1, 2, 3]})) as server:
        at_hub(server)
        out = tmp_path / "papers.jsonl"
        assert run(["fetch", "hf:2025-11-05", "-o", str(out)]) == 0
        assert "3 papers" in capsys.readouterr().err
        assert run(["fetch", "hf:2025-11-05", "--no-cache"]) == 0
        assert capsys.readouterr().out == out.read_text("utf-8")
        assert list(read_papers([out])) == list(read_papers(["hf:2025-11-05"]))
        for name in (str(out), "hf:2025-11-05"):
            assert run(["build", name, "-o", str(tmp_path / "graph"), "--model", "rules"]) == 0
            assert "3 papers" in capsys.readouterr().err
        assert list((tmp_path / "cache" / "fetch").iterdir()) == []


def test_offline_repeats_a_fetch(
    at_hub: Callable[[Server], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What came once comes again without a server; what did not is an error of one line."""
    with serve(hub({"2025-11-05": [1]})) as server:
        at_hub(server)
        assert run(["fetch", "hf:2025-11-05"]) == 0
        first = capsys.readouterr().out
    assert run(["fetch", "hf:2025-11-05", "--offline"]) == 0
    assert capsys.readouterr().out == first
    assert run(["fetch", "hf:2025-11-06", "--offline"]) == 2
    assert "--offline" in capsys.readouterr().err


def test_ctrl_c_keeps_what_came(
    at_hub: Callable[[Server], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stopped fetch says what it kept; the same command goes on and completes the file."""
    monkeypatch.setattr("kg.http.limits.time.sleep", lambda seconds: None)
    stop = [True]

    def answer(asked: Asked) -> Reply:
        if asked.query.get("date") == "2025-11-06" and stop[0]:
            raise_in_client.append(True)
        return hub({"2025-11-05": [1, 2], "2025-11-06": [3]})(asked)

    raise_in_client: list[bool] = []
    from kg.fetch.hf import DailyPapers

    original = DailyPapers.page

    def page(self: DailyPapers, client: Any, cursor: str) -> Any:
        found = original(self, client, cursor)
        if raise_in_client:
            raise_in_client.clear()
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(DailyPapers, "page", page)
    with serve(answer) as server:
        at_hub(server)
        out = tmp_path / "papers.jsonl"
        assert run(["fetch", "hf:2025-11-05..2025-11-06", "-o", str(out), "--no-links"]) == 130
        said = capsys.readouterr().err
        assert "2 papers are kept" in " ".join(said.split())
        assert not out.exists()
        stop[0] = False
        assert run(["fetch", "hf:2025-11-05..2025-11-06", "-o", str(out), "--no-links"]) == 0
        assert "goes on where it was" in capsys.readouterr().err
    assert len(out.read_text("utf-8").splitlines()) == 3


def test_strict_and_empty(
    at_hub: Callable[[Server], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad record is skipped and counted, or an error; no papers at all is an error."""
    items = [hub_item(1), {"paper": {"id": "2511.00002"}}, "odd"]
    with serve(lambda asked: Reply(items if asked.query.get("p") == "0" else [])) as server:
        at_hub(server)
        assert run(["fetch", "hf:2025-11-05", "--no-links"]) == 1
        assert capsys.readouterr().out.count("\n") == 1
        assert run(["fetch", "hf:2025-11-05", "--no-links", "--strict", "-o", str(tmp_path / "x.jsonl")]) == 2
    with serve(hub({})) as server:
        at_hub(server)
        assert run(["fetch", "hf:2025-11-05", "-o", str(tmp_path / "none.jsonl")]) == 2
        assert "no papers came" in capsys.readouterr().err
    assert not (tmp_path / "none.jsonl").exists()


def test_several_sources_one_after_the_other(tmp_path: Path) -> None:
    """A paper that two services have comes once; caches are shared."""
    with (
        serve(hub({"2025-11-05": [1, 2]})) as server,
        serve(arxiv(3)) as other,
        ResponseCache(tmp_path) as cache,
    ):
        environment = {"KG_HF_URL": server.url, "KG_ARXIV_URL": other.url}
        with make_client(environment=environment, cache=cache) as client:
            papers = list(fetch_all(["hf:2025-11-05", "arxiv:cs.CL"], client=client))
    assert [p.id for p in papers] == ["2511.00001", "2511.00002", "2511.00000"]


def test_a_day_without_papers_is_no_failure_of_an_update(
    at_hub: Callable[[Server], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Weekends are empty: a nightly update says so and goes on; a build of nothing is an error."""
    with serve(hub({"2025-11-05": [1]})) as server:
        at_hub(server)
        out = str(tmp_path / "graph")
        assert run(["build", "hf:2025-11-05", "-o", out, "--model", "rules"]) == 0
        assert run(["update", out, "hf:2025-11-08"]) == 0
        assert "0 new" in capsys.readouterr().err
        assert run(["build", "hf:2025-11-08", "-o", str(tmp_path / "other"), "--model", "rules"]) == 2
        assert run(["update", out, "hf:2025-11-05", "--offline"]) == 0
