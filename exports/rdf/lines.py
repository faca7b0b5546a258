"""N-Triples and N-Quads, one statement a line, streamed: memory does not grow with the graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from exports.rdf.iris import Iris
from exports.rdf.statements import IRI, TERM, TEXT, Block


class _Names(dict[str, str]):
    """Prefixed names of the vocabulary, spelt out when first met; there are a few dozen of them."""

    def __init__(self, iris: Iris, before: str, behind: str) -> None:
        super().__init__()
        self._iris = iris
        self._before = before
        self._behind = behind

    def __missing__(self, name: str) -> str:
        written = self[name] = f"{self._before}<{self._iris.expand(name)}>{self._behind}"
        return written


def quote_text(text: str) -> str:
    """A string literal in quotes, escaped as canonical N-Triples has it (RDF 1.1 N-Triples, section 4)."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    if '"' in text:
        text = text.replace('"', '\\"')
    if "\n" in text:
        text = text.replace("\n", "\\n")
    if "\r" in text:
        text = text.replace("\r", "\\r")
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
    predicates = _Names(iris, " ", " ")
    terms = _Names(iris, "", "")
    types = _Names(iris, '"^^', "")
    for graph, subject, pairs in blocks:
        start = f"<{subject}>"
        end = f" <{graph}> .\n" if graph and quads else " .\n"
        lines = [
            f"{start}{predicates[predicate]}<{value}>{end}"
            if kind == IRI
            else f"{start}{predicates[predicate]}{terms[value]}{end}"
            if kind == TERM
            else f"{start}{predicates[predicate]}{quote_text(value)}{end}"
            if kind == TEXT
            else f'{start}{predicates[predicate]}"{value}{types[kind]}{end}'
            for predicate, kind, value in pairs
        ]
        yield "".join(lines)
