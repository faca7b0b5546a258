"""Where each node stands: a deterministic layout in numpy.

Input: the number of nodes and the edges as index pairs. Output: one position a node, in [-1, 1] squared at its widest
side, y upwards. Each connected component is laid out on its own: eigenvectors of the normalised Laplacian as a start
(Belkin & Niyogi 2003, found by Lanczos iteration), then refined by attraction along edges and repulsion from a few
random others (the gradient of UMAP, McInnes et al. 2018). Big components come first and large; small ones and nodes
without edges are parked in rows below, since they would otherwise stretch the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LANCZOS_STEPS = 60
_NEGATIVES = 5
_EXACT_LIMIT = 700


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions of all nodes.

    Attributes:
        positions: shape (n, 2), within [-1, 1].
        components: shape (n,), number of each node's connected component, the largest being 0.
    """

    positions: Floats
    components: Ints


def compute_layout(size: int, edges: Ints, *, epochs: int = 200, seed: int = 0) -> Layout:
    """Lay out a graph; the same input gives the same positions.

    Args:
        size: number of nodes, numbered from 0.
        edges: shape (m, 2), index pairs; direction, repeats and loops do not matter.
        epochs: steps of refinement.
        seed: of the random choices.

    Returns:
        Positions and components.
    """
    if size == 0:
        return Layout(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    pairs = _simple_pairs(size, edges)
    components = find_components(size, pairs)
    order = np.argsort(components, kind="stable")
    starts = np.searchsorted(components[order], np.arange(components.max() + 2))
    pair_component = components[pairs[:, 0]] if len(pairs) else np.zeros(0, dtype=np.int64)
    pair_order = np.argsort(pair_component, kind="stable")
    pair_starts = np.searchsorted(pair_component[pair_order], np.arange(len(starts)))

    local = np.zeros(size, dtype=np.int64)
    positions = np.zeros((size, 2))
    boxes: list[tuple[Ints, Floats]] = []
    for number in range(len(starts) - 1):
        members = order[starts[number] : starts[number + 1]]
        if len(members) == 1:
            break  # components are sorted by size: only lone nodes follow
        local[members] = np.arange(len(members))
        inner = local[pairs[pair_order[pair_starts[number] : pair_starts[number + 1]]]]
        boxes.append((members, _lay_out_component(len(members), inner, epochs=epochs, seed=seed)))
    placed = sum(len(members) for members, _ in boxes)
    _pack(positions, boxes, order[placed:])
    return Layout(_normalise(positions), components)


def find_components(size: int, pairs: Ints) -> Ints:
    """Number each node's connected component, the largest component first, ties by lowest node.

    Args:
        size: number of nodes.
        pairs: shape (m, 2), index pairs.

    Returns:
        Shape (size,).
    """
    label = np.arange(size, dtype=np.int64)
    if len(pairs):
        left, right = pairs[:, 0], pairs[:, 1]
        while True:
            # Hook the larger label to the smaller, then shortcut chains (Shiloach & Vishkin 1982).
            low = np.minimum(label[left], label[right])
            before = label.copy()
            np.minimum.at(label, label[left], low)
            np.minimum.at(label, label[right], low)
            while not np.array_equal(label, label[label]):
                label = label[label]
            if np.array_equal(before, label):
                break
    _, compact, counts = np.unique(label, return_inverse=True, return_counts=True)
    rank = np.empty(len(counts), dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    found: Ints = rank[compact]
    return found


def _simple_pairs(size: int, edges: Ints) -> Ints:
    """Each undirected edge once, without loops, sorted."""
    pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    low, high = pairs.min(axis=1, initial=size), pairs.max(axis=1, initial=-1)
    keys = np.unique((low * size + high)[low != high])
    return np.stack([keys // size, keys % size], axis=1)


def _lay_out_component(size: int, pairs: Ints, *, epochs: int, seed: int) -> Floats:
    """Positions of one connected component, with an average of one node per unit of area."""
    if size == 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]])
    rng = np.random.default_rng(seed)
    start = _spectral_start(size, pairs, rng)
    refined = (
        _refine_exactly(start, pairs, epochs=epochs)
        if size <= _EXACT_LIMIT
        else _refine(start, pairs, rng, epochs=epochs)
    )
    return _upright(refined)


def _spectral_start(size: int, pairs: Ints, rng: np.random.Generator) -> Floats:
    """The two slowest non-trivial eigenvectors of the normalised Laplacian, spread evenly by rank.

    Lanczos with full reorthogonalisation, on the sparse matrix kept as sorted edge ends.
    """
    source = np.concatenate([pairs[:, 0], pairs[:, 1]])
    target = np.concatenate([pairs[:, 1], pairs[:, 0]])
    order = np.argsort(source, kind="stable")
    target = target[order]
    degree = np.bincount(source, minlength=size).astype(np.float64)
    begins = np.concatenate([[0], np.cumsum(degree.astype(np.int64))[:-1]])
    scale = 1.0 / np.sqrt(degree)
    trivial = np.sqrt(degree) / np.linalg.norm(np.sqrt(degree))

    steps = min(_LANCZOS_STEPS, size - 1)
    basis = np.zeros((steps + 1, size))
    diagonal, beside = np.zeros(steps), np.zeros(steps)
    vector = rng.standard_normal(size)
    vector -= trivial * (trivial @ vector)
    basis[0] = vector / np.linalg.norm(vector)
    made = 0
    for step in range(steps):
        current = basis[step]
        product = scale * np.add.reduceat((scale * current)[target], begins)
        diagonal[step] = current @ product
        made = step + 1
        for _ in range(2):
            product -= trivial * (trivial @ product)
            product -= basis[:made].T @ (basis[:made] @ product)
        length = float(np.linalg.norm(product))
        if length < 1e-9:
            break
        beside[step] = length
        basis[step + 1] = product / length
    small = np.diag(diagonal[:made]) + np.diag(beside[: made - 1], 1) + np.diag(beside[: made - 1], -1)
    _, vectors = np.linalg.eigh(small)
    columns = vectors[:, ::-1][:, :2]
    found = (basis[:made].T @ columns) * scale[:, None]
    if found.shape[1] < 2:
        found = np.concatenate([found, rng.standard_normal((size, 2 - found.shape[1]))], axis=1)
    signs = np.sign(found[np.argmax(np.abs(found), axis=0), np.arange(2)])
    found *= np.where(signs == 0, 1.0, signs)
    spread = found / np.maximum(found.std(axis=0), 1e-12)
    ranks = (
        np.argsort(np.argsort(found, axis=0, kind="stable"), axis=0, kind="stable") / max(size - 1, 1) - 0.5
    )
    mixed = 0.15 * np.clip(spread, -3, 3) + ranks
    side = np.sqrt(size)
    start: Floats = mixed * side + rng.standard_normal((size, 2)) * 0.02 * side
    return start


def _refine(positions: Floats, pairs: Ints, rng: np.random.Generator, *, epochs: int) -> Floats:
    """Attract along edges, repel from a few random nodes each; steps shrink to nothing."""
    size = len(positions)
    x, y = positions[:, 0] / 3, positions[:, 1] / 3
    left, right = pairs[:, 0], pairs[:, 1]
    degree = np.bincount(np.concatenate([left, right]), minlength=size).astype(np.float64)
    damp = 1.0 / np.sqrt(degree)
    nodes = np.arange(size)
    # Busy nodes attract much, so they repel much: the draw of negatives goes by degree, up to a bound.
    per_node = np.clip(np.round(degree), 1, 12).astype(np.int64)
    asker = np.repeat(nodes, per_node)
    weight = (degree / per_node)[asker] * (_NEGATIVES / 5)
    for epoch in range(epochs):
        rate = 1.0 - epoch / epochs
        dx, dy = x[left] - x[right], y[left] - y[right]
        square = dx * dx + dy * dy
        pull = -2.0 / (1.0 + square)
        gx, gy = pull * dx, pull * dy
        move_x = np.bincount(left, gx, size) - np.bincount(right, gx, size)
        move_y = np.bincount(left, gy, size) - np.bincount(right, gy, size)
        other = rng.integers(0, size, len(asker))
        dx, dy = x[asker] - x[other], y[asker] - y[other]
        square = dx * dx + dy * dy
        push = weight * 5.0 * 2.0 / ((0.05 + square) * (1.0 + square))
        np.minimum(push, 40.0, out=push)
        move_x += np.bincount(asker, push * dx, size)
        move_y += np.bincount(asker, push * dy, size)
        x = x + rate * np.clip(move_x * damp * 0.3, -2.0, 2.0)
        y = y + rate * np.clip(move_y * damp * 0.3, -2.0, 2.0)
    return np.stack([x, y], axis=1)


def _refine_exactly(positions: Floats, pairs: Ints, *, epochs: int) -> Floats:
    """Every pair repels (Fruchterman & Reingold 1991, degree-weighted as in ForceAtlas2): for small components."""
    size = len(positions)
    left, right = pairs[:, 0], pairs[:, 1]
    degree = np.bincount(np.concatenate([left, right]), minlength=size).astype(np.float64)
    mass = np.sqrt(1.0 + degree)
    place = positions.copy()
    side = np.sqrt(size)
    for epoch in range(epochs):
        limit = 0.12 * side * (1.0 - epoch / epochs) + 0.01
        delta = place[:, None, :] - place[None, :, :]
        square = (delta**2).sum(axis=2) + 0.01
        force = (delta * (mass[:, None] * mass[None, :] / square)[:, :, None]).sum(axis=1)
        along = place[left] - place[right]
        # Pull grows with length; dividing by the ends' masses keeps hubs from swallowing their leaves.
        pull = along * (np.sqrt((along**2).sum(axis=1)) / (mass[left] * mass[right]) ** 0.5)[:, None]
        np.add.at(force, left, -pull)
        np.add.at(force, right, pull)
        force -= 0.05 * place
        length = np.sqrt((force**2).sum(axis=1)) + 1e-12
        place = place + force * (np.minimum(length, limit) / length)[:, None]
    return place


def _upright(positions: Floats) -> Floats:
    """Centre, turn so that the long side lies flat, scale to one node per unit of area; outliers reined in."""
    centred = positions - positions.mean(axis=0)
    _, axes = np.linalg.eigh(np.cov(centred.T) + 1e-12 * np.eye(2))
    turned = centred @ axes[:, ::-1]
    turned *= np.where(turned[np.argmax(np.abs(turned), axis=0), np.arange(2)] < 0, -1.0, 1.0)
    middle = np.median(turned, axis=0)
    turned = turned - middle
    radius = np.sqrt((turned**2).sum(axis=1))
    reach = np.quantile(radius, 0.98) * 1.25 + 1e-12
    turned *= (np.where(radius > reach, reach + np.log1p(np.maximum(radius - reach, 0) / reach) * reach * 0.3, radius)
               / np.maximum(radius, 1e-12))[:, None]  # fmt: skip
    extent = np.maximum(turned.max(axis=0) - turned.min(axis=0), 1e-9)
    area = max(float(extent[0] * extent[1]), float(extent.max()) ** 2 * 0.1)
    return turned * np.sqrt(len(turned) / area)


def _pack(positions: Floats, boxes: list[tuple[Ints, Floats]], lone: Ints) -> None:
    """Put the largest component on top, the others in rows below it, lone nodes in a strip at the bottom."""
    if boxes:
        members, place = boxes[0]
        place = place - place.min(axis=0)
        positions[members] = place * [1, 1]
        width = max(float(place[:, 0].max()), 12.0)
    else:
        width = 1.6 * np.sqrt(len(lone))
    floor, gap = 0.0, max(1.0, 0.02 * width)
    across, row_height = 0.0, 0.0
    floor -= gap
    for members, place in boxes[1:]:
        place = place - place.min(axis=0)
        extent = place.max(axis=0)
        if across > 0 and across + extent[0] > width:
            floor, across, row_height = floor - row_height - gap, 0.0, 0.0
        positions[members] = place * [1, -1] + [across, floor]
        across += float(extent[0]) + max(gap, 1.2)
        row_height = max(row_height, float(extent[1]))
    if len(lone):
        if len(boxes) > 1:
            floor -= row_height + gap
        step = max(1.0, width / 150)
        columns = max(1, int(width / step))
        index = np.arange(len(lone))
        positions[lone, 0] = (index % columns) * step
        positions[lone, 1] = floor - (index // columns) * step


def _normalise(positions: Floats) -> Floats:
    """Centre and scale into [-1, 1], rounded so that the last bits of the arithmetic do not show."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    half = max(float((high - low).max()) / 2, 1e-9)
    rounded: Floats = np.round((positions - (low + high) / 2) / half, 5)
    return rounded + 0.0
