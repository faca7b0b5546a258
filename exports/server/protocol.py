"""Requests of the SPARQL 1.1 Protocol, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from starlette.datastructures import Headers
from starlette.requests import Request

from exports.server.pool import AnswerError

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for.

    Attributes:
        kind: ``query``, ``update``, or ``describe`` for the description of the service.
        text: the query or update.
        default_graphs: IRIs of ``default-graph-uri`` or ``using-graph-uri``.
        named_graphs: IRIs of ``named-graph-uri`` or ``using-named-graph-uri``.
        format: of the answer, where a parameter names one.
        timeout: seconds, where a parameter names them.
    """

    kind: str
    text: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    timeout: float | None = None


async def read_operation(request: Request, *, max_body: int) -> Operation:
    """Read a request to the endpoint (SPARQL 1.1 Protocol, sections 2.1 and 2.2).

    Raises:
        AnswerError: 400, 413 or 415 where the request is no proper one.
    """
    pairs = parse_form(request.scope.get("query_string", b""))
    if request.method in ("GET", "HEAD"):
        if any(name == "update" for name, _ in pairs):
            raise AnswerError(400, "An update comes with POST, not GET")
        return _operation(pairs, "query") if any(n == "query" for n, _ in pairs) else Operation("describe")
    media = content_type(request.headers)
    if media not in (FORM, QUERY, UPDATE):
        raise AnswerError(415, f"The body is one of {FORM}, {QUERY}, {UPDATE}, named in Content-Type")
    body = await read_body(request, max_body)
    if media == FORM:
        pairs += parse_form(body)
        kinds = {name for name, _ in pairs} & {"query", "update"}
        if len(kinds) != 1:
            raise AnswerError(400, "The form needs one of query and update")
        return _operation(pairs, kinds.pop())
    if any(name in ("query", "update") for name, _ in pairs):
        raise AnswerError(400, "The query is in the body and in the address; one is enough")
    kind = "query" if media == QUERY else "update"
    return _operation([*pairs, (kind, decode(body))], kind)


def parse_form(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a URL-encoded form.

    Raises:
        AnswerError: 400 where it is no UTF-8, or has too many fields.
    """
    parts = raw.split(b"&")
    if len(parts) > 1000:
        raise AnswerError(400, "Too many parameters")
    found = []
    for part in parts:
        if part:
            name, _, value = part.replace(b"+", b" ").partition(b"=")
            found.append((decode(unquote_to_bytes(name)), decode(unquote_to_bytes(value))))
    return found


def decode(raw: bytes) -> str:
    """Bytes as text.

    Raises:
        AnswerError: 400 where they are no UTF-8.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise AnswerError(400, "The request is not UTF-8") from None


def content_type(headers: Headers) -> str:
    """The media type of a body, without parameters.

    Raises:
        AnswerError: 415 where it says another encoding than UTF-8.
    """
    media, *parameters = headers.get("content-type", "").split(";")
    for parameter in parameters:
        key, _, value = parameter.strip().partition("=")
        if key.lower() == "charset" and value.strip("\"' ").lower().replace("_", "-") not in (
            "utf-8",
            "utf8",
            "us-ascii",
        ):
            raise AnswerError(415, "Bodies are read as UTF-8 only")
    return media.strip().lower()


async def read_body(request: Request, most: int) -> bytes:
    """The body of a request.

    Raises:
        AnswerError: 413 where it is larger than ``most`` bytes.
    """
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > most:
        raise AnswerError(413, f"The body may have {most:,} bytes")
    parts = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most:
            raise AnswerError(413, f"The body may have {most:,} bytes")
        parts.append(piece)
    return b"".join(parts)


def _operation(pairs: list[tuple[str, str]], kind: str) -> Operation:
    def values(name: str) -> tuple[str, ...]:
        return tuple(value for key, value in pairs if key == name)

    texts = values(kind)
    if len(texts) != 1:
        raise AnswerError(400, f"The request has {len(texts)} times {kind}; once is right")
    using = "using-" if kind == "update" else ""
    default = values(f"{using}graph-uri" if using else "default-graph-uri")
    named = values(f"{using}named-graph-uri")
    timeout: float | None = None
    for value in values("timeout")[:1]:
        try:
            timeout = float(value)
        except ValueError:
            raise AnswerError(400, f"timeout={value!r} is no number of seconds") from None
        if not 0 < timeout < float("inf"):
            raise AnswerError(400, f"timeout={value!r} is no number of seconds")
    formats = values("format")
    return Operation(kind, texts[0], default, named, formats[0] if formats else "", timeout)
