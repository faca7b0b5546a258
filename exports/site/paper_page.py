"""The page of a paper: its abstract with the names in it linked, what was read from each sentence, papers like it."""

from __future__ import annotations

from exports.flat import node_url
from exports.pages.data import safe_url
from exports.site.frame import Site, graph_link, panel, render_page
from exports.site.markup import (
    LONGEST_HEADING,
    escape,
    link_to,
    mark_spans,
    name_html,
    outside,
    percent,
    plural,
    sentence_html,
)
from exports.site.paths import page_path
from exports.site.queries import LIMITS
from exports.site.related import RelatedPapers
from kg.graph import node_label, node_type
from kg.model import Claim, Paper, Resource
from kg.schema import RELATIONS, ROLE_RELATIONS

ROOT = "../"
MOST_AUTHORS = 30


def paper_page(site: Site, paper: Paper, related: RelatedPapers) -> str:
    """The page as text."""
    claims = site.facts.of_paper.get(paper.id, [])
    parts = [
        '<p class="kind"><i class="dot paper"></i><a href="index.html">Paper</a></p>',
        f"<h1>{name_html(paper.title, LONGEST_HEADING)}</h1>\n",
        _byline(paper),
        _links(site, paper, claims),
        '<div class="columns"><div>\n',
        _abstract(site, paper, claims),
        _sentences(site, paper, claims),
        "</div><aside>\n",
        _summary(site, paper),
        _related(site, paper, related),
        "</aside></div>\n",
    ]
    return render_page(
        site, page_path(paper.node_id), title=paper.title or paper.id, body="".join(parts), kind="paper",
        iri=site.iris.node(paper.node_id), description=paper.abstract or paper.title,
    )  # fmt: skip


def _byline(paper: Paper) -> str:
    authors = ", ".join(name_html(name, 80) for name in paper.authors[:MOST_AUTHORS])
    if len(paper.authors) > MOST_AUTHORS:
        authors += f" and {len(paper.authors) - MOST_AUTHORS} more"
    elif not authors and paper.author_count:
        authors = plural(paper.author_count, "author")
    rest = [escape(part) for part in (paper.organisation, paper.venue, str(paper.date or "")) if part]
    if paper.upvotes:
        rest.append(plural(paper.upvotes, "upvote"))
    lines = [line for line in (authors, " · ".join(rest)) if line]
    return f'<p class="byline">{"<br>".join(lines)}</p>\n' if lines else ""


def _links(site: Site, paper: Paper, claims: list[Claim]) -> str:
    found = {}
    url = safe_url(node_url(paper))
    if url:
        label = f"arXiv {paper.arxiv_id}" if paper.arxiv_id else f"doi {paper.doi}"
        found[url] = outside(url, label)
    for claim in claims:
        node = site.facts.nodes[claim.object]
        if isinstance(node, Resource) and node.url not in found:
            what = RELATIONS[claim.relation].term.removeprefix("has")
            found[node.url] = f'<span class="pair">{escape(what)}: {link_to(node, ROOT)}</span>'
    for url in paper.links:
        if url not in found and safe_url(url):
            found[url] = outside(url, url.partition("://")[2])
    if link := graph_link(site, paper.node_id):
        found["graph"] = link
    return f'<p class="links">{" ".join(found.values())}</p>\n' if found else ""


def _abstract(site: Site, paper: Paper, claims: list[Claim]) -> str:
    if not paper.abstract:
        return '<p class="soft">No abstract is known.</p>\n'
    spans: list[tuple[int, int, str, str]] = []
    for claim in claims:
        if claim.subject != paper.node_id:
            continue
        node = site.facts.nodes[claim.object]
        label = RELATIONS[claim.relation].label
        title = escape(f"{label} {node_label(node)[:120]}")
        opening = f'<a class="name {node_type(node)} {claim.relation}" href="{ROOT}{page_path(claim.object)}" title="{title}">'
        spans += [
            (s.start, s.end, opening, "</a>") for s in claim.evidence.focus if s.start >= paper.abstract_start
        ]
    text = mark_spans(paper.abstract, paper.abstract_start, spans)
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n") if part.strip())
    return f'<section id="abstract" class="abstract"><h2 class="unseen">Abstract</h2>{paragraphs}</section>\n'


def _sentences(site: Site, paper: Paper, claims: list[Claim]) -> str:
    by_place: dict[tuple[int, int], list[Claim]] = {}
    for claim in claims:
        by_place.setdefault((claim.evidence.start, claim.evidence.end), []).append(claim)
    items = []
    for (start, end), found in sorted(by_place.items()):
        focus = sorted({(s.start, s.end) for c in found for s in c.evidence.focus})
        quote = found[0].evidence.quote
        sentence = (
            mark_spans(quote, start, [(a, b, "<mark>", "</mark>") for a, b in focus], most=1200)
            if len(found) > 1
            else sentence_html(found[0])
        )
        read = "".join(_read(site, paper, claim) for claim in _ordered(found))
        items.append(
            f'<li id="at-{start}-{end}"><blockquote>{sentence}</blockquote><ul class="read">{read}</ul></li>'
        )
    body = f'<ol class="sentences">{"".join(items)}</ol>' if items else ""
    return panel(
        site,
        ROOT,
        "read",
        "What was read, sentence by sentence",
        body,
        "statements-of-paper",
        count=len(claims),
    )


def _ordered(claims: list[Claim]) -> list[Claim]:
    rank = {name: place for place, name in enumerate(RELATIONS)}
    return sorted(claims, key=lambda c: (rank[c.relation], c.subject, c.object))


def _read(site: Site, paper: Paper, claim: Claim) -> str:
    nodes = site.facts.nodes
    label = RELATIONS[claim.relation].label
    start = "" if claim.subject == paper.node_id else link_to(nodes[claim.subject], ROOT) + " "
    return f"<li>{start}<em>{label}</em> {link_to(nodes[claim.object], ROOT)} <small>{percent(claim.confidence)}</small></li>"


def _summary(site: Site, paper: Paper) -> str:
    facts = site.facts
    pieces = []
    for relation in ROLE_RELATIONS:
        things = sorted(facts.things_of(paper.id, (relation,)), key=lambda t: (-facts.support.get(t, 0), t))
        links = "".join(f"<li>{link_to(facts.nodes[thing], ROOT)}</li>" for thing in things)
        title = RELATIONS[relation].label.capitalize()
        body = f'<ul class="plain">{links}</ul>' if links else ""
        pieces.append(panel(site, ROOT, relation, title, body, "statements-of-paper", count=len(things)))
    return "".join(pieces)


def _related(site: Site, paper: Paper, related: RelatedPapers) -> str:
    rows = related.find(paper.id, LIMITS["related-papers"])
    items = "".join(
        f'<li>{link_to(site.facts.papers[other], ROOT, dot=False, most=200)}<span class="count" '
        f'title="{plural(shared, "name")} in common">{shared}</span></li>'
        for other, shared in rows
    )
    return panel(
        site,
        ROOT,
        "related",
        "Shares most names with",
        f'<ul class="ranked">{items}</ul>' if items else "",
        "related-papers",
    )
