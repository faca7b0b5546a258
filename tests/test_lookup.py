"""Wikidata and the Hub, played by a local server: good answers, hostile ones, and none at all; and what is kept of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lookup_case import thing, wikidata_hit, wikidata_item
from replay import Asked, Clock, Reply, Server, make_client, serve

from kg.directory import GraphDirectory
from kg.errors import FetchError
from kg.http import HttpClient, ResponseCache
from kg.lookup import hub, wikidata
from kg.lookup.apply import links_of, with_links
from kg.lookup.record import CLOSE, HUB, SAME, WIKIDATA, Lookup, OutsideLink
from kg.lookup.run import Unanswered, look_up
from kg.lookup.things import Source, things_of
from kg.model import Entity, EntityType, Extraction, Paper
from kg.pipeline import build, load_graph
from kg.resolution import Resolution, resolve

SEEN = "2025-11-05T07:00:00Z"
PAPER = Source("2401.00001", "2401.00001", "", ("https://github.com/sky/bench",))
ITEMS = {
    "Q1": wikidata_item("Q1", "Sky Bench", "something", P1324="https://github.com/sky/bench", P31={"id": "Q99"}),
    "Q2": wikidata_item("Q2", "SkyBench", "town in Norway"),
    "Q3": wikidata_item("Q3", "SkyBench Festival", "yearly event"),
}  # fmt: skip


def services(asked: Asked) -> Reply:
    """Wikidata and the Hub in one."""
    query = asked.query
    if query.get("action") == "wbsearchentities":
        hits = [wikidata_hit(i, v["labels"]["en"]["value"]) for i, v in ITEMS.items()]
        return Reply({"searchinfo": {"search": query["search"]}, "search": hits, "success": 1})
    if query.get("action") == "wbgetentities":
        return Reply({"entities": {i: ITEMS[i] for i in query["ids"].split("|")}, "success": 1})
    if asked.path == "/api/datasets":
        tags = ["arxiv:2401.00001", "license:mit", 7]
        return Reply(
            [{"id": "sky/SkyBench", "downloads": 5, "tags": tags}, {"id": "x/Other", "downloads": 9}]
        )
    return Reply([], 404)


def anyone(names: list[str]) -> bool:
    return True


@pytest.fixture
def client_of() -> Iterator[Callable[..., HttpClient]]:
    """Clients that take a server for all services."""
    opened: list[HttpClient] = []

    def make(server: Server, **options: Any) -> HttpClient:
        opened.append(make_client(server, **options))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


# ---------------------------------------------------------------------------------------------- asking
def test_wikidata_is_asked_politely_and_only_items_of_the_name_are_read(
    client_of: Callable[..., HttpClient],
) -> None:
    """Two requests: a search with maxlag, then one reading of the items that bear the name."""
    clock = Clock()
    with serve(services) as server:
        (found,) = look_up(
            [(thing(sources=(PAPER,)), WIKIDATA)], client_of(server, clock=clock), now=lambda: SEEN
        )
        first, second = server.asked
    assert first.path == second.path == "/w/api.php"
    assert first.query == {
        "action": "wbsearchentities", "search": "SkyBench", "language": "en", "uselang": "en", "type": "item", "limit": "20",
        "format": "json", "maxlag": "5",
    }  # fmt: skip
    assert second.query["ids"] == "Q1|Q2"
    assert second.query["props"] == "labels|aliases|descriptions|claims"
    assert first.headers["user-agent"].startswith("paper-kg/")
    assert clock.sleeps == [1.0]
    assert isinstance(found, Lookup)
    assert found.place == ("wikidata", "dataset", "skybench")
    assert found.seen == SEEN
    assert found.link is not None
    assert (found.link.id, found.link.relation) == ("Q1", SAME)


def test_the_hub_is_asked_by_type(client_of: Callable[..., HttpClient]) -> None:
    """Datasets for a dataset; the tag of the introducing paper makes it close."""
    with serve(services) as server:
        (found,) = look_up([(thing(sources=(PAPER,)), HUB)], client_of(server), now=lambda: SEEN)
        assert server.asked[0].query == {
            "expand": "tags", "search": "SkyBench", "sort": "downloads", "limit": "50",
        }  # fmt: skip
    assert isinstance(found, Lookup)
    assert found.link is not None
    assert (found.link.iri, found.link.relation) == ("https://huggingface.co/datasets/sky/SkyBench", CLOSE)


def test_blanks_of_a_name_become_hyphens_for_the_hub(client_of: Callable[..., HttpClient]) -> None:
    """An id holds no blanks."""
    with serve(lambda asked: Reply([])) as server:
        assert hub.ask(client_of(server), ("Llama 2  7B",), EntityType.MODEL) == []
        assert server.asked[0].path == "/api/models"
        assert server.asked[0].query["search"] == "Llama-2-7B"


def test_nothing_found_is_an_answer(client_of: Callable[..., HttpClient]) -> None:
    """No item bears the name, so that none is read."""
    with serve(lambda asked: Reply({"search": [], "success": 1})) as server:
        (found,) = look_up([(thing(), WIKIDATA)], client_of(server), now=lambda: SEEN)
        assert len(server.asked) == 1
    assert isinstance(found, Lookup)
    assert found.link is None


def test_busy_servers_are_waited_for(client_of: Callable[..., HttpClient]) -> None:
    """maxlag is an error with status 200 and Retry-After; the third answer is a good one."""
    clock, answers = Clock(), iter(["maxlag", "maxlag"])

    def answer(asked: Asked) -> Reply:
        code = next(answers, None)
        if code is None:
            return Reply({"search": []})
        return Reply(
            {"error": {"code": code, "info": "Waiting for a server: 7 seconds lagged"}},
            headers={"Retry-After": "5"},
        )

    with serve(answer) as server:
        assert wikidata.ask(client_of(server, clock=clock), ("x",), anyone) == []
        assert len(server.asked) == 3
    assert len([s for s in clock.sleeps if s >= 5]) == 2


def test_other_errors_are_not_repeated(client_of: Callable[..., HttpClient]) -> None:
    """A parameter that the interface does not know stays unknown."""
    with serve(lambda asked: Reply({"error": {"code": "badvalue", "info": "no"}})) as server:
        with pytest.raises(FetchError, match="badvalue"):
            wikidata.ask(client_of(server), ("x",), anyone)
        assert len(server.asked) == 1


def test_too_many_requests_are_answered_with_patience(client_of: Callable[..., HttpClient]) -> None:
    """429 with Retry-After is waited for."""
    clock, statuses = Clock(), iter([429])

    def answer(asked: Asked) -> Reply:
        status = next(statuses, 200)
        return Reply({"search": []}, status, {"Retry-After": "7"} if status == 429 else {})

    with serve(answer) as server:
        assert wikidata.ask(client_of(server, clock=clock), ("x",), anyone) == []
    assert any(seconds >= 7 for seconds in clock.sleeps)


HTML = Reply("<!doctype html><title>Sorry</title>", headers={"Content-Type": "text/html"})
ODD = [
    [], None, "x", 7, {}, {"search": None}, {"search": {}}, {"search": "x"}, {"error": "x"}, {"error": {}},
]  # fmt: skip


@pytest.mark.parametrize(
    "reply", [HTML, *(Reply(body) for body in ODD), Reply("", 500), Reply("{"), Reply("")]
)
@pytest.mark.parametrize("service", [WIKIDATA, HUB])
def test_odd_answers_are_no_answers(client_of: Callable[..., HttpClient], reply: Reply, service: str) -> None:
    """No traceback, and nothing is kept; an empty list is the Hub's way to say that it has none."""
    with serve(lambda asked: replace(reply, headers=dict(reply.headers))) as server:
        (found,) = look_up([(thing(), service)], client_of(server, attempts=2), now=lambda: SEEN)
    if service == HUB and reply.body == []:
        assert isinstance(found, Lookup)
    else:
        assert isinstance(found, Unanswered)
        assert found.why


