"""Run the W3C SPARQL test suites against ``kg serve`` and against the bare engine.

The suites are not part of this project: clone https://github.com/w3c/rdf-tests and name its folder::

    python tests/bench/w3c_suite.py RDF-TESTS/sparql/sparql11

Query evaluation and syntax tests run twice, through HTTP and in this process with the engine alone; protocol and
graph store tests run through HTTP. The exit status is 1 where the server fails a test that the engine passes, or fails a
protocol test.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import pyoxigraph as ox
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
STATUS_NAMES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
RDF_SUFFIXES = {
    ".ttl": ("text/turtle", ox.RdfFormat.TURTLE), ".nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    ".rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}  # fmt: skip
RESULT_SUFFIXES = {
    ".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV,
}  # fmt: skip


def local(iri: object) -> Path:
    """The file behind a file IRI."""
    return Path(unquote(str(iri).removeprefix("file://")))


def manifests(path: Path) -> list[Path]:
    """A manifest and those that it includes."""
    graph = Graph().parse(path, format="turtle", publicID=path.as_uri())
    found = [path]
    for head in graph.objects(predicate=MF.include):
        for included in Collection(graph, head):
            found += manifests(local(included))
    return found


def entries(path: Path) -> tuple[Graph, list[URIRef]]:
    """The graph of a manifest and its tests in order."""
    graph = Graph().parse(path, format="turtle", publicID=path.as_uri())
    listed = [e for head in graph.objects(predicate=MF.entries) for e in Collection(graph, head)]
    return graph, listed


class Endpoint:
    """The server under test, with a store that clients may write."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "kg", "serve", "--scratch", str(folder), "-p", "0"]
        if not (Path(__file__).parents[2] / "kg" / "__main__.py").exists():
            command[1:3] = ["-c", "import kg.cli; kg.cli.main()"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        match = re.search(r"http://\S+", line)
        if match is None:
            raise SystemExit(f"the server did not start: {line}{self.process.stderr.read()}")
        self.client = httpx.Client(base_url=match.group(), timeout=60)
        self.location = ""

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def clear(self) -> None:
        self.client.post(
            "/sparql", content="CLEAR ALL", headers={"content-type": "application/sparql-update"}
        ).raise_for_status()

    def load(self, data: list[Path], named: list[tuple[str, Path]]) -> None:
        self.clear()
        for path in data:
            headers = {"content-type": RDF_SUFFIXES[path.suffix][0]}
            body = rebased(path)
            self.client.post("/store?default", content=body, headers=headers).raise_for_status()
        for name, path in named:
            headers = {"content-type": RDF_SUFFIXES[path.suffix][0]}
            self.client.put(
                "/store", params={"graph": name}, content=rebased(path), headers=headers
            ).raise_for_status()

    def query(self, text: str, accept: str) -> httpx.Response:
        headers = {"content-type": "application/sparql-query", "accept": accept}
        return self.client.post("/sparql", content=text.encode(), headers=headers)


def rebased(path: Path) -> bytes:
    """The file with its own address as base, as the suite means relative IRIs."""
    body = path.read_bytes()
    if path.suffix == ".ttl":
        return f"@base <{path.as_uri()}> .\n".encode() + body
    if path.suffix == ".rdf" and b"xml:base" not in body:
        return re.sub(rb"<rdf:RDF", f'<rdf:RDF xml:base="{path.as_uri()}"'.encode(), body, count=1)
    return body


def solutions_key(answer: object) -> object:
    """What two equal answers share: blank nodes count as one."""
    if isinstance(answer, (bool, ox.QueryBoolean)):
        return bool(answer)
    if isinstance(answer, ox.QueryTriples) or not hasattr(answer, "variables"):
        dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in answer)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
        return frozenset(str(q) for q in dataset)
    names = sorted(v.value for v in answer.variables)
    return tuple(names), frozenset(Counter(tuple(term_key(row[n]) for n in names) for row in answer).items())


def term_key(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.BlankNode):
        return "_:"
    if isinstance(term, ox.Literal) and term.datatype.value.rpartition("#")[2] in (
        "integer",
        "decimal",
        "double",
        "float",
    ):
        try:
            return f"{float(term.value):.10g}^^{term.datatype.value.rpartition('#')[2]}"
        except ValueError:
            pass
    return str(term)


def expected_key(path: Path) -> object:
    """The answer that a test expects."""
    if path.suffix in RESULT_SUFFIXES:
        return solutions_key(ox.parse_query_results(path.read_bytes(), RESULT_SUFFIXES[path.suffix]))
    if path.suffix == ".csv":
        return csv_key(path.read_text())
    triples = [
        q.triple for q in ox.parse(path.read_bytes(), RDF_SUFFIXES[path.suffix][1], base_iri=path.as_uri())
    ]
    if any(t.predicate.value == RS + "resultVariable" for t in triples):
        return result_set_key(triples)
    return solutions_key(triples)


