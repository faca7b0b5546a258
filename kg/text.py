"""A clean view of dirty text, with every character traced back to the original.

Input: text as a source has it (ligatures, soft hyphens, LaTeX remnants, hard line breaks, NUL bytes).
Output: the text that extractors read. Invariant: ``view.original_span(s, e)`` gives the stretch of the
original that the clean characters ``s`` to ``e`` came from, so that offsets always point into what is kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass

_INVISIBLE = (
    "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SPACE = re.compile(r"[\t\r\f\v\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")
_DIRTY = re.compile(r"[^\x20-\x7e\n]|[\\$~{}]|[^\n]\n[^\n]|``|''")
_COMMAND = re.compile(
    r"\\(?:text(?:bf|it|sc|tt|rm|sf|sl|normal|up|md)|emph|mathrm|mathbf|mathcal|mathbb|mathit|mathsf|mathtt"
    r"|operatorname|underline|url|href|boldsymbol|bm|mbox|textcolor\{[^{}]*\}|color\{[^{}]*\})\s*\{"
)
_SWITCH = re.compile(
    r"\\(?:bf|it|sc|tt|rm|sf|em|bfseries|itshape|scshape|ttfamily|small|large|xspace)(?![A-Za-z])\s*"
)
_ESCAPED = re.compile(r"\\([%&_#${}])")
_DASHES = {"\u2010": "-", "\u2011": "-", "\u2212": "-", "\ufe63": "-", "\uff0d": "-"}
_KEEP = {"²", "³", "¹", "™", "…", "½", "¼", "¾", "®", "©", "ª", "º", "µ"}


@dataclass(frozen=True, slots=True)
class TextView:
    """Clean text and where each of its characters came from.

    Attributes:
        text: what extractors read.
        original: what is kept.
        starts: for each clean character the offset of its first original character, or None where the texts are equal.
        ends: for each clean character the offset behind its last original character, or None likewise.
    """

    text: str
    original: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in ``original`` of the clean stretch ``start`` to ``end`` (``end`` > ``start``).

        Where that would cut LaTeX in two (``k$-means`` of ``$k$-means``), the marks that the clean text left out
        beside it belong to it.
        """
        if self.starts is None or self.ends is None:
            return start, end
        first, last = self.starts[start], self.ends[end - 1]
        if _is_whole(self.original[first:last]):
            return first, last
        before = self.ends[start - 1] if start else 0
        behind = self.starts[end] if end < len(self.starts) else len(self.original)
        openings = [first, *(at for at in range(first - 1, before - 1, -1) if self._opens_mark(at))]
        closings = [last, *(at + 1 for at in range(last, behind) if self.original[at] in "$}")]
        for left in openings:
            for right in closings:
                if _is_whole(self.original[left:right]):
                    return left, right
        return first, last

    def _opens_mark(self, at: int) -> bool:
        """True where a mark begins: a dollar sign, a command, or a brace that is no command's."""
        sign = self.original[at]
        return sign in "$\\" or (sign == "{" and not self.original[at - 1 : at].isalpha())

    def clean_offset(self, offset: int) -> int:
        """The clean offset at or behind an offset of the original."""
        if self.starts is None:
            return offset
        at = bisect_right(self.starts, offset)
        return max(0, at - 1) if at and self.starts[at - 1] == offset else at


