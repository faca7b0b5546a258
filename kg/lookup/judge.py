"""Which of the records that a service offers is the node, if any. Pure: the same records give the same answer.

A record counts only where its name is a spelling of the node's name or of one of its aliases, by the resolver's own key,
so that versions and sizes agree. An identifier that we hold for the node and that the record carries makes it the same
thing. Without one it is at most probably the same, and only where that can be expected to be right; where several would
do, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.links import canonical_url
from kg.lookup.candidates import Candidate
from kg.lookup.kinds import STRONG, WEAK, fit_of, is_text
from kg.lookup.record import CLOSE, HUB, SAME, WIKIDATA, OutsideLink
from kg.lookup.things import Source, Thing
from kg.resolution.items import key_of

PAPERS, NAME_PAGES = "Q13442814", "Q4167410"
"""Wikidata's classes of scholarly articles and of disambiguation pages."""

_IDENTIFIER = 0.97
_TAGGED, _TAGGED_NAMESAKE, _NAMESAKE = 0.85, 0.9, 0.7
_FITS = {WEAK: 0.7, STRONG: 0.8}
_BY_ALIAS = 0.05
_CLEARLY = 3
_LEAST_DOWNLOADS = 100
_SHORT = 4
_ARXIV_DOI = "10.48550/arxiv."
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_STEM = re.compile(r"[a-z]{4,}")
_REPOSITORY_HOSTS = ("github.com/", "gitlab.com/", "huggingface.co/")


def judge(
    thing: Thing, service: str, candidates: Iterable[Candidate], *, refused: Iterable[str] = ()
) -> OutsideLink | None:
    """The record that is the node, or probably is.

    Args:
        thing: the node, with what we hold.
        service: whose records they are.
        candidates: in any order.
        refused: ids of records that people said are wrong.

    Returns:
        The link, or None where no record can be stood by.
    """
    wrong = frozenset(refused)
    by_id = {one.id: one for one in candidates if one.id not in wrong}
    named = [(by_id[i], name) for i in sorted(by_id) if (name := _shared_name(thing, by_id[i])) is not None]
    return _judge_items(thing, named) if service == WIKIDATA else _judge_repositories(thing, named)


def names_of(thing: Thing) -> tuple[str, ...]:
    """The node's name and aliases."""
    return (thing.entity.name, *(alias for alias in thing.entity.aliases if alias != thing.entity.name))


def is_plain(name: str) -> bool:
    """True for one word without digit, hyphen or capital inside: a word or acronym that may well mean other things."""
    return _WORD.fullmatch(name.strip()) is not None


def bears_name(thing: Thing, names: Iterable[str]) -> bool:
    """Whether one of the names is a spelling of one of the node's."""
    keys = {key_of(name) for name in names_of(thing)}
    return any(key_of(name) in keys for name in names if name)


def _shared_name(thing: Thing, candidate: Candidate) -> str | None:
    """The name of the record that is the node's, or else an alias of it."""
    by_key: dict[str, str] = {}
    for name in candidate.names:
        by_key.setdefault(key_of(name), name)
    if thing.key in by_key:
        return by_key[thing.key]
    for alias in sorted(thing.entity.aliases):
        # A short acronym that is only an alias stands for too much else.
        if key_of(alias) in by_key and not (is_plain(alias) and len(alias) <= _SHORT):
            return by_key[key_of(alias)]
    return None


# ------------------------------------------------------------------ Wikidata
def _judge_items(thing: Thing, named: list[tuple[Candidate, str]]) -> OutsideLink | None:
    usable = [(c, name) for c, name in named if not _is_about_papers(c)]
    same = [(c, name, reason) for c, name in usable if (reason := _identifier(thing, c))]
    if same:
        return _link(WIKIDATA, same[0][0], SAME, _IDENTIFIER, same[0][2]) if len(same) == 1 else None
    fitting: list[tuple[float, Candidate, str]] = []
    for candidate, name in usable:
        fit = fit_of(thing.entity.type, candidate.description)
        if fit < (STRONG if thing.is_ambiguous or is_plain(name) else WEAK):
            continue
        by_alias = key_of(name) != thing.key
        reason = f"has the {'alias' if by_alias else 'name'} “{name}” and is described as “{candidate.description}”"
        fitting.append((round(_FITS[fit] - _BY_ALIAS * by_alias, 2), candidate, reason))
    by_name = [one for one in fitting if one[0] in _FITS.values()] or fitting
    if len(by_name) != 1:
        return None
    score, candidate, reason = by_name[0]
    return _link(WIKIDATA, candidate, CLOSE, score, reason)


def _is_about_papers(candidate: Candidate) -> bool:
    return bool({PAPERS, NAME_PAGES} & set(candidate.classes)) or is_text(candidate.description)


