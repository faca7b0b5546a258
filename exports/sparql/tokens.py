"""SPARQL split into tokens: enough to see prefixes, keywords and terms, and where in the text they stand.

Not a parser: the engine parses. Strings, comments and IRIs are told apart as the grammar has it (SPARQL 1.1 Query
Language, section 19.8), so that a word inside them is never taken for a keyword.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<comment>\#[^\n\r]*)
  | (?P<string>\"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3} | '{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
             | \"(?:[^\"\\\n\r]|\\.)*\" | '(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>\"{}|^`\x00-\x20]*>)
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:[\w.\-]*)
  | (?P<name>(?:[^\W\d_][\w.\-·]*)?:(?:(?:[\w:]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])
             (?:[\w.\-:·]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
  | (?P<space>\s+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CODE_POINT = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPED = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query.

    Attributes:
        kind: ``word``, ``name`` (prefixed), ``iri``, ``variable``, ``string``, ``number``, ``language``, ``blank``
            or ``mark``.
        text: as it stands in the query.
        start: offset of its first character.
    """

    kind: str
    text: str
    start: int


def split_tokens(query: str) -> list[Token]:
    """The tokens of a query without its comments and white space. Never fails: what is no token is a ``mark``."""
    found: list[Token] = []
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind in ("space", "comment"):
            continue
        text = match.group()
        if kind == "name" and text.endswith(".") and not text.endswith("\\."):
            # A full stop behind a name ends the triple.
            stripped = text.rstrip(".")
            found.append(Token(kind, stripped, match.start()))
            found.append(Token("mark", ".", match.start() + len(stripped)))
            continue
        found.append(Token(kind, text, match.start()))
    return found


def open_code_points(query: str) -> str:
    r"""The query with ``\uXXXX`` and ``\UXXXXXXXX`` replaced by their characters (SPARQL 1.1, section 19.2)."""

    def character(match: re.Match[str]) -> str:
        number = int(match.group(1) or match.group(2), 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else match.group()

    return _CODE_POINT.sub(character, query)


def split_name(name: str) -> tuple[str, str]:
    """Prefix and local part of a prefixed name, the local part without its escapes."""
    prefix, _, local = name.partition(":")
    return prefix, _ESCAPED.sub(r"\1", local)


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of an offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def point_at(text: str, line: int, column: int) -> str:
    """The line with a caret under the column, indented; long lines are cut to what is near it."""
    lines = text.split("\n")
    shown = lines[line - 1].replace("\t", " ") if 0 < line <= len(lines) else ""
    column = max(1, min(column, len(shown) + 1))
    cut = max(0, column - 60)
    return f"    {shown[cut : cut + 100]}\n    {' ' * (column - 1 - cut)}^"
