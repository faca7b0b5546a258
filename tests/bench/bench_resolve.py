"""How long resolution takes, and how much memory, for a million mentions in synthetic papers.

    python tests/bench/bench_resolve.py 1000000

Every entity has one mention; names follow Zipf's law: some are in thousands of papers, most in one. A part of them
is defined with an abbreviation, has a size, is spelt in several ways, or is introduced by its paper.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Iterator

from kg.model import EntityType, Evidence, ExtractedEntity, Extraction, Mention, Role
from kg.resolution import resolve

_A = (
    "adaptive",
    "bilinear",
    "causal",
    "dense",
    "elastic",
    "fuzzy",
    "global",
    "hybrid",
    "implicit",
    "joint",
    "kernel",
    "latent",
)
_B = (
    "attention",
    "boosting",
    "clustering",
    "decoding",
    "embedding",
    "filtering",
    "grounding",
    "hashing",
    "indexing",
    "matching",
)
_C = (
    "network",
    "transformer",
    "model",
    "policy",
    "alignment",
    "optimization",
    "regularization",
    "estimation",
    "retrieval",
)
_S = [
    "ba",
    "co",
    "di",
    "fu",
    "ga",
    "hy",
    "lo",
    "mi",
    "no",
    "pra",
    "qui",
    "ro",
    "ste",
    "tra",
    "vo",
    "xe",
    "zu",
]
_TYPES = (
    EntityType.METHOD,
    EntityType.METHOD,
    EntityType.MODEL,
    EntityType.DATASET,
    EntityType.TASK,
    EntityType.METRIC,
)
_PER_PAPER = 8
_ROLES = (Role.INTRODUCES, Role.USES, Role.USES, Role.EVALUATES_ON, Role.COMPARES_WITH, Role.MENTIONS)


def make_papers(mentions: int, *, seed: int = 5) -> Iterator[Extraction]:
    """Papers with that many mentions in all, one after the other."""
    chance = random.Random(seed)
    names = max(200, mentions // 2)
    for number in range(mentions // _PER_PAPER):
        paper = f"{20 + number // 12 % 6}{1 + number % 12:02d}.{number // 72:05d}"
        entities = tuple(_make_entity(chance, names, index) for index in range(_PER_PAPER))
        yield Extraction(paper, entities)


def _make_entity(chance: random.Random, names: int, index: int) -> ExtractedEntity:
    # Half of the mentions are of common names, half of names from the long tail, as in real abstracts.
    rank = min(int(chance.paretovariate(0.5)), names) if chance.random() < 0.5 else chance.randrange(names)
    name, aliases = _make_name(rank, chance)
    kind = _TYPES[rank % len(_TYPES)]
    role = _ROLES[0] if index == 0 and rank > 200 else chance.choice(_ROLES[1:])
    sentence = (
        f"On {rank % 977} pages we study {name} beside {_B[rank % len(_B)]} number {chance.randrange(10**6)}."
    )
    mention = Mention(index * 100, index * 100 + len(name), name, kind, "bench", 0.9)
    return ExtractedEntity(
        kind, name, aliases, role, 0.9, 0.9, (mention,), Evidence(0, len(sentence), sentence), "bench"
    )


def _make_name(rank: int, chance: random.Random) -> tuple[str, tuple[str, ...]]:
    spread = random.Random(rank)
    if rank % 3 == 0:
        words = [spread.choice(_A) for _ in range(4 if rank > 500 else 2)] + [
            spread.choice(_B),
            spread.choice(_C),
        ]
        long = " ".join(words)
        short = "".join(word[0] for word in words).upper()
        form = chance.randrange(4)
        if form == 0:
            return short, (short,)
        if form == 1:
            return long.title(), (long.title(), short)
        return (long, (long,)) if form == 2 else (long + "s", (long + "s",))
    stem = "".join(spread.choice(_S) for _ in range(5 if rank > 500 else 3)).capitalize() + "Net" * (rank % 2)
    if rank % 5 == 0:
        size = spread.choice(("7B", "13B", "70B"))
        name = chance.choice((f"{stem}-2-{size}", f"{stem} 2 {size}", f"{stem}2-{size}"))
    else:
        name = chance.choice((stem, stem, stem.upper(), f"{stem} framework"))
    return name, (name,)


def main() -> None:
    """Print seconds and peak memory."""
    mentions = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    start, cpu = time.perf_counter(), time.process_time()
    for _ in make_papers(mentions):
        pass
    making, making_cpu = time.perf_counter() - start, time.process_time() - cpu
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start, cpu = time.perf_counter(), time.process_time()
    found = resolve(make_papers(mentions))
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(found.nodes):,} mentions  {len(found.entities):,} nodes  {len(found.merges):,} merges")
    print(
        f"resolving {wall - making:.1f} s ({cpu - making_cpu:.1f} s of one core), making the papers {making:.1f} s"
    )
    print(f"peak memory {peak:,.0f} MiB ({before:,.0f} MiB before)")


if __name__ == "__main__":
    main()
