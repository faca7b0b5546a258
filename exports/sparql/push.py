"""Send a graph to another store: any SPARQL 1.1 Update or Graph Store endpoint, in pieces, resumable.

The pieces come from the N-Quads writer, which gives the same statements in the same order every time, so that a push
that was broken off goes on where it stopped; and since there are no blank nodes, sending a piece twice changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

import httpx

from exports.rdf.iris import Iris
from exports.rdf.lines import write_lines
from exports.rdf.statements import Block, Profile
from exports.rdf.triples import GraphSource, describe
from kg.atomic import atomic_write
from kg.errors import FetchError
from kg.schema import DEFAULT_BASE_IRI

How = Literal["update", "store", "quads"]
HOW: tuple[How, ...] = ("update", "store", "quads")
_TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class PushOptions:
    """How to push.

    Attributes:
        how: ``update`` sends INSERT DATA; ``store`` sends each graph by itself (Graph Store Protocol); ``quads`` posts
            N-Quads, which Fuseki, GraphDB, RDF4J and Oxigraph take as an extension of it.
        replace: graphs that are sent replace those of the same name (not with ``quads``).
        profile: with or without the evidence.
        base_iri: where the IRIs begin.
        piece: statements in a request, about.
        headers: further headers.
        user: name and password, or None.
        digest: log in with Digest instead of Basic authentication, as Virtuoso wants it.
        default_graph: IRI of a named graph that the plain triples go into, for stores without a default graph that can
            be written; empty means the default graph.
        token: bearer token; empty means none.
        tries: how often a request is sent before giving up.
        timeout: seconds for one request.
    """

    how: How = "update"
    replace: bool = False
    profile: Profile = "full"
    base_iri: str = DEFAULT_BASE_IRI
    piece: int = 5_000
    headers: tuple[tuple[str, str], ...] = ()
    user: tuple[str, str] | None = None
    digest: bool = False
    default_graph: str = ""
    token: str = ""
    tries: int = 5
    timeout: float = 120.0


@dataclass(frozen=True, slots=True)
class Piece:
    """What one request carries.

    Attributes:
        blocks: the statements.
        begins: graphs (empty: the default graph) of which these are the first statements.
    """

    blocks: tuple[Block, ...]
    begins: tuple[str, ...]

    @property
    def statements(self) -> int:
        """How many there are."""
        return sum(len(b.pairs) for b in self.blocks)


@dataclass(slots=True)
class PushReport:
    """What a push did: pieces and statements sent now, and pieces that were there from before."""

    pieces: int = 0
    statements: int = 0
    skipped: int = 0


@dataclass(slots=True)
class Progress:
    """Remembers in a file how many pieces have arrived.

    Attributes:
        path: the file, or None to remember nothing.
        key: what the count holds for: endpoint, graph and options.
        done: how many.
    """

    path: Path | None
    key: str
    done: int = field(default=0)

    def __post_init__(self) -> None:
        if self.path is not None and self.path.is_file():
            try:
                known = json.loads(self.path.read_text(encoding="utf-8"))
            except (ValueError, OSError):
                return
            if isinstance(known, dict) and known.get("key") == self.key:
                self.done = int(known.get("done", 0))

    def save(self, done: int) -> None:
        """Remember that so many pieces have arrived."""
        self.done = done
        if self.path is not None:
            with atomic_write(self.path) as stream:
                json.dump({"key": self.key, "done": done}, stream)

    def forget(self) -> None:
        """All is sent."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def push(
    graph: GraphSource,
    url: str,
    options: PushOptions | None = None,
    *,
    progress: Path | None = None,
    fingerprint: str = "",
    sent: Callable[[int], None] = lambda _: None,
    client: httpx.Client | None = None,
) -> PushReport:
    """Send a graph.

    Args:
        graph: what to send.
        url: address of the endpoint.
        options: how.
        progress: file that remembers what has arrived, so that the next call goes on from there.
        fingerprint: of the graph; a changed graph begins anew.
        sent: called with the number of statements of each piece that has arrived.
        client: to use in place of one of its own.

    Raises:
        FetchError: where the endpoint cannot be reached or refuses; what has arrived is remembered.
    """
    options = options or PushOptions()
    if options.how == "quads" and options.replace:
        raise FetchError(
            "N-Quads are added, they cannot replace", source=url, hint="Use --how update or --how store"
        )
    identity = "\x1f".join(
        (
            url,
            fingerprint,
            repr(options.how),
            options.default_graph,
            options.profile,
            options.base_iri,
            str(options.piece),
        )
    )
    memory = Progress(progress, hashlib.sha256(identity.encode()).hexdigest())
    report = PushReport()
    own = client or httpx.Client(
        timeout=options.timeout, auth=_login(options), headers=_headers(options), follow_redirects=True
    )
    try:
        iris = Iris(options.base_iri)
        start = memory.done
        blocks = describe(graph, iris, profile=options.profile)
        if options.default_graph:
            blocks = (b if b.graph else b._replace(graph=options.default_graph) for b in blocks)
        for number, piece in enumerate(cut(blocks, options), 1):
            if number <= start:
                report.skipped += 1
                continue
            for method, address, media, body in requests(piece, url, iris, options):
                _send(own, method, address, media, body, options)
            memory.save(number)
            report.pieces += 1
            report.statements += piece.statements
            sent(piece.statements)
        memory.forget()
    finally:
        if client is None:
            own.close()
    return report


