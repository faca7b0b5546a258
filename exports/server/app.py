"""The ASGI application: routes, limits, headers."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from exports.rdf.iris import OWN_SPACES, Iris, encode_path
from exports.rdf.ontology import make_ontology
from exports.rdf.vocabulary import known_classes, known_properties
from exports.server.answering import make_etag, may_be_cached, not_modified, refuse, respond, until_gone
from exports.server.description import describe_service
from exports.server.generation import StoredData
from exports.server.metrics import MEDIA_TYPE, Metrics
from exports.server.negotiation import prefers_html
from exports.server.nodes import page, render_node
from exports.server.pool import AnswerError, PoolAnswer, WorkerPool
from exports.server.protocol import content_type, parse_form, read_body, read_operation
from exports.server.renewal import Renewal
from exports.sparql.named import named_queries

Handler = Callable[[Request], Awaitable[Response]]

_PLAIN_PATH = re.compile(r"(?:[A-Za-z0-9._:/~-]|%[0-9A-F]{2})+")
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
}


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the server offers and allows.

    Attributes:
        iris: the IRIs of the data.
        writable: updates and the Graph Store Protocol's writes are allowed.
        token: what a client must show (``Authorization: Bearer …``) to write; empty means nothing.
        max_body: bytes of a query.
        max_graph: bytes of a graph that is written.
    """

    iris: Iris
    writable: bool = False
    token: str = ""
    max_body: int = 1 << 20
    max_graph: int = 1 << 26


def make_app(pool: WorkerPool, settings: ServerSettings, renewal: Renewal | None = None) -> Starlette:
    """The application; it starts the pool when it starts and ends it when it ends.

    Args:
        pool: answers queries.
        settings: what is offered.
        renewal: keeps the pool on the present state of the data; None where it stays as it is.
    """
    server = _Server(pool, settings, renewal)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        await pool.start()
        task = asyncio.create_task(renewal.run(pool)) if renewal is not None else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            await pool.close()

    reads, everything = ["GET", "HEAD"], ["GET", "HEAD", "POST", "PUT", "DELETE"]
    routes = [
        Route("/", server.counted("page", server.home), methods=reads),
        Route("/sparql", server.counted("sparql", server.sparql), methods=["GET", "HEAD", "POST"]),
        Route("/sparql/", server.counted("sparql", server.sparql), methods=["GET", "HEAD", "POST"]),
        Route("/store", server.counted("store", server.store), methods=everything),
        Route("/health", server.health, methods=reads),
        Route("/metrics", server.metrics_page, methods=reads),
        Route("/terms.json", server.counted("terms", server.terms), methods=reads),
        Route("/page.js", server.counted("page", server.script), methods=reads),
        Route("/.well-known/void", server.counted("node", server.void), methods=reads),
        Route("/ontology", server.counted("node", server.ontology), methods=reads),
        *(
            Route(f"/{space}/{{rest:path}}", server.counted("node", server.node), methods=reads)
            for space in OWN_SPACES
        ),
    ]
    middleware = [Middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)]
    if not settings.writable:
        middleware.insert(
            0,
            Middleware(
                CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD", "POST"], allow_headers=["*"],
                expose_headers=["ETag", "X-Hint", "Retry-After"], max_age=86400,
            ),
        )  # fmt: skip
    return Starlette(
        routes=routes, middleware=middleware, lifespan=life, exception_handlers={HTTPException: _plain_error}
    )


