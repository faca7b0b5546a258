"""Text as HTML: escaped, freed of what misleads, cut where it is too long, names in sentences marked."""

from __future__ import annotations

import html
from collections.abc import Iterable

from exports.pages.data import safe_text, safe_url
from exports.site.paths import page_path
from kg.graph import Node, node_id, node_label, node_type
from kg.model import Claim

LONGEST_NAME = 120
LONGEST_HEADING = 300
LONGEST_SENTENCE = 1200


def escape(text: str) -> str:
    """Text that can stand between tags and in quoted attributes; direction marks and control characters are gone."""
    return html.escape(safe_text(text))


def clip(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where there were more."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def name_html(text: str, most: int = LONGEST_NAME) -> str:
    """A name or title, set apart where its script may run the other way."""
    shown = escape(clip(text, most)) or "(no name)"
    return shown if shown.isascii() else f"<bdi>{shown}</bdi>"


def link_to(node: Node, root: str, *, dot: bool = True, most: int = LONGEST_NAME) -> str:
    """A link to the page of a node, with a dot in the colour of its type.

    Args:
        node: a paper, an entity or a resource.
        root: relative path to the top of the site: empty or ``../``.
        dot: with the coloured dot.
        most: characters at most.
    """
    kind = node_type(node)
    mark = f'<i class="dot {kind}"></i>' if dot else ""
    return f'<a href="{root}{page_path(node_id(node))}">{mark}{name_html(node_label(node), most)}</a>'


def outside(url: str, label: str) -> str:
    """A link to elsewhere, or the bare label where the address is not plain http or https."""
    address = safe_url(url)
    if not address:
        return f"<span>{name_html(label)}</span>"
    return f'<a class="out" rel="noopener noreferrer" href="{html.escape(address)}">{name_html(label)}</a>'


def mark_spans(text: str, start: int, spans: Iterable[tuple[int, int, str, str]], *, most: int = 0) -> str:
    """Text with stretches put between tags.

    Args:
        text: the words.
        start: offset of their first character in the text that the spans count in.
        spans: start, end, opening and closing tag; of those that overlap, the first by place, then the longest, stays.
        most: characters at most, 0 for all.

    Returns:
        HTML.
    """
    limit = len(text) if not most or len(text) <= most else most
    pieces: list[str] = []
    done = 0
    for begin, end, opening, closing in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        left, right = begin - start, end - start
        if left < done or right <= left or right > limit:
            continue
        pieces += [escape(text[done:left]), opening, escape(text[left:right]), closing]
        done = right
    pieces.append(escape(text[done:limit]))
    if limit < len(text):
        pieces.append("…")
    return "".join(pieces)


def sentence_html(claim: Claim) -> str:
    """The sentence that states a claim, with the words that carry it marked."""
    evidence = claim.evidence
    spans = [(s.start, s.end, "<mark>", "</mark>") for s in evidence.focus]
    return mark_spans(evidence.quote, evidence.start, spans, most=LONGEST_SENTENCE)


def percent(value: float) -> str:
    """A confidence as people read it."""
    return f"{value * 100:.0f}&#8239;%"


def plural(count: int, one: str, many: str = "") -> str:
    """A number and its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
