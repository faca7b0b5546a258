"""The page of all named queries, and the file from which the panels take theirs."""

from __future__ import annotations

import json

from exports.site.frame import Site, render_page
from exports.site.markup import escape
from exports.site.queries import declare, panel_template
from exports.sparql.named import named_queries


def query_page(site: Site, values: dict[str, dict[str, str]]) -> str:
    """The page as text."""
    parts = [
        '<h1>Queries</h1>\n<p class="soft">Every panel of this site is the answer to one of these, with its thing in place. '
        "They run on the graph's RDF in any SPARQL tool, and by name: <code>kg query DIR NAME parameter=value</code>.</p>\n"
    ]
    for name, query in named_queries().items():
        takes = "".join(
            f"<li><code>{escape(p.name)}={escape(p.default)}</code> {escape(p.description)}</li>"
            for p in query.parameters
        )
        text = declare(query.fill(values.get(name, {})), site.iris)
        parts.append(
            f'<section id="{name}"><h2>{escape(query.title)} <code>{name}</code></h2>'
            f"{f'<p>{escape(query.description)}</p>' if query.description else ''}"
            f'{f"<ul>{takes}</ul>" if takes else ""}<pre tabindex="0">{escape(text)}</pre></section>\n'
        )
    return render_page(
        site,
        "queries.html",
        title="Queries",
        body="".join(parts),
        kind="queries",
        description="The SPARQL behind this site.",
    )


def query_script(site: Site, values: dict[str, dict[str, str]]) -> str:
    """``queries.js``: what the panels show when asked for their query."""
    texts = {name: panel_template(name, site.iris, **values.get(name, {})) for name in named_queries()}
    return f"kgQueries({json.dumps(texts, ensure_ascii=False, sort_keys=True, indent=0)});\n"