def clean_text(original: str) -> TextView:
    """Build the clean view of a text.

    What it does, each step keeping the trace: invisible characters (soft hyphens, zero-width, direction marks) and
    control characters vanish; compatibility characters such as ligatures and full-width letters are opened (NFKC);
    all white space is a plain space, a single line feed inside a paragraph too; LaTeX commands that only style
    (``\\textbf{X}``, ``\\emph{X}``, ``{\\em X}``) leave their content; ``\\%`` is ``%``; dollar signs of simple inline
    maths and the braces of LaTeX vanish; ``~`` between words is a space.

    Args:
        original: any text.

    Returns:
        The view; for clean text it shares the original string and needs no map.
    """
    if not _DIRTY.search(original):
        return TextView(original, original)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    drop, replace = _latex_marks(original)

    def put(piece: str, start: int, end: int) -> None:
        for character in piece:
            pieces.append(character)
            starts.append(start)
            ends.append(end)

    at = 0
    size = len(original)
    while at < size:
        if at in drop:
            at = drop[at]
            continue
        character = original[at]
        if at in replace:
            until, piece = replace[at]
            put(piece, at, until)
            at = until
            continue
        end = at + 1
        while end < size and unicodedata.combining(original[end]) and end - at < 8:
            end += 1
        if character == "\n":
            paragraph = (at + 1 < size and original[at + 1] == "\n") or (at > 0 and original[at - 1] == "\n")
            put("\n" if paragraph else " ", at, end)
        elif character in _INVISIBLE:
            pass
        elif _SPACE.match(character):
            put(" ", at, end)
        elif character < " " or "\x7f" <= character <= "\x9f" or character == "\ufffd":
            put(" " if character in "\x00\ufffd" else "", at, end)
        elif character in _DASHES:
            put("-", at, end)
        elif (character < "\x7f" and end == at + 1) or character in _KEEP:
            put(
                original[at:end] if end == at + 1 else unicodedata.normalize("NFC", original[at:end]), at, end
            )
        else:
            put(unicodedata.normalize("NFKC", original[at:end]), at, end)
        at = end
    text = "".join(pieces)
    if text == original:
        return TextView(original, original)
    return TextView(text, original, tuple(starts), tuple(ends))


def _is_whole(text: str) -> bool:
    """True where every brace and every dollar sign of LaTeX has its partner."""
    if not any(sign in text for sign in "{}$"):
        return True
    depth = dollars = 0
    escaped = False
    for sign in text:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == "$":
            dollars += 1
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            if depth < 0:
                return False
    return depth == 0 and dollars % 2 == 0


def _latex_marks(original: str) -> tuple[dict[int, int], dict[int, tuple[int, str]]]:
    """Stretches of LaTeX to leave out (start to end), and stretches to replace (start to end and piece)."""
    drop: dict[int, int] = {}
    replace: dict[int, tuple[int, str]] = {}
    if not any(mark in original for mark in ("\\", "$", "~", "``", "''", "{")):
        return drop, replace
    urls = [(m.start(), m.end()) for m in re.finditer(r"(?:https?:\s?//|www\.)\S+", original)]

    def in_url(at: int) -> bool:
        return any(start <= at < end for start, end in urls)

    for match in _COMMAND.finditer(original):
        if in_url(match.start()):
            continue
        drop[match.start()] = match.end()
        depth = 1
        for at in range(match.end(), min(len(original), match.end() + 400)):
            if original[at] == "{" and original[at - 1] != "\\":
                depth += 1
            elif original[at] == "}" and original[at - 1] != "\\":
                depth -= 1
                if depth == 0:
                    drop[at] = at + 1
                    break
    for match in re.finditer(r"\{(?=\\(?:bf|it|sc|tt|rm|sf|em)\b)", original):
        if in_url(match.start()):
            continue
        close = original.find("}", match.end())
        if 0 < close - match.start() < 200:
            drop[match.start()] = match.end()
            drop[close] = close + 1
    for match in _SWITCH.finditer(original):
        if not in_url(match.start()):
            drop[match.start()] = match.end()
    for match in _ESCAPED.finditer(original):
        if match.start() not in drop and not in_url(match.start()):
            replace[match.start()] = (match.end(), match.group(1))
    for match in re.finditer(r"(?<!\\)\$([^$\n]{1,60}?)(?<!\\)\$", original):
        inside = match.group(1)
        if in_url(match.start()) or re.fullmatch(r"[\d.,]+[^$]*\s[^$]*", inside):
            continue
        drop.setdefault(match.start(), match.start() + 1)
        drop.setdefault(match.end() - 1, match.end())
        for brace in re.finditer(r"[{}^_](?!\\)", inside):
            position = match.start(1) + brace.start()
            if position not in replace and position - 1 not in replace:
                drop.setdefault(position, position + 1)
    for match in re.finditer(r"(?<=\w)~(?=[\w\\(])", original):
        if not in_url(match.start()):
            replace[match.start()] = (match.end(), " ")
    for match in re.finditer(r"``|''", original):
        replace[match.start()] = (match.end(), '"')
    return drop, replace


def keep_text(raw: str) -> str:
    """The text as it is kept: lone surrogates become U+FFFD, everything else stays as it came, offsets included."""
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in raw)
    return raw
