"""Names of one paper that are one thing by their form alone.

One name with and without its head noun is one entity: "Skip Attention" and "Skip Attention Module". So are a name and
the name in brackets right behind it, where the paper introduces both: "Hybrid Memory (HyMEM)". Types stay apart:
"URECA" the model and "URECA dataset" are two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from extractors.reading import Found
from kg.model import EntityType, Role, Span
from kg.names import normal_form

_AROUND = re.compile(
    r"^(?:the|a|an|our|vanilla|standard|proposed)\s+|\s+(?:algorithm|method|model|dataset|benchmark|framework|approach|technique"
    r"|network|architecture|system|task|metric|score|challenge|corpus|suite|pipeline|module|loss|toolkit|library|family|series"
    r"|optimi[sz]er|environment|test|mechanism|procedure|strategy|scheme|problem|paradigm|backbone)(?:s|es)?$", re.I,
)  # fmt: skip

_OPENINGS = frozenset({" (", "("})


def join_variants(entities: Iterable[Found]) -> list[Found]:
    """Make variants of one name one entity; the surest one gives name, role and reasons.

    Args:
        entities: of one paper.

    Returns:
        Entities in the order of their first mention.
    """
    groups: dict[tuple[EntityType, str], list[Found]] = {}
    for found in entities:
        groups.setdefault((found.type, _core(found.name)), []).append(found)
    joined = []
    for members in groups.values():
        best = max(members, key=lambda f: (f.confidence, len(f.name), f.name))
        spans = tuple(sorted({span for member in members for span in member.spans}))
        joined.append(
            best
            if len(members) == 1
            else Found(
                best.type, best.name, spans, best.confidence, best.role, best.role_confidence, best.because
            )
        )
    return sorted(joined, key=lambda f: (f.spans[0], f.name))


def _core(name: str) -> str:
    while (shorter := _AROUND.sub("", name)) != name and normal_form(shorter):
        name = shorter
    return normal_form(name)


def join_bracketed(entities: Iterable[Found], text: str) -> list[Found]:
    """Make what a paper introduces under two names, one in brackets right behind the other, one entity.

    Args:
        entities: of one paper.
        text: its clean text.

    Returns:
        Entities in the order of their first mention; the surer name stays.
    """
    kept = list(entities)
    own = [found for found in kept if found.role is Role.INTRODUCES]
    for left in own:
        for right in own:
            if (
                left is right
                or not may_be_one(left.type, right.type)
                or left not in kept
                or right not in kept
            ):
                continue
            if any(_is_bracketed(text, a, b) for a in left.spans for b in right.spans):
                best = max(left, right, key=lambda f: (f.confidence, len(f.name), f.name))
                spans = tuple(sorted({*left.spans, *right.spans}))
                at = min(kept.index(left), kept.index(right))
                kept = [found for found in kept if found not in (left, right)]
                kept.insert(at, replace(best, spans=spans))
    return sorted(kept, key=lambda f: (f.spans[0], f.name))


def may_be_one(left: EntityType, right: EntityType) -> bool:
    """True for types under which one thing may go in one paper: the same, or method and model."""
    return left is right or {left, right} == {EntityType.METHOD, EntityType.MODEL}


def _is_bracketed(text: str, first: Span, second: Span) -> bool:
    return text[first.end : second.start] in _OPENINGS and text[second.end : second.end + 1] == ")"
