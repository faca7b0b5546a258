"""Write a synthetic graph in every format, and with rdflib's Turtle and JSON-LD writers; processor time, one run.

python tests/bench/rdf_bench.py --papers 3000
"""

from __future__ import annotations

import argparse
import io
import sys
import time
import tracemalloc
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import rdflib
from synthetic import SyntheticGraph

from exports.rdf import FORMATS, jsonld, nquads, ntriples, turtle
from exports.rdf.iris import encode_path
from kg.graph import KnowledgeGraph


def cpu(run: object) -> float:
    started = time.process_time()
    run()  # type: ignore[operator]
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=3000)
    options = parser.parse_args()
    source = SyntheticGraph(options.papers)
    graph = KnowledgeGraph(
        papers=source.papers(),
        entities=source.entities(),
        resources=source.resources(),
        claims=source.claims(),
    )
    count = "".join(nquads.chunks(graph)).count("\n")
    print(f"{options.papers:,} papers, {count:,} statements with the evidence")
    ours = {}
    for exporter in FORMATS:
        ours[exporter.name] = min(
            cpu(lambda e=exporter: sum(len(c) for c in e.chunks(graph))) for _ in range(3)
        )
        print(
            f"{exporter.name:10} {ours[exporter.name]:7.2f} s  {count / ours[exporter.name]:11,.0f} statements/s"
        )
    warnings.simplefilter("ignore")
    triples = rdflib.Graph().parse(io.StringIO("".join(ntriples.chunks(graph))), format="nt")
    quads = rdflib.Dataset()  # our JSON-LD has the named graphs, so theirs must
    quads.parse(io.StringIO("".join(nquads.chunks(graph))), format="nquads")
    for exporter, name, held in ((turtle, "turtle", triples), (jsonld, "json-ld", quads)):
        theirs = cpu(lambda name=name, held=held: held.serialize(format=name))
        print(f"rdflib {name:10} {theirs:7.2f} s  {theirs / ours[exporter.name]:.1f} times ours")
    for exporter in (ntriples, nquads):
        peaks = []
        for papers in (1000, 2000, 4000, 8000):
            stream = SyntheticGraph(papers)
            stream.names = 50  # so that only papers grow
            encode_path.cache_clear()
            tracemalloc.start()
            for _ in exporter.chunks(stream):
                pass
            peaks.append(tracemalloc.get_traced_memory()[1] >> 10)
            tracemalloc.stop()
        print(f"{exporter.name}: peak KiB of memory for 1000, 2000, 4000, 8000 papers, streamed: {peaks}")


if __name__ == "__main__":
    main()
