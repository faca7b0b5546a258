"""Send mutated requests and queries to a server: no 500, no crash, no stack trace, and it still answers at the end.

python tests/bench/fuzz_server.py --number 10000
"""

from __future__ import annotations

import argparse
import contextlib
import random
import socket
import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx
from serving import make_store, serving

from exports.sparql.named import named_queries

SEEDS = [
    "ASK {}", "SELECT * { ?s ?p ?o } LIMIT 3", "DESCRIBE dataset:skybench", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 5",
    "SELECT (COUNT(*) AS ?n) FROM <http://x/> { GRAPH ?g { ?s a kg:Paper } } GROUP BY ?g HAVING(?n > 1)",
    "PREFIX a: <b:> SELECT ?x { ?x a:b/^a:c*|!(a:d|^a:e)+ 'x'@en ; a:f \"\"\"y\"\"\"^^xsd:date . FILTER(REGEX(STR(?x), '(a+)+$')) }",
    "SELECT * { BIND(IF(1/0, <a>, UUID()) AS ?x) VALUES (?y ?z) { (UNDEF 1.5e3) } MINUS { SERVICE SILENT <http://127.0.0.1:9/> {} } }",
    "INSERT DATA { <a:b> <c:d> 1 }", "LOAD <file:///etc/passwd>", "SELECT (SUBSTR('x', -1, 99999999999999999999) AS ?x) {}",
]  # fmt: skip
PIECES = [
    "{", "}", "(", ")", "<", ">", "\"", "'", "\\", "\\u0053", "\\U0010FFFF", "#", "\n", "\x00", "\ufffe", "🧠", "\u202e", "SERVICE",
    "?x", "$", "LIMIT -1", "OFFSET 99999999999999999999", "a" * 5000, "((((((((" * 50, "FROM <http://127.0.0.1/>", "^^", "@@", "%",
    "REGEX(?x, '(x+x+)+y')", "<<", ">>", "_:b", "[]", "1e999", "-" * 100, "UNION" * 20, "BASE <x>", ";", ",", ".",
]  # fmt: skip
TYPES = [
    "application/sparql-query", "application/sparql-update", "application/x-www-form-urlencoded", "text/plain", "", "text/turtle",
    "application/sparql-query; charset=utf-16", "multipart/form-data; boundary=x", "\x7f", "application/sparql-query;;;=",
]  # fmt: skip
ACCEPTS = [
    "*/*",
    "",
    "text/csv",
    "application/json;q=x",
    "text/turtle;q=0.0001",
    ",,,;;;",
    "a" * 3000,
    "text/html",
    "image/png",
    "\xe9/x",
]
PATHS = [
    "/sparql", "/sparql/", "/store", "/", "/dataset/skybench", "/dataset/%00", "/paper/../..", "/graph/", "/claim/%ff%fe", "/terms.json",
    "/metrics", "/ontology", "/text/%3Cscript%3E", "/dataset/" + "x" * 3000, "//dataset//x", "/dataset/%E2%80%AE", "/health",
]  # fmt: skip
METHODS = ["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "XYZZY"]
NAMES = [
    "query",
    "update",
    "default-graph-uri",
    "named-graph-uri",
    "format",
    "timeout",
    "graph",
    "default",
    "using-graph-uri",
    "",
]


def mutate(chance: random.Random, text: str) -> str:
    """A query with a few pieces put in, taken out, doubled or swapped."""
    for _ in range(chance.choice((0, 1, 1, 1, 2, 4))):
        at = chance.randint(0, len(text))
        to = min(len(text), at + chance.randint(0, 12))
        match chance.randint(0, 3):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[to:]
            case 2:
                text = text[:to] + text[at:]
            case _:
                text = text[:at] + "".join(chance.sample(text[at:to], len(text[at:to]))) + text[to:]
    return text


def send(client: httpx.Client, chance: random.Random, queries: list[str]) -> tuple[int, str]:
    """One request, mutated more or less."""
    text = mutate(chance, chance.choice(queries))
    params = [("timeout", "1")]
    if chance.random() < 0.3:
        params += [
            (chance.choice(NAMES), mutate(chance, chance.choice(["json", "http://x/", "1", text])))
            for _ in range(3)
        ]
    path = chance.choice(PATHS) if chance.random() < 0.3 else "/sparql"
    method = chance.choice(METHODS) if chance.random() < 0.25 else "POST"
    accept = chance.choice(ACCEPTS) if chance.random() < 0.3 else "*/*"
    kind = chance.choice(TYPES[:3]) if chance.random() < 0.3 else TYPES[0]
    headers = {"accept": accept.encode("latin-1"), "content-type": kind.encode("latin-1")}
    if chance.random() < 0.1:
        headers["content-type"] = chance.choice(TYPES).encode("latin-1")
    body = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.1:
        body = bytes(chance.randrange(256) for _ in range(chance.randint(0, 200)))
    if b"form" in headers["content-type"] and chance.random() < 0.7:
        body = httpx.QueryParams({chance.choice(NAMES): text}).__str__().encode()
    if method in ("GET", "HEAD"):
        params.append(("query", text[:4000]))
        response = client.request(method, path, params=params, headers={"accept": headers["accept"]})
    else:
        response = client.request(method, path, params=params, headers=headers, content=body)
    return response.status_code, response.text


def send_raw(address: tuple[str, int], chance: random.Random) -> None:
    """Bytes that are no HTTP, or hardly."""
    line = f"{chance.choice(METHODS)} {chance.choice(PATHS)} HTTP/{chance.choice(['1.1', '1.0', '9', ''])}\r\n".encode()
    tail = bytes(chance.randrange(256) for _ in range(chance.randint(0, 300)))
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(
            line + (b"Content-Length: 99999\r\n" if chance.random() < 0.3 else b"") + tail + b"\r\n\r\n"
        )
        if chance.random() < 0.5:
            connection.settimeout(0.05)
            with contextlib.suppress(OSError):
                connection.recv(1000)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    queries = SEEDS + [q.text for q in named_queries().values()]
    seen: Counter[object] = Counter()
    bad = []
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(make_store(Path(folder) / "s"), timeout=2.0) as client,
    ):
        host, port = client.base_url.host, client.base_url.port
        for number in range(options.number):
            if number % 10 == 9:
                send_raw((host, int(port or 0)), chance)
                seen["raw"] += 1
                continue
            state = chance.getstate()
            try:
                status, text = send(client, chance, queries)
            except (httpx.RemoteProtocolError, httpx.LocalProtocolError) as error:
                # What h11 refuses to send, or an answer that was cut off by its time limit.
                seen[type(error).__name__] += 1
                continue
            except httpx.InvalidURL:
                seen["InvalidURL"] += 1
                continue
            seen[status] += 1
            if status == 500 or status > 504 or "Traceback" in text:
                bad.append((status, text[:300], hash(state)))
        alive = client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    print(dict(sorted(seen.items(), key=str)))
    print(f"bad: {len(bad)} {bad[:5]}; answers at the end: {alive}")
    return int(bool(bad) or not alive)


if __name__ == "__main__":
    sys.exit(main())
