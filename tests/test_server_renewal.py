"""A running server goes over to a changed graph: no query fails, nothing is mixed, what goes wrong changes nothing."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from serving import make_store, running, serving

from exports.server import renewal
from exports.server import running as running_module
from exports.server.generation import Generation, StoredData
from exports.server.launching import Launcher, SpawnLauncher, StoreAddress, make_launcher
from exports.server.pool import WorkerPool
from exports.server.running import ServeOptions, make_directory_server
from exports.server.worker import WorkerSettings
from exports.sparql.folder import STORE_FOLDER, store_place
from kg.cli.app import run
from kg.directory import DATABASE, GraphDirectory
from kg.errors import KGError
from kg.model import Paper
from kg.pipeline import refresh
from kg.schema import DEFAULT_BASE_IRI
from kg.update import update

COUNT = "SELECT (COUNT(?p) AS ?n) { ?p a kg:Paper }"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } LIMIT 100000"
WAYS = {
    "in memory": {"in_memory": True},
    "on disk": {"in_memory": False},
    "spawned": {"in_memory": False, "spawned": True},
}


def paper(number: int) -> Paper:
    return Paper(
        f"2511.{number:05d}", f"Study {number}", f"We propose Foo{number}. It is evaluated on MMLU and GSM8K."
    )


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A graph of three papers."""
    with GraphDirectory.create(tmp_path / "graph") as opened:
        refresh(opened, [paper(n) for n in (1, 2, 3)], options={"model": "rules"}, today="2025-11-01")
    return tmp_path / "graph"


def change(directory: Path, *numbers: int) -> None:
    with GraphDirectory.open(directory) as opened:
        update(opened, [paper(n) for n in numbers], today="2025-11-02")


@contextmanager
def serving_directory(directory: Path, *, spawned: bool = False, **options: object) -> Iterator[httpx.Client]:
    chosen = ServeOptions(**({"workers": 2, "reload": 0.2} | options))  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        if spawned:
            patch.setattr(running_module, "make_launcher", SpawnLauncher)
        with running(lambda: make_directory_server(directory, chosen)) as client:
            yield client


def count(client: httpx.Client) -> int:
    answer = client.get("/sparql", params={"query": COUNT})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not done():
        assert time.monotonic() < deadline, "nothing happened for a minute"
        time.sleep(0.05)


def health(client: httpx.Client) -> dict[str, object]:
    answer = client.get("/health")
    assert answer.status_code == 200
    said: dict[str, object] = answer.json()
    return said


@pytest.mark.parametrize("way", WAYS)
def test_no_query_fails_while_the_graph_is_renewed(directory: Path, way: str) -> None:
    """Clients that ask without pause get the old number, then the new one, never an error; the old store goes."""
    former = store_place(directory)
    with serving_directory(directory, **WAYS[way]) as client:
        renewed = threading.Event()

        def ask() -> list[int]:
            with httpx.Client(base_url=client.base_url, timeout=30) as own:
                seen = []
                while not renewed.is_set():
                    seen.append(count(own))
                return [*seen, *(count(own) for _ in range(20))]

        with ThreadPoolExecutor(4) as crowd:
            asked = [crowd.submit(ask) for _ in range(4)]
            change(directory, 4, 5)
            try:
                wait_until(lambda: health(client)["renewals"] == 1)
                change(directory, 6)
                wait_until(lambda: health(client)["renewals"] == 2)
            finally:
                renewed.set()
            for seen in (a.result() for a in asked):
                assert seen == sorted(seen)
                assert set(seen) <= {3, 5, 6}
                assert (seen[0], seen[-1]) == (3, 6)
        wait_until(lambda: not former.exists())
        wait_until(lambda: [p.name for p in former.parent.iterdir()] == [store_place(directory).name])
        assert health(client)["data"] == store_place(directory).name


def test_whatever_tells_of_the_data_follows(directory: Path) -> None:
    """ETag, number of statements, VoID, description, metrics and pages are of the new state."""
    with serving_directory(directory) as client:
        first = client.get("/sparql", params={"query": COUNT})
        void = client.get("/.well-known/void").text
        before = health(client)
        assert before["renewals"] == 0
        assert client.get("/paper/2511.00004", headers={"accept": "text/html"}).status_code == 404
        change(directory, 4)
        wait_until(lambda: health(client)["renewals"] == 1)
        after = health(client)
        assert int(str(after["statements"])) > int(str(before["statements"]))
        assert after["data"] != before["data"]
        again = client.get(
            "/sparql", params={"query": COUNT}, headers={"if-none-match": first.headers["etag"]}
        )
        assert again.status_code == 200
        assert again.headers["etag"] != first.headers["etag"]
        assert client.get("/.well-known/void").text != void
        assert client.get("/terms.json").json()["statements"] == after["statements"]
        assert str(after["statements"]) in client.get("/sparql", headers={"accept": "text/turtle"}).text
        assert client.get("/paper/2511.00004", headers={"accept": "text/html"}).status_code == 200
        numbers = client.get("/metrics").text
        assert "\nkg_renewals_total 1\n" in numbers
        assert "\nkg_stale 0\n" in numbers
        assert f"\nkg_statements {after['statements']}\n" in numbers


