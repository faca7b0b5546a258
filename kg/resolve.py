"""One thing, one node: names of many papers become entities of the graph.

Input: what each paper's text says. Output: entities, and for each paper's entity the node it became.
Independent of the order of the papers.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kg.catalogue import load_catalogue
from kg.model import Entity, EntityType, ExtractedEntity, Extraction
from kg.names import normal_form
from kg.text import clean_text

_SLUG = re.compile(r"[^\w.+-]+")
_MAJORITY = 0.6


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of every paper's entities.

    Attributes:
        entities: the nodes, by id.
        nodes: node id by paper id and position in that paper's extraction.
    """

    entities: tuple[Entity, ...]
    nodes: dict[tuple[str, int], str]


def resolve(extractions: Iterable[Extraction]) -> Resolution:
    """Group the entities of all papers into nodes.

    Two entities become one node where their normal forms agree, where the catalogue knows both names as one, or
    where most papers that define the abbreviation give it the other's long form.
    """
    local = [(e.paper_id, i, entity) for e in extractions for i, entity in enumerate(e.entities)]
    long_forms: dict[str, Counter[str]] = defaultdict(Counter)
    for _, _, entity in local:
        main = normal_form(entity.name)
        for form in {normal_form(a) for a in entity.aliases} - {main, ""}:
            long_forms[form][main] += 1
    known = _catalogue_keys()
    groups: dict[str, list[tuple[str, int, ExtractedEntity]]] = defaultdict(list)
    for item in local:
        groups[_key(item[2], long_forms, known)].append(item)
    entities: list[Entity] = []
    nodes: dict[tuple[str, int], str] = {}
    taken: set[str] = set()
    for key in sorted(groups):
        members = groups[key]
        types = Counter({t: 0 for t in EntityType})
        names: Counter[str] = Counter()
        aliases: set[str] = set()
        for _, _, entity in members:
            types[entity.type] += 1
            names[_tidy(entity.name)] += 1
            aliases.update(_tidy(a) for a in entity.aliases)
        kind = min(types, key=lambda t: (-types[t], str(t)))
        name = known[key] if key in known and normal_form(known[key]) == key else _best_name(names)
        identifier = f"{kind}/{slug(name)}"
        if identifier in taken:
            identifier += "-" + hashlib.sha256(key.encode()).hexdigest()[:8]
        taken.add(identifier)
        entities.append(Entity(identifier, kind, name, tuple(sorted(aliases | {name}))))
        for paper_id, index, _ in members:
            nodes[(paper_id, index)] = identifier
    return Resolution(tuple(sorted(entities, key=lambda e: e.id)), nodes)


def slug(name: str) -> str:
    """A readable part of an id: lower case, words joined by hyphens, at most 80 characters, never empty."""
    text = _SLUG.sub("-", clean_text(name).text.casefold().strip()).strip("-.")
    if not text:
        return "x" + hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return text if len(text) <= 80 else text[:67] + "-" + hashlib.sha256(text.encode()).hexdigest()[:12]


def _tidy(name: str) -> str:
    return " ".join(clean_text(name).text.split()) or name


def _best_name(names: Counter[str]) -> str:
    return min(names, key=lambda n: (-names[n], -sum(c.isupper() for c in n), n))


def _catalogue_keys() -> dict[str, str]:
    """Normal form of every unambiguous name in the catalogue to the canonical name."""
    keys: dict[str, str] = {}
    for entry in load_catalogue():
        if "ambiguous" in entry.flags:
            continue
        for name in (entry.name, *entry.aliases):
            keys.setdefault(normal_form(name), entry.name)
    return keys


def _key(entity: ExtractedEntity, long_forms: dict[str, Counter[str]], known: dict[str, str]) -> str:
    forms = [normal_form(entity.name), *(normal_form(a) for a in entity.aliases)]
    for form in forms:
        if form in known:
            return normal_form(known[form])
    main = forms[0] or entity.name
    votes = long_forms.get(main)
    if votes:
        best = min(votes, key=lambda f: (-votes[f], f))
        if votes[best] >= _MAJORITY * sum(votes.values()):
            return normal_form(known[best]) if best in known else best
    return main
