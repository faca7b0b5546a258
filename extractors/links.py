"""Every web address in a text, however broken, with where it stands and what it leads to.

Input: the text of a paper as it is kept (title, empty line, abstract), LaTeX and Markdown remnants and all.
Output: ``FoundLink`` values in the order of the text, ``text[start:end] == surface``. Linear in the length of the text:
each search starts behind the last address found, and nothing looks further than a fixed number of characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.hosts import DOUBTFUL_ENDINGS, ENDINGS, HOSTING
from extractors.link_roles import link_role
from kg.links import canonical_url, link_kind
from kg.model import LinkKind, LinkRole

_ANCHOR = re.compile(
    r"(?i:https?)\s?:\s?/|(?<![A-Za-z0-9./@-])www\.(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])\.([a-z]{2,10})(?![\w-])"
)
_SCHEME = re.compile(r"(?i:https?)\s?:\s?/(?:\s?/)?[^\S\n]?\n?")
_HOST = re.compile(r"(?:[A-Za-z0-9]|\\allowbreak ?)(?:[A-Za-z0-9._-]|\\[_-]|\\allowbreak ?|\$\.\$)*+")
_RUN = re.compile(
    r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$%&()*+,;=\u00c0-\u024f]|\\(?:[_%#&~$-](?:\{\})?|allowbreak ?|textunderscore ?|sim ?))"
    r"{1,2000}+"
)
_PORT = re.compile(r":\d{2,5}(?![\d.])")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_INNER = re.compile(r"(?i:https?):/")
_GLUED = re.compile(
    r"\.(?:The|Our|Ours|We|This|These|In|It|To|For|Code|Codes|Data|Dataset|Datasets|Project|Demo|Video|Videos|Model|Models|"
    r"More|Moreover|All|Additionally|Extensive|Experiments|Keywords|Index|Website|And|An|A|See|Please|Source|However|Warning|Note|Contributions?)$"
)
_TRAILING = ".,;:!?*~=&"
_TAIL = re.compile(r"[.,;:!?'\"*)\]}>$\u2019\u201d\u3002\uff0c\uff09]{1,20}")
_GROUP_START = re.compile(r"\}?\{|\}? \{(?=https?:)")
_SHOWN_ADDRESS = re.compile(r"(?:https?:|[\w-]+\.[\w.-]+/)\S{1,2000}")
_ANCHOR_BEFORE = re.compile(r"\[([^\[\]\n]{1,120})\]\($")
_WORD = re.compile(r"[A-Za-z0-9][\w./~%-]*")
_LATEX = (
    (re.compile(r"\$\.\$"), "."),
    (re.compile(r"\\(?:allowbreak|-) ?"), ""),
    (re.compile(r"\\(?:sim|~(?:\{\})?) ?"), "~"),
    (re.compile(r"\\textunderscore ?"), "_"),
    (re.compile(r"\\([_%#&$])(?:\{\})?"), r"\1"),
)
_STOP_WORDS = (
    "a all an and are as at be but by can code codes data dataset demo for from has in is it link model models of on or our "
    "page paper project see soon source that the these this to together under upon via video was website we where which "
    "while will with after once upon"
)
_STOP = frozenset(_STOP_WORDS.split())
_CUE = re.compile(
    r"(?:(?:availab|accessib)(?:le|ility)|accessed|found|released?|hosted|published|downloaded|provided|shared|visit"
    r"|obtained|open-?sourced?|(?:web ?site|web ?page|home ?page|project|page|demo|code|url|link|here|online|resources?|details|information|videos?"
    r"|data(?:sets?)?|repository|leaderboard|materials?))\b[^.]{0,60}?(?:\b(?:at|on|via|under|in|through|visit|see|is)|:)"
    r"\s*[\[({<\"']*$|\b(?:(?:available|accessible|accessed|downloaded|obtained) from|(?:portal|platform|tool|interface"
    r"|service|server|app|application|site|website|page|arena|demo|leaderboard) \(|visit)\s*$",
    re.I,
)
_RUN_IN = re.compile(r"(?:at|in|on|from|here|via|is|this|link)(github\.com)")
_BARE_LOOK_BACK = 120
_MAX_JOINS = 5


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A web address in a text.

    Attributes:
        surface: the stretch of text that writes the address, with the punctuation and mark-up that clings to it.
        url: cleaned and canonical, see ``kg.links.canonical_url``.
        kind: which sort of site.
        role: what it leads to, from the words around it and the site.
        start: offset of ``surface`` in the text, in code points.
        end: offset behind it.
        confidence: 0 to 1: 1 for a whole address with scheme, less where it had to be mended or has none.
    """

    surface: str
    url: str
    kind: LinkKind
    role: LinkRole
    start: int
    end: int
    confidence: float


