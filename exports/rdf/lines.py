"""N-Triples and N-Quads, one statement a line, streamed: memory does not grow with the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from exports.rdf.iris import Iris
from exports.rdf.triples import IRI, TERM, TEXT, Block

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})


def quote_text(text: str) -> str:
    """A string literal in quotes, escaped as canonical N-Triples has it (RDF 1.1 N-Triples, section 4)."""
    if '"' in text or "\\" in text or "\n" in text or "\r" in text:
        text = text.translate(_ESCAPES)
    return f'"{text}"'


def write_lines(blocks: Iterable[Block], iris: Iris, *, quads: bool) -> Iterator[str]:
    """The statements as text, one piece a block.

    Args:
        blocks: what to write.
        iris: the IRIs that the vocabulary's names stand for.
        quads: with the graph (N-Quads) or without (N-Triples).

    Yields:
        Whole lines, each statement on one.
    """
    expand = lru_cache(maxsize=None)(lambda name: f"<{iris.expand(name)}>")
    types = lru_cache(maxsize=None)(lambda name: f'"^^<{iris.expand(name)}>')
    for graph, subject, pairs in blocks:
        start = f"<{subject}> "
        end = f" <{graph}> .\n" if graph and quads else " .\n"
        lines = []
        for predicate, kind, value in pairs:
            if kind == IRI:
                lines.append(f"{start}{expand(predicate)} <{value}>{end}")
            elif kind == TEXT:
                lines.append(f"{start}{expand(predicate)} {quote_text(value)}{end}")
            elif kind == TERM:
                lines.append(f"{start}{expand(predicate)} {expand(value)}{end}")
            else:
                lines.append(f'{start}{expand(predicate)} "{value}{types(kind)}{end}')
        yield "".join(lines)