ODD_ITEMS: list[Any] = [
    None, 7, {}, {"id": 7}, {"id": "Q1; DROP"}, {"id": "P31"}, {"id": "Q0"}, {"id": "Q1", "missing": ""},
    {"id": "Q5", "labels": [], "aliases": {"en": 7}, "descriptions": {"en": {"value": 3}}, "claims": []},
    {"id": "Q6", "labels": {"en": []}, "claims": {"P856": [{}, None, {"mainsnak": 3}, {"mainsnak": {"datavalue": 1}}]}},
    {"id": "Q7", "labels": {"mul": {"value": "Sky"}}, "claims": {"P856": 3, "P31": [{"mainsnak": {"datavalue": {"value": 9}}}]}},
]  # fmt: skip


def test_odd_items_are_passed_over(client_of: Callable[..., HttpClient]) -> None:
    """Wrong shapes within a good answer cost nothing but themselves."""

    def answer(asked: Asked) -> Reply:
        if asked.query["action"] == "wbsearchentities":
            return Reply(
                {"search": [*ODD_ITEMS, {"id": "Q5", "match": 3, "aliases": "x"}, wikidata_hit("Q7", "Sky")]}
            )
        assert asked.query["ids"] == "Q1|Q5|Q6|Q7"
        return Reply({"entities": {str(n): value for n, value in enumerate(ODD_ITEMS)}})

    with serve(answer) as server:
        found = wikidata.ask(client_of(server), ("Sky",), anyone)
    assert [one.id for one in found] == ["Q5", "Q6", "Q7"]
    assert found[2].names == ("Sky",)


