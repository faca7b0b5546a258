"""More training texts out of the same annotation: a coined name gives its place to another of its type.

What stays is the context, so the encoder learns to go by it; the idea is mention replacement as in Dai and Adel,
"An analysis of simple data augmentation for named entity recognition" (COLING 2020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from extractors.training.gold import CORE, GoldEntity, GoldPaper


def _coined(entity: GoldEntity) -> bool:
    """Written one way only, and with a capital inside: common words and abbreviation pairs stay as they are."""
    return (
        not entity.optional
        and entity.type in CORE
        and len(set(entity.forms)) == 1
        and len(entity.name) > 2
        and any(letter.isupper() for letter in entity.name[1:])
    )


def collect_names(papers: Iterable[GoldPaper]) -> dict[str, tuple[str, ...]]:
    """The coined names of some papers by type, sorted."""
    names: dict[str, set[str]] = {kind: set() for kind in CORE}
    for paper in papers:
        for entity in paper.entities:
            if _coined(entity):
                names[entity.type].add(entity.name)
    return {kind: tuple(sorted(found)) for kind, found in names.items()}


def swap_names(
    paper: GoldPaper, names: Mapping[str, Sequence[str]], rng: np.random.Generator, *, share: float
) -> GoldPaper:
    """A paper in which some coined names are replaced by others of their type, everywhere.

    Args:
        paper: the annotated paper.
        names: what to put in their place, as :func:`collect_names` gives it.
        rng: source of chance.
        share: chance that a coined name is replaced.

    Returns:
        The paper with title, abstract and entities changed alike.
    """
    title, abstract = paper.title, paper.abstract
    forms = [form for entity in paper.entities for form in set(entity.forms)]
    entities = []
    for entity in paper.entities:
        alone = sum(entity.name in form for form in forms) == 1
        others = names.get(entity.type, ())
        if others and alone and _coined(entity) and rng.random() < share:
            name = others[int(rng.integers(len(others)))]
            if name not in title and name not in abstract:
                pattern = re.compile(rf"(?<!\w){re.escape(entity.name)}(?!\w)")
                title = pattern.sub(lambda _, name=name: name, title)  # type: ignore[misc]
                abstract = pattern.sub(lambda _, name=name: name, abstract)  # type: ignore[misc]
                entity = replace(entity, name=name, forms=(name,))
        entities.append(entity)
    return replace(paper, title=title, abstract=abstract, entities=tuple(entities))
