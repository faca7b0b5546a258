"""``kg lookup`` from end to end: asked of a local server, kept, shown, refused, and found again in every way out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lookup_case import wikidata_hit, wikidata_item
from replay import Asked, Clock, Reply, Server, serve

from exports.rdf.rdflib_view import to_rdflib
from kg.cli.app import run
from kg.directory import GraphDirectory
from kg.lookup.record import CLOSE, SAME
from kg.pipeline import load_graph

RECORDS = [
    {"id": "2401.00001", "title": "SkyBench: a benchmark of clouds",
     "abstract": "We introduce SkyBench, a benchmark of clouds. Code: https://github.com/sky/bench"},
    {"id": "2402.00002", "title": "Rain", "abstract": "We evaluate our model on the SkyBench benchmark and on the FogQA dataset."},
    {"id": "2403.00003", "title": "Snow", "abstract": "We evaluate our model on the FogQA dataset."},
]  # fmt: skip
ITEMS = {
    "SkyBench": wikidata_item("Q11", "SkyBench", "something", P1324="https://github.com/sky/bench"),
    "FogQA": wikidata_item("Q12", "FogQA", "question answering benchmark"),
}
SKY, FOG = "http://www.wikidata.org/entity/Q11", "http://www.wikidata.org/entity/Q12"


def services(asked: Asked) -> Reply:
    """Wikidata and the Hub in one."""
    query = asked.query
    if query.get("action") == "wbsearchentities":
        found = ITEMS.get(query["search"])
        return Reply({"search": [wikidata_hit(found["id"], query["search"])] if found else [], "success": 1})
    if query.get("action") == "wbgetentities":
        return Reply({"entities": {v["id"]: v for v in ITEMS.values() if v["id"] in query["ids"].split("|")}})
    return Reply([{"id": "sky/SkyBench", "downloads": 5, "tags": ["arxiv:2401.00001"]}])


Text = Callable[[], tuple[str, str]]


@pytest.fixture
def text(capsys: pytest.CaptureFixture[str]) -> Text:
    """What was said since the last time, on one line each: standard output, standard error."""

    def read() -> tuple[str, str]:
        said = capsys.readouterr()
        return " ".join(said.out.split()), " ".join(said.err.split())

    return read


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    """Both services, with a cache of its own and a clock that does not wait."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("kg.http.client.Pace", Clock().pace)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("COLUMNS", "400")
    with serve(services) as running:
        monkeypatch.setenv("KG_WIKIDATA_URL", running.url)
        monkeypatch.setenv("KG_HF_URL", running.url)
        yield running


@pytest.fixture
def graph(tmp_path: Path) -> str:
    """A graph directory of three papers and two datasets."""
    source, out = tmp_path / "in.jsonl", str(tmp_path / "graph")
    source.write_text("\n".join(map(json.dumps, RECORDS)), encoding="utf-8")
    assert run(["build", str(source), "-o", out, "--model", "rules"]) == 0
    return out


def test_links_are_found_kept_and_not_asked_for_again(server: Server, graph: str, text: Text) -> None:
    """Identifier and tag; the second run asks nobody, --max-age 0 everybody."""
    text()
    assert run(["lookup", graph]) == 0
    assert "4 of 4 questions: 1 the same, 2 perhaps the same, 1 not found; 0 were asked lately" in text()[1]
    count = len(server.asked)
    assert run(["lookup", graph]) == 0
    assert len(server.asked) == count
    assert "0 of 0 questions" in text()[1]
    assert run(["lookup", graph, "--max-age", "0", "--service", "hub"]) == 0
    assert "2 of 2 questions" in text()[1]
    with GraphDirectory.open(graph) as directory:
        found = directory.lookups()
    assert {place: one.link.relation if one.link else None for place, one in found.items()} == {
        ("hub", "dataset", "fogqa"): None, ("hub", "dataset", "skybench"): CLOSE,
        ("wikidata", "dataset", "fogqa"): CLOSE, ("wikidata", "dataset", "skybench"): SAME,
    }  # fmt: skip


def test_what_is_asked_can_be_bounded(server: Server, graph: str, text: Text) -> None:
    """By number of nodes, and by papers; the next run goes on."""
    assert run(["lookup", graph, "--min-papers", "3"]) == 0
    assert not server.asked
    assert run(["lookup", graph, "--limit", "1", "-s", "wikidata"]) == 0
    assert run(["lookup", graph, "--limit", "1", "-s", "wikidata"]) == 0
    searched = [a.query["search"] for a in server.asked if "search" in a.query]
    assert sorted(searched) == ["FogQA", "SkyBench"]


