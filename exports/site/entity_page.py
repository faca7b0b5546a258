"""The page of a dataset, method, model, task or metric: who introduces and uses it, beside what, since when."""

from __future__ import annotations

from collections.abc import Sequence

from exports.site.charts import bar_chart, time_buckets
from exports.site.frame import Site, graph_link, panel, render_page
from exports.site.markup import (
    LONGEST_HEADING,
    clip,
    link_to,
    name_html,
    outside,
    percent,
    plural,
    sentence_html,
)
from exports.site.panels import (
    Counted,
    code_for,
    compared_with,
    datasets_used_with,
    evidence_for,
    methods_used_with,
    metrics_of,
    months_of,
    papers_about,
    related_things,
    statements_about,
)
from exports.site.paths import page_path
from exports.site.queries import LIMITS
from kg.model import Claim, Entity
from kg.names import normal_form
from kg.schema import ENTITY_RELATIONS, NODE_TYPES, RELATIONS, ROLE_RELATIONS

QUOTED = 12
"""Papers of each relation that are shown with their sentence; the rest are titles that unfold."""
STATED = 8
MOST_NAMES = 8
LEAST_FOR_CHART = 3
ROOT = "../"


def entity_page(site: Site, entity: Entity) -> str:
    """The page as text."""
    facts, kind = site.facts, NODE_TYPES[entity.type]
    about = papers_about(facts, entity.id)
    numbers = {r: len(facts.from_papers.get(entity.id, {}).get(r, ())) for r in ROLE_RELATIONS}
    papers = facts.papers_that(entity.id)
    summary = ", ".join(f"{RELATIONS[r].inverse_label} {plural(n, 'paper')}" for r, n in numbers.items() if n)
    parts = [
        f'<p class="kind"><i class="dot {kind.name}"></i><a href="index.html">{kind.label}</a></p>',
        f"<h1>{name_html(entity.name, LONGEST_HEADING)}</h1>\n",
        _other_names(entity),
        _links(site, entity),
        _numbers(numbers),
        '<div class="columns"><div>\n',
        _over_time(site, papers),
        _papers(site, entity, about[: LIMITS["papers-about"]], numbers, len(about)),
        _statements(site, entity),
        "</div><aside>\n",
        _aside(site, entity),
        "</aside></div>\n",
    ]
    description = f"{entity.name}: {kind.label.lower()}{', ' if summary else ''}{summary}."
    return render_page(
        site, page_path(entity.id), title=entity.name, body="".join(parts), kind=kind.name,
        iri=site.iris.node(entity.id), description=description,
    )  # fmt: skip


def _other_names(entity: Entity) -> str:
    others = [alias for alias in entity.aliases if alias != entity.name]
    # Spellings that differ in case or hyphens alone are folded away; an abbreviation and its long form are not.
    distinct = {normal_form(entity.name): ""}
    for alias in others:
        distinct.setdefault(normal_form(alias), alias)
    shown = [alias for alias in distinct.values() if alias][:MOST_NAMES]
    every = [entity.name] if len(entity.name) > LONGEST_HEADING else []
    every += others if len(others) > len(shown) else []
    start = f"Also written {', '.join(name_html(alias, 80) for alias in shown)}" if shown else ""
    more = ""
    if every:
        items = "".join(f"<li>{name_html(alias, 20_000)}</li>" for alias in every)
        more = f"<details><summary>{plural(len(every), 'spelling')}</summary><ul>{items}</ul></details>"
    return f'<div class="soft">{start}{more}</div>\n' if start or more else ""


def _links(site: Site, entity: Entity) -> str:
    found = [outside(url, _site_name(url)) for url in entity.same_as]
    if entity.homepage:
        found.append(outside(entity.homepage, "Home page"))
    for other in entity.close_match:
        node = site.facts.nodes.get(other)
        found.append(
            f"perhaps the same: {link_to(node, ROOT) if node else outside(other, _site_name(other))}"
        )
    found += [link] if (link := graph_link(site, entity.id)) else []
    return f'<p class="links">{" ".join(found)}</p>\n' if found else ""


def _site_name(url: str) -> str:
    rest = url.partition("://")[2] or url
    return clip(rest.removeprefix("www."), 60)


def _numbers(numbers: dict[str, int]) -> str:
    cells = "".join(
        f'<li><a href="#{r}">{RELATIONS[r].inverse_label} <b>{n:,}</b></a></li>'
        for r, n in numbers.items() if n
    )  # fmt: skip
    return f'<ul class="numbers">{cells}</ul>\n' if cells else ""


def _over_time(site: Site, papers: set[str]) -> str:
    if len(papers) < LEAST_FOR_CHART:
        return ""
    buckets = time_buckets(months_of(site.facts, papers), site.last_month)
    chart = bar_chart(buckets) if len(buckets) > 1 else ""
    return panel(site, ROOT, "over-time", "Papers over time", chart, "months-of")


