"""One thing, one node: names of many papers become entities of the graph.

Input: what each paper's text says. Output: entities, and for each paper's entity the node it became, with the reason.
The result does not depend on the order of the papers. The steps, each near-linear in the number of names:

1. ``items``: one row for each paper's entity, names as keys (spelling, plural, hyphens do not matter).
2. ``keys``: within a paper its own definitions win; generic words behind a name go where the rest is a name.
3. ``assign``: each name gets a sense: the catalogue's, the long form that most papers give it, a paper's own thing.
4. ``joins``: labels that are variants of each other become one, unless something keeps them apart.
5. ``nodes``: type, name, id, aliases and identifiers of every group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kg.collector import no_collector
from kg.merges import Decisions
from kg.model import Extraction, PartialDate
from kg.resolution.assign import assign_labels
from kg.resolution.decide import apply_decisions
from kg.resolution.items import collect
from kg.resolution.joins import join_variants
from kg.resolution.keys import settle_keys
from kg.resolution.known import KnownNames, shared_names
from kg.resolution.labels import Labels
from kg.resolution.nodes import make_nodes
from kg.resolution.result import Resolution


def resolve(
    extractions: Iterable[Extraction],
    *,
    decisions: Decisions | None = None,
    dates: Mapping[str, PartialDate] | None = None,
    known: KnownNames | None = None,
) -> Resolution:
    """Group the entities of all papers into nodes.

    Args:
        extractions: what the papers say, in any order; they are read once.
        decisions: merges that people ordered or forbade; they override everything.
        dates: when papers appeared, by paper id; an arXiv id tells it by itself. A paper cannot speak of what another
            introduces later.
        known: the catalogue by key; the packaged one where it is not given.

    Returns:
        The nodes, the node of every paper's entity, and the reasons.

    Raises:
        ResolutionError: where the decisions contradict each other.
    """
    names = known or shared_names()
    wishes = decisions or Decisions()
    with no_collector():
        items = collect(extractions, dates)
        reasons = settle_keys(items, names)
        labels = Labels()
        assigned = assign_labels(items, names, labels, reasons)
        apply_decisions(items, labels, assigned, wishes)
        join_variants(items, names, labels, assigned)
        return make_nodes(items, names, labels, assigned)