def _identifier(thing: Thing, candidate: Candidate) -> str:
    """Which identifier of ours the record carries, in words; empty where it carries none."""
    held = dict(_held(thing))
    for page, title in candidate.pages:
        whose = held.get(plain_address(page))
        if whose:
            return f"its {title} equals {whose}"
    for source in thing.sources:
        given = f"{_ARXIV_DOI}{source.arxiv}" in candidate.dois
        if source.arxiv and (given or source.arxiv in candidate.arxiv):
            return f"its arXiv id is that of {source.paper}, which introduces it"
        if source.doi and source.doi in candidate.dois:
            return f"its DOI is that of {source.paper}, which introduces it"
    return ""


def _held(thing: Thing) -> Iterator[tuple[str, str]]:
    """Addresses that are the node's own, in plain form, each with whose it is; what comes last wins."""
    for source in thing.sources:
        for url in source.links:
            yield plain_address(url), f"a page that {source.paper} links"
    if thing.entity.homepage:
        yield plain_address(thing.entity.homepage), "the catalogue's home page"
    for iri in thing.entity.same_as:
        yield plain_address(iri), f"what the node is linked to already ({iri})"


def plain_address(url: str) -> str:
    """An address without scheme, ``www.``, case and closing slash; empty where it names a host of repositories, not one of them."""
    plain = canonical_url(url).partition("://")[2].partition("#")[0].casefold()
    plain = plain.removeprefix("www.").rstrip("/")
    if plain.startswith(_REPOSITORY_HOSTS) and plain.count("/") < 2:
        return ""
    return plain


# ------------------------------------------------------------------ the Hub
def _judge_repositories(thing: Thing, named: list[tuple[Candidate, str]]) -> OutsideLink | None:
    found = [candidate for candidate, _ in named]
    for source in thing.sources:
        linked = [c for c in found if c.iri.casefold() in {url.casefold() for url in source.links}]
        if len(linked) == 1:
            return _link(HUB, linked[0], SAME, _IDENTIFIER, f"{source.paper} links this very repository")
    tagged = [(c, s) for c in found if (s := _tagged(thing, c)) is not None]
    if tagged:
        # Copies and fine-tunings bear the tag, too: the one among them that stands out is meant, or none.
        best = _outstanding(thing, [c for c, _ in tagged])
        if best is None:
            return None
        source = next(s for c, s in tagged if c is best)
        owner = _namesake(thing, best)
        reason = f"has the name, and the tag of {source.paper}, which introduces it"
        return _link(
            HUB, best, CLOSE, _TAGGED_NAMESAKE if owner else _TAGGED, reason + (f"; {owner}" if owner else "")
        )
    if thing.is_ambiguous or not found:
        return None
    first, *others = sorted(found, key=lambda c: (-c.downloads, c.id))
    owner = _namesake(thing, first)
    clearly = first.downloads >= _CLEARLY * max((c.downloads for c in others), default=0)
    if owner and clearly and first.downloads >= _LEAST_DOWNLOADS:
        reason = f"has the name, {owner}, and is by far the most downloaded of that name ({first.downloads:,} in 30 days)"
        return _link(HUB, first, CLOSE, _NAMESAKE, reason)
    return None


def _tagged(thing: Thing, candidate: Candidate) -> Source | None:
    return next((s for s in thing.sources if s.arxiv and s.arxiv in candidate.arxiv), None)


def _outstanding(thing: Thing, candidates: list[Candidate]) -> Candidate | None:
    """The only one, the only one of a namesake, or the one with three times the downloads of the next."""
    if len(candidates) == 1:
        return candidates[0]
    owned = [c for c in candidates if _namesake(thing, c)]
    if len(owned) == 1:
        return owned[0]
    first, second, *_ = sorted(owned or candidates, key=lambda c: (-c.downloads, c.id))
    clear = first.downloads >= max(_LEAST_DOWNLOADS, _CLEARLY * second.downloads)
    return first if clear else None


def _namesake(thing: Thing, candidate: Candidate) -> str:
    """Why the owner of a repository may be taken for the makers of the thing; empty where nothing says so."""
    owner = candidate.owner.casefold()
    if not owner:
        return ""
    for source in thing.sources:
        for url in source.links:
            parts = plain_address(url).split("/")
            if len(parts) >= 3 and parts[0] in ("github.com", "gitlab.com") and parts[1] == owner:
                return f"belongs to {candidate.owner}, as does the code that {source.paper} links"
            if len(parts) >= 3 and parts[0] == "huggingface.co" and owner in parts[1:-1]:
                return f"belongs to {candidate.owner}, as does a repository that {source.paper} links"
    stem = _STEM.match(key_of(thing.entity.name))
    if stem is not None and stem.group() in re.split(r"[^a-z]+", owner):
        return f"belongs to its namesake {candidate.owner}"
    if stem is not None and owner.startswith(stem.group()):
        return f"belongs to its namesake {candidate.owner}"
    return ""


def _link(service: str, candidate: Candidate, relation: str, score: float, reason: str) -> OutsideLink:
    return OutsideLink(
        service, candidate.id, candidate.iri, candidate.label, candidate.description, relation, score, reason
    )
