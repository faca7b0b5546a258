"""The first page: how much there is, what is most used, what rises, what is new."""

from __future__ import annotations

from exports.site.charts import bar_chart, month_label, time_buckets
from exports.site.entity_page import counted_list, meter
from exports.site.facts import Facts
from exports.site.frame import Site, panel, render_page
from exports.site.list_page import list_lengths
from exports.site.markup import link_to, name_html
from exports.site.panels import (
    MOST_USED,
    months_of,
    most_used,
    new_datasets,
    newest_papers,
    recent_since,
    rising_names,
)
from exports.site.paths import list_path
from exports.site.queries import LIMITS
from kg.schema import NODE_TYPES


def front_page(site: Site) -> str:
    """The page as text."""
    facts = site.facts
    buckets = time_buckets(months_of(facts, facts.papers), site.last_month)
    # Both widths: the style sheet shows the one that fits, so that the figures stay legible on a phone.
    chart = bar_chart(buckets, wide=True) + bar_chart(buckets)
    parts = [
        f"<h1>{name_html(site.title, 300)}</h1>\n",
        _counts(facts),
        panel(site, "", "months", "Papers over time", chart, "papers-by-month"),
        '<div class="thirds">\n',
        *(
            panel(
                site, "", f"most-used-{name}s", f"Most used {NODE_TYPES[name].plural.lower()}",
                counted_list(site, most_used(facts, name, relations)[: LIMITS[f"most-used-{name}s"]], ""),
                f"most-used-{name}s",
            )
            for name, relations in MOST_USED.items()
        ),
        "</div>\n",
        '<div class="thirds">\n', _rising(site), _new_datasets(site), _newest(site), "</div>\n",
    ]  # fmt: skip
    description = (
        "What papers introduce, use, evaluate on and compare with, each statement with its sentence."
    )
    return render_page(
        site, "index.html", title=site.title, body="".join(parts), kind="front", description=description
    )


def _counts(facts: Facts) -> str:
    cells = "".join(
        f'<li><a href="{list_path(name)}"><i class="dot {name}"></i><b>{number:,}</b> '
        f"{NODE_TYPES[name].plural.lower() if number != 1 else NODE_TYPES[name].label.lower()}</a></li>"
        for name, number in list_lengths(facts).items()
    )
    button = '<a class="q" data-query="counts-by-type" href="queries.html#counts-by-type">SPARQL</a>'
    return f'<ul class="numbers">{cells}<li>{button}</li></ul>\n'


def _rising(site: Site) -> str:
    since = recent_since(site.facts)
    rows = rising_names(site.facts, since)[: LIMITS["rising-names"]] if since else []
    items = "".join(
        f'<li class="{thing.partition("/")[0]}">{link_to(site.facts.nodes[thing], "")}<span class="count">'
        f"{recent:,} of {papers:,}</span>{meter(recent, papers)}</li>"
        for thing, recent, papers in rows
    )
    note = f'<p class="soft">Papers since {month_label(since)}, of all that speak of it</p>' if since else ""
    return panel(
        site,
        "",
        "rising",
        "Rising names",
        f'{note}<ul class="ranked">{items}</ul>' if items else "",
        "rising-names",
    )


def _new_datasets(site: Site) -> str:
    items = "".join(
        f"<li>{link_to(site.facts.nodes[dataset], '')} <time>{site.facts.date(paper)}</time><br>"
        f"<small>{link_to(site.facts.papers[paper], '', dot=False)}</small></li>"
        for dataset, paper in new_datasets(site.facts)[: LIMITS["new-datasets"]]
    )
    return panel(
        site, "", "new", "New datasets", f'<ul class="papers">{items}</ul>' if items else "", "new-datasets"
    )


def _newest(site: Site) -> str:
    items = "".join(
        f"<li>{link_to(paper, '', dot=False)} <time>{site.facts.date(paper.id)}</time></li>"
        for paper in newest_papers(site.facts)[: LIMITS["newest-papers"]]
    )
    return panel(
        site,
        "",
        "newest",
        "Newest papers",
        f'<ol class="papers">{items}</ol>' if items else "",
        "newest-papers",
    )