def test_odd_repositories_are_passed_over(client_of: Callable[..., HttpClient]) -> None:
    """Names that are no ids, tags that are no list."""
    body = [
        None, {}, {"id": 3}, {"id": "a/b/c"}, {"id": "../x"}, {"id": "a b"}, {"id": "é/x"},
        {"id": "o/Sky", "tags": "arxiv:1", "downloads": "many"}, {"id": "o/Sky-2", "downloads": -3, "tags": [None, "arxiv:2401.00001v2"]},
    ]  # fmt: skip
    with serve(lambda asked: Reply(body)) as server:
        found = hub.ask(client_of(server), ("Sky",), EntityType.MODEL)
    assert [(c.id, c.downloads, c.arxiv) for c in found if c.id.startswith("o/")] == [
        ("o/Sky", 0, ()), ("o/Sky-2", 0, ("2401.00001",)),
    ]  # fmt: skip


def test_withdrawn_statements_do_not_count() -> None:
    """Wikidata keeps them, marked as deprecated."""
    value = wikidata_item("Q1", "Sky", "x", P856="https://sky.example")
    value["claims"]["P856"][0]["rank"] = "deprecated"
    candidate = wikidata.read_item(value)
    assert candidate is not None
    assert candidate.pages == ()


def test_what_anybody_may_write_does_not_command_the_terminal() -> None:
    """Control signs become blanks, and long texts end."""
    found = wikidata.read_item(wikidata_item("Q1", "Sky\x1b[2J\nBench\u202e", "x" * 9000))
    assert found is not None
    assert found.label == "Sky [2J Bench"
    assert len(found.description) == 500


def test_a_silent_service_is_left_alone(client_of: Callable[..., HttpClient]) -> None:
    """After three questions without an answer; the other one is asked on."""

    def answer(asked: Asked) -> Reply:
        return Reply("", 404) if asked.path == "/w/api.php" else services(asked)

    questions = [(thing(f"Sky{n}", aliases=()), service) for n in range(6) for service in (WIKIDATA, HUB)]
    with serve(answer) as server:
        found = list(look_up(questions, client_of(server), now=lambda: SEEN))
        assert sum(a.path == "/w/api.php" for a in server.asked) == 3
    assert [one.stopped for one in found if isinstance(one, Unanswered)] == [False, False, True]
    assert sum(isinstance(one, Lookup) for one in found) == 6


def test_a_used_up_allowance_stops_at_once(client_of: Callable[..., HttpClient]) -> None:
    """A wait longer than ten minutes is not waited for."""
    with serve(lambda asked: Reply("", 429, {"Retry-After": "3600"})) as server:
        (found,) = look_up([(thing(), HUB), (thing(), HUB)], client_of(server), now=lambda: SEEN)
        assert len(server.asked) == 1
    assert isinstance(found, Unanswered)
    assert found.stopped
    assert "60 minutes" in found.why


