"""Annotated or extracted papers as JSON Lines, read as what the resolver takes.

One object a line: ``id`` and ``entities`` (each with ``type``, ``name``, ``aliases``, ``role``, and ``confidence`` where it is
known); ``title``, ``abstract`` and ``links`` help where they are there. The shape of annotated papers and of what
``kg extract`` writes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.errors import SourceError
from kg.model import (
    EntityType,
    Evidence,
    ExtractedEntity,
    ExtractedLink,
    Extraction,
    LinkKind,
    LinkRole,
    Mention,
    Paper,
    Role,
)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])|\n+")
_MAKER = "record"


Definer = Callable[[str], Iterable[tuple[str, str]]]
"""Finds the abbreviations that a text defines: short and long forms."""


def read_extractions(path: str | Path, *, define: Definer | None = None) -> Iterator[Extraction]:
    """Read a file of annotated or extracted papers.

    Args:
        path: of the file.
        define: finds the abbreviations that a paper's text defines; without it none are known.

    Yields:
        One extraction a line, its entities in the order of the record.

    Raises:
        SourceError: where the file cannot be read or a line is not such an object, with file and line.
    """
    file = Path(path)
    hint = "Each line is a JSON object with an id and a list of entities"
    try:
        with file.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                try:
                    yield to_extraction(json.loads(line), define=define)
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    raise SourceError(
                        f"is not a record of entities: {error!r}", source=str(file), line=number, hint=hint
                    ) from error
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8", source=str(file), hint=hint) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror or error}", source=str(file)) from error


def to_extraction(record: Mapping[str, Any], *, define: Definer | None = None) -> Extraction:
    """One record as an extraction.

    Args:
        record: with ``id`` and ``entities``.
        define: as for ``read_extractions``.

    Raises:
        KeyError: where the id, or an entity's type or name is missing.
        ValueError: for an unknown type or role.
    """
    paper = Paper(str(record["id"]), str(record.get("title") or ""), str(record.get("abstract") or ""))
    sentences = _sentences(paper.text)
    entities = tuple(_entity(paper, sentences, entity) for entity in record["entities"])
    links = tuple(_link(link) for link in record.get("links") or ())
    definitions = tuple(define(paper.text)) if define is not None else ()
    return Extraction(paper.id, entities, links, definitions=definitions)


def _entity(paper: Paper, sentences: list[tuple[int, int]], record: Mapping[str, Any]) -> ExtractedEntity:
    text = paper.text
    kind = EntityType(record["type"])
    name = str(record["name"])
    aliases = tuple(str(alias) for alias in record.get("aliases") or (name,))
    confidence = float(record.get("confidence", 1.0))
    if record.get("mentions"):
        spans = sorted(_span(paper, mention) for mention in record["mentions"])
    else:
        spans = sorted((at, at + len(alias)) for alias in aliases if alias and (at := text.find(alias)) >= 0)
    mentions = tuple(Mention(start, end, text[start:end], kind, _MAKER, confidence) for start, end in spans)
    start, end = next(((a, b) for a, b in sentences if mentions and a <= mentions[0].start < b), (0, 0))
    return ExtractedEntity(
        kind, name, aliases, Role(record.get("role") or Role.MENTIONS), confidence,
        float(record.get("role_confidence", 1.0)), mentions, Evidence(start, end, text[start:end]), _MAKER,
    )  # fmt: skip


def _span(paper: Paper, record: Mapping[str, Any]) -> tuple[int, int]:
    shift = 0 if record["field"] == "title" else paper.abstract_start
    return int(record["start"]) + shift, int(record["end"]) + shift


def _link(record: Mapping[str, Any]) -> ExtractedLink:
    return ExtractedLink(
        str(record.get("surface") or record["url"]), str(record["url"]), LinkKind(record["kind"]),
        LinkRole(record.get("role") or LinkRole.OTHER), 0, 0, Evidence(0, 0, ""), 1.0, _MAKER,
    )  # fmt: skip


def _sentences(text: str) -> list[tuple[int, int]]:
    bounds = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(a, b) for a, b in pairwise(bounds) if b > a]
