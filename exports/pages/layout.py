"""Where each node stands: a deterministic layout in numpy.

Input: the number of nodes and the edges as index pairs. Output: one position a node, in [-1, 1] squared at its widest
side, y upwards. Each connected component is laid out on its own: eigenvectors of the normalised Laplacian as a start
(Belkin & Niyogi 2003, found by Lanczos iteration), then refined until attraction along edges and the repulsion of all
nodes are in balance. Big components come first and large; small ones and nodes
without edges are parked in rows below, since they would otherwise stretch the whole picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_LANCZOS_STEPS = 60
_PULL = 0.5
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


def compute_layout(
    size: int, edges: Ints, *, anchors: Ints | None = None, epochs: int = 200, seed: int = 0
) -> Layout:
    """Lay out a graph; the same input gives the same positions.

    Args:
        size: number of nodes, numbered from 0.
        edges: shape (m, 2), index pairs; direction, repeats and loops do not matter.
        anchors: the nodes that an overview shows; where given, and far fewer than there are nodes, they are laid out
            first, as if alone, and the others take their places around them.
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
        chosen = np.zeros(0, dtype=np.int64)
        if anchors is not None and number == 0:
            chosen = np.flatnonzero(np.isin(members, anchors))
        lay_out = _lay_out_around if 2 < 2 * len(chosen) < len(members) else _lay_out_component
        boxes.append((members, lay_out(len(members), inner, chosen, epochs=epochs, seed=seed)))
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


def _lay_out_component(size: int, pairs: Ints, _: Ints, *, epochs: int, seed: int) -> Floats:
    """Positions of one connected component, with an average of one node per unit of area."""
    if size == 2:
        return np.array([[-0.5, 0.0], [0.5, 0.0]])
    rng = np.random.default_rng(seed)
    start = _spectral_start(size, pairs, rng)
    return _part(_upright(_refine(start, pairs, epochs=epochs)))


