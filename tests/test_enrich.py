"""What is behind links, asked of local servers; and a hostile server that wants us to ask elsewhere."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from replay import Asked, Clock, Reply, Server, packed, serve

from kg.cli.app import run
from kg.directory import GraphDirectory
from kg.enrich import ask, enrich, links_of, open_public_client
from kg.facts import GONE, HERE, MOVED, REFUSED, UNKNOWN, LinkFact
from kg.http import HttpClient
from kg.http.addresses import PublicTransport, is_public
from kg.http.transport import EnvironmentTransport, make_context, origin_of
from kg.model import Extraction, LinkKind, Paper

SEEN = "2025-11-05T07:00:00Z"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
        "2001:db8::1", "localhost", "", "1.2.3", "0x7f.1", "::ffff:169.254.169.254",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    """Private, loopback, link-local, documentation, multicast; inside IPv6, too."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "140.82.121.4", "2606:4700::6810:84e5", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"],
)
def test_addresses_that_are(address: str) -> None:
    """The public internet."""
    assert is_public(address)


class Names:
    """A resolver of ours: names to addresses; each look-up takes the next of several answers."""

    def __init__(self, **table: list[str]) -> None:
        self.table = {name.replace("_", "."): list(answers) for name, answers in table.items()}
        self.asked: list[str] = []

    def __call__(self, host: str, port: int) -> tuple[str, ...]:
        self.asked.append(host)
        if host not in self.table:
            raise OSError("no such name")
        answers = self.table[host]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return tuple(answer.split())


@pytest.fixture
def guarded() -> Iterator[Callable[..., HttpClient]]:
    """Clients behind the guard, for which 127.0.0.1 passes as public and 127.0.0.2 does not."""
    opened: list[HttpClient] = []

    def make(names: Names, *, deadline: float = 5.0, **options: Any) -> HttpClient:
        guard = PublicTransport(
            EnvironmentTransport(make_context({}), keep=0), resolver=names, ports=(), deadline=deadline,
            allowed=lambda address: address == "127.0.0.1",
        )  # fmt: skip
        client = open_public_client(transport=guard, pace=Clock().pace(), environment={}, **options)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


def look(client: HttpClient, url: str) -> LinkFact:
    return ask(url, LinkKind.PROJECT_PAGE, client, seen=SEEN)


def plain(url: str) -> str:
    """The test servers speak plain HTTP; canonical addresses would be https."""
    return url


def test_private_addresses_are_refused_after_dns(guarded: Callable[..., HttpClient]) -> None:
    """By name and by number; one private address among public ones is enough; nothing is sent."""
    names = Names(
        inside_example=["127.0.0.2"], mixed_example=["127.0.0.1 10.0.0.1"], meta_example=["169.254.169.254"]
    )
    names.table["127.0.0.2"] = ["127.0.0.2"]
    names.table["[::1]"] = names.table["::1"] = ["::1"]
    with serve(lambda asked: Reply("secret")) as server:
        client = guarded(names)
        for host in ("inside.example", "mixed.example", "meta.example", "127.0.0.2", "[::1]"):
            fact = look(client, f"http://{host}:{server.port}/")
            assert fact.state == REFUSED, host
            assert "not a public address" in fact.note
        assert not server.asked


def test_redirects_are_looked_at_one_by_one(guarded: Callable[..., HttpClient]) -> None:
    """A public page that leads inside is refused at that step."""
    names = Names(page_example=["127.0.0.1"], inside_example=["127.0.0.2"], other_example=["127.0.0.1"])

    def answer(asked: Asked) -> Reply:
        if asked.path == "/evil":
            return Reply("", 302, {"Location": f"http://inside.example:{server.port}/admin"})
        if asked.path == "/file":
            return Reply("", 302, {"Location": "file:///etc/passwd"})
        if asked.path == "/moved":
            return Reply("", 301, {"Location": f"http://other.example:{server.port}/here"})
        return Reply("page")

    with serve(answer) as server:
        client = guarded(names)
        base = f"http://page.example:{server.port}"
        assert look(client, f"{base}/evil").state == REFUSED
        assert look(client, f"{base}/file").state in (REFUSED, UNKNOWN)
        fact = look(client, f"{base}/moved")
        assert fact.state == MOVED
        assert "other.example" in fact.canonical
        assert not any(asked.path == "/admin" for asked in server.asked)