def result_set_key(triples: list[ox.Triple]) -> object:
    graph: dict[object, dict[str, list[object]]] = {}
    for t in triples:
        graph.setdefault(t.subject, {}).setdefault(t.predicate.value.removeprefix(RS), []).append(t.object)
    top = next(v for v in graph.values() if "resultVariable" in v)
    names = sorted(o.value for o in top["resultVariable"])
    rows = []
    for solution in top.get("solution", []):
        row = {
            graph[b]["variable"][0].value: graph[b]["value"][0] for b in graph[solution].get("binding", [])
        }
        rows.append(tuple(term_key(row.get(n)) for n in names))
    return tuple(names), frozenset(Counter(rows).items())


def csv_key(text: str) -> object:
    head, *rows = list(csv.reader(io.StringIO(text)))
    return tuple(head), frozenset(
        Counter(tuple(re.sub(r"^_:.*", "_:", c) for c in row) for row in rows).items()
    )


def run_queries(suite: Path, endpoint: Endpoint) -> tuple[Counter[str], list[str]]:
    """Query evaluation and syntax tests, both ways."""
    counts: Counter[str] = Counter()
    lost = []
    for manifest in manifests(suite):
        graph, tests = entries(manifest)
        for test in tests:
            kind = str(graph.value(test, RDF.type)).rpartition("#")[2]
            action = graph.value(test, MF.action)
            if kind in ("QueryEvaluationTest", "CSVResultFormatTest"):
                bare, served = evaluate(graph, test, action, endpoint)
            elif kind in (
                "PositiveSyntaxTest11",
                "NegativeSyntaxTest11",
                "PositiveSyntaxTest",
                "NegativeSyntaxTest",
            ):
                bare, served = check_syntax(local(action), "Positive" in kind, endpoint)
            else:
                continue
            counts["tests"] += 1
            counts["engine"] += bare
            counts["served"] += served
            if bare and not served:
                lost.append(f"{manifest.parent.name}/{str(test).rpartition('#')[2]}")
    return counts, lost


