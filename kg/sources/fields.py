"""Names and shapes of fields: what the many kinds of records call a title, and how they write authors or dates.

The table holds the spellings of the Hugging Face Hub, arXiv (API, Kaggle snapshot), OpenAlex, Semantic Scholar,
Crossref, CSL JSON, OpenReview, DBLP, Zotero, Scopus, Web of Science and IEEE exports, BibTeX and RIS. A key is compared by
its letters and digits alone, so that ``Abstract Note``, ``abstractNote`` and ``abstract_note`` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from kg.model import PartialDate
from kg.sources.dates import read_date
from kg.text import keep_text

_SPELLINGS = {
    "title": "title papertitle articletitle documenttitle displayname primarytitle ti t1 headline name",
    "abstract": "abstract abstractnote paperabstract abstracttext summary ab abs notesabstract description text content",
    "inverted": "abstractinvertedindex",
    "id": "id paperid recordid uid key citationkey citekey bibtexkey bibcode corpusid itemkey accessionnumber eid",
    "arxiv": "arxivid arxiv arxivnumber arxiveprint eprint eprintid preprintid",
    "doi": "doi doiurl articledoi paperdoi bookdoi",
    "ids": "ids externalids",
    "url": "url urls entryid absurl urlabs arxivurl paperurl landingpageurl link links pdfurl urlpdf pdf ee openaccesspdf"
    " htmlurl ur l1 l2",
    "places": "primarylocation bestoalocation locations",
    "authors": "authorsparsed authors author authorships authorfullnames authornames creators creator firstauthors au a1",
    "author_count": "authorcount numauthors numberofauthors nauthors",
    "date": "publishedat publicationdate published publisheddate datepublished versions date issued submitteddate"
    " submitteddatetime onlinedate publicationtime pubdate da y1 publicationyear year py pdate cdate created createdat"
    " updatedate updated",
    "listed": "submittedondailyat listedat dailydate",
    "venue": "venue journal journalref journalname booktitle publicationtitle containertitle sourcetitle conference"
    " conferencename proceeding proceedings hostvenue publicationvenue publication series jo jf t2 secondarytitle",
    "organisation": "organization organisation affiliation institution",
    "code": "githubrepo codeurl code repository repo repourl github githuburl projectpage projecturl project homepage website"
    " repositorylink projectlink",
    "models": "linkedmodels",
    "datasets": "linkeddatasets",
    "spaces": "linkedspaces",
    "keywords": "keywords categories primarycategory authorkeywords tags manualtags automatictags subjects subject category"
    " indexkeywords keywordsplus fieldsofstudy aikeywords kw",
    "upvotes": "upvotes votes upvotecount",
    "comments": "numcomments commentcount commentscount comments",
}
_FIELDS = {
    spelling: (field, rank) for field, row in _SPELLINGS.items() for rank, spelling in enumerate(row.split())
}
_ARXIV_CATEGORY = re.compile(r"[a-z-]+(?:\.[A-Za-z-]{2,})?")
_WRAPPERS = ("paper", "content", "data", "work", "attributes", "article", "message", "record")

Fields = dict[str, list[object]]
"""Values by field of ours, the likeliest first."""


@lru_cache(maxsize=8192)
def field_of(key: str) -> tuple[str, int] | None:
    """Our name of a field and how sure it is (0 best), by what a record calls it; None for one that we do not read."""
    found = _FIELDS.get("".join(character for character in key.casefold() if character.isalnum()))
    if found is not None and key.startswith("_"):
        return found[0], found[1] + 100  # an id of the data base, not of the record
    return found


def collect_fields(record: Mapping[str, object]) -> Fields:
    """Sort the values of a record under our names; what is empty or unknown is left out."""
    ranked: dict[str, list[tuple[int, object]]] = {}
    for key, value in record.items():
        if value is None or value == "" or value == []:
            continue
        found = field_of(key)
        if found is None:
            continue
        ranked.setdefault(found[0], []).append((found[1], value))
    return {
        field: [value for _, value in (sorted(values, key=_rank) if len(values) > 1 else values)]
        for field, values in ranked.items()
    }


def unwrap(record: Mapping[str, object]) -> Mapping[str, object]:
    """Open a record that lies inside another: ``{"paper": {…}}`` of the Hub, ``{"content": {…}}`` of OpenReview."""
    for key in _WRAPPERS:
        inner = record.get(key)
        if isinstance(inner, dict) and any(isinstance(k, str) and _is_title(k) for k in inner):
            outer = {k: v for k, v in record.items() if k != key}
            if key == "paper":
                # The Hub's date outside is the day on which the paper was listed; inside, that of publication.
                listed = outer.pop("publishedAt", None)
                outer.setdefault("submittedOnDailyAt", listed)
            return {**outer, **inner}
    return record


def text_of(values: Iterable[object]) -> str | None:
    """The first value that holds text, kept as it is but for NUL and lone surrogates (U+FFFD, the length stays)."""
    for value in values:
        raw = _raw_text(value)
        if raw is not None and raw and not raw.isspace():
            kept = keep_text(raw)
            return kept.replace("\0", "\ufffd") if "\0" in kept else kept
    return None


def strings_of(values: Iterable[object]) -> Iterable[str]:
    """All strings in values that are strings, numbers, lists or objects with a usual key of text."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, bool) or value is None:
            continue
        elif isinstance(value, int):
            yield str(value)
        elif isinstance(value, (list, tuple)):
            yield from strings_of(value)
        elif isinstance(value, dict):
            for key in (
                "value",
                "display_name",
                "name",
                "fullname",
                "category",
                "term",
                "url",
                "URL",
                "href",
                "id",
            ):
                if isinstance(value.get(key), str):
                    yield value[key]
                    break