def test_the_connection_goes_to_the_address_that_was_looked_at(guarded: Callable[..., HttpClient]) -> None:
    """A name that answers with another address the second time (rebinding) is looked up once a request."""
    names = Names(rebind_example=["127.0.0.1", "127.0.0.2"])
    with serve(lambda asked: Reply("page")) as server:
        client = guarded(names)
        url = f"http://rebind.example:{server.port}/"
        assert look(client, url).state == HERE
        assert len(names.asked) == 1
        assert server.asked[0].headers["host"] == f"rebind.example:{server.port}"
        assert look(client, url).state == REFUSED
        assert len(server.asked) == 1


def test_other_ports_are_refused() -> None:
    """Only those of the web; other schemes as well."""
    guard = PublicTransport(
        httpx.MockTransport(lambda request: httpx.Response(200)), resolver=lambda h, p: ("93.184.215.14",)
    )
    for url in ("http://x.example:22/", "https://x.example:8080/", "ftp://x.example/"):
        with pytest.raises(Exception, match="ports 80 and 443"):
            guard.handle_request(httpx.Request("GET", url))
    assert guard.handle_request(httpx.Request("GET", "https://x.example/")).status_code == 200


def test_sizes_are_bounded(guarded: Callable[..., HttpClient]) -> None:
    """A bomb is left early; the page counts as there."""
    bomb = Reply(packed(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"})
    with serve(lambda asked: bomb) as server:
        fact = look(guarded(Names(big_example=["127.0.0.1"])), f"http://big.example:{server.port}/")
    assert (fact.state, fact.note) == (HERE, "larger than is read")


@pytest.mark.parametrize("fault", ["drip", "stall"])
def test_times_are_bounded(guarded: Callable[..., HttpClient], fault: str) -> None:
    """A server that sends a byte now and then, or nothing, is cut off at the deadline."""
    with serve(lambda asked: Reply(fault=fault)) as server:
        client = guarded(Names(slow_example=["127.0.0.1"]), deadline=0.4)
        began = time.perf_counter()
        fact = look(client, f"http://slow.example:{server.port}/")
        assert time.perf_counter() - began < 5
    assert fact.state == UNKNOWN


def test_odd_servers_cost_nothing_but_a_note(guarded: Callable[..., HttpClient]) -> None:
    """Circles, nonsense for a place, names that lead nowhere, refusals."""

    def answer(asked: Asked) -> Reply:
        places = {"/round": "/round", "/odd": "http://[::1", "/empty": "", "/long": "/" + "a" * 20000}
        if asked.path in places:
            return Reply("", 302, {"Location": places[asked.path]})
        return Reply("no", int(asked.path.strip("/")))

    with serve(answer) as server:
        client = guarded(Names(odd_example=["127.0.0.1"]))
        base = f"http://odd.example:{server.port}"
        states = {
            path: look(client, base + path).state
            for path in ("/round", "/odd", "/empty", "/404", "/410", "/403", "/500")
        }
        assert look(client, "http://nowhere.example/").state == UNKNOWN
    assert states == {
        "/round": UNKNOWN, "/odd": UNKNOWN, "/empty": UNKNOWN, "/404": GONE, "/410": GONE, "/403": UNKNOWN, "/500": UNKNOWN,
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------- the services
def services(asked: Asked) -> Reply:
    """GitHub, GitLab and the Hub in one."""
    path = asked.path
    if path == "/repos/o/foo":
        return Reply(
            {
                "id": 1, "full_name": "o/foo", "html_url": "https://github.com/o/foo", "stargazers_count": 42, "language": "Python",
                "license": {"key": "mit", "spdx_id": "MIT"}, "pushed_at": "2025-10-30T10:00:00Z", "archived": False,
            }
        )  # fmt: skip
    if path == "/repos/o/old":
        return Reply({"message": "Moved Permanently"}, 301, {"Location": "/repositories/7"})
    if path == "/repositories/7":
        license = {"key": "other", "spdx_id": "NOASSERTION"}
        return Reply(
            {
                "html_url": "https://github.com/new/name",
                "stargazers_count": 1,
                "archived": True,
                "license": license,
            }
        )
    if path == "/repos/o/taken":
        return Reply({"message": "Repository access blocked"}, 451)
    if path == "/api/v4/projects/g%2Fsub%2Fp":
        return Reply(
            {"web_url": "https://gitlab.com/g/sub/p", "star_count": 3, "last_activity_at": "2025-01-02T00:00:00Z", "archived": False,
             "license": {"key": "apache-2.0"}}
        )  # fmt: skip
    if path == "/api/models/o/foo-7b":
        return Reply(
            {"id": "o/foo-7b", "likes": 9, "downloads": 1234, "pipeline_tag": "text-generation", "gated": "auto",
             "tags": ["transformers", "license:apache-2.0"], "lastModified": "2025-10-01T00:00:00.000Z"}
        )  # fmt: skip
    if path == "/api/datasets/o/data":
        return Reply(
            {
                "id": "o/data",
                "likes": 2,
                "downloads": 77,
                "gated": False,
                "tags": ["task_categories:question-answering", "license:cc-by-4.0"],
            }
        )
    if path == "/api/spaces/o/demo":
        return Reply({"id": "o/demo", "likes": 1, "sdk": "gradio", "tags": []})
    if path.startswith("/api/"):
        return Reply({"error": "Invalid username or password."}, 401)
    return Reply({"message": "Not Found"}, 404)


@pytest.fixture
def client_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Server], HttpClient]]:
    """Clients that take a server for all services."""
    opened: list[HttpClient] = []

    def make(server: Server) -> HttpClient:
        environment = {f"KG_{name}_URL": server.url for name in ("GITHUB", "GITLAB", "HF")}
        guard = PublicTransport(
            EnvironmentTransport(make_context({}), keep=0), trusted=frozenset((origin_of(server.url),))
        )
        opened.append(open_public_client(transport=guard, pace=Clock().pace(), environment=environment))
        return opened[-1]

    yield make
    for client in opened:
        client.close()