def find_links(text: str) -> tuple[FoundLink, ...]:
    """Find every address: with scheme, with ``www.`` only, or a bare host that is surely one.

    Addresses broken by a space or line feed are joined, LaTeX escapes resolved, ``\\href{A}{B}``, ``A{B}`` and
    ``[A](B)`` are one address each. An address that stands twice in the text is found twice.

    Args:
        text: any text; offsets point into it.

    Returns:
        The addresses in the order of the text; they do not overlap.
    """
    found: list[FoundLink] = []
    at = 0
    refused = 0
    for anchor in _ANCHOR.finditer(text):
        if anchor.start() < at:
            continue
        if anchor.group(1):
            dot, trust = anchor.start(), 0.9
            begin = _bare_start(text, dot, anchor.group(1), max(at, refused))
            read = _read_address(text, begin) if begin is not None else None
            if begin is None or read is None or not _is_bare_link(text, begin, read):
                refused = dot if anchor.group(1) in ENDINGS else refused
                continue
        elif anchor.group() == "www.":
            begin, trust = anchor.start(), 0.95
            read = _read_address(text, begin)
        else:
            begin, trust = anchor.start(), 1.0
            scheme = _SCHEME.match(text, begin)
            read = _read_address(text, scheme.end()) if scheme else None
            if scheme and scheme.end() - begin > 8:
                trust = 0.95
        if read is None:
            continue
        address, url_end, joins = read
        if address.endswith("+") and text[begin - 1 : begin] == "+":
            address, url_end = address[:-1], url_end - 1
        label_before = _ANCHOR_BEFORE.search(text, max(at, begin - 130), begin)
        end, label, target = _read_mark_up(text, begin, url_end)
        url = canonical_url(target or address)
        kind = link_kind(url)
        label = label or (label_before.group(1) if label_before else "")
        role = link_role(text, begin, floor=at, url=url, kind=kind, label=label)
        if role is LinkRole.MODEL and url.startswith("https://huggingface.co/"):
            # An owner's page or a collection of the Hub may hold anything; here the words say that it holds models.
            kind = LinkKind.HUGGINGFACE_MODEL
        found.append(
            FoundLink(text[begin:end], url, kind, role, begin, end, round(trust - 0.05 * min(joins, 4), 2))
        )
        at = end
    return tuple(found)


def _bare_start(text: str, dot: int, ending: str, floor: int) -> int | None:
    """Where the host around a dot begins that no scheme precedes; None where there can be no host.

    ``floor`` is as far back as it may begin: behind the last address, or at the dot of a host already refused.
    """
    if ending not in ENDINGS:
        return None
    start = dot
    floor = max(floor, dot - _BARE_LOOK_BACK)
    while start > floor and (
        text[start - 1].isascii() and (text[start - 1].isalnum() or text[start - 1] in ".-")
    ):
        start -= 1
    if start == floor and start and text[start] == ".":
        return None
    while start < dot and text[start] in ".-":
        start += 1
    shifted = _RUN_IN.match(text, start, dot + 4)
    if shifted:
        return shifted.start(1)
    if start in (dot, dot - _BARE_LOOK_BACK) or (
        start > 0 and (text[start - 1] in "@/\\_#=&%~" or text[start - 1].isalnum())
    ):
        return None
    return start


