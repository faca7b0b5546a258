"""Daily Papers pages saved as HTML from a browser.

The site sends what it shows as JSON too, in the attribute ``data-props`` of elements of class ``SVELTE_HYDRATER``: that of
``data-target="DailyPapers"`` holds ``dailyPapers`` (and ``searchResults`` on a search page), that of ``PaperContent`` or
``PaperPage`` one ``paper``. This is read first. Where it is missing, because some browsers save the page as it looks, the
``article`` cards are read: a link to ``/papers/ID`` in the heading, the abstract in a paragraph.

A page saved as one file (MHTML) is unpacked first. Parsed with beautifulsoup4 (MIT, well kept, pure Python, so that nobody needs a compiler).
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.model import Paper
from kg.sources.base import Document, Problem
from kg.sources.identity import find_arxiv_id
from kg.sources.record import paper_from_record

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_HTML = re.compile(
    r"^\s*(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html\b|<head\b|<body\b|<main\b|<div\b|<article\b)",
    re.I | re.S,
)
_MHTML = re.compile(r"^Content-Type:\s*multipart/related", re.I | re.M)
_LISTS = ("searchResults", "dailyPapers", "papers", "trendingPapers")
_AUTHORS = re.compile(r"(\d+)\s+authors?")
_DATED = re.compile(r"(?:Published on\s+)?([A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:,\s*\d{4})?)$")
_ABSTRACT_END = re.compile(r"\s*(?:View arXiv page|View PDF|Add to collection).*", re.S)


class DailyPapersHtml:
    """HTML of huggingface.co/papers: a day, a search, trending papers, or the page of one paper."""

    name = "daily-papers-html"
    suffixes = (".html", ".htm", ".mhtml", ".mht")

    def sniff(self, head: str, filename: str) -> float:
        """Certain where the page's own elements are in sight."""
        if "<" not in head:
            return 0.0
        if 'data-target="DailyPapers"' in head or 'data-target="Paper' in head:
            return 0.95
        if _MHTML.search(head):
            return 0.8
        return 0.8 if _HTML.match(head) else 0.0

    def parse(self, document: Document) -> Iterator[Paper | Problem]:
        """The papers of the page in its order, each once."""
        from bs4 import BeautifulSoup
        from bs4.exceptions import ParserRejectedMarkup

        text = _read_page(document)
        if "data-props" not in text and "/papers/" not in text:
            raise SourceError(
                "no papers found in this page; it is not one of huggingface.co/papers",
                source=document.name,
                hint="Save the page of Daily Papers, or give the papers as JSON Lines",
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # guesses about XML and file names, which tell a user nothing
            try:
                soup = BeautifulSoup(text, "html.parser")
            except ParserRejectedMarkup as error:
                raise document.error(
                    "this HTML is too damaged to be read", hint="Save the page again"
                ) from error
        records = list(_from_props(soup)) or list(_from_articles(soup)) or list(_from_paper_page(soup))
        seen: set[str] = set()
        position = 0
        for record in records:
            position += 1
            try:
                paper = paper_from_record(
                    record,
                    source=document.label,
                    format=self.name,
                    position=position,
                    captured=document.captured,
                )
            except SourceError as error:
                yield document.problem(f"paper {position} of the page: {error.what}")
                continue
            if paper.id not in seen:
                seen.add(paper.id)
                yield paper


def _read_page(document: Document) -> str:
    """The HTML, taken out of the single file that Chrome and Edge save (RFC 2557) where it is one."""
    data = document.data()
    if not _MHTML.search(data[:4000].decode("ascii", "replace")):
        return document.decode(data)
    from email import message_from_bytes, policy

    for part in message_from_bytes(data, policy=policy.default).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    raise document.error("this web archive holds no page")


def _from_props(soup: BeautifulSoup) -> Iterator[object]:
    """Records out of the JSON that comes with the page."""
    for element in soup.select("[data-props]"):
        if "aper" not in str(element.get("data-target", "")):
            continue
        try:
            props = json.loads(str(element["data-props"]), strict=False)
        except (ValueError, RecursionError):
            continue
        if not isinstance(props, dict):
            continue
        # A search page carries the papers of the day as well, behind what it shows.
        for key in _LISTS:
            items = props.get(key)
            if isinstance(items, list) and items:
                yield from items
                break
        else:
            if isinstance(props.get("paper"), dict):
                yield props


def _from_articles(soup: BeautifulSoup) -> Iterator[object]:
    """Records out of the cards, for a page that was saved without its scripts."""
    for card in soup.find_all("article"):
        heading = card.find(["h3", "h2", "h1", "h4"])
        link = (heading.find("a", href=True) if heading else None) or card.find(
            "a", href=re.compile(r"/papers/\d")
        )
        if heading is None or link is None or "/papers/" not in str(link["href"]):
            continue
        record: dict[str, object] = {
            "title": _words(heading),
            "url": str(link["href"]).partition("#")[0],
            "id": find_arxiv_id(str(link["href"]).partition("#")[0].partition("?")[0]) or "",
        }
        paragraphs = [text for one in card.find_all("p") if len(text := _words(one)) > 40]
        if paragraphs:
            record["abstract"] = "\n\n".join(dict.fromkeys(paragraphs))
        for text in (
            _words(one) for one in card.find_all(["li", "span", "time", "div"]) if not one.find(["li", "p"])
        ):
            if match := _AUTHORS.fullmatch(text.lstrip("•· ")):
                record["authorCount"] = int(match.group(1))
            elif match := _DATED.fullmatch(text.lstrip("•· ")):
                record.setdefault("date", match.group(1))
        time = card.find("time", attrs={"datetime": True})
        if time is not None:
            record["date"] = str(time["datetime"])
        for votes in card.select(".leading-none"):
            if _words(votes).isdecimal():
                record["upvotes"] = _words(votes)
        comments = card.find("a", href=re.compile(r"#community$"))
        if comments is not None and _words(comments).isdecimal():
            record["numComments"] = _words(comments)
        repository = card.find("a", href=re.compile(r"^https://github\.com/[^/]+/[^/]+"))
        if repository is not None:
            record["githubRepo"] = str(repository["href"])
        yield record


def _from_paper_page(soup: BeautifulSoup) -> Iterator[object]:
    """The record of a page of one paper: its heading, and what stands under ``Abstract``."""
    heading = soup.find("h1")
    label = soup.find(lambda tag: tag.name in ("h2", "h3") and tag.get_text(strip=True) == "Abstract")
    if heading is None or label is None or label.parent is None:
        return
    paragraphs = [text for one in label.parent.find_all("p") if (text := _words(one))]
    abstract = "\n\n".join(paragraphs) or _ABSTRACT_END.sub(
        "", _words(label.parent).removeprefix("Abstract").strip()
    )
    record: dict[str, object] = {"title": _words(heading), "abstract": abstract}
    canonical = soup.find("link", rel="canonical", href=True) or soup.find(
        "meta", property="og:url", content=True
    )
    if canonical is not None:
        record["url"] = str(canonical.get("href") or canonical.get("content"))
    if find_arxiv_id(str(record.get("url", ""))) is None:
        link = soup.find("a", href=re.compile(r"arxiv\.org/abs/"))
        record["url"] = str(link["href"]) if link is not None else ""
    yield record


def _words(tag: Tag) -> str:
    """The text of an element as a browser shows it: white space is one space."""
    return " ".join(tag.get_text().split())
