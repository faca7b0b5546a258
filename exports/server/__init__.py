"""The SPARQL endpoint: a thin ASGI layer over Oxigraph in worker processes that can be killed."""
