"""The fault drill and the fuzz: whatever a service does, the file is complete, or the error is one sentence."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from replay import Asked, Reply, make_client, serve
from test_fetch import BIB, OAI, atom, hub_item, open_alex_work, scholar_paper

from kg.errors import KGError
from kg.fetch import Journal, fetch
from kg.fetch.journal import request_of
from kg.http import ResponseCache
from kg.model import Paper

PAGES = 200
FAULTS = ("drop", "429", "503", "truncate", "stall")
BUSY = 20
"""Requests that may time out by themselves, since a busy machine is no fault of the fetch."""


def hub_of_pages(asked: Asked) -> Reply:
    """Two hundred pages of two papers each."""
    page = int(asked.query["p"])
    return Reply([hub_item(2 * page), hub_item(2 * page + 1)] if page < PAGES else [])


def faulty(kind: str) -> Reply:
    if kind == "429":
        return Reply({"error": "slow down"}, 429, {"Retry-After": "1"})
    if kind == "503":
        return Reply("<html>busy</html>", 503)
    if kind == "truncate":
        return Reply([hub_item(n) for n in range(5)], fault="truncate")
    return Reply(fault=kind)


def ids_in(path: Path) -> list[str]:
    return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


EVERY = [f"2511.{n:05d}" for n in range(2 * PAGES)]


@pytest.mark.slow
@pytest.mark.parametrize("cached", [False, True])
def test_every_request_meets_every_fault(tmp_path: Path, cached: bool) -> None:
    """Each of the 200 pages fails in all five ways, one after the other, before it comes: nothing is lost or doubled."""
    met: dict[str, int] = {}

    def answer(asked: Asked) -> Reply:
        turn = met.get(asked.query["p"], 0)
        met[asked.query["p"]] = turn + 1
        return faulty(FAULTS[turn]) if turn < len(FAULTS) else hub_of_pages(asked)

    name, out = "hf:2025-11-05", tmp_path / "out.jsonl"
    journal = Journal(out, request_of([name], limit=None, links=False))
    cache = ResponseCache(tmp_path / "cache") if cached else None
    with serve(answer) as server, make_client(server, cache=cache, timeout=0.12) as client:
        assert len(list(fetch(name, client=client, journal=journal, links=False))) == 2 * PAGES
        least = (PAGES + 1) * (len(FAULTS) + 1)
        assert least <= len(server.asked) <= least + BUSY
    journal.finish()
    if cache is not None:
        cache.close()
    assert ids_in(out) == EVERY


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*FAULTS, "killed"])
def test_a_fetch_that_dies_at_every_request_in_turn(tmp_path: Path, kind: str) -> None:
    """Patience of a single attempt: the fetch dies at each page once, is run again 201 times, and the file is whole."""
    fallen: set[str] = set()

    def answer(asked: Asked) -> Reply:
        page = asked.query["p"]
        if page not in fallen:
            fallen.add(page)
            return faulty(kind) if kind != "killed" else Reply(fault="drop")
        return hub_of_pages(asked)

    name, out = "hf:2025-11-05", tmp_path / "out.jsonl"
    request = request_of([name], limit=None, links=False)
    lives = 0
    with serve(answer) as server, make_client(server, attempts=1, timeout=0.12) as client:
        while True:
            lives += 1
            journal = Journal(out, request)
            try:
                for _ in fetch(name, client=client, journal=journal, links=False):
                    pass
            except KGError:
                if (
                    kind == "killed" and journal.part.exists()
                ):  # no time to tidy up, and half a line on the disk
                    with journal.part.open("ab") as stream:
                        stream.write(b'{"id": "2511.')
                continue
            journal.finish()
            break
    assert PAGES + 2 <= lives <= PAGES + 2 + BUSY
    assert ids_in(out) == EVERY


# ---------------------------------------------------------------------------------------------- fuzz
BODIES: dict[str, tuple[str, Callable[[random.Random], Any]]] = {
    "hf": ("hf:2025-11-05", lambda r: [hub_item(n) for n in range(r.randint(1, 4))]),
    "arxiv": ("arxiv:cs.CL", lambda r: atom(list(range(r.randint(1, 4))), 4)),
    "oai": ("arxiv:oai:cs", lambda r: OAI.format(n=1, token="")),
    "openalex": ("openalex:search:x", lambda r: {"meta": {"count": 2}, "results": [open_alex_work(n) for n in (1, 2)]}),
    "s2": ("s2:search:x", lambda r: {"total": 2, "data": [scholar_paper(1), scholar_paper(2)]}),
    "acl": ("acl:2024.acl-long", lambda r: BIB),
    "openreview": (
        "openreview:A/B",
        lambda r: {
            "notes": [{"id": "n1", "content": {"title": {"value": "T"}, "abstract": {"value": "A."}}}], "count": 1,
        },
    ),
    "zotero": ("zotero:users/1", lambda r: [{"key": "K", "data": {"title": "T", "abstractNote": "A.", "creators": []}}]),
}  # fmt: skip

_ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1e308, 10**30, "", " ", "\x00", "\ud800", "x" * 3000, [], {}, [[]], [None], {"value": None},
    {"value": {"value": []}}, ["a", 1, None], {"a": {"b": {"c": []}}}, "2025-99-99", "10.1/", "2511.00001", [{"name": 5}], float("nan"),
    {"date-parts": [[None]]}, [[1, [2, [3]]]], "\u202e\u0000<script>", {"display_name": ["x"]}, "https://", "http://[::1",
)  # fmt: skip


def mutate(value: Any, chance: random.Random) -> Any:
    """Change a few places of a decoded record into something odd."""
    if chance.random() < 0.04:
        return chance.choice(_ODD)
    if isinstance(value, dict):
        changed = {k: mutate(v, chance) for k, v in value.items() if chance.random() > 0.02}
        if changed and chance.random() < 0.05:
            changed[chance.choice(list(changed))] = chance.choice(_ODD)
        return changed
    if isinstance(value, list):
        return [mutate(v, chance) for v in value]
    return value


def scramble(data: bytes, chance: random.Random) -> bytes:
    """Damage bytes: cut, repeat, overwrite."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        kind = chance.randrange(4)
        if kind == 0:
            del changed[at : at + chance.randint(1, 40)]
        elif kind == 1:
            changed[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 8)))
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randint(1, 60)]
        elif changed:
            changed[at % len(changed)] = chance.randrange(256)
        if not changed:
            break
    return bytes(changed)