def _papers(
    site: Site, entity: Entity, about: Sequence[tuple[str, str]], numbers: dict[str, int], total: int
) -> str:
    facts = site.facts
    said: dict[tuple[str, str], list[Claim]] = {}
    for claim in evidence_for(facts, entity.id)[: LIMITS["evidence-for"]]:
        said.setdefault((claim.paper_id, claim.relation), []).append(claim)
    pieces = []
    for relation in ROLE_RELATIONS:
        papers = [paper for paper, r in about if r == relation]
        items = "".join(
            _paper_item(site, paper, said.get((paper, relation), ())) for paper in papers[:QUOTED]
        )
        rest = papers[QUOTED:]
        if rest:
            more = "".join(_paper_item(site, paper, ()) for paper in rest)
            items += f'</ol><details class="more"><summary>{len(rest):,} more</summary><ol class="papers">{more}</ol></details>'
        else:
            items += "</ol>" if items else ""
        if len(papers) < numbers[relation] and items:
            items += (
                f'<p class="soft">Of {plural(total, "statement")} about it the newest {len(about):,} are shown; '
                "the query gives all without its limit.</p>"
            )
        title = RELATIONS[relation].inverse_label.capitalize()
        body = f'<ol class="papers">{items}' if items else ""
        pieces.append(
            panel(site, ROOT, relation, title, body, "papers-about", "evidence-for", count=numbers[relation])
        )
    return "".join(pieces)


def _paper_item(site: Site, paper: str, claims: Sequence[Claim]) -> str:
    date = site.facts.date(paper)
    when = f" <time>{date}</time>" if date else ""
    quotes = "".join(
        f"<blockquote>{sentence_html(c)}<small>{percent(c.confidence)}{_dissent(c)}</small></blockquote>"
        for c in claims[:2]
    )
    return f"<li>{link_to(site.facts.papers[paper], ROOT, dot=False, most=300)}{when}{quotes}</li>"


def _dissent(claim: Claim) -> str:
    """What the paper takes the thing for, where it is something else by the evidence of all papers."""
    return f" · here a {NODE_TYPES[claim.stated_type].label}" if claim.stated_type else ""


def _statements(site: Site, entity: Entity) -> str:
    facts = site.facts
    claims = statements_about(facts, entity.id)[: LIMITS["statements-about"]]
    groups: dict[tuple[str, bool], list[Claim]] = {}
    for claim in claims:
        groups.setdefault((claim.relation, claim.subject == entity.id), []).append(claim)
    pieces = []
    for relation in ENTITY_RELATIONS:
        for outgoing in (True, False):
            found = groups.get((relation, outgoing), [])
            items = [
                f"<li>{link_to(facts.nodes[c.object if outgoing else c.subject], ROOT)}"
                f"<blockquote>{sentence_html(c)}<small>{percent(c.confidence)} · "
                f"{link_to(facts.papers[c.paper_id], ROOT, dot=False)}</small></blockquote></li>"
                for c in found
            ]
            if not items:
                continue
            row = RELATIONS[relation]
            label = row.label if outgoing else row.inverse_label
            body = f'<h3>{label.capitalize()}</h3><ul class="papers">{"".join(items[:STATED])}</ul>'
            if items[STATED:]:
                body += (
                    f'<details class="more"><summary>{len(items) - STATED:,} more</summary>'
                    f'<ul class="papers">{"".join(items[STATED:])}</ul></details>'
                )
            pieces.append(body)
    return panel(
        site, ROOT, "stated", "What the texts state", "".join(pieces), "statements-about", count=len(claims)
    )


def _aside(site: Site, entity: Entity) -> str:
    facts, thing, kind = site.facts, entity.id, str(entity.type)
    code = code_for(facts, thing)
    body = ""
    if code:
        rows = "".join(
            f"<li>{link_to(facts.nodes[resource], ROOT)}</li>"
            for resource in dict.fromkeys(resource for resource, _ in code)
        )
        body = f'<ul class="plain">{rows}</ul>'
    pieces = [panel(site, ROOT, "code", "Code", body, "code-for")]

    def counted(identifier: str, title: str, rows: list[Counted], query: str) -> None:
        shown = rows[: LIMITS.get(query, len(rows))]
        pieces.append(panel(site, ROOT, identifier, title, counted_list(site, shown), query))

    counted("rivals", "Compared with", compared_with(facts, thing), "compared-with")
    if kind in ("method", "model"):
        counted(
            "datasets", "Datasets in the same papers", datasets_used_with(facts, thing), "datasets-used-with"
        )
    if kind in ("dataset", "task"):
        counted("metrics", "Measured in", metrics_of(facts, thing), "metrics-of")
    counted("methods", "Methods in the same papers", methods_used_with(facts, thing), "methods-used-with")
    for identifier, title, upwards, query in (
        ("lineage", "Based on or part of", True, "lineage"),
        ("descendants", "Built on it or part of it", False, "descendants"),
    ):
        found = related_things(facts, thing, upwards=upwards)
        links = "".join(f"<li>{link_to(facts.nodes[node], ROOT)}</li>" for node in found)
        pieces.append(
            panel(site, ROOT, identifier, title, f'<ul class="plain">{links}</ul>' if links else "", query)
        )
    return "".join(pieces)


def counted_list(site: Site, rows: Sequence[Counted], root: str = ROOT) -> str:
    """Things with a number of papers each, and a bar as long as the number."""
    if not rows:
        return ""
    top = max(n for _, n in rows)
    items = "".join(
        f'<li class="{node.partition("/")[0]}">{link_to(site.facts.nodes[node], root)}<span class="count">{n or ""}</span>'
        f"{meter(n, top)}</li>"
        for node, n in rows
    )
    return f'<ul class="ranked">{items}</ul>'


def meter(value: int, top: int) -> str:
    """A bar beside a number; none where all numbers are one, which it could only repeat."""
    return f'<meter min="0" max="{top}" value="{value}" aria-hidden="true"></meter>' if top > 1 else ""
