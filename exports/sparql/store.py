"""The embedded SPARQL store: Oxigraph, on disk beside the graph it was made from, or in memory.

A store on disk (``exports.sparql.folder``) is only ever opened to read: any number of processes may do so at once, while a
changed graph gets a new one.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable
from pathlib import Path

import pyoxigraph as ox

from exports.rdf.iris import Iris
from exports.rdf.statements import Profile
from exports.rdf.triples import GraphSource
from exports.sparql.folder import STORE, store_folder
from exports.sparql.loading import fill_store
from exports.sparql.prepare import Prepared, RefusedError, explain_syntax, prepare
from exports.sparql.results import Answer
from kg.errors import DirectoryError, QueryError
from kg.pipeline import load_graph
from kg.schema import DEFAULT_BASE_IRI


class SparqlStore:
    """A store that answers queries and cannot be changed.

    Args:
        store: an open Oxigraph store.
        iris: the IRIs of what it holds.
    """

    def __init__(self, store: ox.Store, iris: Iris) -> None:
        self.store = store
        self.iris = iris

    def __len__(self) -> int:
        return len(self.store)

    # ------------------------------------------------------------------ opening
    @classmethod
    def from_graph(
        cls, graph: GraphSource, *, base_iri: str = DEFAULT_BASE_IRI, profile: Profile = "full"
    ) -> SparqlStore:
        """A store in memory of a graph."""
        store = ox.Store()
        fill_store(store, graph, base_iri=base_iri, profile=profile)
        return cls(store, Iris(base_iri))

    @classmethod
    def for_directory(
        cls, path: str | Path, *, base_iri: str = DEFAULT_BASE_IRI, in_memory: bool = False
    ) -> SparqlStore:
        """The store of a graph directory, made anew only where the graph has changed since.

        Args:
            path: a graph directory.
            base_iri: where the IRIs begin.
            in_memory: copy it into memory: slower to open, several times faster to query.

        Raises:
            DirectoryError: where there is no graph directory, or the store cannot be written or read.
        """
        folder = store_folder(path, base_iri=base_iri)
        if folder is None:
            return cls.from_graph(load_graph(path), base_iri=base_iri)
        try:
            store = ox.Store.read_only(str(folder / STORE))
            if in_memory:
                buffer = io.BytesIO()
                store.dump(buffer, ox.RdfFormat.N_QUADS)
                store = ox.Store()
                store.bulk_load(buffer.getvalue(), ox.RdfFormat.N_QUADS, lenient=True)
        except OSError as error:
            raise DirectoryError(
                f"the SPARQL store cannot be opened: {error}",
                source=str(folder),
                hint="Delete that folder and try again",
            ) from error
        return cls(store, Iris(base_iri))

    # ------------------------------------------------------------------ asking
    def prepare(
        self, query: str, *, allow_services: Collection[str] = (), source: str | None = None
    ) -> Prepared:
        """Check a query without running it.

        Raises:
            QueryError: where it may not run, or names a graph that is not here.
        """
        prepared = prepare(query, self.iris, allow_services=allow_services, source=source)
        self._check_graphs(prepared.graphs)
        return prepared

    def query(
        self,
        query: str,
        *,
        default_graphs: Iterable[str] | None = None,
        named_graphs: Iterable[str] | None = None,
        allow_services: Collection[str] = (),
        source: str | None = None,
    ) -> Answer:
        """Answer a query. The default graph holds the plain triples, the named graphs what each paper states.

        Args:
            query: SPARQL 1.1; the graph's prefixes need no declaration.
            default_graphs: IRIs of graphs to ask in place of the default graph.
            named_graphs: IRIs of the graphs that GRAPH may name.
            allow_services: hosts that SERVICE may ask.
            source: file that the query came from, for messages.

        Returns:
            Solutions, a truth value or triples, of Oxigraph.

        Raises:
            QueryError: where it is not SPARQL, may not run, or fails.
        """
        defaults = [self._graph(g) for g in default_graphs] if default_graphs is not None else None
        named = [self._graph(g) for g in named_graphs] if named_graphs is not None else None
        self.prepare(query, allow_services=allow_services, source=source)
        options: dict[str, object] = {}
        if defaults is not None or named is not None:
            options = {"default_graph": defaults or [], "named_graphs": named or []}
        try:
            return self.store.query(query, prefixes=self.iris.prefixes, **options)  # type: ignore[arg-type]  # two optional lists
        except SyntaxError as error:
            raise explain_syntax(query, error, source=source) from None
        except (OSError, RuntimeError, ValueError) as error:
            raise QueryError(f"the query failed: {error}", source=source) from error

    def _graph(self, iri: str) -> ox.NamedNode:
        self._check_graphs((iri,))
        return ox.NamedNode(iri)

    def _check_graphs(self, graphs: Iterable[str]) -> None:
        for iri in graphs:
            try:
                here = self.store.contains_named_graph(ox.NamedNode(iri))
            except ValueError:
                here = False
            if not here:
                raise RefusedError(
                    f"there is no graph <{iri}> here, and none is fetched from outside",
                    hint="SELECT DISTINCT ?g { GRAPH ?g {} } lists the graphs",
                )