def test_repositories_and_pages_of_the_hub(client_of: Callable[[Server], HttpClient]) -> None:
    """Every field that the services tell, with the time."""
    links = {
        "https://github.com/o/foo": LinkKind.GITHUB,
        "https://github.com/o/foo/tree/main/examples": LinkKind.GITHUB,
        "https://github.com/o/old": LinkKind.GITHUB,
        "https://github.com/o/none": LinkKind.GITHUB,
        "https://github.com/o/taken": LinkKind.GITHUB,
        "https://gitlab.com/g/sub/p/-/tree/main": LinkKind.GITLAB,
        "https://huggingface.co/o/foo-7b": LinkKind.HUGGINGFACE_MODEL,
        "https://huggingface.co/datasets/o/data": LinkKind.HUGGINGFACE_DATASET,
        "https://huggingface.co/spaces/o/demo": LinkKind.HUGGINGFACE_SPACE,
        "https://huggingface.co/o/secret": LinkKind.HUGGINGFACE_MODEL,
    }
    with serve(services) as server:
        facts = {fact.url: fact for fact in enrich(links, client_of(server), now=lambda: SEEN)}
    foo = facts["https://github.com/o/foo"]
    assert foo == LinkFact(
        "https://github.com/o/foo",
        SEEN,
        HERE,
        "https://github.com/o/foo",
        42,
        "MIT",
        "Python",
        "2025-10-30",
        False,
    )
    assert facts["https://github.com/o/foo/tree/main/examples"].state == HERE
    old = facts["https://github.com/o/old"]
    assert (old.state, old.canonical, old.archived, old.licence) == (
        MOVED,
        "https://github.com/new/name",
        True,
        None,
    )
    assert facts["https://github.com/o/none"].state == GONE
    assert facts["https://github.com/o/taken"].state == GONE
    assert facts["https://gitlab.com/g/sub/p/-/tree/main"].licence == "apache-2.0"
    model = facts["https://huggingface.co/o/foo-7b"]
    assert (model.downloads, model.task, model.licence, model.gated) == (
        1234,
        "text-generation",
        "apache-2.0",
        True,
    )
    data = facts["https://huggingface.co/datasets/o/data"]
    assert (data.downloads, data.task, data.licence, data.gated) == (
        77,
        "question-answering",
        "cc-by-4.0",
        False,
    )
    assert facts["https://huggingface.co/spaces/o/demo"].language == "gradio"
    assert facts["https://huggingface.co/o/secret"].state == GONE


def test_a_used_up_allowance_leaves_the_rest_unasked(client_of: Callable[[Server], HttpClient]) -> None:
    """What was known of those links stays; other services are asked on."""
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3000)}

    def answer(asked: Asked) -> Reply:
        return (
            Reply({"message": "API rate limit exceeded"}, 403, reset)
            if asked.path.startswith("/repos")
            else services(asked)
        )

    links = {f"https://github.com/o/r{n}": LinkKind.GITHUB for n in range(5)}
    links["https://huggingface.co/o/foo-7b"] = LinkKind.HUGGINGFACE_MODEL
    with serve(answer) as server:
        facts = list(enrich(links, client_of(server), now=lambda: SEEN))
        assert sum(a.path.startswith("/repos") for a in server.asked) == 1
    assert [f.url for f in facts] == ["https://huggingface.co/o/foo-7b"]