@pytest.mark.parametrize("in_memory", [True, False])
def test_an_answer_under_way_ends_where_it_began(directory: Path, in_memory: bool) -> None:
    """A streamed answer that was begun before the change comes whole, and its store stays until then."""
    former = store_place(directory)
    with (
        serving_directory(directory, in_memory=in_memory, timeout=60.0) as client,
        httpx.Client(base_url=client.base_url, timeout=60) as slow,
        slow.stream(
            "GET",
            "/sparql",
            params={"query": LONG},
            headers={"accept": "text/tab-separated-values", "accept-encoding": "identity"},
        ) as answer,
    ):
        pieces = answer.iter_raw()
        text = next(pieces)
        change(directory, 4)
        wait_until(lambda: health(client)["renewals"] == 1)
        time.sleep(0.5)
        assert former.exists()
        assert count(client) == 4
        text += b"".join(pieces)
        assert text.count(b"\n") == 100_001
        assert b"2511.00004" not in text
        wait_until(lambda: not former.exists())


def test_a_damaged_directory_leaves_the_old_store_serving(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The reason stands in /health, once in the log, and goes when the damage does."""
    with serving_directory(directory, reload=0.05) as client, caplog.at_level(logging.WARNING, "kg.serve"):
        good = (directory / DATABASE).read_bytes()
        (directory / DATABASE).write_bytes(b"no database at all" * 400)
        wait_until(lambda: "not_renewed" in health(client))
        time.sleep(0.5)
        assert DATABASE in str(health(client)["not_renewed"])
        assert count(client) == 3
        assert len([r for r in caplog.records if r.name == "kg.serve"]) == 1
        (directory / DATABASE).write_bytes(good)
        wait_until(lambda: "not_renewed" not in health(client))
        change(directory, 4)
        wait_until(lambda: health(client)["renewals"] == 1)
        assert count(client) == 4


def test_a_store_that_cannot_be_made_is_tried_again(
    directory: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old state is served meanwhile, and said to be old."""
    monkeypatch.setattr(renewal, "FIRST_PAUSE", 0.3)
    with serving_directory(directory, reload=0.05) as client, caplog.at_level(logging.WARNING, "kg.serve"):
        (directory / STORE_FOLDER).rename(directory / "aside")
        (directory / STORE_FOLDER).write_text("in the way")
        change(directory, 4)
        wait_until(lambda: "not_renewed" in health(client))
        time.sleep(1.5)
        said = health(client)
        assert said["stale"] is True
        assert "cannot be written" in str(said["not_renewed"])
        assert count(client) == 3
        numbers = client.get("/metrics").text
        assert "\nkg_stale 1\n" in numbers
        assert int(numbers.split("\nkg_renewal_failures_total ")[1].split("\n")[0]) > 1
        assert len([r for r in caplog.records if r.name == "kg.serve"]) == 1
        (directory / STORE_FOLDER).unlink()
        (directory / "aside").rename(directory / STORE_FOLDER)
        wait_until(lambda: count(client) == 4)
        assert health(client)["stale"] is False


@pytest.mark.parametrize("make", [SpawnLauncher, make_launcher])
def test_a_store_that_does_not_open_is_not_taken(
    tmp_path: Path, make: Callable[[StoreAddress, WorkerSettings], Launcher]
) -> None:
    """Workers that do not answer from the new store get no query; the old ones go on."""
    good = StoreAddress(str(make_store(tmp_path / "good")), DEFAULT_BASE_IRI)
    gone: list[str] = []
    question = {"kind": "query", "query": "ASK {}", "format": "json"}

    async def go_over() -> None:
        first = Generation(make(good, WorkerSettings()), StoredData("first", 1))
        first.launcher.open()
        pool = WorkerPool(first, 1)
        await pool.start()
        await pool.ask(question)
        following = Generation(
            make(good, WorkerSettings()), StoredData("second", 1), lambda: gone.append("second")
        )
        following.launcher.open()
        (tmp_path / "good").rename(tmp_path / "aside")
        with pytest.raises((ConnectionError, KGError)):
            await pool.switch(following)
        answer = await pool.ask(question)
        assert answer.data.fingerprint == "first"
        await pool.close()

    asyncio.run(go_over())
    assert gone == ["second"]


def test_without_reload_nothing_changes(directory: Path) -> None:
    """``reload=0`` serves what there was at the start."""
    with serving_directory(directory, reload=0.0) as client:
        change(directory, 4)
        time.sleep(1.0)
        assert count(client) == 3
        assert "renewals" not in health(client)


def test_a_client_that_never_reads_holds_no_worker(tmp_path: Path) -> None:
    """One that leaves as soon as a long answer begins gives its worker back."""
    with serving(make_store(tmp_path / "s"), workers=1, timeout=3.0) as client:
        query = "SELECT * { " + " ".join(f"{{ ?a{i} ?b{i} ?c{i} }}" for i in range(4)) + " }"
        for _ in range(3):
            with (
                httpx.Client(base_url=client.base_url) as own,
                own.stream("GET", "/sparql", params={"query": query}) as answer,
            ):
                assert answer.status_code == 200
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_the_command_offers_it(capsys: pytest.CaptureFixture[str]) -> None:
    """``kg serve --help`` names the option."""
    assert run(["serve", "--help"]) == 0
    assert "--reload" in capsys.readouterr().out
