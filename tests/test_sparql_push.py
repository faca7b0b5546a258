"""Pushing a graph to another store: whole, in pieces, resumed, retried, refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from rdf_graph import make_graph, make_hostile_graph
from serving import serving

from exports.rdf.formats import nquads
from exports.server.worker import WorkerSettings
from exports.sparql.push import PushOptions, push
from kg.errors import FetchError


@pytest.fixture
def server(tmp_path: Path) -> Iterator[httpx.Client]:
    with serving(tmp_path / "s", settings=WorkerSettings(writable=True), token="secret") as client:
        yield client


def held(client: httpx.Client) -> set[str]:
    """Every statement that the server holds, as N-Quads."""
    rows = []
    for query in ("SELECT ?s ?p ?o { ?s ?p ?o }", "SELECT ?s ?p ?o ?g { GRAPH ?g { ?s ?p ?o } }"):
        text = client.get("/sparql", params={"query": query, "format": "tsv"}).text
        rows += [line for line in text.split("\n")[1:] if line]
    return set(rows)


def number_of_statements(graph: object) -> int:
    return sum(1 for line in "".join(nquads.chunks(graph)).split("\n") if line)  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [make_graph, make_hostile_graph])
@pytest.mark.parametrize(("how", "path"), [("update", "/sparql"), ("store", "/store"), ("quads", "/store")])
def test_every_way_sends_everything(server: httpx.Client, make: object, how: str, path: str) -> None:
    """Update, graph by graph, and N-Quads leave the same statements, hostile names or not."""
    graph = make()  # type: ignore[operator]
    options = PushOptions(how=how, piece=40, token="secret", tries=1)  # type: ignore[arg-type]
    report = push(graph, f"{server.base_url}{path}", options)
    assert report.statements == number_of_statements(graph)
    assert report.pieces > 1
    assert len(held(server)) == number_of_statements(graph)


@pytest.mark.parametrize(("how", "path"), [("update", "sparql"), ("store", "store")])
def test_replace_leaves_nothing_old(server: httpx.Client, how: str, path: str) -> None:
    """What was in the graphs before is gone, other graphs stay."""
    headers = {"authorization": "Bearer secret"}
    graph = "https://w3id.org/paper-kg/graph/paper/2401.00001"
    update = f"INSERT DATA {{ <urn:old> <urn:p> 1 . GRAPH <{graph}> {{ <urn:old> <urn:p> 1 }} GRAPH <urn:other> {{ <urn:old> <urn:p> 1 }} }}"
    assert server.post("/sparql", data={"update": update}, headers=headers).status_code == 204
    push(
        make_graph(),
        f"{server.base_url}/{path}",
        PushOptions(how=how, replace=True, piece=20, token="secret"),
    )  # type: ignore[arg-type]
    old = [row for row in held(server) if "urn:old" in row]
    assert len(old) == 1
    assert "urn:other" in old[0]


def test_a_push_goes_on_where_it_stopped(server: httpx.Client, tmp_path: Path) -> None:
    """Pieces that arrived are not sent again; a changed graph begins anew; the memory goes at the end."""
    memory = tmp_path / "push.json"
    options = PushOptions(piece=30, token="secret", tries=1)
    url = f"{server.base_url}/sparql"
    arrived: list[int] = []

    def stop_after_two(statements: int) -> None:
        arrived.append(statements)
        if len(arrived) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        push(make_graph(), url, options, progress=memory, fingerprint="1", sent=stop_after_two)
    report = push(make_graph(), url, options, progress=memory, fingerprint="1")
    assert report.skipped == 2
    assert len(held(server)) == number_of_statements(make_graph())
    assert not memory.exists()
    with pytest.raises(KeyboardInterrupt):
        push(
            make_graph(),
            url,
            options,
            progress=memory,
            fingerprint="1",
            sent=lambda _: (_ for _ in ()).throw(KeyboardInterrupt),
        )
    assert push(make_graph(), url, options, progress=memory, fingerprint="2").skipped == 0


def test_a_busy_endpoint_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """503 and broken connections are tried again, with the wait that the server names."""
    waits: list[float] = []
    monkeypatch.setattr("exports.sparql.push.time.sleep", waits.append)
    answers: list[httpx.Response | Exception] = [
        httpx.Response(503, headers={"retry-after": "7"}), httpx.ConnectError("gone"), httpx.Response(204),
    ]  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        given = answers.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert push(make_graph(), "http://example.com/", client=client).pieces == 1
    assert waits == [7.0, 1.0]


def test_a_refusal_says_what_to_try() -> None:
    """401 names the token, 405 the other ways, and nothing is tried again."""
    for status, words in ((401, "--token"), (405, "--how"), (404, "--how")):
        asked = []

        def answer(request: httpx.Request, status: int = status, asked: list[str] = asked) -> httpx.Response:
            asked.append(request.method)
            return httpx.Response(status, text="no")

        with (
            httpx.Client(transport=httpx.MockTransport(answer)) as client,
            pytest.raises(FetchError, match=words),
        ):
            push(make_graph(), "http://example.com/", client=client)
        assert len(asked) == 1


def test_a_wrong_token_is_refused(server: httpx.Client) -> None:
    """The server's token guards its writes."""
    with pytest.raises(FetchError, match="401"):
        push(make_graph(), f"{server.base_url}/sparql", PushOptions(token="wrong", tries=1))


@pytest.mark.parametrize("url", ["", "nonsense", "ftp://example.com/", "http://[::1", "http://127.0.0.1:1/"])
def test_an_address_that_is_none_is_a_clear_error(url: str) -> None:
    """Never a stack trace."""
    with pytest.raises(FetchError):
        push(make_graph(), url, PushOptions(tries=1))
