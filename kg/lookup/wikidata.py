"""Wikidata: a name → items that bear it, with their descriptions and identifiers.

Two requests: ``wbsearchentities`` finds items whose label or alias begins with the name
(https://www.wikidata.org/w/api.php?action=help&modules=wbsearchentities); of these, the ones with a spelling of the very
name are read with one ``wbgetentities`` (https://www.wikidata.org/w/api.php?action=help&modules=wbgetentities). Items are
as https://www.mediawiki.org/wiki/Wikibase/DataModel/JSON has them. ``maxlag`` lets the servers send us away while they
are busy: an error with status 200 and ``Retry-After`` (https://www.mediawiki.org/wiki/Manual:Maxlag_parameter).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kg.errors import FetchError
from kg.http import Answer, HttpClient, StatusError
from kg.http.limits import asked_wait
from kg.lookup.candidates import Candidate
from kg.lookup.record import WIKIDATA
from kg.resolution.known import WIKIDATA as IRI

SEARCHED, MOST_ITEMS = 20, 50
"""Items of one search, and of one reading (the interface's own limit)."""

INSTANCE_OF, WEBSITE, SOURCE_CODE, ARXIV, DOI = "P31", "P856", "P1324", "P818", "P356"

_LANGUAGES = "en|mul"
_PAGES = ((WEBSITE, "official website"), (SOURCE_CODE, "source code repository"))
_MAXLAG = 5
_LONGEST = 500
_BUSY = {"maxlag": 503, "readonly": 503, "ratelimited": 429}
_ITEM = re.compile(r"Q[1-9]\d{0,11}")
_VERSION = re.compile(r"v\d+$")


def ask(
    client: HttpClient, names: tuple[str, ...], bears_name: Callable[[list[str]], bool]
) -> list[Candidate]:
    """Ask for the items of a name.

    Args:
        client: asks.
        names: to search for, one search each.
        bears_name: whether one of an item's names is what is looked for; the others are not read.

    Returns:
        The items, by number.

    Raises:
        FetchError: where no answer came, or one that is not as it should be.
    """
    wanted: dict[str, None] = {}
    for name in names:
        answer = _get(client, {
            "action": "wbsearchentities", "search": name, "language": "en", "uselang": "en", "type": "item",
            "limit": SEARCHED,
        })  # fmt: skip
        found = answer.get("search")
        if not isinstance(found, list):
            raise FetchError("the answer holds no results of a search", source=client.base(WIKIDATA))
        for item in found:
            identifier = item.get("id") if isinstance(item, dict) else None
            if isinstance(identifier, str) and _ITEM.fullmatch(identifier) and bears_name(_names_found(item)):
                wanted.setdefault(identifier)
    ids = list(wanted)[:MOST_ITEMS]
    if not ids:
        return []
    answer = _get(client, {
        "action": "wbgetentities", "ids": "|".join(ids), "props": "labels|aliases|descriptions|claims",
        "languages": _LANGUAGES,
    })  # fmt: skip
    entities = answer.get("entities")
    if not isinstance(entities, dict):
        raise FetchError("the answer holds no items", source=client.base(WIKIDATA))
    items = [read_item(value) for value in entities.values() if isinstance(value, dict)]
    return sorted((item for item in items if item is not None), key=lambda item: (len(item.id), item.id))


def read_item(value: Mapping[str, Any]) -> Candidate | None:
    """An item as a candidate; None for one that is missing."""
    identifier = value.get("id")
    if not isinstance(identifier, str) or not _ITEM.fullmatch(identifier) or "missing" in value:
        return None
    labels, aliases = _texts(value.get("labels")), _texts(value.get("aliases"))
    claims = value.get("claims")
    stated = claims if isinstance(claims, dict) else {}
    pages = tuple((url, title) for number, title in _PAGES for url in _values(stated, number))
    classes = tuple(_values(stated, INSTANCE_OF))
    arxiv = tuple(_VERSION.sub("", text) for text in _values(stated, ARXIV))
    dois = tuple(text.casefold() for text in _values(stated, DOI))
    return Candidate(
        identifier, IRI + identifier, (*labels, *aliases), next(iter(labels), ""),
        next(iter(_texts(value.get("descriptions"))), ""), pages, arxiv, dois, classes,
    )  # fmt: skip


def _names_found(item: Mapping[str, Any]) -> list[str]:
    match, aliases = item.get("match"), item.get("aliases")
    texts = [item.get("label"), match.get("text") if isinstance(match, dict) else None]
    texts += aliases if isinstance(aliases, list) else []
    return [text for text in texts if isinstance(text, str)]


def _texts(value: object) -> list[str]:
    """Texts by language, the first language first; a language has one text or a list of them."""
    found: list[str] = []
    for language in _LANGUAGES.split("|"):
        terms = value.get(language) if isinstance(value, dict) else None
        for term in terms if isinstance(terms, list) else [terms]:
            text = term.get("value") if isinstance(term, dict) else None
            if isinstance(text, str) and text.strip():
                found.append(_plain(text))
    return list(dict.fromkeys(found))


def _plain(text: str) -> str:
    """On one line, without what would command a terminal; anybody may write there."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[:_LONGEST]).split())


def _values(claims: Mapping[str, Any], number: str) -> Iterator[str]:
    """The values of a property, texts and ids of items; those that are withdrawn are left out."""
    statements = claims.get(number)
    for statement in statements if isinstance(statements, list) else []:
        if not isinstance(statement, dict) or statement.get("rank") == "deprecated":
            continue
        snak = statement.get("mainsnak")
        data = snak.get("datavalue") if isinstance(snak, dict) else None
        value = data.get("value") if isinstance(data, dict) else None
        text = value.get("id") if isinstance(value, dict) else value
        if isinstance(text, str) and text:
            yield text


def _get(client: HttpClient, params: Mapping[str, str | int]) -> dict[str, Any]:
    every = {**params, "format": "json", "maxlag": _MAXLAG}
    return client.get(f"{client.base(WIKIDATA)}/w/api.php", params=every, parse=_object)


def _object(answer: Answer) -> dict[str, Any]:
    value = answer.json_object()
    error = value.get("error")
    if isinstance(error, dict):
        code, said = str(error.get("code")), _plain(str(error.get("info")))[:200]
        asked = asked_wait(answer.headers, now=time.time())
        raise StatusError(
            f"Wikidata refuses: {said} ({code})", status=_BUSY.get(code, 400), source=answer.url, asked=asked
        )
    return value
