"""Answers as HTTP responses: whole ones with a length and an ETag, long ones streamed, broken ones cut off."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from exports.server.pool import AnswerError, PoolAnswer

_CHANGES_BY_ITSELF = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)


def make_etag(*parts: str) -> str:
    """A weak ETag of what an answer depends on."""
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return f'W/"{digest}"'


def may_be_cached(query: str) -> bool:
    """False for a query whose answer differs from one run to the next."""
    return _CHANGES_BY_ITSELF.search(query) is None


def not_modified(request: Request, etag: str) -> Response | None:
    """The 304 for a client that has this answer already, or None."""
    known = request.headers.get("if-none-match", "")
    if etag and etag.removeprefix("W/") in {tag.strip().removeprefix("W/") for tag in known.split(",")}:
        return Response(status_code=304, headers={"ETag": etag, "Vary": "Accept"})
    return None


def respond(answer: PoolAnswer, *, etag: str = "") -> Response:
    """An answer of the pool as a response."""
    status = int(answer.head["status"])
    headers = {"Vary": "Accept"}
    if etag:
        headers |= {"ETag": etag, "Cache-Control": "no-cache"}
    for hint in answer.head.get("hints", ())[:5]:
        # Header values are Latin-1; hints hold terms as the query spells them.
        headers["X-Hint"] = (
            hint.encode("ascii", "replace").decode()[:500].replace("\n", " ").replace("\r", " ")
        )
    if answer.head.get("location"):
        headers["Location"] = answer.head["location"]
    media = answer.head["media_type"] or None
    if answer.rest is None:
        return Response(answer.body, status, headers, media)
    first, rest = answer.body, answer.rest

    async def pieces() -> Any:
        yield first
        async for piece in rest:
            yield piece

    return StreamingResponse(pieces(), status, headers, media)


def refuse(error: AnswerError) -> Response:
    """The response of what went wrong: one plain sentence."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return Response(error.message + "\n", error.status, headers, "text/plain; charset=utf-8")


async def until_gone(request: Request, work: Callable[[], Awaitable[PoolAnswer]]) -> PoolAnswer:
    """Do some work, but stop it where the client goes away meanwhile.

    Raises:
        AnswerError: 499 where the client has gone; nobody will read it.
    """
    task = asyncio.ensure_future(work())
    watch = asyncio.ensure_future(_watch(request))
    try:
        await asyncio.wait((task, watch), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise AnswerError(499, "The client has gone")
    finally:
        for one in (task, watch):
            if not one.done():
                one.cancel()
        await asyncio.gather(task, watch, return_exceptions=True)


async def _watch(request: Request) -> None:
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            return
