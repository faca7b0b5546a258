"""What was seen behind a link, and when: a repository or a page of the Hub as it stood on that day."""

from __future__ import annotations

from dataclasses import dataclass

HERE, GONE, MOVED, UNKNOWN, REFUSED = "here", "gone", "moved", "unknown", "refused"


@dataclass(frozen=True, slots=True)
class LinkFact:
    """A fact about a link; what its service does not tell is None.

    Attributes:
        url: the link, in canonical form.
        seen: when, ``2025-11-05T07:00:00Z``.
        state: ``here``, ``gone``, ``moved`` (here, under another address), ``unknown`` (nobody answered) or
            ``refused`` (not a public address, or not allowed).
        canonical: where it is now.
        stars: stars or likes.
        licence: as the service names it, SPDX where it can.
        language: the main programming language.
        changed: day of the last change, ISO date.
        archived: true where it is read-only.
        downloads: in the last 30 days.
        task: what a model or dataset is for.
        gated: true where it asks for consent first.
        note: why it is unknown or refused.
    """

    url: str
    seen: str
    state: str
    canonical: str = ""
    stars: int | None = None
    licence: str | None = None
    language: str | None = None
    changed: str | None = None
    archived: bool | None = None
    downloads: int | None = None
    task: str | None = None
    gated: bool | None = None
    note: str = ""
