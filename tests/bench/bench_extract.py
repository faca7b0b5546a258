"""Abstracts a second on one core, by model: ``OMP_NUM_THREADS=1 python tests/bench/bench_extract.py [PAPERS.jsonl]``.

Without a file the bundled sample is read several times over. The figure is processor time, warm, links to relations.
"""

from __future__ import annotations

import sys
import time

from extractors.pipeline import make_extractor
from kg.sources import read_papers


def main() -> None:
    """Print one line a model."""
    papers = list(read_papers(sys.argv[1:2] or ["sample"]))
    papers = (papers * (400 // len(papers) + 1))[: max(400, len(papers))]
    for model in ("rules", "fast", "auto", "best"):
        began = time.perf_counter()
        extractor = make_extractor(model=model)
        loaded = time.perf_counter() - began
        list(extractor.extract(papers[:64]))
        began = time.process_time()
        list(extractor.extract(papers))
        print(
            f"{model:6} {len(papers) / (time.process_time() - began):7.1f} abstracts a second, loaded in {loaded:.2f} s"
        )


if __name__ == "__main__":
    main()