def _lay_out_around(size: int, pairs: Ints, anchors: Ints, *, epochs: int, seed: int) -> Floats:
    """The same for a large component: the anchors first, spread over the whole area, then the others around them."""
    rng = np.random.default_rng(seed)
    local = np.full(size, -1, dtype=np.int64)
    local[anchors] = np.arange(len(anchors))
    inner = local[pairs]
    overview = compute_layout(len(anchors), inner[(inner >= 0).all(axis=1)], epochs=epochs, seed=seed)
    placed = overview.components == 0
    fixed = anchors[placed]
    frame = overview.positions[placed]
    frame = (frame - frame.mean(axis=0)) / np.maximum(np.sqrt((frame**2).sum(axis=1)).mean(), 1e-9)
    place = np.zeros((size, 2))
    place[fixed] = frame * np.sqrt(size) * 0.42
    known = np.zeros(size, dtype=bool)
    known[fixed] = True
    left = np.concatenate([pairs[:, 0], pairs[:, 1]])
    right = np.concatenate([pairs[:, 1], pairs[:, 0]])
    while not known.all():
        # Whoever has placed neighbours goes to their middle, a little aside.
        ready = known[left] & ~known[right]
        new, owner = np.unique(right[ready], return_inverse=True)
        count = np.bincount(owner).astype(np.float64)
        for axis in (0, 1):
            place[new, axis] = np.bincount(owner, place[left[ready], axis]) / count
        angle = rng.random(len(new)) * 2 * np.pi
        aside = np.sqrt(size) * 0.03 * (0.3 + rng.random(len(new)))
        place[new] += np.stack([np.cos(angle), np.sin(angle)], axis=1) * aside[:, None]
        known[new] = True
    free = np.ones(size)
    free[fixed] = 0.0
    refined = _refine(place, pairs, epochs=max(epochs // 4, 1), free=free, warmth=0.25)
    return _part(refined, free=np.where(free == 0, 0.15, 1.0))


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


def _refine(
    positions: Floats, pairs: Ints, *, epochs: int, free: Floats | None = None, warmth: float = 1.0
) -> Floats:
    """Balance attraction along edges against the repulsion of all nodes, in steps that shrink to nothing.

    Nodes repel by the product of their masses over the distance, edges pull by the root of their length: between the
    models of Fruchterman & Reingold (1991) and LinLog (Noack 2007), so that communities show and stay readable.
    Each step is divided by the stiffness of the node's own edges, which keeps hubs and leaves equally calm. ``free``
    says how freely each node moves (0 not at all, 1 as it will), ``warmth`` how far a first step may lead.
    """
    size = len(positions)
    left, right = pairs[:, 0], pairs[:, 1]
    degree = np.bincount(pairs.ravel(), minlength=size).astype(np.float64)
    mass = 0.5 + degree
    repel = _repel_exactly if size <= _EXACT_LIMIT else _Field(size).repel
    radius = np.sqrt(size)
    # By the virial theorem the picture comes to rest at about this radius.
    strength = (
        2 * len(pairs) * radius ** (1 + _PULL) * (0.35 if free is None else 0.06) / float(mass.sum()) ** 2
    )
    place = positions
    for epoch in range(epochs):
        rate = 1.0 - epoch / epochs
        along = place[left] - place[right]
        length = np.sqrt((along**2).sum(axis=1)) + 0.05
        stiff = length ** (_PULL - 1)
        pull = along * stiff[:, None]
        stiffness = np.bincount(left, stiff, size) + np.bincount(right, stiff, size)
        push = repel(place, mass) * (strength * mass)[:, None]
        for axis in (0, 1):
            push[:, axis] -= np.bincount(left, pull[:, axis], size) - np.bincount(right, pull[:, axis], size)
        step = push * (0.7 / stiffness)[:, None]
        limit = radius * (0.15 * warmth * rate * rate + 0.002)
        reach = np.sqrt((step**2).sum(axis=1)) + 1e-12
        share = np.minimum(reach, limit) / reach
        place = place + step * (share if free is None else share * free)[:, None]
    return place


def _repel_exactly(place: Floats, mass: Floats) -> Floats:
    """The push of every node on every other, shape (n, 2), per unit of the pushed node's mass."""
    x, y = np.ascontiguousarray(place[:, 0]), np.ascontiguousarray(place[:, 1])
    across, down = np.subtract.outer(x, x), np.subtract.outer(y, y)
    across *= across
    down *= down
    across += down
    across += 0.01
    weight = np.divide(mass[None, :], across, out=across)
    total = weight.sum(axis=1)
    # Sums of differences as differences of sums, which needs no further array of all pairs.
    return np.stack(
        [x * total - np.einsum("ij,j->i", weight, x), y * total - np.einsum("ij,j->i", weight, y)], axis=1
    )


class _Field:
    """The same push through a grid: masses are spread over cells and convolved by FFT (Linderman et al. 2019)."""

    def __init__(self, size: int) -> None:
        self._cells = 128 if size <= 5000 else 256 if size <= 40000 else 512
        offsets = np.fft.fftfreq(2 * self._cells, 1 / (2 * self._cells))
        dx, dy = np.meshgrid(offsets, offsets, indexing="ij")
        square = dx * dx + dy * dy + 0.25
        self._kernels = (np.fft.rfft2(dx / square), np.fft.rfft2(dy / square))

    def repel(self, place: Floats, mass: Floats) -> Floats:
        """As ``_repel_exactly``, to within a cell."""
        cells = self._cells
        low = place.min(axis=0)
        cell = max(float((place.max(axis=0) - low).max()) / (cells - 2), 1e-9)
        spot = (place - low) / cell
        corner = np.floor(spot).astype(np.int64)
        part = spot - corner
        base = corner[:, 0] * cells + corner[:, 1]
        shares = []
        grid = np.zeros(cells * cells)
        for i in (0, 1):
            for j in (0, 1):
                share = np.abs(1 - i - part[:, 0]) * np.abs(1 - j - part[:, 1])
                shares.append((share, base + i * cells + j))
                grid += np.bincount(shares[-1][1], share * mass, cells * cells)
        spectrum = np.fft.rfft2(grid.reshape(cells, cells), s=(2 * cells, 2 * cells))
        push = np.zeros_like(place)
        for axis, kernel in enumerate(self._kernels):
            field = np.fft.irfft2(spectrum * kernel, s=(2 * cells, 2 * cells))[:cells, :cells].ravel()
            for share, index in shares:
                push[:, axis] += share * field[index]
        return push / cell


def _part(positions: Floats, *, rounds: int = 30, free: Floats | None = None) -> Floats:
    """Push apart nodes that nearly cover each other, towards one node per unit of area where it is crowded."""
    place = positions.copy()
    near = 0.8
    for number in range(rounds):
        shift = (number % 3) / 3
        cell = np.floor(place / near + shift).astype(np.int64)
        cell -= cell.min(axis=0)
        order = np.lexsort(
            (place[:, 0], cell[:, 1], cell[:, 0]) if number % 2 else (place[:, 1], cell[:, 0], cell[:, 1])
        )
        ordered = place[order]
        moved = np.zeros_like(ordered)
        for step in (1, 2, 3, 4, 6):
            delta = ordered[step:] - ordered[:-step]
            length = np.sqrt((delta**2).sum(axis=1)) + 1e-9
            push = delta * (np.maximum(near - length, 0) / length * 0.25)[:, None]
            moved[step:] += push
            moved[:-step] -= push
        place[order] = ordered + (moved if free is None else moved * free[order][:, None])
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
    scaled: Floats = turned * np.sqrt(len(turned) / area)
    return scaled


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
