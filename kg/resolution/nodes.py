"""Groups of labels become nodes: type, name, id, aliases, identifiers, families, and the merges that made them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from kg.merges import Merge
from kg.model import Entity, EntityType
from kg.resolution.assign import Assigned
from kg.resolution.families import find_parent
from kg.resolution.items import KINDS, Items, key_of, tidy
from kg.resolution.keys import Reason
from kg.resolution.known import KnownNames
from kg.resolution.labels import Labels
from kg.resolution.result import Resolution
from kg.resolution.slugs import slug

T = TypeVar("T")
_SAME_SPELLING = Reason("spelling", 0.99)
_CATALOGUE_NAME = Reason("the catalogue's name", 0.97)


def make_nodes(items: Items, known: KnownNames, labels: Labels, assigned: Assigned) -> Resolution:
    """Make the nodes of all groups."""
    rows_of: dict[int, list[int]] = defaultdict(list)
    for row in range(len(items)):
        rows_of[labels.find(assigned.label[row])].append(row)
    joins: dict[int, list[int]] = defaultdict(list)
    for number, join in enumerate(labels.joins):
        joins[join.left].append(number)
        joins[join.right].append(number)
    drafts = sorted(
        (_draft(items, known, labels, assigned, root, rows) for root, rows in rows_of.items()), key=_order
    )
    identifiers = _identifiers(items, labels, drafts)
    close = _close_matches(labels, assigned, {d.root: i for d, i in zip(drafts, identifiers, strict=True)})
    entities: list[Entity] = []
    nodes: dict[tuple[str, int], str] = {}
    merges: list[Merge] = []
    dissent: dict[tuple[str, int], EntityType] = {}
    types: dict[str, tuple[tuple[EntityType, int], ...]] = {}
    for draft, identifier in zip(drafts, identifiers, strict=True):
        entities.append(
            Entity(
                identifier,
                draft.kind,
                draft.name,
                draft.aliases,
                same_as=draft.same_as,
                close_match=close.get(draft.root, ()),
                homepage=draft.homepage,
            )
        )
        for row in draft.rows:
            place = (items.papers[items.paper[row]], items.index[row])
            nodes[place] = identifier
            if KINDS[items.kind[row]] is not draft.kind:
                dissent[place] = KINDS[items.kind[row]]
        if len(draft.kinds) > 1:
            types[identifier] = tuple(
                (KINDS[k], n) for k, n in sorted(draft.kinds.items(), key=lambda kn: (-kn[1], kn[0]))
            )
        merges.extend(_merges(items, labels, assigned, joins, draft, identifier))
    by_id = sorted(entities, key=lambda e: e.id)
    families = _families(items, known, drafts, identifiers)
    return Resolution(
        tuple(by_id), nodes, tuple(sorted(merges, key=lambda m: (m.node, m.name))), families, dissent, types
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    root: int
    main: int
    own: str
    rows: list[int]
    kind: EntityType
    kinds: Counter[int]
    name: str
    aliases: tuple[str, ...]
    same_as: tuple[str, ...]
    homepage: str | None


def _draft(
    items: Items, known: KnownNames, labels: Labels, assigned: Assigned, root: int, rows: list[int]
) -> _Draft:
    members = {assigned.label[row] for row in rows}
    per_label = Counter(assigned.label[row] for row in rows)
    entries = sorted(
        (int(labels.names[label][1]) for label in members if labels.names[label][0] == "entry"),
        key=lambda e: (-per_label[labels.number(("entry", e))], e),
    )
    kinds = Counter(items.kind[row] for row in rows)
    weights = dict.fromkeys(kinds, 0.0)
    names: Counter[str] = Counter()
    aliases: set[str] = set()
    for row in rows:
        weights[items.kind[row]] += items.weight[row] * (2.0 if items.introduced[row] else 1.0)
        names[tidy(items.name[row])] += 1
        aliases.update(tidy(alias) for _, alias in items.aliases.get(row, ()))
    same_as = {items.hub[row] for row in rows if row in items.hub}
    homepage = None
    if entries:
        entry = known.entries[entries[0]]
        number = KINDS.index(entry.type)
        weights[number] = weights.get(number, 0.0) + 0.5 * sum(weights.values()) + 2.0
        name = entry.name
        same_as.update(known.identifiers(entries[0]))
        homepage = entry.homepage or None
        main = labels.number(("entry", entries[0]))
    else:
        name = _first(
            names, lambda n: (-names[n], _opens_a_sentence(n, names), -sum(c.isupper() for c in n), n)
        )
        main = _first(per_label, lambda label: (-per_label[label], labels.names[label]))
    kind = KINDS[min(weights, key=lambda k: (-round(weights[k], 6), k))]
    own = next(
        (str(labels.names[label][2]) for label in sorted(members) if labels.names[label][0] == "own"), ""
    )
    return _Draft(
        root,
        main,
        own,
        rows,
        kind,
        kinds,
        name,
        tuple(sorted({*aliases, *names, name})),
        tuple(sorted(same_as)),
        homepage,
    )


def _first(values: Collection[T], rank: Callable[[T], Any]) -> T:
    """The least by rank; most nodes have one name and one label, which need no ranking."""
    return next(iter(values)) if len(values) == 1 else min(values, key=rank)


def _opens_a_sentence(name: str, names: Collection[str]) -> bool:
    """True where others write the same in lower case: the capital then belongs to a sentence, not to the name."""
    return name[:1].lower() + name[1:] in names and not name.islower() and name[1:].islower()


def _order(draft: _Draft) -> tuple[str, str, bool, int, str, int]:
    """Of several nodes that want one id, the one that is nobody's own comes first, then the larger one."""
    return (str(draft.kind), slug(draft.name), bool(draft.own), -len(draft.rows), draft.own, draft.root)


