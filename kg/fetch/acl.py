"""The ACL Anthology: volumes, single papers, or all of it, as BibTeX with abstracts.

Shapes: https://aclanthology.org/faq/api/ and the site's own links: ``/volumes/ID.bib`` for a volume (``2024.acl-long``),
``/ID.bib`` for a paper (``2024.acl-long.1``), ``/anthology+abstracts.bib.gz`` for all. Entries without an abstract
(front matter) are reported and skipped. There are no pages.
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from dataclasses import dataclass
from urllib.parse import quote

from kg.errors import FetchError
from kg.fetch.base import Page, number_in, parse_document
from kg.fetch.names import FetchOptions
from kg.http import Answer, HttpClient
from kg.sources.bibtex import Bibtex

ALL = "all"
MOST = 240 * 2**20
"""Bytes of the largest unpacked file."""

_PAPER = re.compile(r"(?:[A-Z]\d{2}-\d{4,5}|\d{4}\.[\w-]+\.\d+)")
_VOLUME = re.compile(r"(?:[A-Z]\d{2}-\d{1,2}|\d{4}\.[\w]+-[\w]+)")
_HINT = "Write acl:2024.acl-long (a volume), acl:2024.acl-long.1 (a paper) or acl:all"


@dataclass(frozen=True, slots=True)
class Anthology:
    """Files of the Anthology.

    Attributes:
        name: as the user writes it.
        paths: below the site's address.
    """

    name: str
    paths: tuple[str, ...]
    start: str = "0"

    def page(self, client: HttpClient, cursor: str) -> Page:
        """One file."""
        index = number_in(cursor)
        if index >= len(self.paths):
            return Page(())
        url = f"{client.base('acl')}/{quote(self.paths[index], safe='/+')}"
        page = client.get(url, accept="application/x-bibtex, text/plain, */*", parse=self._parse)
        behind = str(index + 1) if index + 1 < len(self.paths) else None
        return Page(page.papers, page.problems, behind)

    def _parse(self, answer: Answer) -> Page:
        body = answer.body
        if body.startswith(b"\x1f\x8b"):
            try:
                body = gzip.GzipFile(fileobj=io.BytesIO(body)).read(MOST + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise FetchError(f"the packed file is damaged: {error}", source=answer.url) from error
        if len(body) > MOST:
            raise FetchError(f"larger than {MOST:,} bytes", source=answer.url)
        if b"@" not in body:
            raise FetchError("the answer is no BibTeX", source=answer.url)
        return parse_document(body, Bibtex(), source=self.name, url=answer.url)


def make_source(rest: str, options: FetchOptions) -> Anthology:
    """The source of what stands behind ``acl:``.

    Raises:
        FetchError: where that is nothing known.
    """
    name = f"acl:{rest}"
    if rest == ALL:
        return Anthology(name, ("anthology+abstracts.bib.gz",))
    paths: list[str] = []
    for part in (one.strip() for one in rest.split(",")):
        if _PAPER.fullmatch(part):
            paths.append(f"{part}.bib")
        elif _VOLUME.fullmatch(part):
            paths.append(f"volumes/{part}.bib")
        else:
            raise FetchError(f"{part!r} is no volume or paper of the ACL Anthology", source=name, hint=_HINT)
    return Anthology(name, tuple(dict.fromkeys(paths)))
