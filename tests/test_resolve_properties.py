"""Properties of resolution: order, repetition and hash seed change nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from resolution_case import paper, partition, said

from kg.model import ExtractedEntity, Extraction
from kg.resolution import resolve
from kg.resolution.records import read_extractions

ROOT = Path(__file__).parent.parent

NAMES = (
    ("Wobble Ball Optimization", "WBO"),
    ("wobble ball optimisation",),
    ("Wide Bilinear Oracle", "WBO"),
    ("WBO",),
    ("Zorb-2-7B",),
    ("Zorb 2",),
    ("ZORB-2",),
    ("Zorba",),
    ("ZORBA",),
    ("zorba",),
    ("ZorbBench benchmark", "ZorbBench"),
    ("ZorbBench",),
    ("LLaMA-2",),
    ("Llama 2",),
    ("frugal WBO",),
    ("frugal wobble ball optimization",),
    ("∅",),
    ("",),
)
ENTITIES = st.builds(
    lambda kind, names, role, start, score: said(
        kind, names[0], *names[1:], role=role, start=start, confidence=score
    ),
    st.sampled_from(("method", "model", "dataset", "metric")),
    st.sampled_from(NAMES),
    st.sampled_from(("introduces", "uses", "mentions")),
    st.sampled_from((0, 400)),
    st.sampled_from((0.3, 0.9)),
)
PAPERS = st.dictionaries(
    st.sampled_from([f"2{y}0{m}.0000{n}" for y in (3, 5) for m in (1, 6) for n in (1, 2, 3)]),
    st.lists(ENTITIES, max_size=5),
    max_size=10,
).map(lambda found: [paper(identifier, *entities) for identifier, entities in found.items()])


@settings(max_examples=60, deadline=None)
@given(PAPERS, st.randoms(use_true_random=False))
def test_the_order_of_the_papers_does_not_matter(papers: list[Extraction], chance: object) -> None:
    """Shuffled papers give the very same nodes, ids, merges and families."""
    mixed = list(papers)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert resolve(mixed) == resolve(papers)


@settings(max_examples=60, deadline=None)
@given(PAPERS)
def test_resolving_twice_changes_nothing(papers: list[Extraction]) -> None:
    """Papers given twice are papers given once."""
    assert resolve([*papers, *papers]) == resolve(papers)


@settings(max_examples=60, deadline=None)
@given(PAPERS)
def test_every_entity_has_one_node_that_is_listed(papers: list[Extraction]) -> None:
    """Nothing is lost, no node is empty, ids are unique and begin with the type."""
    found = resolve(papers)
    assert set(found.nodes) == {(p.paper_id, i) for p in papers for i in range(len(p.entities))}
    ids = [entity.id for entity in found.entities]
    assert ids == sorted(set(ids)) and set(ids) == set(found.nodes.values())
    assert all(entity.id.startswith(f"{entity.type}/") for entity in found.entities)


@settings(max_examples=40, deadline=None)
@given(PAPERS)
def test_a_stranger_changes_nothing(papers: list[Extraction]) -> None:
    """A paper about something else leaves the others where they are."""
    stranger = paper("2101.99999", said("task", "unrelated quibbling of quails"))
    before = partition(resolve(papers))
    assert partition(resolve([*papers, stranger])) == before | {frozenset({("2101.99999", 0)})}


def test_the_hash_seed_does_not_matter() -> None:
    """Two interpreters with different seeds print the same."""
    code = (
        "import sys; sys.path.insert(0, 'tests'); from resolution_case import *; from test_resolve_properties import NAMES;"
        "from kg.resolution import resolve;"
        "ps = [paper(f'25{m:02d}.0000{i}', *[said(k, *n, role=r) for n in NAMES[i::3]]) for m in (1, 5, 9)"
        " for i, (k, r) in enumerate((('method', 'uses'), ('model', 'introduces'), ('dataset', 'mentions')))];"
        "print(resolve(ps))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1 and "entities" in printed.pop()


def test_canonical_names_fed_back_change_nothing() -> None:
    """Papers that already use the nodes' names give the same nodes again."""
    papers = [one for path in annotated() for one in read_extractions(path)]
    first = resolve(papers)
    names = {entity.id: entity.name for entity in first.entities}

    def rename(paper_id: str, index: int, entity: ExtractedEntity) -> ExtractedEntity:
        name = names[first.nodes[paper_id, index]]
        return replace(entity, name=name, aliases=tuple(dict.fromkeys((name, *entity.aliases))))

    renamed = [
        replace(p, entities=tuple(rename(p.paper_id, i, e) for i, e in enumerate(p.entities))) for p in papers
    ]
    assert resolve(renamed).nodes == first.nodes


def annotated() -> list[Path]:
    """The annotated sample, and the larger set where there is one."""
    folder = os.environ.get("KG_GOLD")
    more = [Path(folder) / name for name in ("train.jsonl", "dev.jsonl")] if folder else []
    return [ROOT / "tests" / "data" / "gold_sample.jsonl", *more]
