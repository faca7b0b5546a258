"""A synthetic graph of any size, the same every time: for measuring, never for judging extraction.

``SyntheticGraph(papers)`` yields papers, entities, resources and claims lazily, so that what is measured is the
writer and the store, not the generator's lists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from kg.model import Claim, Entity, EntityType, Evidence, LinkKind, Paper, PartialDate, Resource

_WORDS = (
    "graph", "neural", "sparse", "robust", "causal", "latent", "video", "speech", "policy", "token", "adaptive",
    "contrastive", "efficient", "multimodal", "retrieval", "structured", "scalable", "diffusion", "protein", "planning",
)  # fmt: skip
_TYPES = tuple(EntityType)


class SyntheticGraph:
    """A graph source with a given number of papers.

    Args:
        papers: how many.
        claims_per_paper: how many each states.
        seed: of the generator.
    """

    def __init__(self, papers: int, *, claims_per_paper: int = 3, seed: int = 7) -> None:
        self.size = papers
        self.claims_per_paper = claims_per_paper
        self.seed = seed
        self.names = max(50, papers // 40)

    def papers(self) -> Iterator[Paper]:
        for index in range(self.size):
            yield self._paper(index)

    def entities(self) -> Iterator[Entity]:
        for type in sorted(_TYPES):
            for index in range(self.names):
                yield Entity(
                    f"{type}/thing-{index:07d}", type, f"Thing-{index}", (f"Thing-{index}", f"T{index}")
                )

    def resources(self) -> Iterator[Resource]:
        for index in range(0, self.size, 4):
            path = f"github.com/group-{index % 97}/code-{index:07d}"
            yield Resource(f"resource/{path}", f"https://{path}", LinkKind.GITHUB, path.partition("/")[2])

    def claims(self) -> Iterator[Claim]:
        for index in range(self.size):
            paper = self._paper(index)
            chance = random.Random(self.seed * 1_000_003 + index)
            made: list[Claim] = []
            for number in range(self.claims_per_paper):
                type = chance.choice(_TYPES)
                rank = min(int(chance.paretovariate(0.9)) - 1, self.names - 1)
                relation = chance.choice(("uses", "introduces", "compares_with", "mentions"))
                if type == EntityType.DATASET:
                    relation = "evaluates_on"
                made.append(self._claim(paper, number, relation, f"{type}/thing-{rank:07d}"))
            if index % 4 == 0:
                path = f"github.com/group-{index % 97}/code-{index:07d}"
                made.append(self._claim(paper, self.claims_per_paper, "has_code", f"resource/{path}"))
            yield from sorted(made, key=lambda c: (c.subject, c.relation, c.object))

    def _paper(self, index: int) -> Paper:
        chance = random.Random(self.seed + index)
        words = [chance.choice(_WORDS) for _ in range(60)]
        date = PartialDate(2015 + index % 11, 1 + index % 12, 1 + index % 28)
        return Paper(
            f"{date.year % 100:02d}{date.month:02d}.{index:07d}",
            " ".join(words[:8]).capitalize(),
            ". ".join(" ".join(words[at : at + 13]).capitalize() for at in range(8, 60, 13)) + ".",
            date=date,
        )

    def _claim(self, paper: Paper, number: int, relation: str, target: str) -> Claim:
        start = paper.abstract_start
        end = paper.text.index(".", start) + 1
        evidence = Evidence(start, end, paper.text[start:end])
        confidence = 0.5 + (number * 37 + len(target)) % 50 / 100
        return Claim(
            f"{paper.id}-{number}", paper.id, paper.node_id, relation, target, evidence, "bench@1", confidence
        )
