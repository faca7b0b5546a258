"""What a paragraph of a page may be by its look: a title, part of an abstract, or neither."""

from __future__ import annotations

import re

from kg.sources.identity import find_arxiv_id

BODY_LENGTH = 200
"""Characters from which a paragraph is part of an abstract even where it does not end like a sentence."""

_LONGEST_TITLE = 300
_SENTENCE_END = re.compile(r"[.!?:;,…。！？][\"'”’)\]\d*]*$")
_HEADINGS = re.compile(
    r"(?:background|introduction|motivations?|objectives?|aims?|purpose|methods?|materials and methods|approach"
    r"|results?|findings|conclusions?|discussion|significance|contributions?|availability|highlights|limitations)[.:]?",
    re.IGNORECASE,
)
_APPENDIX = re.compile(
    r"(?:keywords?|index terms|key ?words and phrases|comments|subjects|doi|url)\s*[:=—-]"
    r"|(?:code|data|datasets?|project|project page|website|homepage|demo|models?|accepted)\s+(?:and\b.*\b)?"
    r"(?:available\b|at\b|is\b|are\b)",
    re.IGNORECASE,
)
_LIST_ITEM = re.compile(r"[-–•*]\s|\(?(?:\d{1,2}|[ivx]{1,4}|[a-h])\)\s")
_LINK = re.compile(r"https?:\s?//|www\.|\bgithub\.com\b|\bhf\.co\b")
_MARKDOWN = re.compile(r"(?:#{1,6}\s+)?\[(?P<title>.+)\]\((?P<url>\S+)\)")
_ARXIV_LINE = re.compile(r"\s*arxiv\s*:\s*\S+\s*", re.IGNORECASE)


def is_body(text: str) -> bool:
    """Whether a paragraph is part of an abstract, by its length or by being a sentence."""
    words = len(text.split())
    if words >= 12 and _SENTENCE_END.search(text):
        return True
    return (len(text) >= BODY_LENGTH and words >= 15) or _is_dense(text)


def is_heading(text: str) -> bool:
    """Whether it is a heading inside an abstract, such as ``Methods``."""
    return bool(_HEADINGS.fullmatch(text))


def can_be_title(text: str, *, strict: bool) -> bool:
    """Whether a paragraph may be a title.

    Args:
        text: the paragraph.
        strict: inside an abstract, where paragraphs of its own must not be taken for the next title.
    """
    plain = _MARKDOWN.sub(lambda match: match.group("title"), text.strip())
    if len(plain) > _LONGEST_TITLE or not any(character.isalpha() for character in plain):
        return False
    if is_heading(plain) or _APPENDIX.match(plain) or _LINK.search(plain) or _ARXIV_LINE.fullmatch(plain):
        return False
    if not strict:
        return True
    if _SENTENCE_END.search(plain) and not plain.endswith(("?", "!")) and not _is_title_case(plain):
        return False
    if _LIST_ITEM.match(plain):
        return False
    first = plain.split()[0]
    return not (
        first[0].islower() and first.isalpha() and first.islower()
    )  # names such as vla-eval: do start titles


def belongs_to_abstract(text: str) -> bool:
    """Whether a short paragraph belongs to the abstract before it: a sentence, a link, a list item, a heading."""
    return bool(
        _SENTENCE_END.search(text)
        or _LINK.search(text)
        or is_heading(text)
        or _APPENDIX.match(text)
        or _LIST_ITEM.match(text)
        or (len(text) >= 80 and not _is_title_case(text))
    )


def read_title(text: str) -> tuple[str, str | None]:
    """The title without the marks of Markdown, and the arXiv id out of its link."""
    match = _MARKDOWN.fullmatch(text)
    if match:
        return match.group("title"), find_arxiv_id(match.group("url"))
    return re.sub(r"^#{1,6}\s+", "", text), None


def read_arxiv_line(text: str) -> str | None:
    """The id of a line that says nothing but ``arxiv:2501.12345``, as the page of one paper does."""
    return find_arxiv_id(text) if _ARXIV_LINE.fullmatch(text) else None


def _is_dense(text: str) -> bool:
    """Long text in a script without spaces."""
    return len(text) >= 80 and len(text.split()) <= len(text) // 30 and not _LINK.search(text)


def _is_title_case(text: str) -> bool:
    """Whether nearly all longer words start with a capital, as they do in a title and not in a sentence."""
    longer = [word for word in re.findall(r"[^\W\d_][\w-]+", text) if len(word) > 3]
    return len(longer) >= 3 and sum(word[0].isupper() for word in longer) >= 0.8 * len(longer)
