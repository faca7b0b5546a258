"""Node, edge and paper tables as CSV and Parquet, for pandas, spreadsheets and SQL.

Three tables: ``nodes`` (one row a node), ``edges`` (one row a claim, with its sentence, offsets and confidence) and
``papers`` (one row a paper). A path without suffix is a folder that gets ``nodes.csv``, ``edges.csv``, ``papers.csv``;
``X.nodes.csv``, ``X.edges.csv`` or ``X.csv`` gives ``X.nodes.csv``, ``X.edges.csv``, ``X.papers.csv`` side by side.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from exports.flat import clean_text, count_papers, join_list, node_url
from kg.atomic import atomic_write
from kg.errors import ExportError
from kg.graph import KnowledgeGraph, node_id, node_label, node_type
from kg.model import Entity, Paper

Cell = str | int | float | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Attributes:
        name: ``nodes``, ``edges`` or ``papers``.
        columns: name and type of each column.
        rows: yields the rows, each as long as ``columns``.
    """

    name: str
    columns: tuple[tuple[str, type[str] | type[int] | type[float]], ...]
    rows: Callable[[KnowledgeGraph], Iterator[Row]]


def _nodes(graph: KnowledgeGraph) -> Iterator[Row]:
    papers = count_papers(graph)
    for node in graph.nodes():
        identifier = node_id(node)
        yield (
            clean_text(identifier),
            node_type(node),
            clean_text(node_label(node)),
            join_list(node.aliases) if isinstance(node, Entity) else "",
            node.date.year if isinstance(node, Paper) and node.date is not None else None,
            clean_text(node_url(node)),
            join_list(node.same_as) if isinstance(node, Entity) else "",
            join_list(node.close_match) if isinstance(node, Entity) else "",
            papers.get(identifier, 0),
            graph.degree(node),
        )


def _edges(graph: KnowledgeGraph) -> Iterator[Row]:
    for claim in graph.claims():
        subject, target = graph.get(claim.subject), graph.get(claim.object)
        yield (
            clean_text(claim.id),
            clean_text(claim.subject),
            claim.relation,
            clean_text(claim.object),
            clean_text(node_label(subject)),
            node_type(subject),
            clean_text(node_label(target)),
            node_type(target),
            clean_text(claim.paper_id),
            round(claim.confidence, 6),
            clean_text(claim.evidence.quote),
            claim.evidence.start,
            claim.evidence.end,
            " | ".join(f"{span.start}-{span.end}" for span in claim.evidence.focus),
            clean_text(claim.surface),
            claim.stated_type,
            clean_text(claim.extractor),
        )


def _papers(graph: KnowledgeGraph) -> Iterator[Row]:
    for paper in graph.papers():
        yield (
            clean_text(paper.node_id),
            clean_text(paper.id),
            clean_text(paper.title),
            str(paper.date) if paper.date is not None else "",
            paper.date.year if paper.date is not None else None,
            join_list(paper.authors),
            clean_text(paper.organisation or ""),
            clean_text(paper.venue or ""),
            paper.arxiv_id or "",
            clean_text(paper.doi or ""),
            paper.upvotes,
            join_list(paper.links),
            join_list(paper.keywords),
            join_list(tuple(sighting.source for sighting in paper.sightings)),
            clean_text(paper.abstract),
        )


TABLES: tuple[Table, ...] = (
    Table(
        "nodes",
        (("id", str), ("type", str), ("label", str), ("aliases", str), ("year", int), ("url", str),
         ("same_as", str), ("close_match", str), ("papers", int), ("degree", int)),
        _nodes,
    ),
    Table(
        "edges",
        (("id", str), ("source", str), ("relation", str), ("target", str), ("source_label", str),
         ("source_type", str), ("target_label", str), ("target_type", str), ("paper", str), ("confidence", float),
         ("sentence", str), ("start", int), ("end", int), ("focus", str), ("surface", str), ("stated_type", str),
         ("extractor", str)),
        _edges,
    ),
    Table(
        "papers",
        (("node", str), ("id", str), ("title", str), ("date", str), ("year", int), ("authors", str),
         ("organisation", str), ("venue", str), ("arxiv_id", str), ("doi", str), ("upvotes", int), ("links", str),
         ("keywords", str), ("sources", str), ("abstract", str)),
        _papers,
    ),
)  # fmt: skip


def table_paths(path: Path, suffix: str) -> dict[str, Path]:
    """Where each table goes, by table name, for a path and a suffix such as ``.csv``."""
    if path.is_dir() or not path.name.lower().endswith(suffix):
        return {table.name: path / f"{table.name}{suffix}" for table in TABLES}
    stem = path.name[: -len(suffix)]
    for table in TABLES:
        if stem == table.name:
            stem = ""
        elif stem.endswith(f".{table.name}"):
            stem = stem[: -len(table.name) - 1]
    prefix = f"{stem}." if stem else ""
    return {table.name: path.with_name(f"{prefix}{table.name}{suffix}") for table in TABLES}


def disarm(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before ``=``, ``+``, ``-``, ``@``, tab.

    Source: OWASP, CSV Injection. Parquet needs no such care and keeps the text as it is.
    """
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\n") and text else text


class CSVExporter:
    """Writes three CSV files (RFC 4180, UTF-8, line feeds)."""

    name = "csv"
    suffixes = (".csv", ".nodes.csv", ".edges.csv", ".papers.csv")

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the tables; the base IRI plays no part.

        Raises:
            ExportError: where a file cannot be written.
        """
        paths = table_paths(path, ".csv")
        with _write_all(paths, binary=False) as streams:
            for table in TABLES:
                _write_csv(streams[table.name], table, graph)


@contextmanager
def _write_all(paths: Mapping[str, Path], *, binary: bool) -> Iterator[dict[str, IO[Any]]]:
    """Open all tables at once; none takes its place before every one is written, so that they go together."""
    with ExitStack() as stack:
        streams = {
            name: stack.enter_context(atomic_write(path, binary=binary)) for name, path in paths.items()
        }
        yield streams
        for name, stream in streams.items():
            try:
                stream.flush()
            except OSError as error:
                raise ExportError(
                    f"cannot write: {error.strerror or error}", source=str(paths[name])
                ) from error


def _write_csv(stream: IO[str], table: Table, graph: KnowledgeGraph) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([name for name, _ in table.columns])
    for row in table.rows(graph):
        writer.writerow([disarm(cell) if isinstance(cell, str) else cell for cell in row])


class ParquetExporter:
    """Writes three Parquet files; needs pyarrow."""

    name = "parquet"
    suffixes = (".parquet", ".nodes.parquet", ".edges.parquet", ".papers.parquet")

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the tables; the base IRI plays no part.

        Raises:
            ExportError: where pyarrow is missing or a file cannot be written.
        """
        try:
            arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        except ImportError as error:
            raise ExportError(
                "Parquet files need pyarrow, which is not installed",
                hint='Run: pip install "paper-kg[parquet]"',
            ) from error
        kinds: dict[type, Any] = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
        paths = table_paths(path, ".parquet")
        with _write_all(paths, binary=True) as streams:
            for table in TABLES:
                rows: Sequence[Row] = list(table.rows(graph))
                columns = [
                    arrow.array([row[i] for row in rows], type=kinds[kind])
                    for i, (_, kind) in enumerate(table.columns)
                ]
                content = arrow.table(columns, names=[name for name, _ in table.columns])
                parquet.write_table(content, streams[table.name], compression="zstd")


csv_tables = CSVExporter()
parquet_tables = ParquetExporter()
