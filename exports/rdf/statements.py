"""The shape of RDF statements on their way out: grouped by subject, objects told apart by kind.

Literals hold no character that XML forbids: each becomes U+FFFD, one for one, so that offsets stay right and all
serialisations say the same.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

Profile = Literal["core", "full"]
PROFILES: tuple[Profile, ...] = ("core", "full")

IRI = "iri"
TERM = "term"
TEXT = "text"
"""Kinds of object: an absolute IRI, a prefixed name of the vocabulary, a plain string; else a datatype's name."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Pair = tuple[str, str, str]
"""Predicate (prefixed name), kind of object, object."""


class Block(NamedTuple):
    """Statements about one subject in one graph.

    Attributes:
        graph: IRI of the named graph, or empty for the default graph.
        subject: absolute IRI.
        pairs: predicates and objects, sorted, without doubles.
    """

    graph: str
    subject: str
    pairs: list[Pair]


def legal_text(text: str) -> str:
    """The text with each character that XML 1.0 forbids replaced by U+FFFD, so that the length stays."""
    # Nothing printable is forbidden, and asking for that takes a fraction of a search.
    if text.isprintable() or not _FORBIDDEN.search(text):
        return text
    return _FORBIDDEN.sub("\ufffd", text)


def decimal(value: float) -> str:
    """A confidence as a canonical xsd:decimal with at most four digits behind the point."""
    text = f"{value:.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def make_block(graph: str, subject: str, pairs: list[Pair]) -> Block:
    """A block with its pairs in order, each once."""
    return Block(graph, subject, sorted(set(pairs)))
