"""Stable ids of papers: the arXiv id, else the DOI, else a hash of the title.

Shapes: arXiv's two schemes of identifiers (``YYMM.NNNNN`` since April 2007, ``archive/YYMMNNN`` before; the subject
class of the old scheme, as in ``math.GT/0309136``, is not part of the id), https://info.arxiv.org/help/arxiv_identifier.html;
DOIs as in https://www.doi.org/doi-handbook/ with arXiv's own prefix ``10.48550/arXiv.``.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from urllib.parse import unquote

_ARCHIVES = (
    "acc-phys|adap-org|alg-geom|ao-sci|astro-ph|atom-ph|bayes-an|chao-dyn|chem-ph|cmp-lg|comp-gas|cond-mat|cs|dg-ga"
    "|econ|eess|funct-an|gr-qc|hep-ex|hep-lat|hep-ph|hep-th|math|math-ph|mtrl-th|nlin|nucl-ex|nucl-th|patt-sol|physics"
    "|plasm-ph|q-alg|q-bio|q-fin|quant-ph|solv-int|stat|supr-con"
)
_NEW = r"(?:0[7-9]|[1-9]\d)(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD = rf"(?:{_ARCHIVES})(?:\.[A-Za-z][A-Za-z-]+)?/\d{{7}}"
_ID = rf"(?P<id>{_NEW}|{_OLD})(?:v\d+)?"
_BARE = re.compile(
    rf"(?:ar[xX]iv\s*:\s*|ARXIV\s*:\s*|oai:ar[xX]iv\.org:|abs/|papers/)?{_ID}(?:\.pdf)?(?:\s*\[[\w.-]+\])?",
)
_IN_URL = re.compile(
    r"(?:(?:ar[xX]iv|alphaxiv)\.org/(?:abs|pdf|html|ps|format|e-print|src|overview)/"
    r"|ar5iv(?:\.labs\.arxiv)?\.org/(?:abs|html)/"
    rf"|huggingface\.co/(?:api/)?papers/|hf\.co/papers/|^/papers/){_ID}(?![\d.]*\d)"
)
_IN_DOI = re.compile(rf"10\.48550/arxiv\.{_ID}$", re.IGNORECASE)
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]+")
_DOI_START = re.compile(
    r"^(?:doi:\s*|https?://(?:dx\.)?doi\.org/|doi\.org/|urn:doi:|info:doi/)?(?=10\.\d{4,9}[./])", re.I
)


def find_arxiv_id(value: str) -> str | None:
    """The arXiv id in a field that is one: an id, a URL of arXiv or of a paper page, an arXiv DOI.

    Args:
        value: the whole field; running text is not searched.

    Returns:
        The bare id without version, or None.
    """
    if len(value) > 300:
        return None
    value = value.strip()
    match = _BARE.fullmatch(value) or _IN_URL.search(value)
    if match is None and "10.48550" in value:
        match = _IN_DOI.search(value)
    return _canonical(match.group("id")) if match else None


def find_doi(value: str) -> str | None:
    """The DOI in a field that is one, or a URL of one: bare, lower case, or None."""
    value = value.strip()
    start = _DOI_START.match(value)
    if start is None:
        return None
    if start.end() and "doi.org" in start.group().lower():
        value, end = unquote(value[start.end() :]), 0
    else:
        end = start.end()
    match = _DOI.match(value, end)
    if match is None:
        return None
    doi = match.group().rstrip(".,;")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;")
    return doi.lower()


def normalise_title(title: str) -> str:
    """The title as it is compared: NFKC, case folded, letters and digits only (all of it where it has none)."""
    folded = unicodedata.normalize("NFKC", title).casefold()
    plain = "".join(character for character in folded if character.isalnum())
    return plain or " ".join(folded.split())


def title_id(title: str) -> str:
    """``title:`` and the first 16 hexadecimal digits of the SHA-256 of the normalised title."""
    return "title:" + hashlib.sha256(normalise_title(title).encode("utf-8", "replace")).hexdigest()[:16]


def paper_id(*, arxiv_id: str | None, doi: str | None, title: str) -> str:
    """The stable id of a paper: the arXiv id, else ``doi:10.…``, else ``title:`` and a hash."""
    if arxiv_id:
        return arxiv_id
    return f"doi:{doi}" if doi else title_id(title)


def _canonical(found: str) -> str:
    """Drop the subject class of an old id: ``math.GT/0309136`` is ``math/0309136``."""
    archive, slash, number = found.partition("/")
    return f"{archive.partition('.')[0]}/{number}" if slash else found