def _identifiers(items: Items, labels: Labels, drafts: list[_Draft]) -> list[str]:
    taken: set[str] = set()
    found: list[str] = []
    for draft in drafts:
        identifier = f"{draft.kind}/{slug(draft.name)}"
        if identifier in taken and draft.own:
            identifier += f"-{slug(draft.own)}"
        if identifier in taken:
            identifier += (
                "-" + hashlib.sha256("\x1f".join(map(str, labels.names[draft.main])).encode()).hexdigest()[:8]
            )
        taken.add(identifier)
        found.append(identifier)
    return found


def _close_matches(labels: Labels, assigned: Assigned, by_root: dict[int, str]) -> dict[int, tuple[str, ...]]:
    found: dict[int, set[str]] = defaultdict(set)
    for left, right in assigned.guesses:
        first, second = labels.find(left), labels.find(right)
        if first != second and first in by_root and second in by_root and labels.may_join(first, second):
            found[first].add(by_root[second])
            found[second].add(by_root[first])
    return {root: tuple(sorted(others)) for root, others in found.items()}


def _merges(
    items: Items,
    labels: Labels,
    assigned: Assigned,
    joins: dict[int, list[int]],
    draft: _Draft,
    identifier: str,
) -> list[Merge]:
    """One merge for each spelling of a node's name other than the node's own."""
    paths = _paths(labels, joins, draft.main)
    own_key = key_of(draft.name)
    # Where the node bears the name of those who were joined to it, what joined them explains the others.
    namesakes = (
        assigned.reasons[row]
        for row in draft.rows
        if row in assigned.reasons and tidy(items.name[row]) == draft.name
    )
    named = next(namesakes, _SAME_SPELLING)
    counts: Counter[tuple[str, str, float]] = Counter()
    example: dict[tuple[str, str, float], str] = {}
    for row in draft.rows:
        name = tidy(items.name[row])
        if name == draft.name:
            continue
        reason = _SAME_SPELLING if key_of(name) == own_key else assigned.reasons.get(row)
        path = paths.get(assigned.label[row])
        if reason is None:
            reason = path or (_CATALOGUE_NAME if labels.names[assigned.label[row]][0] == "entry" else named)
        elif path is not None and reason is not _SAME_SPELLING:
            reason = Reason(f"{reason.text}; {path.text}", round(reason.score * path.score, 3))
        key = (name, reason.text, reason.score)
        counts[key] += 1
        example.setdefault(key, items.papers[items.paper[row]])
    return [
        Merge(identifier, draft.name, name, reason, round(score, 3), number, example[(name, reason, score)])
        for (name, reason, score), number in sorted(counts.items())
    ]


def _paths(labels: Labels, joins: dict[int, list[int]], main: int) -> dict[int, Reason]:
    """By label, the joins that lead to it from the main label; the main label has none."""
    if not joins.get(main):
        return {}
    found: dict[int, Reason | None] = {main: None}
    queue = deque([main])
    while queue:
        label = queue.popleft()
        before = found[label]
        for number in joins.get(label, ()):
            join = labels.joins[number]
            other = join.right if join.left == label else join.left
            if other in found:
                continue
            text = (
                join.reason
                if before is None or before.text == join.reason
                else f"{before.text}; {join.reason}"
            )
            found[other] = Reason(text, round(join.score * (before.score if before else 1.0), 3))
            queue.append(other)
    return {label: reason for label, reason in found.items() if reason is not None}


def _families(
    items: Items, known: KnownNames, drafts: list[_Draft], identifiers: list[str]
) -> dict[str, str]:
    """The family node of every node that is a size, version or part of another one of its type."""
    by_key: dict[EntityType, dict[str, str]] = {kind: {} for kind in KINDS}
    for draft, identifier in zip(drafts, identifiers, strict=True):
        if not draft.own:
            for row in draft.rows:
                by_key[draft.kind].setdefault(items.keys[items.key[row]], identifier)
    found: dict[str, str] = {}
    for draft, identifier in zip(drafts, identifiers, strict=True):
        if draft.own and draft.kind is not EntityType.MODEL:
            continue  # the catalogue's families are those of the well-known things
        parent = find_parent(draft.name, draft.kind, by_key[draft.kind], known)
        if parent is not None and parent != identifier:
            found[identifier] = parent
    return found
