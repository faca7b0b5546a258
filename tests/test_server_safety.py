"""The endpoint holds: runaway queries end, crowds wait or are told to, nothing goes out, nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from serving import make_store, serving
from test_sparql_store import ATTEMPTS

from exports.server.worker import WorkerSettings

RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"{{ ?a{i} ?b{i} ?c{i} }}" for i in range(6)) + " }"
ENDLESS = "SELECT * { " + " ".join(f"{{ ?a{i} ?b{i} ?c{i} }}" for i in range(4)) + " }"
HUNGRY = "SELECT * { " + " ".join(f"{{ ?a{i} ?b{i} ?c{i} }}" for i in range(4)) + " } ORDER BY ?a0 ?c3"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_store(tmp_path_factory.mktemp("store") / "s")


@pytest.fixture(scope="module")
def quick(store: Path) -> Iterator[httpx.Client]:
    with serving(store, timeout=0.7, max_memory=256 << 20) as client:
        yield client


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_runaway_query_ends_and_holds_no_worker(store: Path, in_memory: bool) -> None:
    """504 after the time limit; more runaways than workers, and the next query is answered at once."""
    with serving(store, timeout=0.7, in_memory=in_memory) as client:
        for _ in range(3):
            started = time.monotonic()
            response = client.get("/sparql", params={"query": RUNAWAY})
            assert response.status_code == 504
            assert time.monotonic() - started < 3
            assert "seconds" in response.text
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_a_client_may_ask_for_less_time(store: Path) -> None:
    """The timeout parameter shortens, never lengthens."""
    with serving(store, timeout=2.0) as client:
        started = time.monotonic()
        assert client.get("/sparql", params={"query": RUNAWAY, "timeout": "0.3"}).status_code == 504
        assert time.monotonic() - started < 1.5
        assert client.get("/sparql", params={"query": RUNAWAY, "timeout": "3000"}).status_code == 504
        assert time.monotonic() - started < 6


def test_a_long_answer_that_times_out_is_cut_off(quick: httpx.Client) -> None:
    """A streamed answer never ends as if it were whole, and holds no error text."""
    with (
        pytest.raises(httpx.RemoteProtocolError),
        quick.stream("GET", "/sparql", params={"query": ENDLESS}) as response,
    ):
        assert response.status_code == 200
        for _ in response.iter_raw():
            pass


def test_a_query_that_eats_memory_ends(quick: httpx.Client) -> None:
    """Out of memory or out of time, the server lives on."""
    assert quick.get("/sparql", params={"query": HUNGRY, "timeout": "0.6"}).status_code in (503, 504)
    assert quick.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_answers_have_a_row_limit(store: Path) -> None:
    """No answer has more rows than allowed, whatever the query says."""
    with serving(store, settings=WorkerSettings(max_rows=10)) as client:
        for query in ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o } LIMIT 1000"):
            assert len(client.get("/sparql", params={"query": query}).json()["results"]["bindings"]) == 10


def test_answers_have_a_size_limit(store: Path) -> None:
    """Too many bytes are a clean 413."""
    with serving(store, settings=WorkerSettings(max_bytes=1000)) as client:
        assert client.get("/sparql", params={"query": "SELECT * { ?s ?p ?o }"}).status_code == 413


def test_requests_have_a_size_limit(quick: httpx.Client) -> None:
    """A body over the limit is refused, said beforehand or not."""
    big = b"ASK {}" + b" " * (1 << 21)
    headers = {"content-type": "application/sparql-query"}
    assert quick.post("/sparql", content=big, headers=headers).status_code == 413
    assert quick.post("/sparql", content=iter([big]), headers=headers).status_code == 413


def test_a_crowd_is_told_to_come_back(store: Path) -> None:
    """With all workers busy and the queue full there is a 503 with Retry-After, soon."""
    with (
        serving(store, workers=1, timeout=2.0, max_waiting=2, max_wait=0.5) as client,
        ThreadPoolExecutor(8) as crowd,
    ):
        asked = [crowd.submit(client.get, "/sparql", params={"query": RUNAWAY}) for _ in range(8)]
        answers = [a.result() for a in asked]
    statuses = {a.status_code for a in answers}
    assert statuses <= {503, 504}
    assert 503 in statuses
    assert all("retry-after" in a.headers for a in answers if a.status_code == 503)


def test_a_client_that_leaves_frees_its_worker(store: Path) -> None:
    """A closed connection stops the query."""
    with serving(store, workers=1, timeout=20.0) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get("/sparql", params={"query": RUNAWAY}, timeout=0.3)
        started = time.monotonic()
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert time.monotonic() - started < 5


def test_nothing_goes_out(store: Path) -> None:
    """A listener on loopback hears nothing, whatever is asked for."""
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/sparql"
    try:
        with serving(store) as client:
            for attempt in ATTEMPTS:
                text = attempt.replace("URL", url)
                client.post("/sparql", data={"query": text})
                client.post(
                    "/sparql", data={"query": "ASK {}", "default-graph-uri": url, "named-graph-uri": url}
                )
                client.post("/sparql", data={"update": text})
    finally:
        server.shutdown()
        server.server_close()
    assert heard == []


def test_an_allowed_host_can_be_asked(store: Path, tmp_path: Path) -> None:
    """Federation works with hosts that were named, and with no other."""
    with serving(store) as other:
        host = str(other.base_url).removeprefix("http://").rstrip("/")
        query = (
            f"SELECT ?n {{ SERVICE <http://{host}/sparql> {{ dataset:skybench schema:name ?n }} }}".replace(
                "dataset:skybench", "<https://w3id.org/paper-kg/dataset/skybench>"
            ).replace("schema:name", "<https://schema.org/name>")
        )
        second = make_store(tmp_path / "second")
        with serving(second, settings=WorkerSettings(allow_services=(host,))) as client:
            rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
            assert rows[0]["n"]["value"] == "SkyBench"
            refused = client.get("/sparql", params={"query": query.replace(host, "127.0.0.1:1")})
            assert refused.status_code == 403


@pytest.mark.skipif(not hasattr(os, "fork"), reason="signals of POSIX")
@pytest.mark.parametrize("signal_name", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_nothing_is_left_behind(store: Path, tmp_path: Path, signal_name: str) -> None:
    """However the server ends, its workers end with it."""
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(store, copy)
    code = "import kg.cli; kg.cli.main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", "--scratch", str(copy), "-p", "0"], stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert process.stderr is not None
    address = re.search(r"http://\S+", process.stderr.readline())
    assert address is not None
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            assert httpx.get(address.group() + "health").json()["status"] == "up"
            break
        except httpx.ConnectError:
            time.sleep(0.05)
    process.send_signal(getattr(signal, signal_name))
    process.wait(15)
    process.stderr.close()
    time.sleep(0.5)
    left = (
        [p for p in Path("/proc").iterdir() if p.name.isdigit() and _names(p, copy)]
        if Path("/proc").is_dir()
        else []
    )
    assert left == []


def _names(process: Path, store: Path) -> bool:
    """True for a process that has a file of the store open."""
    try:
        return any(str(store) in str(f.readlink()) for f in (process / "fd").iterdir())
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's filter is Linux's")
def test_a_sealed_process_reaches_nobody() -> None:
    """Even a SERVICE that no check has seen fails in a worker."""
    code = (
        "import socket, pyoxigraph\n"
        "from exports.server.sealing import seal_sockets\n"
        "if not seal_sockets(): print('unsealed'); raise SystemExit\n"
        "try: socket.socket(); print('a socket')\n"
        "except PermissionError: print('no socket')\n"
        "try: pyoxigraph.Store().query('ASK { SERVICE <http://127.0.0.1:65000/> { ?s ?p ?o } }'); print('asked')\n"
        "except OSError as error: print(error)\n"
        "print(open('/dev/null').read() == '')\n"
    )
    search = os.pathsep.join(p for p in sys.path if p)
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": search},
        check=True,
    )
    lines = result.stdout.splitlines()
    if lines == ["unsealed"]:
        pytest.skip("this system lets no process be sealed")
    assert lines[0] == "no socket"
    assert "asked" not in lines
    assert lines[-1] == "True"