def test_offline_answers_come_from_the_cache(client_of: Callable[..., HttpClient], tmp_path: Path) -> None:
    """What was asked before is answered; the rest is not, and the service is not given up for it."""
    with serve(services) as server:
        with client_of(server, cache=ResponseCache(tmp_path)) as client:
            online = list(look_up([(thing(), WIKIDATA)], client, now=lambda: SEEN))
        count = len(server.asked)
        questions = [*((thing(f"Other{n}"), WIKIDATA) for n in range(4)), (thing(), WIKIDATA)]
        with client_of(server, cache=ResponseCache(tmp_path), offline=True) as client:
            *others, last = look_up(questions, client, now=lambda: SEEN)
        assert len(server.asked) == count
    assert all(isinstance(one, Unanswered) and not one.stopped for one in others)
    assert [last] == online


def test_redirects_do_not_lead_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client that the command opens goes to public addresses alone, the services' own aside."""
    from kg.lookup.run import open_lookup_client

    with serve(lambda asked: Reply("secret")) as inside:
        with serve(lambda asked: Reply("", 302, {"Location": inside.url})) as server:
            monkeypatch.setenv("KG_HF_URL", server.url)
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            monkeypatch.setenv("no_proxy", "127.0.0.1")
            with open_lookup_client(pace=Clock().pace()) as client, pytest.raises(FetchError, match="asked"):
                hub.ask(client, ("Sky",), EntityType.MODEL)
        assert not inside.asked


# ---------------------------------------------------------------------------------------------- keeping
def link(
    relation: str = SAME, iri: str = "http://www.wikidata.org/entity/Q1", service: str = WIKIDATA
) -> OutsideLink:
    return OutsideLink(service, "Q1", iri, "Sky", "a thing", relation, 0.9, "because")


def known(*lookups: Lookup) -> dict[tuple[str, str, str], Lookup]:
    return {one.place: one for one in lookups}


def test_links_reach_nodes_by_type_and_name() -> None:
    """Another id or spelling does not matter, another type does."""
    found = known(Lookup(WIKIDATA, "model", "sky2", "Sky 2", SEEN, link(CLOSE)))
    nodes = [
        Entity("model/new-id", EntityType.MODEL, "sky-2"),
        Entity("method/sky-2", EntityType.METHOD, "Sky 2"),
    ]
    model, method = with_links(nodes, found)
    assert model.close_match == ("http://www.wikidata.org/entity/Q1",)
    assert method is nodes[1]


def test_links_do_not_reach_namesakes_or_what_is_known() -> None:
    """Two nodes of one name and type; a node that has another item already."""
    found = known(Lookup(WIKIDATA, "model", "sky", "Sky", SEEN, link()))
    twins = [Entity("model/sky", EntityType.MODEL, "Sky"), Entity("model/sky-2", EntityType.MODEL, "SKY")]
    assert list(with_links(twins, found)) == twins
    settled = Entity("model/sky", EntityType.MODEL, "Sky", same_as=("http://www.wikidata.org/entity/Q9",))
    assert list(with_links([settled], found)) == [settled]


def test_one_record_is_not_two_things() -> None:
    """Where two nodes match it by identifier, neither is said to be the same."""
    nodes = [Entity("model/sky", EntityType.MODEL, "Sky"), Entity("method/sky", EntityType.METHOD, "Sky")]
    found = known(*(Lookup(WIKIDATA, kind, "sky", "Sky", SEEN, link()) for kind in ("model", "method")))
    assert {one.relation for links in links_of(nodes, found).values() for one in links} == {CLOSE}
    assert all(not entity.same_as and entity.close_match for entity in with_links(nodes, found))


def test_the_directory_keeps_lookups(tmp_path: Path) -> None:
    """Only links change the fingerprint; nothing found, and when, do not."""
    source = tmp_path / "in.jsonl"
    source.write_text(
        '{"id": "2401.00001", "title": "Sky", "abstract": "We introduce SkyBench, a benchmark."}',
        encoding="utf-8",
    )
    build(source, out=tmp_path / "g", model="rules")
    one = Lookup(WIKIDATA, "dataset", "skybench", "SkyBench", SEEN, link())
    with GraphDirectory.open(tmp_path / "g") as directory:
        before = directory.fingerprint
        directory.store_lookups([replace(one, link=None)])
        assert directory.fingerprint == before
        directory.store_lookups([one])
        found = directory.fingerprint
        assert found != before
        directory.store_lookups([replace(one, seen="2026-01-01T00:00:00Z")])
        assert directory.fingerprint == found
        assert directory.lookups()[one.place].seen == "2026-01-01T00:00:00Z"
        directory.store_lookups((), forget=[one.place])
        assert directory.fingerprint == before
        assert directory.lookups() == {}