def count_of(values: Iterable[object]) -> int | None:
    """The first value that is a count: a number that is not negative, or digits."""
    for value in values:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and value.strip().isdecimal() and len(value) < 16:
            return int(value)
    return None


def date_of(values: Iterable[object]) -> PartialDate | None:
    """The first value that is a date."""
    for value in values:
        found = _date(value)
        if found is not None:
            return found
    return None


def keywords_of(values: Iterable[object]) -> tuple[str, ...]:
    """Keywords from lists, or from text with separators; arXiv's categories are parted by spaces."""
    found: dict[str, None] = {}
    for value in values:
        if isinstance(value, str):
            separator = ";" if ";" in value else ","
            pieces: Iterable[str] = value.split(separator)
            words = value.split()
            if (
                len(words) > 1
                and separator not in value
                and all(_ARXIV_CATEGORY.fullmatch(w) and "." in w for w in words)
            ):
                pieces = words
        else:
            pieces = strings_of([value])
        for piece in pieces:
            clean = " ".join(keep_text(piece).split())
            if clean and len(clean) <= 200:
                found.setdefault(clean)
    return tuple(found)


def decode_inverted(index: object) -> str | None:
    """The abstract out of OpenAlex's inverted index: ``{"We": [0, 7], "show": [1]}``.

    Returns:
        Words in the order of their positions, one space between them; None where it is no such index.
    """
    if not isinstance(index, dict):
        return None
    placed = [
        (position, word)
        for word, positions in index.items()
        if isinstance(word, str) and isinstance(positions, list)
        for position in positions
        if isinstance(position, int)
    ]
    placed.sort()
    return " ".join(word for _, word in placed) or None


def _rank(pair: tuple[int, object]) -> int:
    return pair[0]


def _is_title(key: str) -> bool:
    found = field_of(key)
    return found is not None and found[0] == "title" and key.lower() != "name"


def _raw_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        for key in ("value", "text", "#text"):
            if isinstance(value.get(key), str):
                return str(value[key])
        return None
    if isinstance(value, list) and value and all(isinstance(piece, str) for piece in value):
        return "\n\n".join(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def _date(value: object) -> PartialDate | None:
    if isinstance(value, str):
        return read_date(value)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        if 1000 <= value <= 2999:
            return PartialDate(int(value))
        if 10**8 < value < 10**14:  # seconds or milliseconds since 1970, as OpenReview has them
            moment = datetime.fromtimestamp(value / 1000 if value > 10**11 else value, tz=UTC)
            return PartialDate(moment.year, moment.month, moment.day)
        return None
    if isinstance(value, dict):
        parts = value.get("date-parts")
        if isinstance(parts, list) and parts and isinstance(parts[0], list):
            return read_date("-".join(str(part) for part in parts[0][:3]))
        return date_of([value.get(key) for key in ("created", "value", "raw", "date", "year")])
    if isinstance(value, list):
        return date_of(value)
    return None
