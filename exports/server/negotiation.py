"""Which format a client wants, from its Accept header (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence

RESULT_TYPES: tuple[tuple[str, str], ...] = (
    ("application/sparql-results+json", "json"),
    ("application/json", "json"),
    ("application/sparql-results+xml", "xml"),
    ("application/xml", "xml"),
    ("text/xml", "xml"),
    ("text/csv", "csv"),
    ("text/tab-separated-values", "tsv"),
)
"""Media types of SELECT and ASK and the format each means; the first is the default."""

GRAPH_TYPES: tuple[tuple[str, str], ...] = (
    ("text/turtle", "turtle"),
    ("application/x-turtle", "turtle"),
    ("application/n-triples", "ntriples"),
    ("text/plain", "ntriples"),
    ("application/ld+json", "jsonld"),
    ("application/json", "jsonld"),
    ("application/rdf+xml", "rdfxml"),
    ("application/xml", "rdfxml"),
    ("text/xml", "rdfxml"),
)
"""Media types of CONSTRUCT and DESCRIBE; the first is the default."""


def choose(accept: str, offered: Sequence[tuple[str, str]]) -> str | None:
    """The name of the offered type that the client likes best, or None where it takes none.

    Args:
        accept: the header; empty means anything.
        offered: media types and names, in our order of preference.
    """
    ranges = parse_accept(accept) or [("*/*", 1.0)]
    best: tuple[float, int] | None = None
    name = None
    seen: set[str] = set()
    for place, (media, candidate) in enumerate(offered):
        # Further media types of a format are understood where they are named, and never sent for a wildcard.
        quality = _quality(media, ranges, exact=candidate in seen)
        seen.add(candidate)
        if quality > 0 and (best is None or (quality, -place) > best):
            best, name = (quality, -place), candidate
    return name


def parse_accept(accept: str) -> list[tuple[str, float]]:
    """Media ranges and their quality; what cannot be read is left out."""
    found = []
    for part in accept.split(",")[:64]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if "/" not in media:
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        found.append((media, quality))
    return found


def prefers_html(accept: str) -> bool:
    """True where the header names HTML with a quality that no RDF or result type in it exceeds."""
    ranges = parse_accept(accept)
    html = max((q for media, q in ranges if media in ("text/html", "application/xhtml+xml")), default=0.0)
    others = {media for media, _ in (*RESULT_TYPES, *GRAPH_TYPES)} - {"application/xml", "text/xml"}
    return html > 0 and not any(q >= html for media, q in ranges if media in others)


def _quality(media: str, ranges: list[tuple[str, float]], *, exact: bool) -> float:
    """The quality of the most specific range that a media type falls under."""
    best = (-1, 0.0)
    for pattern, quality in ranges:
        if pattern == media:
            rank = 2
        elif exact:
            continue
        elif pattern == "*/*":
            rank = 0
        elif pattern.endswith("/*") and media.startswith(pattern[:-1]):
            rank = 1
        else:
            continue
        best = max(best, (rank, quality))
    return best[1]
