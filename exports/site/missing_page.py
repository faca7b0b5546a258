"""What is missing: announced and not linked, named and known nowhere else, read and not sure, not read at all."""

from __future__ import annotations

import re

from exports.site.frame import Site, panel, render_page
from exports.site.markup import link_to, mark_spans, percent, plural, sentence_html
from exports.site.panels import announced_without_repository, least_certain, silent_papers, unresolved_names
from exports.site.queries import LIMITS
from kg.model import Paper
from kg.schema import NODE_TYPES, RELATIONS

SHOWN = 40
AROUND = 90


def missing_page(site: Site) -> str:
    """The page as text."""
    body = (
        "<h1>What is missing</h1>\n"
        '<p class="soft">Where this graph has gaps, and where a person could close one.</p>\n'
        f"{_announced(site)}{_unresolved(site)}{_uncertain(site)}{_silent(site)}"
    )
    return render_page(
        site, "missing.html", title="What is missing", body=body, kind="missing",
        description="Papers that announce code or data without a link, names known nowhere else, doubtful statements.",
    )  # fmt: skip


def _announced(site: Site) -> str:
    rows = announced_without_repository(site.facts)
    items = [f"<li>{link_to(p, '', dot=False, most=300)}{_around(p, match)}</li>" for p, match in rows]
    return _section(
        site, "announced", "Code or data announced, and no link", items, "announced-without-repository",
        "These abstracts say that something is or will be available; no repository or page is linked from the text.",
    )  # fmt: skip


def _around(paper: Paper, match: re.Match[str]) -> str:
    start, end = max(0, match.start() - AROUND), min(len(paper.abstract), match.end() + AROUND)
    # From blank to blank, where there is one before the match.
    start = paper.abstract.find(" ", start, match.start()) + 1 or start if start else 0
    end = paper.abstract.rfind(" ", match.end(), end) if end < len(paper.abstract) else end
    end = end if end >= match.end() else match.end()
    words = mark_spans(paper.abstract[start:end], start, [(match.start(), match.end(), "<mark>", "</mark>")])
    before, behind = "…" if start else "", "…" if end < len(paper.abstract) else ""
    return f"<blockquote>{before}{words}{behind}</blockquote>"


def _unresolved(site: Site) -> str:
    items = [
        f"<li>{link_to(e, '')} <small>{NODE_TYPES[e.type].label.lower()}, "
        f"{plural(site.facts.support.get(e.id, 0), 'paper')}</small></li>"
        for e in unresolved_names(site.facts)
    ]
    return _section(
        site, "unresolved", "Names known nowhere else", items, "unresolved-names",
        "Neither an identifier elsewhere nor a home page is known for these: new, rare, or not recognised.",
    )  # fmt: skip


def _uncertain(site: Site) -> str:
    facts = site.facts
    items = [
        f"<li>{link_to(facts.nodes[c.subject], '', dot=False)} <em>{RELATIONS[c.relation].label}</em> "
        f"{link_to(facts.nodes[c.object], '')} <small>{percent(c.confidence)}</small>"
        f"<blockquote>{sentence_html(c)}</blockquote></li>"
        for c in least_certain(facts, LIMITS["least-certain"])
    ]
    return _section(
        site,
        "uncertain",
        "Least certain statements",
        items,
        "least-certain",
        "Where to look first for mistakes.",
    )


def _silent(site: Site) -> str:
    items = [f"<li>{link_to(p, '', dot=False, most=300)}</li>" for p in silent_papers(site.facts)]
    return _section(
        site,
        "silent",
        "Papers without any name",
        items,
        "silent-papers",
        "Nothing could be read in these abstracts.",
    )


def _section(site: Site, identifier: str, title: str, items: list[str], query: str, note: str) -> str:
    if not items:
        body = '<p class="soft">None.</p>'
    else:
        kept = items[: LIMITS[query]]
        body = f'<p class="soft">{note}</p><ol class="papers">{"".join(kept[:SHOWN])}</ol>'
        if kept[SHOWN:]:
            body += (
                f'<details class="more"><summary>{len(kept) - SHOWN:,} more</summary>'
                f'<ol class="papers" start="{SHOWN + 1}">{"".join(kept[SHOWN:])}</ol></details>'
            )
        if len(items) > len(kept):
            body += f'<p class="soft">{len(items) - len(kept):,} more are not shown; the query gives all without its limit.</p>'
    return panel(site, "", identifier, title, body, query, count=len(items))
