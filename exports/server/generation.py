"""One state of the data together with the workers that answer from it; a changed graph gets the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exports.server.launching import Launcher, Worker


@dataclass(frozen=True, slots=True)
class StoredData:
    """What a store holds.

    Attributes:
        fingerprint: changes when the data changes.
        statements: how many there are.
        void: description in Turtle; empty where there is none.
    """

    fingerprint: str
    statements: int
    void: str = ""


def _keep() -> None:
    """Nothing has to be let go."""


@dataclass(slots=True, eq=False)
class Generation:
    """One state of the data and who answers from it.

    Attributes:
        launcher: starts workers on its store.
        data: what that store holds.
        release: called in a thread once the last worker has gone.
        workers: those that live.
    """

    launcher: Launcher
    data: StoredData
    release: Callable[[], None] = _keep
    workers: set[Worker] = field(default_factory=set)
