r"""Accents and protective braces of LaTeX, as BibTeX files have them, into plain Unicode.

Only what stands for a letter is decoded (``{\"o}``, ``\'{e}``, ``\ss``, ``\v{c}``) and grouping braces are dropped; commands
that style, formulas and ``\%`` stay, since the clean view of a text deals with them.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ", "ng": "ŋ",
}  # fmt: skip
_BASE = r"(?:\{\s*(\\[ij]|[A-Za-z])\s*\}|(\\[ij](?![A-Za-z])|[A-Za-z]))"
_ACCENT = re.compile(r"\\([`'^~=.\"])\s*" + _BASE + r"|\\([uvHtcdbrk])(?:(?=\{)|\s+)" + _BASE)
_LETTER = re.compile(
    r"\\(" + "|".join(sorted(_LETTERS, key=len, reverse=True)) + r")(?![A-Za-z])(?:\{\}|[ \t]+(?=\w))?"
)


def decode_accents(text: str) -> str:
    """Letters with accents for their LaTeX, and no grouping braces.

    Args:
        text: a field of a BibTeX entry, or a name out of arXiv's metadata.

    Returns:
        The text in NFC where anything was decoded; the same object where there was nothing to do.
    """
    if "\\" not in text and "{" not in text:
        return text
    decoded = _ACCENT.sub(_accent, text)
    decoded = _LETTER.sub(lambda match: _LETTERS[match.group(1)], decoded)
    return _drop_braces(decoded)


def _accent(match: re.Match[str]) -> str:
    mark = match.group(1) or match.group(4)
    base = match.group(2) or match.group(3) or match.group(5) or match.group(6)
    base = base.lstrip("\\")
    return unicodedata.normalize("NFC", base + _MARKS[mark]) if mark in _MARKS else base


def _drop_braces(text: str) -> str:
    """Leave out braces that only group: not those of a command's argument, of a formula, or escaped ones."""
    pieces: list[str] = []
    kept: list[bool] = []
    formula = False
    for at, character in enumerate(text):
        before = text[at - 1] if at else ""
        if character == "$" and before != "\\":
            formula = not formula
        if formula or character not in "{}" or before == "\\":
            pieces.append(character)
        elif character == "{":
            argument = (
                bool(re.search(r"\\[A-Za-z]+(?:\{[^{}]*\})?$", text[max(0, at - 60) : at]))
                or text[at + 1 : at + 2] == "\\"
            )
            kept.append(argument)
            if argument:
                pieces.append(character)
        elif kept:
            if kept.pop():
                pieces.append(character)
        else:
            pieces.append(character)
    return "".join(pieces)
