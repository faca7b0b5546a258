"""Small changes to the text of queries and updates that the protocol asks for."""

from __future__ import annotations

from exports.sparql.tokens import Token, split_tokens
from kg.errors import QueryError


def cap_rows(query: str, most: int) -> str:
    """The query with a LIMIT of at most so many rows; only SELECT and CONSTRUCT are touched.

    Args:
        query: SPARQL.
        most: rows at most.

    Returns:
        A query that gives the same first rows.
    """
    tokens = split_tokens(query)
    depth = 0
    form = ""
    closed = False
    values_at: int | None = None
    for place, token in enumerate(tokens):
        if token.text == "{" and token.kind == "mark":
            depth += 1
        elif token.text == "}" and token.kind == "mark":
            depth -= 1
            closed = depth == 0
        elif depth == 0 and token.kind == "word":
            word = token.text.upper()
            if not form and word in ("SELECT", "CONSTRUCT", "ASK", "DESCRIBE"):
                form = word
            elif word == "LIMIT" and place + 1 < len(tokens) and tokens[place + 1].kind == "number":
                return (
                    _lower_limit(query, tokens[place + 1], most) if form in ("SELECT", "CONSTRUCT") else query
                )
            elif word == "VALUES" and closed and values_at is None:
                values_at = token.start
    if form not in ("SELECT", "CONSTRUCT") or depth != 0:
        return query
    if values_at is None:
        return f"{query}\nLIMIT {most}"
    return f"{query[:values_at]}LIMIT {most} {query[values_at:]}"


def add_using(update: str, default_graphs: list[str], named_graphs: list[str]) -> str:
    """The update with USING clauses for the graphs that the request names (SPARQL 1.1 Protocol, section 2.2.3).

    Args:
        update: one or more operations.
        default_graphs: IRIs of ``using-graph-uri``.
        named_graphs: IRIs of ``using-named-graph-uri``.

    Raises:
        QueryError: where the update names graphs of its own with USING or WITH.
    """
    if not default_graphs and not named_graphs:
        return update
    clause = "".join(f" USING <{iri}>" for iri in default_graphs) + "".join(
        f" USING NAMED <{iri}>" for iri in named_graphs
    )
    tokens = split_tokens(update)
    pieces: list[str] = []
    done = 0
    depth = 0
    last: Token | None = None
    for place, token in enumerate(tokens):
        if token.kind == "mark" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
        elif depth == 0 and token.kind == "word":
            word = token.text.upper()
            if word in ("USING", "WITH"):
                raise QueryError(
                    f"the update says {word} and the request names graphs too",
                    hint="Use one of the two, not both",
                )
            if word == "WHERE":
                if last is not None and last.kind == "word" and last.text.upper() == "DELETE":
                    pattern = (
                        update[tokens[place + 1].start : _closing(tokens, place + 1)]
                        if place + 1 < len(tokens)
                        else ""
                    )
                    pieces.append(update[done : token.start] + pattern + clause + " ")
                else:
                    pieces.append(update[done : token.start] + clause + " ")
                done = token.start
        last = token
    return "".join(pieces) + update[done:]


def _closing(tokens: list[Token], place: int) -> int:
    """Offset behind the bracket that closes the one at ``place``."""
    depth = 0
    for token in tokens[place:]:
        if token.kind == "mark" and token.text in "{}":
            depth += 1 if token.text == "{" else -1
            if depth == 0:
                return token.start + 1
    return tokens[-1].start + len(tokens[-1].text)


def _lower_limit(query: str, number: Token, most: int) -> str:
    try:
        wanted = int(number.text)
    except ValueError:
        return query
    if wanted <= most:
        return query
    return query[: number.start] + str(most) + query[number.start + len(number.text) :]
