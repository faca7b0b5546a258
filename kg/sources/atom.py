"""Feeds of papers: Atom (the answers of arXiv's API among them), RSS, and arXiv's OAI-PMH records.

Read with defusedxml, which refuses entities that grow without bound and files outside. Shapes: RFC 4287;
https://info.arxiv.org/help/api/user-manual.html (elements ``arxiv:doi``, ``arxiv:journal_ref``);
https://info.arxiv.org/help/rss.html; https://info.arxiv.org/help/oa/index.html (metadata prefix ``arXiv``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.record import paper_from_record

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ROOT = re.compile(
    r"^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)?<(?:\w+:)?(feed|rss|RDF|OAI-PMH|entry)\b",
    re.S,
)
_ANNOUNCED = re.compile(r"^\s*arXiv:\S+\s+Announce Type:.*?\n?\s*Abstract:\s*", re.S)
_RECORDS = ("entry", "item", "arXiv", "arXivRaw")


class Atom:
    """Atom and RSS feeds, and OAI-PMH answers of arXiv."""

    name = "atom"
    suffixes = (".atom", ".xml", ".rss")

    def sniff(self, head: str, filename: str) -> float:
        """Certain where the root element is that of a feed."""
        match = _ROOT.match(head)
        if match is None:
            return 0.0
        return 0.9 if "http://www.w3.org/2005/Atom" in head or match.group(1) != "entry" else 0.5

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The entries of the feed in their order."""
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import fromstring

        text = re.sub(r"^\s*<\?xml[^>]*\?>", "", document.text())  # the text is decoded already
        try:
            root = fromstring(text)
        except ParseError as error:
            line, column = error.position
            raise SourceError(
                f"not well-formed XML: {str(error).partition(':')[0]}",
                source=document.name,
                line=line,
                column=column + 1,
                hint="Is the file whole?",
            ) from error
        except DefusedXmlException as error:
            raise document.error(
                f"this XML is refused, because it declares entities ({type(error).__name__})"
            ) from error
        except ValueError as error:
            raise document.error(f"this XML cannot be read: {error}") from error
        position = 0
        for element in root.iter():
            if _local(element) not in _RECORDS:
                continue
            position += 1
            try:
                yield paper_from_record(
                    _record(element),
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(f"entry {position}: {error.what}")


def _record(element: Element) -> dict[str, object]:
    record: dict[str, object] = {}
    authors: list[object] = []
    keywords: list[str] = []
    links: list[str] = []
    for child in element:
        name = _local(child)
        text = _text(child)
        if name == "author" or name == "creator":
            authors.append(_author(child))
        elif name == "authors":
            authors.extend(_author(one) for one in child) if len(child) else authors.append(text)
        elif name == "category":
            keywords.append(child.get("term") or text)
        elif name == "categories":
            keywords.extend(text.split())
        elif name == "link":
            links.append(child.get("href") or text)
        elif name == "description":
            record.setdefault("abstract", _ANNOUNCED.sub("", text))
        elif name == "guid":
            record.setdefault("id", text)
        elif text:
            record.setdefault("date" if name in ("pubDate", "created") else name, text)
    if len(authors) == 1 and isinstance(authors[0], str):
        record["authors"] = authors[0]  # RSS puts all names into one element
    else:
        record["authors"] = authors
    record["keywords"] = list(dict.fromkeys(word for word in keywords if word))
    record["url"] = links
    return record


def _author(element: Element) -> object:
    parts = {_local(child): _text(child) for child in element}
    if parts:
        return parts
    return _text(element)


def _local(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()
