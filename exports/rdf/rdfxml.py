"""RDF/XML, streamed; legal XML 1.0 whatever the texts hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from exports.rdf.iris import Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block

_ATTRIBUTE = {'"': "&quot;", "\n": "&#xA;", "\r": "&#xD;", "\t": "&#x9;"}
_CONTENT = {"\r": "&#xD;"}


def write_rdfxml(blocks: Iterable[Block], iris: Iris) -> Iterator[str]:
    """The statements as text, all in one graph.

    A carriage return is written as a character reference, since XML parsers turn it into a line feed otherwise
    (XML 1.0, section 2.11).

    Args:
        blocks: what to write.
        iris: the IRIs; their prefixes become name spaces.

    Yields:
        Pieces of text.
    """
    used = {p: n for p, n in iris.prefixes.items() if not n.startswith(iris.base) or p == "kg"}
    spaces = "".join(
        f'\n    xmlns:{prefix}="{escape(namespace, _ATTRIBUTE)}"' for prefix, namespace in used.items()
    )
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n'
    for block in blocks:
        lines = [f'  <rdf:Description rdf:about="{escape(block.subject, _ATTRIBUTE)}">\n']
        for predicate, kind, value in block.pairs:
            if kind in (IRI, TERM):
                target = value if kind == IRI else iris.expand(value)
                lines.append(f'    <{predicate} rdf:resource="{escape(target, _ATTRIBUTE)}"/>\n')
            else:
                datatype = "" if kind == TEXT else f' rdf:datatype="{iris.expand(kind)}"'
                lines.append(f"    <{predicate}{datatype}>{escape(value, _CONTENT)}</{predicate}>\n")
        lines.append("  </rdf:Description>\n")
        yield "".join(lines)
    yield "</rdf:RDF>\n"