def evaluate(graph: Graph, test: URIRef, action: object, endpoint: Endpoint) -> tuple[bool, bool]:
    query_path = local(graph.value(action, QT.query))
    data = [local(o) for o in graph.objects(action, QT.data)]
    named = [(str(o), local(o)) for o in graph.objects(action, QT.graphData)]
    result = local(graph.value(test, MF.result))
    text = query_path.read_text(encoding="utf-8")
    expected = expected_key(result)
    try:
        store = ox.Store()
        for path in data:
            store.load(path.read_bytes(), RDF_SUFFIXES[path.suffix][1], base_iri=path.as_uri())
        for name, path in named:
            store.load(
                path.read_bytes(),
                RDF_SUFFIXES[path.suffix][1],
                base_iri=path.as_uri(),
                to_graph=ox.NamedNode(name),
            )
        answer = store.query(text, base_iri=query_path.as_uri())
        if result.suffix == ".csv":
            bare = csv_key(answer.serialize(format=ox.QueryResultsFormat.CSV).decode()) == expected
        else:
            bare = solutions_key(answer) == expected
    except (SyntaxError, ValueError, OSError, RuntimeError):
        bare = False
    try:
        endpoint.load(data, named)
        form = re.search(r"(?i)\b(SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.sub(r"#[^\n]*|<[^>]*>", "", text))
        accept = (
            "application/n-triples"
            if form and form.group().upper() in ("CONSTRUCT", "DESCRIBE")
            else "application/sparql-results+json"
        )
        if result.suffix == ".csv":
            accept = "text/csv"
        response = endpoint.query(f"BASE <{query_path.as_uri()}>\n{text}", accept)
        if response.status_code != 200:
            return bare, False
        if accept == "text/csv":
            served: object = csv_key(response.text)
        elif accept == "application/n-triples":
            served = solutions_key([q.triple for q in ox.parse(response.content, ox.RdfFormat.N_TRIPLES)])
        else:
            served = solutions_key(ox.parse_query_results(response.content, ox.QueryResultsFormat.JSON))
        return bare, served == expected
    except (httpx.HTTPError, ValueError, SyntaxError):
        return bare, False


def check_syntax(path: Path, positive: bool, endpoint: Endpoint) -> tuple[bool, bool]:
    text = path.read_text(encoding="utf-8")
    try:
        ox.Store().query(text, base_iri=path.as_uri())
        bare = True
    except SyntaxError:
        bare = False
    except (RuntimeError, OSError):
        bare = True  # read well, and then no such function or server
    response = endpoint.query(f"BASE <{path.as_uri()}>\n{text}", "*/*")
    understood = (
        response.status_code == 200 or "not supported" in response.text or "another server" in response.text
    )
    understood |= "none is fetched" in response.text  # FROM a graph that is not there
    return bare == positive, understood == positive


def run_requests(manifest: Path, endpoint: Endpoint) -> tuple[int, int, list[str]]:
    """Protocol tests: requests and what must come back."""
    graph, tests = entries(manifest)
    failed = []
    for test in tests:
        data = []
        for blank in graph.objects(test, UT.graphData):
            label = graph.value(blank, URIRef("http://www.w3.org/2000/01/rdf-schema#label"))
            data.append((str(label), local(graph.value(blank, UT.graph))))
        action = graph.value(test, MF.action)
        if data or not data_matters(test):
            endpoint.load([], data)
        for request in Collection(graph, graph.value(action, HT.requests)):
            reason = run_request(graph, request, endpoint)
            if reason:
                failed.append(f"{str(test).rpartition('#')[2]}: {reason}")
                break
    return len(tests), len(tests) - len(failed), failed


def data_matters(test: URIRef) -> bool:
    """True for protocol tests, which may build on each other; graph store tests each begin with nothing."""
    return "/protocol/" in str(test)


def run_request(graph: Graph, request: object, endpoint: Endpoint) -> str:
    """Why a request does not get what it should; empty where it does."""
    path = (
        str(graph.value(request, HT.absolutePath))
        .replace("/sparql/", "/sparql", 1)
        .replace("/gsp", "/store", 1)
    )
    path = path.replace("$LOCATION$", quote(endpoint.location, safe=""))
    headers = {}
    listed = graph.value(request, HT.headers)
    for header in Collection(graph, listed) if listed else []:
        headers[str(graph.value(header, HT.fieldName)).lower()] = str(graph.value(header, HT.fieldValue))
    body = graph.value(request, HT.body)
    content = None
    if body is not None:
        encoding = str(graph.value(body, CNT.characterEncoding) or "UTF-8")
        content = str(graph.value(body, CNT.chars)).encode(encoding)
    method = str(graph.value(request, HT.methodName))
    response = endpoint.client.request(method, path, headers=headers, content=content)
    wanted = graph.value(request, HT.resp)
    statuses = []
    for status_iri in graph.objects(wanted, MF.expectedStatus):
        name = str(status_iri).rpartition("#")[2]
        statuses.append(STATUS_NAMES.get(name, name.removeprefix("StatusCode")))
    if graph.value(wanted, MF.expectedLocation) is not None:
        endpoint.location = response.headers.get("location", "")
    status = str(response.status_code)
    if statuses and not any(re.fullmatch(s.replace("x", r"\d"), status) for s in statuses):
        return f"{method} gives {status}, wanted {' or '.join(statuses)}: {response.text[:100]}"
    kind = response.headers.get("content-type", "").partition(";")[0]
    format = str(graph.value(wanted, MF.expectedFormat) or "")
    tables = (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    )
    if format in ("boolean", "tabular") and kind not in tables:
        return f"the answer is {kind}"
    if format == "RDF" and kind not in (
        "text/turtle",
        "application/rdf+xml",
        "application/n-triples",
        "application/ld+json",
    ):
        return f"the answer is {kind}"
    truth = graph.value(wanted, MF.expectedBoolean)
    if truth is not None and response.json()["boolean"] != truth.toPython():
        return f"the answer is {response.text[:80]}"
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("suite", type=Path, help="the folder sparql/sparql11 of w3c/rdf-tests")
    suite = parser.parse_args().suite.resolve()
    bad = False
    with tempfile.TemporaryDirectory() as folder:
        endpoint = Endpoint(Path(folder) / "store")
        try:
            for name in ("manifest-sparql11-query.ttl", "manifest-sparql11-results.ttl"):
                counts, lost = run_queries(suite / name, endpoint)
                print(
                    f"{name}: {counts['tests']} tests, engine {counts['engine']}, served {counts['served']}; lost {lost}"
                )
                bad |= bool(lost)
            for name in ("protocol/manifest.ttl", "graph-store-protocol/manifest-indirect.ttl"):
                tests, passed, failed = run_requests(suite / name, endpoint)
                print(f"{name}: {passed} of {tests}", *failed, sep="\n    ")
                bad |= passed < tests
        finally:
            endpoint.close()
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