@pytest.mark.slow
def test_ten_thousand_damaged_bodies() -> None:
    """No body, however damaged, ends in anything but papers, problems or an error of ours."""
    chance = random.Random(7)
    body = [b""]
    served = [0]
    refused = papers = 0

    def answer(request: httpx.Request) -> httpx.Response:
        served[0] += 1
        return httpx.Response(200, content=body[0] if served[0] <= 3 else b"[]")  # later pages are empty

    with make_client(transport=httpx.MockTransport(answer)) as client:
        for number in range(10_000):
            name, make = BODIES[list(BODIES)[number % len(BODIES)]]
            value = make(chance)
            if isinstance(value, str):
                body[0] = scramble(value.encode(), chance)
            elif number % 3:
                body[0] = json.dumps(mutate(value, chance)).encode()
            else:
                body[0] = scramble(json.dumps(value).encode(), chance)
            served[0] = 0
            problems: list[object] = []
            try:
                for paper in fetch(name, client=client, links=False, limit=5, on_problem=problems.append):
                    assert isinstance(paper, Paper)
                    assert paper.title.strip()
                    assert paper.abstract.strip()
                    json.dumps(paper.id)
                    papers += 1
            except KGError as error:
                refused += 1
                assert "\n" not in str(error)
            for problem in problems:
                assert "\n" not in str(problem)
    assert papers > 5_000
    assert refused > 100


def test_good_records_beside_bad_ones_are_kept() -> None:
    """One record in three is damaged, the others come whole."""
    chance = random.Random(3)
    good = [hub_item(n) for n in range(90)]
    bad = [n for n in range(90) if n % 3 == 1]
    for n in bad:
        good[n] = chance.choice([None, 5, "x", [], {}, {"paper": None}, {"paper": {"title": "No abstract"}}])
    problems: list[object] = []
    with (
        serve(lambda asked: Reply(good if asked.query["p"] == "0" else [])) as server,
        make_client(server) as client,
    ):
        papers = list(fetch("hf:2025-11-05", client=client, links=False, on_problem=problems.append))
    assert [p.id for p in papers] == [f"2511.{n:05d}" for n in range(90) if n not in bad]
    assert len(problems) == len(bad)
