"""Where the nodes stand."""

from __future__ import annotations

import time

import numpy as np
import pytest

from exports.pages.layout import compute_layout, find_components


def _communities(count: int, size: int, seed: int = 1) -> tuple[int, np.ndarray]:
    """Rings with chords, joined in a chain: clear communities."""
    rng = np.random.default_rng(seed)
    edges = []
    for number in range(count):
        first = number * size
        edges += [(first + i, first + (i + 1) % size) for i in range(size)]
        edges += [(first + int(a), first + int(b)) for a, b in rng.integers(0, size, (3 * size, 2))]
        if number:
            edges.append((first, first - 1))
    return count * size, np.array(edges, dtype=np.int64)


@pytest.mark.parametrize("size", [0, 1, 2, 3])
def test_the_smallest_graphs_have_a_place(size: int) -> None:
    """No nodes, a lone one, a pair, a path."""
    edges = np.array([(i, i + 1) for i in range(size - 1)], dtype=np.int64).reshape(-1, 2)
    layout = compute_layout(size, edges)
    assert layout.positions.shape == (size, 2)
    assert np.isfinite(layout.positions).all()


def test_the_same_graph_gives_the_same_positions() -> None:
    """Direction, order and repeats of the edges play no part."""
    size, edges = _communities(4, 30)
    first = compute_layout(size, edges).positions
    second = compute_layout(size, np.concatenate([edges[::-1, ::-1], edges])).positions
    assert np.array_equal(first, second)


@pytest.mark.parametrize("size", [40, 250])
def test_communities_stand_apart(size: int) -> None:
    """Nodes of one community are nearer to each other than to the rest (small and large method)."""
    total, edges = _communities(5, size)
    positions = compute_layout(total, edges).positions
    centres = positions.reshape(5, size, 2).mean(axis=1)
    spread = np.linalg.norm(positions.reshape(5, size, 2) - centres[:, None], axis=2).mean()
    between = np.linalg.norm(centres[:, None] - centres[None], axis=2)[~np.eye(5, dtype=bool)].min()
    assert between > spread


def test_lone_nodes_do_not_stretch_the_picture() -> None:
    """They stand in rows below the rest."""
    size, edges = _communities(3, 40)
    layout = compute_layout(size + 50, edges)
    joined, lone = layout.positions[:size], layout.positions[size:]
    assert lone[:, 1].max() < joined[:, 1].min()
    assert np.ptp(joined[:, 0]) > 0.5 * np.ptp(layout.positions[:, 0])
    assert len(np.unique(lone, axis=0)) == 50


def test_components_are_numbered_by_size() -> None:
    """The largest is 0; ties go to the lower node."""
    components = find_components(6, np.array([[3, 4], [4, 5], [0, 1]]))
    assert components.tolist() == [1, 1, 2, 0, 0, 0]


@pytest.mark.slow
def test_twenty_thousand_nodes_take_less_than_half_a_minute() -> None:
    """20,000 nodes and 100,000 edges on one core."""
    rng = np.random.default_rng(0)
    edges = (rng.random((100_000, 2)) ** 2 * 20_000).astype(np.int64)
    began = time.process_time()
    compute_layout(20_000, edges)
    assert time.process_time() - began < 30
