"""A record as some data base has it into a Paper; every source of records, saved or live, goes through here."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import SourceError
from kg.model import Paper, PartialDate, Sighting
from kg.paper_json import FORMAT, paper_from_json
from kg.sources import fields as f
from kg.sources.dates import fill_year
from kg.sources.identity import find_arxiv_id, find_doi, paper_id
from kg.sources.people import names_of
from kg.text import keep_text

MAX_TITLE = 2_000
"""Characters of the longest title that is believed."""

MAX_ABSTRACT = 100_000
"""Characters of the longest abstract that is believed; longer text is a whole paper, or damage."""

_HUB = "https://huggingface.co/"


def paper_from_record(
    record: object,
    *,
    source: str,
    format: str,
    position: int = 1,
    captured: PartialDate | None = None,
) -> Paper:
    """Make a paper of a record of any known shape.

    Known are: items of the Hub's daily papers, paper and search APIs; arXiv records (API libraries, Kaggle
    snapshot); OpenAlex works; Semantic Scholar papers; Crossref and CSL JSON; OpenReview notes; Zotero items; plain objects with
    a title and an abstract; and what ``paper_to_json`` writes, which comes back as it was. Title and abstract are
    kept to the letter.

    Args:
        record: the decoded object.
        source: name of the file or URL, kept in the sighting.
        format: name of the source format, kept in the sighting.
        position: which record of the source it is, from 1.
        captured: when the source was saved, where known.

    Returns:
        The paper, with one sighting (those that it already had, for a record of ours).

    Raises:
        SourceError: for a record without title or abstract, or one that is no object.
    """
    if not isinstance(record, Mapping):
        raise SourceError(f"this is {_kind(record)}, not an object with a title and an abstract")
    if record.get("format") == FORMAT:
        paper = paper_from_json(record)
        _check(paper.title, paper.abstract)
        return paper
    found = f.collect_fields(f.unwrap(record))
    title = f.text_of(found.get("title", ()))
    abstract = f.text_of(found.get("abstract", ()))
    if abstract is None and "inverted" in found:
        abstract = f.text_of([f.decode_inverted(found["inverted"][0])])
    title, abstract = _check(title, abstract)
    record_id = _record_id(found)
    arxiv_id, doi = _identify(found)
    authors = names_of(found["authors"]) if "authors" in found else ()
    date = f.date_of(found["date"]) if "date" in found else None
    listed = f.date_of(found["listed"]) if "listed" in found else None
    if date is None and arxiv_id is not None:
        date = arxiv_month(arxiv_id)
    return Paper(
        id=paper_id(arxiv_id=arxiv_id, doi=doi, title=title),
        title=title,
        abstract=abstract,
        record_id=record_id,
        authors=authors,
        author_count=f.count_of(found["author_count"]) if "author_count" in found and not authors else None,
        organisation=_name(found.get("organisation", ())),
        date=fill_year(date, captured) if date is not None else None,
        arxiv_id=arxiv_id,
        doi=doi,
        venue=_venue(found),
        links=_links(found),
        keywords=f.keywords_of(found["keywords"]) if "keywords" in found else (),
        sightings=(
            Sighting(
                source,
                format,
                position,
                captured,
                fill_year(listed, captured) if listed is not None else None,
                f.count_of(found["upvotes"]) if "upvotes" in found else None,
                f.count_of(found["comments"]) if "comments" in found else None,
            ),
        ),
    )


def quote(text: str) -> str:
    """A title or the start of a paragraph as messages show it: one line, no longer than 80 characters."""
    clean = " ".join(text.split())
    return f"“{clean[:77]}…”" if len(clean) > 80 else f"“{clean}”"


def arxiv_month(arxiv_id: str) -> PartialDate:
    """Year and month of an arXiv id, which it states in its first four digits."""
    digits = arxiv_id.partition("/")[2] or arxiv_id
    year, month = int(digits[:2]), int(digits[2:4])
    return PartialDate(1900 + year if year > 90 else 2000 + year, month if 1 <= month <= 12 else None)


def _check(title: str | None, abstract: str | None) -> tuple[str, str]:
    if title is None or not title.strip():
        missing = "neither title nor abstract" if abstract is None else "no title"
        raise SourceError(f"a record with {missing}")
    if abstract is None or not abstract.strip():
        raise SourceError(f"a record without abstract: {quote(title)}")
    if len(title) > MAX_TITLE:
        raise SourceError(f"a title of {len(title):,} characters, more than {MAX_TITLE:,}: {quote(title)}")
    if len(abstract) > MAX_ABSTRACT:
        raise SourceError(
            f"an abstract of {len(abstract):,} characters, more than {MAX_ABSTRACT:,}: {quote(title)}"
        )
    return title, abstract


def _record_id(found: f.Fields) -> str | None:
    for value in found.get("id", ()):
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return keep_text(str(value)).replace("\0", "\ufffd")
    return None


def _identify(found: f.Fields) -> tuple[str | None, str | None]:
    """arXiv id and DOI, from whatever field says them."""
    places = [
        place
        for value in found.get("places", ())
        for place in (value if isinstance(value, list) else [value])
    ]
    inner = [f.collect_fields(value) for value in (*found.get("ids", ()), *places) if isinstance(value, dict)]
    all_fields = [found, *inner] if inner else [found]
    dois = [text for one in all_fields if "doi" in one for text in f.strings_of(one["doi"])]
    arxiv_id = None
    for name in ("arxiv", "id", "url"):
        for one in all_fields:
            for text in f.strings_of(one[name]) if name in one else ():
                arxiv_id = arxiv_id or find_arxiv_id(text)
    for text in dois:
        arxiv_id = arxiv_id or find_arxiv_id(text)
    doi = next((doi for text in dois if (doi := find_doi(text))), None)
    if doi is None:
        urls = (
            text
            for one in all_fields
            for name in ("id", "url")
            if name in one
            for text in f.strings_of(one[name])
        )
        doi = next((doi for text in urls if "10." in text and (doi := find_doi(text))), None)
    return arxiv_id, doi


def _venue(found: f.Fields) -> str | None:
    venue = _name(found.get("venue", ()))
    if venue is None:
        for place in found.get("places", ()):
            if isinstance(place, dict) and isinstance(place.get("source"), dict):
                return _name([place["source"]])
    return venue


def _name(values: object) -> str | None:
    if not isinstance(values, (list, tuple)):
        return None
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("fullname"), str):
            value = value["fullname"]  # the Hub's organisations: the name for people, not that of the account
        for text in f.strings_of([value]):
            clean = " ".join(keep_text(text).split())
            if clean and len(clean) <= 500:
                return clean
    return None


def _links(found: f.Fields) -> tuple[str, ...]:
    links: dict[str, None] = {}
    for text in f.strings_of(found["code"]) if "code" in found else ():
        link = keep_text(text).strip()
        if (
            link.startswith(("http://", "https://"))
            and len(link) <= 2000
            and not any(c.isspace() for c in link)
        ):
            links.setdefault(link)
    for name, prefix in (("models", _HUB), ("datasets", _HUB + "datasets/"), ("spaces", _HUB + "spaces/")):
        if name in found:
            for value in found[name]:
                for item in value if isinstance(value, list) else ():
                    key = item.get("id") if isinstance(item, dict) else item
                    if isinstance(key, str) and key and not any(c.isspace() for c in key):
                        links.setdefault(prefix + keep_text(key))
    return tuple(links)


def _kind(value: object) -> str:
    names = {
        str: "text",
        bool: "a truth value",
        int: "a number",
        float: "a number",
        list: "a list",
        type(None): "null",
    }
    return names.get(type(value), "something else")
