"""The SPARQL behind a panel: the shipped named query with its thing in place and its prefixes declared.

The named queries look a thing up by its name, which two things may share; a page is about one, so here the look-up gives
way to the thing's IRI. Nothing else is changed but the number of rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from exports.rdf.iris import Iris
from exports.sparql.named import get_query

THING = "urn:thing"
"""Stands in a template where the IRI of the page's node goes."""

LIMITS: Mapping[str, int] = {
    "announced-without-repository": 1000, "compared-with": 12, "datasets-used-with": 12, "evidence-for": 500,
    "least-certain": 200, "methods-used-with": 12, "most-used-datasets": 12, "most-used-methods": 12,
    "most-used-models": 12, "new-datasets": 12, "newest-papers": 12, "papers-about": 300, "related-papers": 8,
    "rising-names": 12, "silent-papers": 1000, "statements-about": 200, "unresolved-names": 1000,
}  # fmt: skip
"""Rows at most on a page, by query; the rest of the queries have no limit."""

# The lines by which the named queries find their thing; what is left out says the same of a thing that is known.
_LOOKUPS = (
    re.compile(r'VALUES \?key \{ "[^"\n]*" \} # @\w+\n *\?(\w+) kg:key \?key \.'),
    re.compile(r'VALUES \?id \{ "[^"\n]*" \} # @\w+\n *\?(paper) dcterms:identifier \?id ;'),
    re.compile(
        r'VALUES \?address \{ "[^"\n]*" \} # @\w+\n *\?(resource) a kg:Resource ; schema:url \?url \.\n'
        r" *FILTER\(STR\(\?url\) = \?address\)"
    ),
)
_LIMIT = re.compile(r"LIMIT (\d+) # @limit")
_QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|#.*')
_PREFIXED = re.compile(r"(?<![\w?:])([a-z][\w-]*):")


def panel_template(name: str, iris: Iris, **values: str) -> str:
    """A named query as a panel shows it, with ``THING`` where the IRI of the page's node goes.

    Args:
        name: of the query.
        iris: the IRIs of the graph.
        values: parameters other than the thing.

    Raises:
        QueryError: for an unknown name or parameter.
    """
    text = get_query(name).fill(values)
    for pattern in _LOOKUPS:
        text = pattern.sub(_name_thing, text)
    if name in LIMITS:
        text = _LIMIT.sub(f"LIMIT {LIMITS[name]}", text)
    return declare(_tidy(text), iris)


def panel_query(name: str, iris: Iris, node_id: str = "", **values: str) -> str:
    """A named query as the page of one node shows it.

    Raises:
        QueryError: for an unknown name or parameter.
    """
    return panel_template(name, iris, **values).replace(THING, iris.node(node_id))


def declare(text: str, iris: Iris) -> str:
    """A query with the prefixes that it uses declared, so that it runs in any SPARQL tool."""
    bare = _QUOTED.sub(" ", text)
    used = sorted({p for p in _PREFIXED.findall(bare) if p in iris.prefixes})
    return "".join(f"PREFIX {p}: <{iris.prefixes[p]}>\n" for p in used) + text


def _name_thing(match: re.Match[str]) -> str:
    ending = f"\n  ?{match.group(1)}" if match.group(0).endswith(";") else ""
    return f"VALUES ?{match.group(1)} {{ <{THING}> }}{ending}"


def _tidy(text: str) -> str:
    lines = [re.sub(r" # @\w+$", "", line) for line in text.split("\n") if not line.startswith("# @param")]
    return "\n".join(lines).strip() + "\n"