def test_older_directories_that_cannot_be_written_have_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They lack the table, and load as before."""
    source, out = tmp_path / "in.jsonl", tmp_path / "g"
    source.write_text(
        '{"id": "2401.00001", "title": "Sky", "abstract": "We introduce SkyBench, a benchmark."}',
        encoding="utf-8",
    )
    build(source, out=out, model="rules")
    with sqlite3.connect(out / "graph.sqlite") as connection:
        connection.execute("DROP TABLE lookups")
    connection.close()
    monkeypatch.setattr("os.access", lambda *arguments: False)
    with GraphDirectory.open(out) as directory:
        assert directory.lookups() == {}
    assert load_graph(out).papers()


def test_things_are_asked_about_most_papers_first(
    make_thing_papers: Callable[[], list[tuple[Paper, Extraction]]],
) -> None:
    """With the links and ids of the papers that introduce them, and without names that two nodes bear."""
    pairs = make_thing_papers()
    resolution = resolve(extraction for _, extraction in pairs)
    things = things_of(pairs, resolution)
    first = things[0]
    assert (first.entity.name, first.papers) == ("SkyBench", 2)
    (source,) = first.sources
    assert source == Source(
        "2401.00001", "2401.00001", "", ("https://github.com/sky/bench", "https://sky.example/"), 24289
    )
    assert [t.entity.name for t in things_of(pairs, resolution, min_papers=2)] == ["SkyBench"]


def test_what_many_claim_or_knew_before_is_nobodys(
    make_thing_papers: Callable[[], list[tuple[Paper, Extraction]]],
) -> None:
    """Three papers that introduce one thing, or one that comes half a year after another named it."""
    (first, said), (second, _) = make_thing_papers()

    def sources(*papers: Paper) -> list[str]:
        pairs = [(paper, replace(said, paper_id=paper.id)) for paper in papers]
        nodes = {(paper.id, index): "dataset/x" for paper in papers for index in range(len(said.entities))}
        entity = Entity("dataset/x", EntityType.DATASET, "SkyBench")
        (found,) = things_of(pairs, Resolution((entity,), nodes))
        return [source.paper for source in found.sources]

    def copies(*ids: str) -> list[Paper]:
        return [replace(first, id=identifier, arxiv_id=identifier) for identifier in ids]

    assert sources(*copies("2401.00001", "2402.00001")) == ["2401.00001", "2402.00001"]
    assert sources(*copies("2401.00001", "2402.00001", "2402.00002")) == []
    assert sources(*copies("2401.00001", "2407.00001")) == ["2401.00001", "2407.00001"]
    assert sources(*copies("2401.00001", "2408.00001")) == ["2401.00001"]
    undated = replace(second, id="title:abc", arxiv_id=None)
    assert sources(*copies("2401.00001"), undated) == ["2401.00001", "title:abc"]


@pytest.fixture
def make_thing_papers() -> Callable[[], list[tuple[Paper, Extraction]]]:
    """Two papers; the first introduces what the second uses."""
    from kg.plugins import load_extractor

    def make() -> list[tuple[Paper, Extraction]]:
        papers = [
            Paper("2401.00001", "SkyBench: a benchmark of clouds",
                  "We introduce SkyBench, a benchmark of clouds. Code: https://github.com/sky/bench", arxiv_id="2401.00001",
                  links=("https://sky.example/", "https://huggingface.co/someone/sky-finetuned")),
            Paper("2402.00002", "Rain", "We evaluate our model on the SkyBench benchmark."),
        ]  # fmt: skip
        return list(zip(papers, load_extractor("default", model="rules").extract(papers), strict=True))

    return make


def test_a_client_knows_the_service(client_of: Callable[..., HttpClient]) -> None:
    """Its address can be set as that of the others."""

    with serve(services) as server:
        assert client_of(server).base("wikidata") == server.url
    with HttpClient(environment={}) as client:
        assert client.base("wikidata") == "https://www.wikidata.org"
