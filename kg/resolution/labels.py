"""Labels, a name in one of its senses, and the groups into which they are joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Join:
    """Why two labels became one.

    Attributes:
        left: a label.
        right: another.
        reason: in words.
        score: probability that they are one, 0 to 1.
    """

    left: int
    right: int
    reason: str
    score: float


class Labels:
    """Numbered labels in a disjoint-set forest (Tarjan 1975) that knows which of them must stay apart.

    A label is what a name means: ``("key", k)`` is the name with key ``k`` where nothing more is known, ``("entry", n)``
    the catalogue's n-th entry, ``("own", k, paper)`` a paper's own thing of a name that others use as well.
    """

    def __init__(self) -> None:
        self.names: list[tuple[str | int, ...]] = []
        self.joins: list[Join] = []
        self._numbers: dict[tuple[str | int, ...], int] = {}
        self._parent: list[int] = []
        self._apart: dict[int, set[int]] = {}

    def __len__(self) -> int:
        return len(self.names)

    def number(self, name: tuple[str | int, ...]) -> int:
        """The label's number, a new one if need be."""
        found = self._numbers.get(name)
        if found is None:
            found = self._numbers[name] = len(self.names)
            self.names.append(name)
            self._parent.append(found)
        return found

    def known(self, name: tuple[str | int, ...]) -> int | None:
        """The label's number, or None."""
        return self._numbers.get(name)

    def find(self, label: int) -> int:
        """The label that stands for its group."""
        parent = self._parent
        while parent[label] != label:
            parent[label] = label = parent[parent[label]]
        return label

    def keep_apart(self, left: int, right: int) -> None:
        """No later join may bring these two into one group."""
        left, right = self.find(left), self.find(right)
        self._apart.setdefault(left, set()).add(right)
        self._apart.setdefault(right, set()).add(left)

    def may_join(self, left: int, right: int) -> bool:
        """True where nothing keeps the two groups apart."""
        return self.find(right) not in self._apart.get(self.find(left), ())

    def join(self, left: int, right: int, *, reason: str, score: float) -> bool:
        """Make two groups one.

        Returns:
            False where they must stay apart; nothing is changed then.
        """
        first, second = self.find(left), self.find(right)
        if first == second:
            return True
        if second in self._apart.get(first, ()):
            return False
        keep, gone = min(first, second), max(first, second)
        self._parent[gone] = keep
        for other in self._apart.pop(gone, ()):
            self._apart[other].discard(gone)
            self._apart[other].add(keep)
            self._apart.setdefault(keep, set()).add(other)
        self.joins.append(Join(left, right, reason, score))
        return True

    def groups(self, labels: Iterable[int]) -> dict[int, list[int]]:
        """Labels by the one that stands for their group."""
        found: dict[int, list[int]] = {}
        for label in labels:
            found.setdefault(self.find(label), []).append(label)
        return found

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.names)))
