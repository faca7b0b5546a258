"""What a link leads to: code, data, a model, a demo … read from the words before it and from the site.

Input: the text, where the address stands, its canonical form and kind. Output: a ``LinkRole``.
The strongest sign comes first: the kind of site where it leaves no doubt, then the name of a list, then the text that
is shown for the link (``{project page}``), then the words of the clause before it.
"""

from __future__ import annotations

import re

from kg.model import LinkKind, LinkRole

_LOOK_BACK = 170
_SENTENCE = re.compile(
    r"(?<=[A-Za-z0-9)%\]}][A-Za-z0-9)%\]}])[.!?][)\]\"']?\s+(?=[A-Z(\[$\\])|\n\n|(?<=[a-z])\.(?=[A-Z][a-z]+ )"
)
_OF_THE_LAST = re.compile(r"^\s*(?:\([^()]*\)|for [^,;]{1,60}?(?=,|;|\band\b))")
_CLOSED = re.compile(r"\w[.!?]\s+$")
_LIST_NAME = re.compile(
    r"awesome|paper-?list|reading-?list|[-_/](?:survey|surveys|papers)(?:[-_/]|$)|survey$|papers$", re.I
)
_LIST = re.compile(
    r"\b(?:list|collection|overview|repository) of (?:\w+ ){0,3}(?:papers|works|literature|publications|resources|methods)"
    r"|\bsurveyed\b|\b(?:relevant|related) (?:literature|papers|works)\b",
    re.I,
)
_CODE = re.compile(
    r"\b(?:codes?|code ?bases?|implementations?|scripts?|software|librar(?:y|ies)|toolkits?|github|"
    r"repositor(?:y|ies)|open-?sourced?|packages?|framework|pipelines?|source)\b",
    re.I,
)
_PURE_CODE = re.compile(r"\b(?:codes?|code ?bases?|implementations?)\b", re.I)
_DATA = re.compile(
    r"\b(?:data|data ?sets?|corpus|corpora|benchmarks?|annotations?|questions|test ?set|collection)\b", re.I
)
_PURE_DATA = re.compile(r"\b(?:data|data ?sets?|corpus|corpora)\b", re.I)
_MODEL = re.compile(r"\b(?:models?|weights?|checkpoints?)\b", re.I)
_DEMO = re.compile(
    r"\b(?:demos?|demonstrations?|try it|playground|interactive|web app(?:lication)?|accessible on|live system)\b",
    re.I,
)
_VIDEO = re.compile(r"\b(?:videos?|animations?|recordings?)\b", re.I)
_BOARD = re.compile(r"\bleader-?boards?\b", re.I)
_PAPER = re.compile(
    r"\b(?:paper|article|preprint|technical report|full version|proceedings|appendix)\b", re.I
)
_PROJECT = re.compile(
    r"\b(?:(?:project|our|home|companion|supplementary|accompanying) ?-?(?:web ?)?(?:page|site|home ?page)"
    r"|web ?sites?|web ?pages?|home ?pages?|project ?pages?|project)\b",
    re.I,
)
_PAGE_LABEL = re.compile(
    r"\b(?:project[- ]?(?:page|website|web ?page|site|homepage)|home ?page|web ?site|web ?page)\b[^.]{0,40}$",
    re.I,
)
_DEMO_LABEL = re.compile(r"\bdemos?\s*:\s*$", re.I)
_MORE = re.compile(
    r"\bmore:|\bresources\b|\b(?:more|additional|further|visual|qualitative) (?:\w+ )?"
    r"(?:results|details|information|examples|samples|visuali[sz]ations)\b",
    re.I,
)


