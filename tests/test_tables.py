"""Node, edge and paper tables."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest
from pages_graph import make_graph, make_hostile_graph
from rdf_graph import make_graph as make_rdf_graph

from exports.tables import csv_tables, disarm, parquet_tables, table_paths
from kg.errors import ExportError
from kg.schema import DEFAULT_BASE_IRI


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_folder_gets_three_tables(tmp_path: Path) -> None:
    """A path without suffix becomes a folder with nodes, edges and papers."""
    csv_tables.write(make_graph(), tmp_path / "tables", base_iri=DEFAULT_BASE_IRI)
    assert sorted(p.name for p in (tmp_path / "tables").iterdir()) == ["edges.csv", "nodes.csv", "papers.csv"]


def test_edges_carry_their_evidence(tmp_path: Path) -> None:
    """Every row of the edge table holds the sentence, its offsets and the confidence."""
    graph = make_graph()
    csv_tables.write(graph, tmp_path, base_iri=DEFAULT_BASE_IRI)
    rows = _read(tmp_path / "edges.csv")
    assert len(rows) == len(graph.claims())
    texts = {p.id: p.text for p in graph.papers()}
    for row in rows:
        assert texts[row["paper"]][int(row["start"]) : int(row["end"])] == row["sentence"]
        assert 0 < float(row["confidence"]) <= 1


def test_guesses_and_dissent_have_their_columns(tmp_path: Path) -> None:
    """What is perhaps the same, and the type that a paper gives where the node is of another."""
    csv_tables.write(make_rdf_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)
    cloud = next(r for r in _read(tmp_path / "nodes.csv") if r["id"] == "model/cloud")
    assert cloud["close_match"] == "method/cloud"
    edges = _read(tmp_path / "edges.csv")
    assert {(r["target"], r["stated_type"]) for r in edges if r["stated_type"]} == {("method/cloud", "model")}


def test_nodes_count_papers_and_edges(tmp_path: Path) -> None:
    """A dataset of two papers says so."""
    csv_tables.write(make_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)
    bench = next(r for r in _read(tmp_path / "nodes.csv") if r["id"] == "dataset/widgetbench")
    assert (bench["papers"], bench["degree"], bench["type"]) == ("2", "2", "dataset")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("g.csv", ["g.nodes.csv", "g.edges.csv", "g.papers.csv"]),
        ("g.nodes.csv", ["g.nodes.csv", "g.edges.csv", "g.papers.csv"]),
        ("nodes.csv", ["nodes.csv", "edges.csv", "papers.csv"]),
        ("out", ["out/nodes.csv", "out/edges.csv", "out/papers.csv"]),
    ],
)
def test_the_path_decides_the_names(tmp_path: Path, given: str, expected: list[str]) -> None:
    """A CSV name gives three files beside each other, a bare name a folder."""
    found = [str(p.relative_to(tmp_path)) for p in table_paths(tmp_path / given, ".csv").values()]
    assert found == expected


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    """A title that begins with an equals sign is disarmed."""
    csv_tables.write(make_hostile_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)
    for name in ("nodes.csv", "edges.csv", "papers.csv"):
        for row in _read(tmp_path / name):
            assert not any(value.startswith(("=", "@", "\t")) for value in row.values())
    assert disarm("-1") == "'-1"
    assert disarm("") == ""


def test_the_bytes_are_the_same_twice(tmp_path: Path) -> None:
    """Writing again gives the same bytes."""
    for folder in ("a", "b"):
        csv_tables.write(make_graph(), tmp_path / folder, base_iri=DEFAULT_BASE_IRI)
    for name in ("nodes.csv", "edges.csv", "papers.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_parquet_holds_typed_columns(tmp_path: Path) -> None:
    """Offsets are integers, confidences floats, and nothing is altered."""
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet_tables.write(make_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)
    edges = parquet.read_table(tmp_path / "edges.parquet")
    assert str(edges.schema.field("start").type) == "int64"
    assert str(edges.schema.field("confidence").type) == "double"
    assert edges.num_rows == len(make_graph().claims())


def test_parquet_without_pyarrow_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the extra."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExportError, match=r"paper-kg\[parquet\]"):
        parquet_tables.write(make_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_the_tables_are_replaced_together(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one table cannot be written, none is new: tables of two builds never lie side by side."""
    if name == "parquet":
        pytest.importorskip("pyarrow")
    exporter = csv_tables if name == "csv" else parquet_tables
    exporter.write(make_graph(), tmp_path, base_iri=DEFAULT_BASE_IRI)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    graph = make_hostile_graph()
    monkeypatch.setattr(graph, "claims", full)
    with pytest.raises(ExportError, match="No space left"):
        exporter.write(graph, tmp_path, base_iri=DEFAULT_BASE_IRI)
    assert before == {p.name: p.read_bytes() for p in tmp_path.iterdir()}
