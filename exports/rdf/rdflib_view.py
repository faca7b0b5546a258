"""The graph as an rdflib data set, for code that is written for rdflib."""

from __future__ import annotations

import importlib.util
import io
import warnings

import rdflib

from exports.rdf.formats import nquads
from exports.rdf.iris import Iris
from exports.rdf.statements import Profile
from exports.rdf.triples import GraphSource
from kg.schema import DEFAULT_BASE_IRI


def to_rdflib(
    graph: GraphSource,
    *,
    base_iri: str = DEFAULT_BASE_IRI,
    profile: Profile = "full",
    fast: bool | None = None,
) -> rdflib.Dataset:
    """A data set with the plain triples in the default graph and each paper's claims in its own.

    Where oxrdflib is installed (``pip install paper-kg[oxrdflib]``) it is backed by Oxigraph, which loads and queries
    many times faster; then load and write further data with its formats ``ox-nq``, ``ox-ttl`` and so on, since the
    standard names go through rdflib's slow parsers and writers.

    Args:
        graph: what to show.
        base_iri: where the IRIs begin.
        profile: ``full`` with the evidence, ``core`` without.
        fast: use oxrdflib; None means where it is installed.

    Returns:
        A data set of the caller's own; changing it does not change the graph.
    """
    if fast is None:
        fast = importlib.util.find_spec("oxrdflib") is not None
    text = "".join(nquads.chunks(graph, base_iri=base_iri, profile=profile)).encode("utf-8")
    dataset = rdflib.Dataset(store="Oxigraph" if fast else "default")
    with warnings.catch_warnings():
        # rdflib calls its own deprecated properties.
        warnings.simplefilter("ignore", DeprecationWarning)
        dataset.parse(io.BytesIO(text), format="ox-nq" if fast else "nquads")
        for prefix, namespace in Iris(base_iri).prefixes.items():
            dataset.bind(prefix, namespace, replace=True)
    return dataset