def test_show_and_why_tell_the_reason(server: Server, graph: str, text: Text) -> None:
    """Without asking anybody."""
    assert run(["lookup", graph]) == 0
    count = len(server.asked)
    text()
    assert run(["lookup", graph, "--show"]) == 0
    out, err = text()
    assert "Q11" in out
    assert "its source code repository equals a page that 2401.00001 links" in out
    assert "1 more were asked about" in err
    assert run(["why", graph, "SkyBench"]) == 0
    out, _ = text()
    assert f"same as: {SKY}" in out
    assert "perhaps the same: https://huggingface.co/datasets/sky/SkyBench" in out
    assert "Q11 “SkyBench” (0.97): its source code repository equals a page that 2401.00001 links" in out
    assert run(["why", graph, "FogQA", "--json"]) == 0
    account = json.loads(text()[0])
    assert account["entity"]["close_match"] == [FOG]
    assert (
        account["links"][0]["reason"]
        == "has the name “FogQA” and is described as “question answering benchmark”"
    )
    assert len(server.asked) == count


def test_links_are_in_the_rdf_and_on_the_pages(server: Server, graph: str, tmp_path: Path) -> None:
    """owl:sameAs where an identifier matches, skos:closeMatch otherwise; in every serialisation; and kg verify agrees."""
    assert run(["lookup", graph]) == 0
    view = to_rdflib(load_graph(graph), base_iri="https://w3id.org/paper-kg/", profile="core")
    triples = {(str(s).rpartition("/")[2], str(p), str(o)) for s, p, o, _ in view.quads()}
    owl, skos = "http://www.w3.org/2002/07/owl#sameAs", "http://www.w3.org/2004/02/skos/core#closeMatch"
    hub = "https://huggingface.co/datasets/sky/SkyBench"
    found = {t for t in triples if t[1] in (owl, skos)}
    assert found == {("skybench", owl, SKY), ("skybench", skos, hub), ("fogqa", skos, FOG)}
    for name in ("turtle", "ntriples", "nquads", "trig", "jsonld", "rdfxml"):
        path = tmp_path / f"graph.{name}"
        assert run(["export", graph, "-f", name, "-o", str(path)]) == 0
        written = path.read_text(encoding="utf-8")
        assert all(iri in written or iri.rpartition("/")[2] in written for iri in (SKY, FOG, hub))
    assert run(["verify", graph]) == 0
    assert run(["site", graph, "-o", str(tmp_path / "site")]) == 0
    page = next((tmp_path / "site" / "dataset").glob("fogqa*.html")).read_text(encoding="utf-8")
    assert f'perhaps the same: <a class="out" rel="noopener noreferrer" href="{FOG}"' in page


def test_the_same_links_give_the_same_bytes(server: Server, graph: str, tmp_path: Path) -> None:
    """Asked for again, on another day, in another order."""
    outputs = []
    for arguments in (["-s", "hub"], ["-s", "wikidata"], ["--max-age", "0"]):
        assert run(["lookup", graph, *arguments]) == 0
        path = tmp_path / f"{len(outputs)}.nq"
        assert run(["export", graph, "-f", "nquads", "-o", str(path)]) == 0
        outputs.append(path.read_bytes())
    assert outputs[0] != outputs[1] == outputs[2]


def test_a_build_keeps_the_links(server: Server, graph: str, tmp_path: Path) -> None:
    """They belong to names, not to papers or ids."""
    assert run(["lookup", graph]) == 0
    assert run(["build", str(tmp_path / "in.jsonl"), "-o", graph, "--model", "rules"]) == 0
    (sky,) = [e for e in load_graph(graph).entities() if e.name == "SkyBench"]
    assert sky.same_as == (SKY,)