class _Server:
    def __init__(self, pool: WorkerPool, settings: ServerSettings, renewal: Renewal | None) -> None:
        self.pool = pool
        self.settings = settings
        self.renewal = renewal
        self.metrics = Metrics()
        self._changes = 0

    def counted(self, operation: str, handler: Handler) -> Handler:
        """A handler whose answers are counted and whose errors are one sentence."""

        async def run(request: Request) -> Response:
            started = time.perf_counter()
            try:
                response = await handler(request)
            except AnswerError as error:
                response = refuse(error)
            for name, value in _SAFE_HEADERS.items():
                response.headers.setdefault(name, value)
            self.metrics.observe(operation, response.status_code, time.perf_counter() - started)
            return response

        return run

    # ------------------------------------------------------------------ the protocol
    async def sparql(self, request: Request) -> Response:
        """Queries, updates, and the description of the service."""
        operation = await read_operation(request, max_body=self.settings.max_body)
        accept = request.headers.get("accept", "")
        if operation.kind == "describe":
            if prefers_html(accept):
                return RedirectResponse("/", 303, {"Vary": "Accept"})
            endpoint = str(request.url.replace(query="", fragment=""))
            body, media = describe_service(
                endpoint,
                self.settings.iris,
                self.pool.now.data.statements,
                accept,
                writable=self.settings.writable,
            )
            return Response(body, 200, {"Vary": "Accept"}, media)
        graphs = {"default_graphs": operation.default_graphs, "named_graphs": operation.named_graphs}
        if operation.kind == "update":
            self._check_writer(request)
            self._changes += 1
            job = {"kind": "update", "update": operation.text} | graphs
            return respond(await self.pool.ask(job))
        job = {
            "kind": "query",
            "query": operation.text,
            "accept": accept,
            "format": operation.format,
        } | graphs
        timeout = min(operation.timeout, self.pool.timeout) if operation.timeout is not None else None
        etag = ""
        if may_be_cached(operation.text):
            etag = self._etag(job, self.pool.now.data)
            known = not_modified(request, etag)
            if known is not None:
                return known
        answer = await until_gone(request, lambda: self.pool.ask(job, timeout=timeout))
        return respond(answer, etag=etag and self._etag(job, answer.data))

    async def store(self, request: Request) -> Response:
        """The Graph Store HTTP Protocol, graphs named by parameter."""
        pairs = parse_form(request.scope.get("query_string", b""))
        names = [value for key, value in pairs if key == "graph"]
        default = any(key == "default" for key, _ in pairs)
        whole = request.method == "POST" and not names and not default
        if not whole and len(names) + default != 1:
            raise AnswerError(400, "Name one graph, with ?graph=IRI or ?default")
        graph = names[0] if names else ""
        if request.method in ("GET", "HEAD"):
            reading = {"kind": "read-graph", "graph": graph, "accept": request.headers.get("accept", "")}
            return respond(await until_gone(request, lambda: self.pool.ask(reading)))
        self._check_writer(request)
        job: dict[str, Any] = {
            "kind": "write-graph",
            "graph": graph,
            "method": request.method,
            "whole": whole,
        }
        body = b""
        if request.method != "DELETE":
            job["content_type"] = content_type(request.headers)
            job["content_header"] = request.headers.get("content-type", "")
            body = await read_body(request, self.settings.max_graph)
        self._changes += 1
        return respond(await self.pool.ask(job, body))

    def _check_writer(self, request: Request) -> None:
        if not self.settings.writable:
            raise AnswerError(403, "This endpoint is read-only")
        origin = request.headers.get("origin")
        if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
            raise AnswerError(403, "Pages of other sites may not write")
        if self.settings.token and request.headers.get("authorization") != f"Bearer {self.settings.token}":
            raise AnswerError(401, "Writing needs the server's token")

    def _etag(self, job: dict[str, Any], data: StoredData) -> str:
        return make_etag(f"{data.fingerprint}/{self._changes}", json.dumps(job))

    # ------------------------------------------------------------------ nodes
    async def node(self, request: Request) -> Response:
        """What stands behind an IRI, as HTML or RDF."""
        iris = self.settings.iris
        raw = (
            bytes(request.scope.get("raw_path") or request.url.path.encode())
            .decode("ascii", "replace")
            .lstrip("/")
        )
        path = raw if _PLAIN_PATH.fullmatch(raw) else encode_path(unquote(raw))
        iri = iris.base + path
        accept = request.headers.get("accept", "")
        if prefers_html(accept):
            return await self._node_page(request, iri)
        graph = iri.startswith(f"{iris.base}graph/")
        pattern = (
            f"GRAPH <{iri}> {{ ?s ?p ?o }}"
            if graph
            else f"{{ <{iri}> ?p ?o }} UNION {{ GRAPH ?g {{ <{iri}> ?p ?o }} }}"
        )
        subject = "?s" if graph else f"<{iri}>"
        job = {"kind": "query", "query": f"CONSTRUCT {{ {subject} ?p ?o }} {{ {pattern} }}", "accept": accept}
        known = not_modified(request, self._etag(job, self.pool.now.data))
        if known is not None:
            return known
        answer = await until_gone(request, lambda: self.pool.ask(job))
        if answer.head.get("empty"):
            raise AnswerError(404, f"The graph says nothing of <{iri}>")
        return respond(answer, etag=self._etag(job, answer.data))

    async def _node_page(self, request: Request, iri: str) -> Response:
        states: set[str] = set()

        async def ask(query: str) -> bytes:
            job = {"kind": "query", "query": query, "format": "json"}
            answer: PoolAnswer = await self.pool.ask(job)
            states.add(answer.data.fingerprint)
            parts = [answer.body]
            if answer.rest is not None:
                parts += [piece async for piece in answer.rest]
            return b"".join(parts)

        html = await render_node(iri, self.settings.iris, ask)
        if len(states) > 1:  # the data was renewed between two questions
            html = await render_node(iri, self.settings.iris, ask)
        if html is None:
            body = page(
                "Not here",
                f"<h1>Not here</h1><p>The graph says nothing of this.</p><p class=dim>{_text(iri)}</p>",
            )
            return Response(body, 404, {"Vary": "Accept"}, "text/html; charset=utf-8")
        return Response(html, 200, {"Vary": "Accept"}, "text/html; charset=utf-8")

    async def ontology(self, request: Request) -> Response:
        """The ontology in Turtle."""
        return Response(make_ontology(self.settings.iris), 200, {}, "text/turtle; charset=utf-8")

    async def void(self, request: Request) -> Response:
        """What the data set holds, in VoID."""
        void = self.pool.now.data.void
        if not void:
            raise AnswerError(404, "This store is not described")
        return Response(void, 200, {}, "text/turtle; charset=utf-8")

    # ------------------------------------------------------------------ pages and numbers
    async def home(self, request: Request) -> Response:
        """The query page; RDF clients get the description of the service."""
        accept = request.headers.get("accept", "")
        if accept and not prefers_html(accept) and "*/*" not in accept:
            return RedirectResponse("/sparql", 303, {"Vary": "Accept"})
        return Response(_asset("page.html"), 200, {"Vary": "Accept"}, "text/html; charset=utf-8")

    async def script(self, request: Request) -> Response:
        """The script of the query page."""
        return Response(_asset("page.js"), 200, {}, "text/javascript; charset=utf-8")

    async def terms(self, request: Request) -> Response:
        """What the query page completes: prefixes, terms, named queries."""
        queries = [
            {
                "name": q.name, "title": q.title, "text": q.text,
                "parameters": [{"name": p.name, "default": p.default, "type": p.type} for p in q.parameters],
            }
            for q in named_queries().values()
        ]  # fmt: skip
        value: dict[str, Any] = {
            "prefixes": self.settings.iris.prefixes,
            "base": self.settings.iris.base,
            "classes": known_classes(),
            "properties": known_properties(),
            "queries": queries,
            "statements": self.pool.now.data.statements,
        }
        return JSONResponse(value)

    async def health(self, request: Request) -> Response:
        """200 where a worker answers, else 503; whether the data is behind the directory is said besides."""
        try:
            await self.pool.ask({"kind": "query", "query": "ASK {}", "format": "json"}, timeout=5)
        except AnswerError as error:
            if error.status != 503 or self.pool.stats.busy < self.pool.size:
                return JSONResponse({"status": "down", "reason": error.message}, 503)
        data = self.pool.now.data
        said: dict[str, Any] = {
            "status": "up",
            "workers": self.pool.size,
            "statements": data.statements,
            "data": data.fingerprint,
        }
        if self.renewal is not None:
            said |= {"renewals": self.renewal.done, "stale": self.renewal.stale}
            if self.renewal.reason:
                said["not_renewed"] = self.renewal.reason
        return JSONResponse(said)

    async def metrics_page(self, request: Request) -> Response:
        """Numbers for Prometheus."""
        return Response(self.metrics.write(self.pool, self.renewal), 200, {}, MEDIA_TYPE)


def _asset(name: str) -> str:
    return files("exports.server").joinpath("assets", name).read_text(encoding="utf-8")


def _text(value: str) -> str:
    return value.replace("&", "&amp;").replace("<", "&lt;")


async def _plain_error(request: Request, error: Exception) -> Response:
    """Errors of the framework, such as 404 and 405, in one sentence."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = str(error.detail) if isinstance(error, HTTPException) else "This is a fault of the server"
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return Response(detail + "\n", status, headers, "text/plain; charset=utf-8")
