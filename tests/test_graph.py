"""The typed graph: what it takes, what it refuses, how it reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import networkx as nx
import pytest

from kg.errors import PluginError, SchemaError
from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Evidence, Paper


def test_counts_follow_the_schema(tiny_graph: KnowledgeGraph) -> None:
    """Nodes by type and edges by relation, in the order of the table."""
    assert {
        "papers": 1,
        "nodes": {"paper": 1, "dataset": 1, "method": 1, "resource": 1},
        "edges": {"introduces": 1, "evaluates_on": 1, "has_code": 1},
    } == tiny_graph.stats().as_dict()


def test_an_edge_said_twice_is_one_edge(tiny_graph: KnowledgeGraph) -> None:
    """Two claims of the same edge count once, and both can be read."""
    claim = tiny_graph.claims(relation="introduces")[0]
    tiny_graph.add_claim(replace(claim, id="again"))
    assert tiny_graph.stats().edges["introduces"] == 1
    assert len(tiny_graph.neighbours("Foo")[0].claims) == 2


def test_edges_without_evidence_are_refused(tiny_graph: KnowledgeGraph) -> None:
    """No evidence, no edge."""
    claim = tiny_graph.claims()[0]
    with pytest.raises(SchemaError, match="has no evidence"):
        tiny_graph.add_claim(replace(claim, evidence=Evidence(0, 0, " ")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"object": "method/none"}, "not in the graph"),
        ({"relation": "likes"}, "unknown relation"),
        ({"relation": "trained_on"}, "cannot join"),
        ({"confidence": 1.5}, "not between 0 and 1"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused(
    tiny_graph: KnowledgeGraph, change: dict[str, object], message: str
) -> None:
    """A claim with a missing end, a wrong type or an impossible confidence does not get in."""
    claim: Claim = replace(tiny_graph.claims()[0], **change)  # type: ignore[arg-type]
    with pytest.raises(SchemaError, match=message):
        tiny_graph.add_claim(claim)


def test_entities_need_a_name_and_an_id_of_their_type(tiny_graph: KnowledgeGraph) -> None:
    """A nameless entity, or one whose id says another type, is refused."""
    with pytest.raises(SchemaError, match="needs a name"):
        tiny_graph.add_entity(Entity("model/x", EntityType.MODEL, " "))
    with pytest.raises(SchemaError, match="must begin with 'model/'"):
        tiny_graph.add_entity(Entity("dataset/x", EntityType.MODEL, "X"))


def test_nodes_are_found_by_any_of_their_names(tiny_graph: KnowledgeGraph) -> None:
    """Case, hyphens and aliases do not matter."""
    for name in ("MMLU", "mmlu", "massive multitask language-understanding", "dataset/mmlu"):
        found = tiny_graph.find(name)
        assert isinstance(found, Entity)
        assert found.id == "dataset/mmlu"
    assert tiny_graph.find("MMLU", type="model") is None
    assert tiny_graph.find("nothing") is None
    assert tiny_graph.find("2501.00001") == tiny_graph.papers()[0]


def test_papers_using_takes_use_and_evaluation(tiny_graph: KnowledgeGraph) -> None:
    """A paper that evaluates on a benchmark uses it; one that introduces a method does not."""
    assert [p.id for p in tiny_graph.papers_using("MMLU")] == ["2501.00001"]
    assert tiny_graph.papers_using("Foo") == ()
    assert [p.id for p in tiny_graph.papers_introducing("Foo")] == ["2501.00001"]
    with pytest.raises(KeyError, match="no node called 'Bar'"):
        tiny_graph.papers_using("Bar")


def test_neighbours_tell_direction_and_claims(tiny_graph: KnowledgeGraph) -> None:
    """Seen from the paper edges lead out, seen from the entity they come in."""
    out = tiny_graph.neighbours("2501.00001")
    assert [("evaluates_on", True), ("has_code", True), ("introduces", True)] == [
        (n.relation, n.outgoing) for n in out
    ]
    (back,) = tiny_graph.neighbours("MMLU", relation="evaluates_on")
    assert not back.outgoing
    assert back.claims[0].evidence.quote == "Foo is evaluated on MMLU."
    assert tiny_graph.neighbours("MMLU", relation="uses") == ()


def test_removing_a_paper_takes_what_only_it_spoke_of(
    tiny_graph: KnowledgeGraph, make_paper: Callable[..., Paper]
) -> None:
    """Entities that other papers speak of stay."""
    other = make_paper("2501.00002", "Bar", "We evaluate on MMLU.")
    tiny_graph.add_paper(other)
    evidence = Evidence(5, 25, other.text[5:25])
    tiny_graph.add_claim(
        Claim("d1", other.id, other.node_id, "evaluates_on", "dataset/mmlu", evidence, "hand-1", 1.0)
    )
    tiny_graph.remove_paper("2501.00001")
    assert tiny_graph.stats().nodes == {"paper": 1, "dataset": 1}
    assert tiny_graph.find("Foo") is None
    with pytest.raises(KeyError):
        tiny_graph.remove_paper("2501.00001")


def test_networkx_copy_is_plain_and_independent(tiny_graph: KnowledgeGraph) -> None:
    """People get ordinary attributes, and cannot break the graph through the copy."""
    plain = tiny_graph.to_networkx()
    assert isinstance(plain, nx.MultiDiGraph)
    assert plain.nodes["dataset/mmlu"]["label"] == "MMLU"
    (data,) = [
        data for *_, data in plain.edges("paper/2501.00001", data=True) if data["relation"] == "introduces"
    ]
    assert data["evidence"] == "We propose Foo."
    plain.clear()
    assert len(tiny_graph) == 4


def test_subgraph_keeps_claims_among_its_nodes(tiny_graph: KnowledgeGraph) -> None:
    """Only edges with both ends inside remain."""
    part = tiny_graph.subgraph(["paper/2501.00001", "method/foo", "nothing"])
    assert part.stats().edges == {"introduces": 1}


def test_unknown_export_formats_list_the_known_ones(tiny_graph: KnowledgeGraph, tmp_path: object) -> None:
    """A suffix that no format has is refused with the suffixes that would do."""
    with pytest.raises(PluginError, match=r"\.graphml"):
        tiny_graph.export(f"{tmp_path}/graph.xyz")
