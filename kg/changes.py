"""What is new since a day: papers, first-seen things, methods on the rise, claims that changed.

The graph of today and the papers as they were before are resolved together, once, so that a thing has the same node
on both sides and a difference is one of the texts and not of the naming.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.claims import graph_from_extractions
from kg.directory import FormerPaper, GraphDirectory
from kg.errors import DirectoryError
from kg.graph import KnowledgeGraph
from kg.model import Claim, Entity, EntityType, Paper, Role

_BEFORE = "\x1fbefore"
FIRST_SEEN = (EntityType.DATASET, EntityType.MODEL)
RISING = EntityType.METHOD


@dataclass(frozen=True, slots=True)
class FirstSeen:
    """A thing that no older paper names.

    Attributes:
        entity: the thing.
        introduced_by: new papers that introduce it.
        named_by: other new papers that name it.
        quote: the sentence that names it, of the first of them.
    """

    entity: Entity
    introduced_by: tuple[Paper, ...]
    named_by: tuple[Paper, ...]
    quote: str

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All new papers that name it, those that introduce it first."""
        return (*self.introduced_by, *self.named_by)


@dataclass(frozen=True, slots=True)
class Rise:
    """A method that new papers name more often than older ones did.

    Attributes:
        entity: the method.
        now: new papers that name it.
        before: older papers that name it.
        share_now: of the new papers, 0 to 1.
        share_before: of the older papers, 0 to 1.
    """

    entity: Entity
    now: int
    before: int
    share_now: float
    share_before: float


@dataclass(frozen=True, slots=True)
class ChangedClaim:
    """A statement that a paper makes now and did not before, or the other way round.

    Attributes:
        paper: that makes or made it.
        claim: with its evidence.
        subject: label of its subject.
        object: label of its object.
        kept: true for one that is made now, false for one that no longer is.
    """

    paper: Paper
    claim: Claim
    subject: str
    object: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """All that is new since a day.

    Attributes:
        since: the day, ISO date.
        new: papers that came since.
        changed: papers whose text is another since.
        removed: papers that went since, as they were.
        before: number of papers that there were before.
        first_seen: datasets and models that no older paper names, most named first.
        rising: methods, steepest first.
        claims: statements of changed papers that came or went.
    """

    since: str
    new: tuple[Paper, ...]
    changed: tuple[Paper, ...]
    removed: tuple[Paper, ...]
    before: int
    first_seen: tuple[FirstSeen, ...]
    rising: tuple[Rise, ...]
    claims: tuple[ChangedClaim, ...]


def find_changes(directory: GraphDirectory, since: str, *, min_confidence: float = 0.0) -> Changes:
    """Compare a directory with what it was at the beginning of a day.

    Args:
        directory: a graph directory whose papers came with ``today``.
        since: ISO date; what came or changed on it counts as new.
        min_confidence: leave out claims below it.

    Returns:
        What is new; of papers without a day of coming, nothing is.

    Raises:
        DirectoryError: for what is no date.
    """
    try:
        datetime.date.fromisoformat(since)
    except ValueError as error:
        raise DirectoryError(f"{since!r} is not a date such as 2025-11-05") from error
    days = directory.added_days()
    pairs = list(directory.extractions())
    former = _first_states(directory.history(since), since)
    newcomers = {p.id for p, _ in pairs if days.get(p.id, "") >= since and p.id not in former}
    old_pairs = [
        (replace(f.paper, id=f.paper.id + _BEFORE), replace(f.extraction, paper_id=f.paper.id + _BEFORE))
        for f in former.values()
        if f.extraction is not None
    ]
    graph = graph_from_extractions(
        [*pairs, *old_pairs], min_confidence=min_confidence, decisions=directory.decisions()
    )
    by_object: dict[str, list[Claim]] = {}
    by_paper: dict[str, list[Claim]] = {}
    for claim in graph.claims():
        by_paper.setdefault(claim.paper_id, []).append(claim)
        if claim.subject.startswith("paper/"):
            by_object.setdefault(claim.object, []).append(claim)
    present = {paper.id: paper for paper, _ in pairs}
    older = {i for i in present if i not in newcomers and i not in former} | {p.id for p, _ in old_pairs}
    return Changes(
        since=since,
        new=tuple(present[i] for i in present if i in newcomers),
        changed=tuple(present[i] for i in present if i in former),
        removed=tuple(f.paper for i, f in former.items() if i not in present),
        before=len(older),
        first_seen=_first_seen(graph, by_object, newcomers | (set(former) & set(present)), older),
        rising=_rising(graph, by_object, newcomers, older),
        claims=_changed_claims(graph, by_paper, former, present),
    )


