"""The sentences of a text, by offset.

Input: any text, such as a title, an empty line and an abstract. Output: the spans of its sentences. One compiled
pattern walks over the text once and stops at each place where a sentence may end; what stands before and behind it
decides.
"""

from __future__ import annotations

import re

_PLACE = re.compile(
    r"(?P<blank>\n[ \t\r]*\n)|[.!?…][\"'”’)\]}]{0,3}(?P<gap>\s+)|(?<=[a-z0-9)%\]}])[.?!](?P<glued>(?=[A-Z][a-z]))"
)
_STARTERS = (
    "A Additionally After Although An And As At Based Because Before Besides Beyond Both But By Code Codes Compared "
    "Comprehensive Consequently Current Currently Data Despite Does Due During Each Empirical Empirically Even Evaluated "
    "Evaluation Evaluations Existing Experimental Experimentally Experiments Extensive Finally First Firstly For From "
    "Further Furthermore Given Hence Here How However If Importantly In Inspired Instead Interestingly It Its Leveraging "
    "Many Meanwhile More Moreover Motivated Most Notably Numerical On Once One Only Our Overall Particularly Prior Project "
    "Previous Recent Recently Results Second Secondly See Several Should Similarly Since So Some Source Specifically Such "
    "Surprisingly Testing That The Their Then There Therefore These They This Those Though Through Thus To Today Together "
    "Two Typically Ultimately Under Unfortunately Unlike Using Various Via We What When Where Whereas Whether Which While "
    "Why With Within Without Yet You"
)
_STARTER = re.compile(r"(?:" + "|".join(_STARTERS.split()) + r")\b")
# Words whose full stop ends no sentence before a name or a number; the second row only where they are capitalised.
_TITLES = "fig figs eq eqs eqn sec secs sect tab tabs ref refs nos vol pp alg thm approx incl resp ca al"
_NAMED = "Dr Mr Mrs Ms Prof St Jr Sr Trans Proc Conf Inf Int Univ Dept Symp Fig Figs Eq Eqs Sec Tab Ref Refs Vol No Alg Thm"
_TITLE_WORD = re.compile(
    r"(?<![\w.-])(?:" + "|".join([*_TITLES.split(), *_NAMED.split()]) + r")\.[)\]\"'”’}]{0,3}$"
)
# These never end a sentence: what follows belongs to them.
_NEVER = re.compile(r"(?<!\w)(?:[Ee]\.\s?g|[Ii]\.\s?e|[Cc]f|vs|Vs|viz|eg|ie|a\.k\.a|w\.r\.t)\.$|\\[!?]$")
# Initials and dotted abbreviations (U.S., Ph.D., i.i.d.) end one only before a word that opens sentences.
_INITIALS = re.compile(
    r"(?:(?<![\w.+@/&-])|(?<=\.)|(?<=\. ))[A-Za-z]\.[)\]\"'”’}]{0,3}$|(?<!\w)(?:Ph\.D|Inc|Ltd|Corp|Co|et al)\.$"
)
_UNIT = re.compile(r"\d\s?[a-z]\.$")
_ITEM = re.compile(r"\s*\(?\d{1,2}\.$")
_ITEM_INSIDE = re.compile(r"[;(]\s?\d{1,2}\.$|:\s\d{1,2}\.$")
_ODD_NAME = re.compile(r"[a-z]{1,6}[A-Z0-9]\w|[a-z]-[A-Z]{2}")
_LOOK_BACK = 14


def split_sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Split a text into sentences.

    An empty line always ends one, so that a title is a sentence of its own. A full stop, question or exclamation mark
    ends one before white space, quotation marks and brackets behind it included, unless it belongs to an
    abbreviation, an initial, a number or an address, or the text goes on in lower case. A missing space
    (``results.The``) is forgiven before words that open sentences.

    Args:
        text: any text; offsets point into it.

    Returns:
        Start and end of each sentence in order, without white space at either end. Every other character of the text
        lies in exactly one of them.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for place in _PLACE.finditer(text):
        if place.group("blank") is not None:
            end, following = place.start(), place.end()
        elif place.group("gap") is not None:
            end, following = place.start("gap"), place.end()
            if "\n" in place.group("gap") and _is_blank(place.group("gap")):
                pass
            elif not _ends_here(text, start, end, following):
                continue
        else:
            end = following = place.end()
            if not _STARTER.match(text, following) or "://" in text[text.rfind(" ", 0, end) + 1 : end]:
                continue
        _add(text, spans, start, end)
        start = following
    _add(text, spans, start, len(text))
    return tuple(spans)


def _add(text: str, spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Add a span without white space at its ends, if anything remains."""
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        start += len(piece) - len(piece.lstrip())
        spans.append((start, start + len(stripped)))


def _is_blank(gap: str) -> bool:
    """True for white space that holds an empty line."""
    return gap.count("\n") > 1


def _ends_here(text: str, start: int, end: int, following: int) -> bool:
    """Whether the mark before ``end`` ends a sentence that goes on, or not, at ``following``."""
    if following >= len(text):
        return True
    follower = text[following]
    if follower.islower():
        return bool(_ODD_NAME.match(text, following)) and not _NEVER.search(
            text, max(start, end - _LOOK_BACK), end
        )
    if follower in ",;:)]}%":
        return False
    before = text[max(start, end - _LOOK_BACK) : end]
    if _NEVER.search(before):
        return False
    if "." not in before[-4:]:
        return True
    if _UNIT.search(before):
        return True
    opens = _STARTER.match(text, following) is not None
    if _INITIALS.search(before):
        return opens
    if _TITLE_WORD.search(before):
        return opens
    return not (_ITEM.fullmatch(text, start, end) or _ITEM_INSIDE.search(before))
