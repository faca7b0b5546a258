"""Load and query a synthetic graph: bare engine, through HTTP, and rdflib.

python tests/bench/sparql_bench.py --papers 100000 [--profile core] [--no-rdflib] [--crowd 64 --seconds 60]
"""

from __future__ import annotations

import argparse
import io
import signal
import statistics
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx
import pyoxigraph as ox
import rdflib
from serving import serving
from synthetic import SyntheticGraph

from exports.rdf.formats import nquads
from exports.rdf.iris import Iris
from exports.sparql.named import named_queries
from exports.sparql.results import serialize

NAMES = {"name": "Thing-3", "method": "Thing-3", "paper": "1501.0000000"}


def median(seconds: list[float]) -> float:
    return statistics.median(seconds)


def queries() -> dict[str, str]:
    """The named queries with parameters that find something in the synthetic graph."""
    found = {}
    for query in named_queries().values():
        values = {p.name: NAMES[p.name] for p in query.parameters if p.name in NAMES}
        found[query.name] = query.fill(values)
    return found


def rates(count: int, started: float, busy: float) -> str:
    """Statements a second by the clock, and a second of processor time."""
    wall, used = time.perf_counter() - started, time.process_time() - busy
    return f"{count / wall:,.0f} statements/s, {count / used:,.0f} a second of processor time"


def timed(run: object, times: int = 5) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        run()  # type: ignore[operator]
        seconds.append(time.perf_counter() - started)
        if sum(seconds) > 10:
            break
    return min(seconds)


class OutOfPatienceError(Exception):
    """rdflib takes too long; what it has taken so far is what counts."""


def ask_rdflib(graph: rdflib.Dataset, text: str, iris: Iris, patience: int) -> None:
    """Run a query in rdflib, for so many seconds at most."""

    def stop(*_: object) -> None:
        raise OutOfPatienceError

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(patience)
    try:
        list(graph.query(text, initNs=iris.prefixes))
    except OutOfPatienceError:
        pass
    finally:
        signal.alarm(0)


def memory_of(process: int) -> int:
    """Resident bytes of a process and those below it, shared pages counted once (PSS)."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            if int(folder.name) == process or parent == process or _parent(parent) == process:
                rollup = (folder / "smaps_rollup").read_text()
                total += int(rollup.split("Pss:")[1].split()[0]) * 1024
        except (OSError, IndexError, ValueError):
            continue
    return total


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def crowd(
    client: httpx.Client, texts: list[str], clients: int, seconds: float
) -> tuple[Counter[object], list[int]]:
    """Many clients at once, each asking one query after the other."""
    import os

    seen: Counter[object] = Counter()
    lock = threading.Lock()
    end = time.monotonic() + seconds

    def ask(offset: int) -> None:
        number = offset
        with httpx.Client(base_url=client.base_url, timeout=120) as mine:
            while time.monotonic() < end:
                number += 1
                try:
                    status: object = mine.get(
                        "/sparql", params={"query": texts[number % len(texts)]}
                    ).status_code
                except httpx.HTTPError as error:
                    status = type(error).__name__
                with lock:
                    seen[status] += 1
                if status == 503:
                    time.sleep(0.5)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(clients)]
    for thread in threads:
        thread.start()
    memory = []
    while time.monotonic() < end:
        time.sleep(seconds / 6)
        memory.append(memory_of(os.getpid()))
    for thread in threads:
        thread.join()
    return seen, memory


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=100_000)
    parser.add_argument("--profile", default="core", choices=("core", "full"))
    parser.add_argument("--no-rdflib", action="store_true")
    parser.add_argument("--patience", type=int, default=20, help="seconds that rdflib gets for a query")
    parser.add_argument("--on-disk", action="store_true")
    parser.add_argument("--crowd", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args()
    source = SyntheticGraph(options.papers)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "graph.nq"
        started = time.perf_counter()
        with path.open("w", encoding="utf-8") as file:
            for chunk in nquads.chunks(source, profile=options.profile):
                file.write(chunk)
        made = time.perf_counter() - started
        count = sum(1 for _ in path.open("rb"))
        print(f"{options.papers:,} papers, {count:,} statements, generated and written in {made:.1f} s")
        started, busy = time.perf_counter(), time.process_time()
        disk = ox.Store(str(Path(folder) / "store"))
        disk.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        disk.flush()
        print(f"load on disk    {rates(count, started, busy)}")
        del disk
        started, busy = time.perf_counter(), time.process_time()
        store = ox.Store()
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
        print(f"load in memory  {rates(count, started, busy)}")
        if options.on_disk:
            store = ox.Store.read_only(str(Path(folder) / "store"))
        iris = Iris()
        texts = queries()
        bare: dict[str, float] = {}
        served: dict[str, float] = {}
        slow: dict[str, float] = {}

        def run_bare(text: str) -> None:
            answer = store.query(text, prefixes=iris.prefixes)
            serialize(answer, "turtle" if isinstance(answer, ox.QueryTriples) else "json", iris)

        graph = None
        if not options.no_rdflib:
            warnings.simplefilter("ignore")
            graph = rdflib.Dataset()
            started = time.perf_counter()
            graph.parse(io.BytesIO(path.read_bytes()), format="nquads")
            print(f"load in rdflib  {count / (time.perf_counter() - started):,.0f} statements/s")
        with serving(
            Path(folder) / "store", in_memory=not options.on_disk, timeout=120.0, workers=2
        ) as client:
            for name, text in texts.items():
                bare[name] = timed(lambda text=text: run_bare(text))
                served[name] = timed(
                    lambda text=text: client.get("/sparql", params={"query": text}).raise_for_status()
                )
                slow[name] = float("nan")
                if graph is not None:
                    slow[name] = timed(
                        lambda text=text: ask_rdflib(graph, text, iris, options.patience), times=1
                    )
                print(
                    f"{name:30} bare {bare[name] * 1000:9.1f} ms  http {served[name] * 1000:9.1f} ms  rdflib {slow[name] * 1000:11.1f} ms",
                    flush=True,
                )
            ratio = median([served[n] / bare[n] for n in texts])
            print(f"median bare {median(list(bare.values())) * 1000:.1f} ms, http {median(list(served.values())) * 1000:.1f} ms, "
                  f"ratio of medians {median(list(served.values())) / median(list(bare.values())):.2f}, median ratio {ratio:.2f}")  # fmt: skip
            if graph is not None:
                print(f"rdflib / http: median ratio {median([slow[n] / served[n] for n in texts]):.1f}, "
                      f"sum {sum(slow.values()) / sum(served.values()):.1f}")  # fmt: skip
            if options.crowd:
                fast = [t for n, t in texts.items() if served[n] < 2]
                seen, memory = crowd(client, fast, options.crowd, options.seconds)
                print(
                    f"{options.crowd} clients for {options.seconds:g} s: {dict(seen)}; memory in MB {[m >> 20 for m in memory]}"
                )


if __name__ == "__main__":
    main()
