"""Every way out of the graph: RDF, tables, SPARQL, pages."""