def link_role(text: str, start: int, *, floor: int, url: str, kind: LinkKind, label: str = "") -> LinkRole:
    """Tell what a link leads to.

    Args:
        text: the text of the paper.
        start: offset of the address.
        floor: offset behind the address before it; words before that belong to that one.
        url: its canonical form.
        kind: its sort of site.
        label: the text shown for it, where mark-up gives one.

    Returns:
        The role; ``code`` for a repository and ``project`` for a page where no word says otherwise.
    """
    before = _clause(text, start, floor)
    if kind is LinkKind.VIDEO:
        return LinkRole.VIDEO
    if kind is LinkKind.HUGGINGFACE_DATASET:
        return LinkRole.DATASET
    if kind is LinkKind.HUGGINGFACE_MODEL:
        return LinkRole.MODEL
    if kind is LinkKind.HUGGINGFACE_SPACE:
        return (
            LinkRole.LEADERBOARD
            if _BOARD.search(before + " " + url.rpartition("/")[2].replace("_", " "))
            else LinkRole.DEMO
        )
    if kind in (LinkKind.GITHUB, LinkKind.GITLAB, LinkKind.ANONYMOUS_REPO):
        return _repository_role(before, label, url)
    if kind is LinkKind.PROJECT_PAGE:
        return _page_role(before, label)
    return _other_role(before, label, kind, url)


def _clause(text: str, start: int, floor: int) -> str:
    """The words before the address that speak of it: from the sentence's start or the last address on."""
    begin = max(floor, start - _LOOK_BACK, 0)
    last = begin
    for boundary in _SENTENCE.finditer(text, begin, start):
        if boundary.end() < start:
            last = boundary.end()
    clause = text[last:start]
    if floor and last == floor:
        clause = _OF_THE_LAST.sub("", clause, count=1)
    return "" if _CLOSED.search(clause) else clause


def _repository_role(before: str, label: str, url: str) -> LinkRole:
    if _LIST_NAME.search(url) or _LIST.search(before):
        return LinkRole.LIST
    words = label if _is_telling(label) else before
    if _CODE.search(words) and _PURE_CODE.search(words):
        return LinkRole.CODE
    if re.search(r"\bproject[- ]?(?:page|website|web ?page|site|homepage)\b", words, re.I):
        return LinkRole.PROJECT
    if _BOARD.search(words) and not _CODE.search(words):
        return LinkRole.LEADERBOARD
    if _PURE_DATA.search(words) and not _CODE.search(words) and not _MODEL.search(words):
        return LinkRole.DATASET
    return LinkRole.CODE


def _page_role(before: str, label: str) -> LinkRole:
    words = label if _is_telling(label) else before
    if _DEMO_LABEL.search(words):
        return LinkRole.DEMO
    if _PAGE_LABEL.search(words) or _PROJECT.search(words):
        return LinkRole.PROJECT
    if _BOARD.search(words):
        return LinkRole.LEADERBOARD
    code, data, model = _PURE_CODE.search(words), _DATA.search(words), _MODEL.search(words)
    video, demo = _VIDEO.search(words), _DEMO.search(words)
    if code:
        return LinkRole.PROJECT if video or demo or (model and data) else LinkRole.CODE
    if demo:
        return LinkRole.DEMO
    if video:
        return LinkRole.VIDEO
    if data and not model:
        return LinkRole.DATASET
    if model and not data:
        return LinkRole.MODEL
    return LinkRole.PROJECT


def _other_role(before: str, label: str, kind: LinkKind, url: str) -> LinkRole:
    words = label if _is_telling(label) else before
    if _BOARD.search(words):
        return LinkRole.LEADERBOARD
    if kind is LinkKind.ARXIV or url.startswith("https://huggingface.co/papers/"):
        return LinkRole.PAPER
    if url.startswith("https://huggingface.co/") and _MODEL.search(words):
        return LinkRole.MODEL
    for pattern, role in (
        (_PURE_CODE, LinkRole.CODE),
        (_DATA, LinkRole.DATASET),
        (_DEMO, LinkRole.DEMO),
        (_MODEL, LinkRole.MODEL),
        (_VIDEO, LinkRole.VIDEO),
        (_PROJECT, LinkRole.PROJECT),
        (_PAPER, LinkRole.PAPER),
        (_MORE, LinkRole.PROJECT),
    ):
        if pattern.search(words):
            return role
    if kind is LinkKind.ZENODO:
        return LinkRole.DATASET
    return LinkRole.PAPER if kind is LinkKind.DOI else LinkRole.OTHER


def _is_telling(label: str) -> bool:
    """True where the shown text says what the link is, and is not the address again or ``here``."""
    return (
        bool(label)
        and "/" not in label
        and any(
            pattern.search(label) for pattern in (_PURE_CODE, _DATA, _MODEL, _DEMO, _VIDEO, _BOARD, _PROJECT)
        )
    )