def test_a_wrong_link_is_refused_for_good(server: Server, graph: str, text: Text) -> None:
    """It does not come back when services are asked again, unless the refusal is forgotten."""
    assert run(["lookup", graph]) == 0
    text()
    assert run(["lookup", graph, "--refuse", "dataset/fogqa"]) == 0
    assert "refused Q12 for FogQA" in text()[1]
    assert run(["lookup", graph, "--refuse", "fog-qa"]) == 1
    assert "no link is known" in text()[1]
    assert run(["lookup", graph, "--max-age", "0"]) == 0
    assert all(not e.close_match for e in load_graph(graph).entities() if e.name == "FogQA")
    text()
    assert run(["lookup", graph, "--show"]) == 0
    assert "refused" in text()[0]
    assert run(["lookup", graph, "--forget", "FogQA"]) == 0
    assert run(["lookup", graph]) == 0
    assert [e.close_match for e in load_graph(graph).entities() if e.name == "FogQA"] == [(FOG,)]
    assert run(["lookup", graph, "--forget", "FogQA", "--refuse", "FogQA"]) == 2
    assert run(["lookup", graph, "--forget", "nothing of this name"]) == 1


def test_what_was_answered_is_kept_when_a_service_stops(server: Server, graph: str, text: Text) -> None:
    """Exit status 1, the reason, and nothing kept of what nobody answered."""
    server.answer = lambda asked: (
        Reply("", 429, {"Retry-After": "4000"}) if asked.path == "/w/api.php" else services(asked)
    )
    text()
    assert run(["lookup", graph]) == 1
    _, err = text()
    assert "stopped Wikidata is not asked any more:" in err
    assert "67 minutes" in err
    assert "left out 2 questions without an answer" in err
    with GraphDirectory.open(graph) as directory:
        assert {place[0] for place in directory.lookups()} == {"hub"}
    server.answer = services
    assert run(["lookup", graph]) == 0
    assert "2 of 2 questions" in text()[1]


def test_an_interruption_keeps_what_was_answered(
    server: Server, graph: str, monkeypatch: pytest.MonkeyPatch, text: Text
) -> None:
    """Ctrl-C in the middle; the next run asks the rest alone."""
    asked: list[str] = []

    def stop(request: Asked) -> Reply:
        asked.append(request.path)
        return services(request)

    server.answer = stop
    from kg.lookup import run as lookups

    real = lookups.ask

    def interrupted(*arguments: object) -> object:
        if len(asked) >= 3:
            raise KeyboardInterrupt
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(lookups, "ask", interrupted)
    assert run(["lookup", graph]) == 130
    with GraphDirectory.open(graph) as directory:
        first = directory.lookups()
    assert first
    monkeypatch.setattr(lookups, "ask", real)
    assert run(["lookup", graph]) == 0
    assert f"{len(first)} were asked lately" in text()[1]


def test_offline_asks_nobody(server: Server, graph: str, text: Text) -> None:
    """What came before is there again, also in a directory that knows nothing of it."""
    assert run(["lookup", graph, "--offline"]) == 1
    assert (
        "this was not fetched before, and --offline is set); what was answered is kept. Run it again without --offline"
        in text()[1]
    )
    assert not server.asked
    assert run(["lookup", graph]) == 0
    count = len(server.asked)
    with GraphDirectory.open(graph) as directory:
        before = directory.lookups()
        directory.store_lookups((), forget=before)
    assert run(["lookup", graph, "--offline"]) == 0
    assert len(server.asked) == count
    with GraphDirectory.open(graph) as directory:
        assert {p: one.link for p, one in directory.lookups().items()} == {
            p: one.link for p, one in before.items()
        }


def test_without_a_cache_nothing_is_kept_on_disk(server: Server, graph: str, tmp_path: Path) -> None:
    """Save the directory itself."""
    assert run(["lookup", graph, "--no-cache"]) == 0
    assert not (tmp_path / "cache" / "http.sqlite").exists()


def test_nothing_else_asks(server: Server, graph: str, tmp_path: Path) -> None:
    """Building, exporting and explaining never look anything up."""
    for arguments in (
        ["stats", graph],
        ["why", graph, "SkyBench"],
        ["export", graph, "-f", "turtle", "-o", str(tmp_path / "x.ttl")],
    ):
        assert run(arguments) == 0
    assert not server.asked


def test_a_directory_that_cannot_be_written_asks_nobody(
    server: Server, graph: str, monkeypatch: pytest.MonkeyPatch, text: Text
) -> None:
    """It is told before, not after."""
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    assert run(["lookup", graph]) == 2
    assert "not written" in text()[1]
    assert not server.asked
    assert run(["lookup", graph, "--show"]) == 0
