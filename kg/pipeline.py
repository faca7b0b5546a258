"""The flow: inputs → papers → extractions → graph, on injected extractors, on one core or several.

``build`` is the library's front door; the command line calls the same steps one by one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kg.claims import graph_from_extractions
from kg.collector import keep_for_good, no_collector
from kg.directory import GraphDirectory, content_hash
from kg.graph import KnowledgeGraph
from kg.model import Extraction, Paper, PartialDate
from kg.plugins import Extractor, load_extractor
from kg.resolution.stored import resolve_directory
from kg.sources import Problem, merge_papers, read_papers
from kg.workers import extract_in_workers

CHUNK = 256
"""Papers remembered on disk at a time."""

Options = dict[str, object]
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        papers: papers in the graph.
        extracted: of these, read anew.
        problems: records that could not be used.
    """

    papers: int
    extracted: int
    problems: tuple[Problem, ...]


def build(
    *inputs: str | Path,
    out: str | Path | None = None,
    extractor: str = "default",
    captured: PartialDate | None = None,
    min_confidence: float = 0.0,
    strict: bool = False,
    jobs: int = 1,
    **options: object,
) -> KnowledgeGraph:
    """Build a graph from files, folders, globs, or the bundled sample.

    Args:
        inputs: paths, globs, folders; ``"sample"`` is the bundled sample.
        out: a graph directory to keep everything in; without it, nothing is written.
        extractor: name of a plug-in of the group ``kg.extractors``.
        captured: when the pages were saved; completes dates without a year.
        min_confidence: leave out what is less certain, 0 to 1.
        strict: a bad record is an error instead of being skipped.
        jobs: worker processes.
        options: for the extractor, such as ``model="fast"``.

    Returns:
        The graph.

    Raises:
        SourceError: where an input cannot be read or holds no paper.
        DirectoryError: where ``out`` cannot be used.
        PluginError: for an unknown extractor.
    """
    papers = merge_papers(read_papers(inputs, captured=captured, strict=strict))
    if out is None:
        extractions = extract_all(papers, extractor=extractor, options=options, jobs=jobs)
        return graph_from_extractions(zip(papers, extractions, strict=True), min_confidence=min_confidence)
    with GraphDirectory.create(out) as directory:
        refresh(directory, papers, extractor=extractor, options=options, jobs=jobs)
        return graph_from_extractions(
            directory.extractions(),
            min_confidence=min_confidence,
            resolution=resolve_directory(directory),
            facts=directory.facts(),
            lookups=directory.lookups(),
        )


def refresh(
    directory: GraphDirectory,
    papers: list[Paper],
    *,
    extractor: str = "default",
    options: Options | None = None,
    jobs: int = 1,
    replace: bool = True,
    today: str = "",
    progress: Progress | None = None,
    maker: Extractor | None = None,
) -> int:
    """Extract what is new or changed, then make the papers those of the directory in one step.

    Args:
        directory: where to keep it.
        papers: merged papers.
        extractor: plug-in name.
        options: for the extractor.
        jobs: worker processes.
        replace: these papers instead of the present ones; otherwise beside them.
        today: ISO date to remember as the day on which new papers came.
        progress: called with the number of papers done since the last call.
        maker: the extractor itself, where it was made already.

    Returns:
        How many papers were read anew.
    """
    maker = maker or load_extractor(extractor, **(options or {}))
    version = f"{maker.name}-{maker.version}"
    hashes = {content_hash(paper): paper for paper in papers}
    if not replace and directory.extractor and directory.extractor != version:
        for paper in directory.papers():
            hashes.setdefault(content_hash(paper), paper)
    known = directory.extracted(version, hashes)
    todo = [(content, paper) for content, paper in hashes.items() if content not in known]
    if progress is not None:
        progress(len(papers) - len(todo) if replace else 0)
    results = extract_all([p for _, p in todo], extractor=extractor, options=options, jobs=jobs, maker=maker)
    pairs = zip((content for content, _ in todo), results, strict=True)
    while part := list(islice(pairs, CHUNK)):
        directory.store_extractions(version, part)
        if progress is not None:
            progress(len(part))
    directory.remember("reader", json.dumps({"extractor": extractor, "options": options or {}}, default=str))
    if replace:
        directory.replace_papers(papers, extractor=version, today=today)
    else:
        directory.add_papers(papers, extractor=version, today=today)
    return len(todo)


def extract_all(
    papers: Iterable[Paper],
    *,
    extractor: str = "default",
    options: Options | None = None,
    jobs: int = 1,
    maker: Extractor | None = None,
) -> Iterator[Extraction]:
    """Extract papers in order, in this process or in workers.

    Yields:
        One extraction a paper; the same whatever the number of workers.
    """
    # Loaded here even where workers do the reading: what is wrong with it is then said once, and plainly.
    maker = maker or load_extractor(extractor, **(options or {}))
    if jobs <= 1:
        yield from maker.extract(papers)
        return
    yield from extract_in_workers(papers, extractor=extractor, options=options or {}, jobs=jobs)


def load_graph(path: str | Path, *, min_confidence: float = 0.0) -> KnowledgeGraph:
    """Load the graph of a graph directory.

    Raises:
        DirectoryError: where there is none.
    """
    with GraphDirectory.open(path) as directory, no_collector():
        graph = graph_from_extractions(
            directory.extractions(),
            min_confidence=min_confidence,
            resolution=resolve_directory(directory),
            facts=directory.facts(),
            lookups=directory.lookups(),
        )
        keep_for_good()
        return graph