@pytest.mark.parametrize(
    "body", ["[]", "null", '"x"', "{}", '{"stargazers_count": "many", "license": 5, "html_url": []}', "{", ""]
)
def test_odd_answers_are_no_facts(client_of: Callable[[Server], HttpClient], body: str) -> None:
    """No traceback; what is not told is None."""
    with serve(lambda asked: Reply(body)) as server:
        (fact,) = enrich({"https://github.com/o/foo": LinkKind.GITHUB}, client_of(server), now=lambda: SEEN)
    assert fact.state in (HERE, UNKNOWN)
    assert fact.stars is None


def test_links_come_from_texts_and_sources() -> None:
    """Each once, in canonical form; pages on request."""
    paper = Paper(
        "x",
        "T",
        "A",
        links=("http://www.github.com/O/Foo.git", "https://foo.example/", "https://arxiv.org/abs/1"),
    )
    pair = [(paper, Extraction("x"))]
    assert links_of(pair) == {"https://github.com/O/Foo": LinkKind.GITHUB}
    assert set(links_of(pair, pages=True)) == {"https://github.com/O/Foo", "https://foo.example/"}


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Facts are kept with their time, not asked for again within a week, and the gap report knows dead links."""
    monkeypatch.setenv("KG_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("kg.http.client.Pace", Clock().pace)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    records = [
        {"id": "2511.00001", "title": "A", "abstract": "We propose Foo. Code: https://github.com/o/foo"},
        {"id": "2511.00002", "title": "B", "abstract": "We release our code at https://github.com/o/none."},
    ]
    source, out = tmp_path / "in.jsonl", str(tmp_path / "graph")
    source.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    assert run(["build", str(source), "-o", out, "--model", "rules"]) == 0
    with serve(services) as server:
        for name in ("GITHUB", "GITLAB", "HF"):
            monkeypatch.setenv(f"KG_{name}_URL", server.url)
        capsys.readouterr()
        assert run(["enrich", out]) == 0
        assert "2 of 2 links: 1 gone, 1 here" in " ".join(capsys.readouterr().err.split())
        count = len(server.asked)
        assert run(["enrich", out]) == 0
        assert len(server.asked) == count
        assert run(["enrich", out, "--max-age", "0", "--limit", "1"]) == 0

        def gone(asked: Asked) -> Reply:
            return Reply("", 500)

        server.answer = gone
        assert run(["enrich", out, "--max-age", "0", "--no-cache"]) == 0
    with GraphDirectory.open(out) as directory:
        facts = directory.facts()
    assert facts["https://github.com/o/foo"].stars == 42  # no answer does not undo what was seen
    assert facts["https://github.com/o/foo"].seen.endswith("Z")
    capsys.readouterr()
    assert run(["enrich", out, "--show"]) == 0
    assert "MIT" in capsys.readouterr().out
    assert run(["gaps", out, "-f", "csv"]) == 0
    assert "dead" in capsys.readouterr().out


def test_facts_are_in_the_graph_and_in_its_rdf(tmp_path: Path) -> None:
    """With the time; a graph directory that was enriched has another fingerprint, so that derived files are renewed."""
    from exports.rdf.rdflib_view import to_rdflib
    from kg.pipeline import build, load_graph

    source = tmp_path / "in.jsonl"
    record = {"id": "2511.00001", "title": "A", "abstract": "We propose Foo. Code: https://github.com/o/foo"}
    source.write_text(json.dumps(record), encoding="utf-8")
    out = tmp_path / "graph"
    build(source, out=out, model="rules")
    fact = LinkFact(
        "https://github.com/o/foo",
        SEEN,
        MOVED,
        "https://github.com/new/foo",
        42,
        "MIT",
        "Python",
        "2025-10-30",
        True,
        7,
        "x",
    )
    with GraphDirectory.open(out) as directory:
        before = directory.fingerprint
        directory.store_facts([fact])
        assert directory.fingerprint != before
    graph = load_graph(out)
    assert [r.fact for r in graph.resources()] == [fact]
    view = to_rdflib(graph, base_iri="https://w3id.org/paper-kg/", profile="core")
    found = {str(p).rpartition("#")[2]: o.toPython() for s, p, o, _ in view.quads() if "resource/" in str(s)}
    assert found["stars"] == 42
    assert found["archived"] is True
    assert str(found["movedTo"]) == "https://github.com/new/foo"
    assert found["seen"].isoformat().startswith("2025-11-05T07:00:00")