def _first_states(history: Iterable[FormerPaper], since: str) -> dict[str, FormerPaper]:
    """Of each paper that was there before the day, the state in which it was then."""
    found: dict[str, FormerPaper] = {}
    seen: set[str] = set()
    for entry in history:
        if entry.paper.id in seen:
            continue
        seen.add(entry.paper.id)
        if entry.added < since:
            found[entry.paper.id] = entry
    return found


def _first_seen(
    graph: KnowledgeGraph, by_object: dict[str, list[Claim]], recent: set[str], older: set[str]
) -> tuple[FirstSeen, ...]:
    found = []
    for entity in graph.entities():
        if entity.type not in FIRST_SEEN:
            continue
        claims = by_object.get(entity.id, [])
        papers = {c.paper_id for c in claims}
        if not papers or papers & older or not papers & recent:
            continue
        ordered = sorted(claims, key=lambda c: (c.relation != Role.INTRODUCES, -c.confidence, c.paper_id))
        nodes = {
            i: graph.get(f"paper/{i}") for i in dict.fromkeys(c.paper_id for c in ordered) if i in recent
        }
        makers = {c.paper_id for c in claims if c.relation == Role.INTRODUCES}
        named = [(i, node) for i, node in nodes.items() if isinstance(node, Paper)]
        found.append(
            FirstSeen(
                entity,
                tuple(node for i, node in named if i in makers),
                tuple(node for i, node in named if i not in makers),
                ordered[0].evidence.quote,
            )
        )
    found.sort(key=lambda f: (not f.introduced_by, -len(f.papers), f.entity.name.casefold(), f.entity.id))
    return tuple(found)


def _rising(
    graph: KnowledgeGraph, by_object: dict[str, list[Claim]], recent: set[str], older: set[str]
) -> tuple[Rise, ...]:
    if not recent:
        return ()
    now: Counter[str] = Counter()
    before: Counter[str] = Counter()
    entities = {entity.id: entity for entity in graph.entities(RISING)}
    for identifier in entities:
        papers = {claim.paper_id for claim in by_object.get(identifier, ())}
        now[identifier], before[identifier] = len(papers & recent), len(papers & older)
    found = []
    for identifier, count in now.items():
        share, past = count / len(recent), before[identifier] / len(older) if older else 0.0
        if count >= 2 and share > past:
            found.append(Rise(entities[identifier], count, before[identifier], share, past))
    found.sort(key=lambda r: (r.share_before - r.share_now, -r.now, r.entity.id))
    return tuple(found)


def _changed_claims(
    graph: KnowledgeGraph,
    by_paper: dict[str, list[Claim]],
    former: dict[str, FormerPaper],
    present: dict[str, Paper],
) -> tuple[ChangedClaim, ...]:
    found: list[ChangedClaim] = []
    for identifier in former:
        if identifier not in present:
            continue
        now = {_key(c, identifier): c for c in by_paper.get(identifier, ())}
        was = {_key(c, identifier): c for c in by_paper.get(identifier + _BEFORE, ())}
        for keys, claims, kept in (
            (now.keys() - was.keys(), now, True),
            (was.keys() - now.keys(), was, False),
        ):
            for key in sorted(keys):
                claim = claims[key]
                found.append(
                    ChangedClaim(
                        present[identifier], claim, _label(graph, key[0]), _label(graph, key[2]), kept
                    )
                )
    return tuple(found)


def _key(claim: Claim, identifier: str) -> tuple[str, str, str]:
    own = f"paper/{identifier}"
    subject = own if claim.subject.startswith(own) else claim.subject
    return subject, claim.relation, claim.object


def _label(graph: KnowledgeGraph, identifier: str) -> str:
    node = graph.get(identifier)
    return node.title if isinstance(node, Paper) else node.name
