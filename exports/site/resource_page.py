"""The page of a repository, model page, dataset page, demo or project page: which papers link to it, and as what."""

from __future__ import annotations

from exports.site.frame import Site, panel, render_page
from exports.site.markup import LONGEST_HEADING, escape, link_to, name_html, outside, sentence_html
from exports.site.panels import evidence_for, papers_about
from exports.site.paths import page_path
from kg.model import Claim, Resource
from kg.schema import RELATIONS

ROOT = "../"


def resource_page(site: Site, resource: Resource) -> str:
    """The page as text."""
    facts = site.facts
    said: dict[tuple[str, str], Claim] = {}
    for claim in evidence_for(facts, resource.id):
        said.setdefault((claim.paper_id, claim.relation), claim)
    items = []
    for paper, relation in papers_about(facts, resource.id):
        date = facts.date(paper)
        items.append(
            f"<li>{link_to(facts.papers[paper], ROOT, dot=False, most=300)} {f'<time>{date}</time>' if date else ''} "
            f"<em>{RELATIONS[relation].label}</em><blockquote>{sentence_html(said[paper, relation])}</blockquote></li>"
        )
    body = f'<ol class="papers">{"".join(items)}</ol>' if items else ""
    kind = str(resource.kind).replace("_", " ")
    parts = [
        f'<p class="kind"><i class="dot resource"></i><a href="index.html">Resource</a> · {escape(kind)}</p>',
        f"<h1>{name_html(resource.name, LONGEST_HEADING)}</h1>\n",
        f'<p class="links">{outside(resource.url, resource.url)}</p>\n',
        panel(site, ROOT, "papers", "Linked by", body, "papers-linking-to", "evidence-for", count=len(items)),
    ]
    return render_page(
        site, page_path(resource.id), title=resource.name or resource.url, body="".join(parts), kind="resource",
        iri=site.iris.node(resource.id), description=f"{resource.url}: {kind}",
    )  # fmt: skip