def cut(blocks: Iterable[Block], options: PushOptions) -> Iterator[Piece]:
    """Blocks in pieces of about the wanted size; in ``store`` no piece has two graphs."""
    held: list[Block] = []
    begins: list[str] = []
    size = 0
    last: str | None = None
    for block in blocks:
        begin = block.graph != last
        if held and (size >= options.piece or (begin and options.how == "store")):
            yield Piece(tuple(held), tuple(begins))
            held, begins, size = [], [], 0
        if begin:
            begins.append(block.graph)
            last = block.graph
        held.append(block)
        size += len(block.pairs)
    if held:
        yield Piece(tuple(held), tuple(begins))


def requests(
    piece: Piece, url: str, iris: Iris, options: PushOptions
) -> Iterator[tuple[str, str, str, bytes]]:
    """The requests that carry a piece: method, address, media type, body."""
    if options.how == "quads":
        body = "".join(write_lines(piece.blocks, iris, quads=True))
        yield "POST", url, "application/n-quads", body.encode()
    elif options.how == "store":
        graph = piece.blocks[0].graph
        address = (
            httpx.URL(url).copy_merge_params({"graph": graph})
            if graph
            else f"{url}{'&' if '?' in url else '?'}default"
        )
        method = "PUT" if options.replace and piece.begins else "POST"
        body = "".join(write_lines(piece.blocks, iris, quads=False))
        yield method, str(address), "application/n-triples", body.encode()
    else:
        parts = []
        if options.replace:
            parts += [
                f"CLEAR SILENT GRAPH <{g}> ;\n" if g else "CLEAR SILENT DEFAULT ;\n" for g in piece.begins
            ]
        parts.append("INSERT DATA {\n")
        for graph, blocks in groupby(piece.blocks, key=lambda b: b.graph):
            lines = "".join(write_lines(blocks, iris, quads=False))
            parts.append(f"GRAPH <{graph}> {{\n{lines}}}\n" if graph else lines)
        parts.append("}\n")
        yield "POST", url, "application/sparql-update", "".join(parts).encode()


def _send(client: httpx.Client, method: str, url: str, media: str, body: bytes, options: PushOptions) -> None:
    """Send one request, again where that may help.

    Raises:
        FetchError: where it does not arrive.
    """
    reason = ""
    for attempt in range(options.tries):
        wait = min(30.0, 0.5 * 2**attempt)
        try:
            response = client.request(method, url, content=body, headers={"content-type": media})
        except httpx.InvalidURL as error:
            raise FetchError(f"this is no address: {error}", source=url) from error
        except httpx.UnsupportedProtocol as error:
            raise FetchError(
                f"this is no address: {error}", source=url, hint="It begins with http:// or https://"
            ) from error
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
        else:
            if response.is_success:
                return
            reason = f"{response.status_code} {response.reason_phrase}: {response.text.strip()[:300]}"
            if response.status_code not in _TRY_AGAIN:
                raise FetchError(
                    f"the endpoint refused: {reason}", source=url, hint=_hint(response.status_code, options)
                )
            after = response.headers.get("retry-after", "")
            wait = min(60.0, float(after)) if after.isdigit() else wait
        if attempt + 1 < options.tries:
            time.sleep(wait)
    raise FetchError(
        f"the endpoint does not answer: {reason}",
        source=url,
        hint="The same command goes on where it stopped",
    )


def _hint(status: int, options: PushOptions) -> str:
    if status in (401, 403):
        return "Name a --user or --token that may write"
    if status in (400, 404, 405, 415):
        others = " or ".join(how for how in HOW if how != options.how)
        return f"Is this the right address? Try --how {others}"
    return "The same command goes on where it stopped"


def _login(options: PushOptions) -> httpx.Auth | None:
    if options.user is None:
        return None
    return httpx.DigestAuth(*options.user) if options.digest else httpx.BasicAuth(*options.user)


def _headers(options: PushOptions) -> dict[str, str]:
    headers = {"user-agent": "paper-kg"} | dict(options.headers)
    if options.token:
        headers["authorization"] = f"Bearer {options.token}"
    return headers
