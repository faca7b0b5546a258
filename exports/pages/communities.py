"""Which nodes belong together: communities by modularity, in numpy.

Input: the number of nodes and the edges. Output: a community number a node, the largest being 0. The method is that of
Blondel et al. (2008): nodes move to the neighbouring community that raises modularity most, then communities become
nodes and it starts again; here half of the nodes, drawn at random with a fixed seed, move at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 14
_LEVELS = 6


def find_communities(size: int, pairs: Ints, *, seed: int = 0) -> Ints:
    """Number each node's community, the largest first; nodes without edges get -1.

    Args:
        size: number of nodes.
        pairs: shape (m, 2), index pairs; direction and loops do not matter, repeats weigh more.
        seed: of the random halves.

    Returns:
        Shape (size,).
    """
    membership = np.arange(size, dtype=np.int64)
    edges = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    edges = edges[edges[:, 0] != edges[:, 1]]
    if not len(edges):
        return np.full(size, -1, dtype=np.int64)
    rng = np.random.default_rng(seed)
    left, right = edges[:, 0], edges[:, 1]
    weight: Floats = np.ones(len(edges))
    inner: Floats = np.zeros(size)
    lone = np.bincount(edges.ravel(), minlength=size) == 0
    count = size
    for _ in range(_LEVELS):
        community = _move(count, left, right, weight, inner, rng)
        _, community = np.unique(community, return_inverse=True)
        membership = community[membership]
        merged = int(community.max()) + 1
        if merged == count:
            break
        inner = np.bincount(community, inner, merged).astype(np.float64)
        a, b = community[left], community[right]
        same = a == b
        inner += np.bincount(a[same], weight[same], merged) * 2
        keys = np.minimum(a, b)[~same] * merged + np.maximum(a, b)[~same]
        unique, place = np.unique(keys, return_inverse=True)
        weight = np.bincount(place, weight[~same], len(unique)).astype(np.float64)
        left, right, count = unique // merged, unique % merged, merged
        if not len(unique):
            break
    return _number_by_size(membership, lone)


def _move(
    count: int, left: Ints, right: Ints, weight: Floats, inner: Floats, rng: np.random.Generator
) -> Ints:
    """Let nodes change community until few gain by it."""
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    both = np.concatenate([weight, weight])
    strength = np.bincount(source, both, count) + inner
    total = float(strength.sum())
    community = np.arange(count, dtype=np.int64)
    for _ in range(_ROUNDS):
        held = np.bincount(community, strength, count)
        keys = source * count + community[target]
        unique, place = np.unique(keys, return_inverse=True)
        tie = np.bincount(place, both, len(unique))
        node, there = unique // count, unique % count
        own = there == community[node]
        gain = tie - strength[node] * (held[there] - np.where(own, strength[node], 0.0)) / total
        best = np.lexsort((there, -gain, node))
        first = np.ones(len(best), dtype=bool)
        first[1:] = node[best][1:] != node[best][:-1]
        chosen = best[first]
        stay = np.full(count, 0.0)
        stay[node[own]] = gain[own]
        missing = np.ones(count, dtype=bool)
        missing[node[own]] = False
        stay[missing] = -(strength * (held[community] - strength) / total)[missing]
        mover = node[chosen]
        willing = (gain[chosen] > stay[mover] + 1e-12) & (rng.random(len(chosen)) < 0.5)
        if not willing.any():
            break
        community[mover[willing]] = there[chosen][willing]
    return community


def _number_by_size(membership: Ints, lone: NDArray[np.bool_]) -> Ints:
    sizes = np.bincount(membership[~lone], minlength=int(membership.max()) + 1)
    rank = np.empty(len(sizes), dtype=np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    numbered: Ints = np.where(lone, -1, rank[membership])
    return numbered