def _is_bare_link(text: str, begin: int, read: tuple[str, int, int]) -> bool:
    """Whether a host without scheme is an address and not a name (``ClinicalTrials.gov``), a file or a missing space."""
    address = read[0]
    host, _, path = address.partition("/")
    labels = host.split(".")
    lowered = host.lower()
    known = any(lowered == site or lowered.endswith("." + site) for site in HOSTING)
    if path:
        return known or (
            (labels[-1] not in DOUBTFUL_ENDINGS or labels[-1] in ("ai", "in", "es", "se", "si", "pt"))
            and not (host[:1].isupper() and len(labels) == 2 and len(path) < 3)
        )
    if known or (len(labels) == 2 and link_kind(address) is not LinkKind.PROJECT_PAGE):
        return len(labels) > 2
    if (
        (host != lowered and "-" not in host)
        or (labels[-1] in DOUBTFUL_ENDINGS and len(labels) < 3 and labels[-1] != "ai")
        or len(labels[-2]) < 2
    ):
        return False
    return bool(_CUE.search(text, max(0, begin - 100), begin))


def _read_address(text: str, begin: int) -> tuple[str, int, int] | None:
    """Read host and path from a position on.

    Returns:
        The address without scheme and LaTeX, the offset behind it (before trailing punctuation), and how many gaps
        were joined; None where there is no host.
    """
    host = _read_host(text, begin)
    if host is None:
        return None
    name, end, joins = host
    port = _PORT.match(text, end)
    if port:
        name, end = name + port.group(), port.end()
    if text[end : end + 1] not in ("/", "?", "#", "\\"):
        return name, end, joins
    path, end = _read_run(text, end, name)
    for _ in range(_MAX_JOINS):
        start = _continuation(text, name, path, end)
        if start is None:
            break
        more, end = _read_run(text, start, name)
        path += more
        joins += 1
    return name + path, end, joins


def _read_host(text: str, begin: int) -> tuple[str, int, int] | None:
    """Read a host, over gaps as in ``foo- bench.github. io`` where what stands before the gap is none."""
    raw, end, first = "", begin, None
    for joins in range(_MAX_JOINS + 1):
        piece = _HOST.match(text, end, min(len(text), end + 260))
        if piece is None:
            break
        raw, end = raw + _without_latex(piece.group()), piece.end()
        name = raw.rstrip(".-_")
        if _is_host(name):
            return name, end - (len(raw) - len(name)), joins
        if joins == 0 and re.fullmatch(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}", name):
            first = name, end - (len(raw) - len(name)), 0
        if text[end : end + 1] not in (" ", "\n") or end >= len(text):
            break
        end += 1
    return first


def _is_host(name: str) -> bool:
    """True for a name with a public ending, or four numbers."""
    head, _, ending = name.rpartition(".")
    if not head or len(name) > 253 or ".." in name:
        return False
    ending = ending.lower()
    return ending in ENDINGS if ending.isalpha() else bool(_ADDRESS.fullmatch(name))


def _read_run(text: str, begin: int, host: str) -> tuple[str, int]:
    """Read path, query and fragment up to what cannot belong to them."""
    run = _RUN.match(text, begin)
    if run is None:
        return "", begin
    raw = run.group()
    if "http" in raw.lower() and "archive" not in host:
        inner = _INNER.search(raw, 1)
        raw = raw[: inner.start()] if inner else raw
    raw = _balanced(raw)
    if ("," in raw or ";" in raw) and "?" not in raw:
        raw = re.split(r"[,;]", raw, maxsplit=1)[0]
    glued = _GLUED.search(raw) if raw[-1:].isalpha() else None
    raw = raw[: glued.start()] if glued else raw
    raw = raw.rstrip(_TRAILING)
    if raw.endswith("--"):
        raw = raw.rstrip("-")
    return _without_latex(raw), begin + len(raw)


