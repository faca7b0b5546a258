"""One name with and without its head noun is one entity: "Skip Attention" and "Skip Attention Module".

Input: the entities of one paper. Output: the same, those of one type that differ only by an article or a general noun
at the end made one. Types stay apart: "URECA" the model and "URECA dataset" are two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.reading import Found
from kg.model import EntityType
from kg.names import normal_form

_AROUND = re.compile(
    r"^(?:the|a|an|our|vanilla|standard|proposed)\s+|\s+(?:algorithm|method|model|dataset|benchmark|framework|approach|technique"
    r"|network|architecture|system|task|metric|score|challenge|corpus|suite|pipeline|module|loss|toolkit|library|family|series"
    r"|optimi[sz]er|environment|test|mechanism|procedure|strategy|scheme|problem|paradigm|backbone)(?:s|es)?$", re.I,
)  # fmt: skip


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
