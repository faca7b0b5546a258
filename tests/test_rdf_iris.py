"""IRIs: valid, distinct and stable for every name."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdf_graph import HOSTILE_NAMES

from exports.rdf.iris import Iris, encode_path, external_iri
from kg.errors import ExportError

IRIS = Iris("https://example.org/kg/")


@pytest.mark.parametrize("node", ["paper/2501.12345", "dataset/mmlu", "resource/github.com/owner/repo"])
def test_plain_ids_stay_readable(node: str) -> None:
    """An id of letters, digits, points and slashes is the IRI's tail as it is."""
    assert IRIS.node(node) == f"https://example.org/kg/{node}"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_hostile_names_give_valid_iris(name: str) -> None:
    """Whatever a name holds, its IRI is valid, short, and keeps its dots through resolution."""
    iri = IRIS.node(f"dataset/{name}")
    assert pyoxigraph.NamedNode(iri).value == iri
    assert len(iri) < 500
    assert all("!" < character < "\x7f" for character in iri)
    assert not any(segment in (".", "..") for segment in iri.split("/"))


@given(st.lists(st.text(max_size=30), min_size=2, max_size=2, unique=True))
def test_different_ids_give_different_iris(ids: list[str]) -> None:
    """The encoding loses nothing."""
    clean = [i.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for i in ids]
    if clean[0] != clean[1]:
        assert encode_path(ids[0]) != encode_path(ids[1])


def test_long_ids_differ_in_their_hash() -> None:
    """Two long ids with the same beginning get different IRIs."""
    assert encode_path("x" * 5000 + "a") != encode_path("x" * 5000 + "b")


def test_prefixed_names_are_found() -> None:
    """Nodes and terms have prefixed names; what has a slash inside has none."""
    assert IRIS.shorten(IRIS.node("dataset/mmlu")) == "dataset:mmlu"
    assert IRIS.shorten("https://example.org/kg/ontology#uses") == "kg:uses"
    assert IRIS.shorten("https://schema.org/name") == "schema:name"
    assert IRIS.shorten(IRIS.node("resource/github.com/a/b")) is None
    assert IRIS.expand("dataset:mmlu") == IRIS.node("dataset/mmlu")


@pytest.mark.parametrize(
    "base", ["", "nonsense", "https://example.org/a b/", "https://example.org/#x", "<x>"]
)
def test_a_base_that_is_no_iri_is_refused(base: str) -> None:
    """The message names the base."""
    with pytest.raises(ExportError, match="base IRI"):
        Iris(base)


def test_urls_from_outside_become_valid_or_none() -> None:
    """A URL with spaces or other scripts is encoded; what is no URL is none."""
    assert external_iri("https://example.org/a b?x=[1]#y#z") is not None
    assert external_iri("https://例え.jp/é") is not None
    assert external_iri("not a url") is None
    assert external_iri("https://example.org/100%") == "https://example.org/100%25"