def _balanced(raw: str) -> str:
    """The stretch before the first bracket that is not opened and closed inside it."""
    opened: list[int] = []
    for at, character in enumerate(raw):
        if character in "[]$":
            raw = raw[:at]
            break
        if character == "(":
            opened.append(at)
        elif character == ")":
            if not opened:
                return raw[:at]
            opened.pop()
    while opened and opened[-1] >= len(raw):
        opened.pop()
    return raw[: opened[0]] if opened else raw


def _continuation(text: str, host: str, path: str, end: int) -> int | None:
    """Where the address goes on behind a gap, or None where it ends before the gap.

    It goes on only where it cannot be whole (``https://github.com/owner/ name``, ``…/name- more``) and the next word
    looks like a piece of a path and not like a word of the sentence.
    """
    if text[end : end + 1] not in (" ", "\n") or path[-1:] not in ("/", "-", "_"):
        return None
    word = _WORD.match(text, end + 1, end + 200)
    if word is None:
        return None
    piece = word.group().rstrip(".")
    stop = piece.casefold() in _STOP or text[word.end() : word.end() + 1] == ":" or piece.startswith("http")
    if stop:
        return None
    closes = text[word.end() - 1 : word.end()] == "." or text[word.end() : word.end() + 1] in (
        "",
        ".",
        ",",
        ")",
        "}",
        ";",
    )
    marked = bool(re.search(r"[-_\d/]|[a-z][A-Z]", piece))
    if path[-1] in "-_":
        return end + 1 if marked or closes or piece.islower() else None
    segments = path.strip("/").count("/") + 1 if path.strip("/") else 0
    if host.lower() in ("github.com", "www.github.com", "gitlab.com", "huggingface.co", "hf.co"):
        first = path.strip("/").partition("/")[0]
        whole = 3 if first in ("datasets", "spaces", "collections") else 2
        return end + 1 if segments < whole and (marked or closes) else None
    if "/" in piece:
        return end + 1 if (marked and not piece[:1].isupper()) or piece.endswith("/") else None
    return end + 1 if segments == 0 and marked and closes else None


def _read_mark_up(text: str, begin: int, url_end: int) -> tuple[int, str, str]:
    """Read what clings to an address: brackets, its shown text (``}{here}``, ``](target)``), punctuation.

    Returns:
        The offset behind it all, the shown text, and the true target where the address was itself only shown.
    """
    end, label, target = url_end, "", ""
    if text.startswith("](", end):
        close = text.find(")", end, end + 2000)
        inside = text[end + 2 : close] if close > 0 else ""
        if inside and not any(character.isspace() for character in inside):
            scheme = _SCHEME.match(inside)
            read = _read_address(inside, scheme.end() if scheme else 0)
            if read:
                target, end = read[0], close + 1
    else:
        group = _GROUP_START.match(text, end)
        if group:
            close = _closing_brace(text, group.end())
            if close > 0:
                label, end = text[group.end() : close], close + 1
            else:
                shown = _SHOWN_ADDRESS.match(text, group.end())
                end = shown.end() if shown else end
    tail = _TAIL.match(text, end)
    if tail:
        opens = text.startswith("{", tail.end())
        end = tail.end() - (1 if opens and tail.group().endswith("}") and tail.end() - end > 1 else 0)
    return end, label, target


def _closing_brace(text: str, begin: int) -> int:
    """Offset of the brace that closes the one opened just before ``begin``, within 300 characters; else -1."""
    depth = 1
    for at in range(begin, min(len(text), begin + 300)):
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        elif text[at] == "\n" and text.startswith("\n", at + 1):
            break
    return -1


def _without_latex(raw: str) -> str:
    """Resolve the LaTeX escapes of an address."""
    if "\\" in raw or "$" in raw:
        for pattern, plain in _LATEX:
            raw = pattern.sub(plain, raw)
    return raw
