"""One name with and without its head noun."""

from __future__ import annotations

import pytest

from extractors.components import doubt
from extractors.reading import Found
from extractors.tagging import TaggedEntity
from extractors.variants import join_variants
from kg.model import EntityType, Role, Span


def found(name: str, at: int, *, kind: str = "method", confidence: float = 0.9, role: str = "uses") -> Found:
    """An entity with one mention."""
    return Found(EntityType(kind), name, (Span(at, at + len(name)),), confidence, Role(role))


def test_head_nouns_and_articles_do_not_part_a_name() -> None:
    """The surest variant gives name and role, all places are kept."""
    (one,) = join_variants(
        [
            found("Skip Attention", 40),
            found("the Skip Attention Module", 5, confidence=0.95, role="introduces"),
        ]
    )
    assert one.name == "the Skip Attention Module"
    assert one.role is Role.INTRODUCES
    assert one.spans == (Span(5, 30), Span(40, 54))


def test_types_stay_apart() -> None:
    """A model and the dataset of the same name are two things."""
    assert (
        len(join_variants([found("URECA", 0, kind="model"), found("URECA dataset", 9, kind="dataset")])) == 2
    )


def test_names_that_are_only_a_noun_are_left_alone() -> None:
    """Nothing is stripped to nothing, and different names stay apart."""
    names = ["Model", "Method", "GPT-4", "GPT-4o", "Neural Network", "Neural Module"]
    kept = join_variants(found(name, 20 * at) for at, name in enumerate(names))
    assert len(kept) >= 5
    assert {"GPT-4", "GPT-4o"} <= {f.name for f in kept}


def test_doubt_counts_what_may_be_wrong() -> None:
    """Two entities at 0.6 and 0.9 are half an entity's worth of doubt; a sure paper has none."""
    items = [TaggedEntity("method", "X", ("X",), ((0, 1),), sure, "uses", 0.9, ()) for sure in (0.6, 0.9)]
    assert doubt(items) == pytest.approx(0.5)
    assert doubt([]) == 0.0
