"""The embedded store: answers, refusals, and one store per state of the directory."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from rdf_graph import make_graph

from exports.sparql.named import get_query, named_queries
from exports.sparql.results import is_graph, serialize
from exports.sparql.store import SparqlStore
from kg.errors import QueryError


@pytest.fixture(scope="module")
def store() -> SparqlStore:
    return SparqlStore.from_graph(make_graph())


def answer(store: SparqlStore, query: str, format: str = "csv") -> str:
    return serialize(store.query(query), format, store.iris).decode()


def test_prefixes_are_known_without_declaration(store: SparqlStore) -> None:
    """Own and foreign prefixes, and one per node type, work as they are."""
    assert answer(store, "SELECT ?n { dataset:skybench schema:name ?n }") == "n\r\nSkyBench\r\n"


def test_the_default_graph_holds_the_plain_triples(store: SparqlStore) -> None:
    """A simple query needs no GRAPH, and evidence does not get in its way."""
    assert answer(store, "SELECT (COUNT(*) AS ?n) { ?p kg:evaluatesOn ?d }") == "n\r\n2\r\n"
    assert answer(store, "ASK { ?c a kg:Assertion }") == "false\n"
    assert answer(store, "ASK { GRAPH ?g { ?c a kg:Assertion } }") == "true\n"


def test_graphs_are_written_the_same_every_time(store: SparqlStore) -> None:
    """CONSTRUCT gives Turtle with the prefixes in a fixed order."""
    query = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(ISIRI(?o)) }"
    first = answer(store, query, "turtle")
    assert first == answer(store, query, "turtle")
    prefixes = [line for line in first.split("\n") if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x { ?x scheam:name ?y }", "Did you mean schema:"),
        ("SELECT ?x { ?x kg:evaluateOn ?y }", "Did you mean kg:evaluatesOn"),
        ("SELECT ?x { ?x a kg:Datset }", "Did you mean kg:Dataset"),
        ("SELEC ?x { ?x ?y ?z }", "Did you mean SELECT"),
        ("SELECT ?x\n{ ?x ?y }", "line 2:"),
        ("SELECT ?x FROM <http://example.com/g> { ?x ?y ?z }", "none is fetched from outside"),
        ("SELECT ?x FROM NAMED <file:///etc/passwd> { ?x ?y ?z }", "none is fetched from outside"),
        ("INSERT DATA { <a:b> <a:b> 1 }", "only read"),
        ("LOAD <http://example.com/>", "only read"),
        ("PREFIX x: <http://x/> DELETE WHERE { ?s ?p ?o }", "only read"),
        ("", "not SPARQL"),
        ("\x00", "not SPARQL"),
        ("SELECT (1 AS ?x) (2 AS ?x) {}", "uplicate"),
    ],
)
def test_what_cannot_run_is_explained(store: SparqlStore, query: str, words: str) -> None:
    """The message says what is wrong and what could be meant."""
    with pytest.raises(QueryError) as caught:
        store.query(query)
    assert words in str(caught.value)


def test_the_caret_stands_under_the_fault(store: SparqlStore) -> None:
    """Line and column are those of the query, and the caret is below the column."""
    with pytest.raises(QueryError) as caught:
        store.query("SELECT ?x\nWHERE { ?x scheam:name ?y }")
    assert (caught.value.line, caught.value.column) == (2, 12)
    shown, caret = (caught.value.hint or "").split("\n")[1:]
    assert shown[caret.index("^") :].startswith("scheam:name")


def test_a_misspelt_term_of_others_gets_a_hint(store: SparqlStore) -> None:
    """The query runs, and the hint says what the graph has."""
    assert "schema:name" in store.prepare("SELECT ?x { ?x schema:nmae ?y }").hints[0]
    assert not store.prepare("SELECT ?x { ?x schema:name ?y ; a dcat:Dataset }").hints


ATTEMPTS = (
    "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "ASK { service silent <URL> { ?s ?p ?o } }",
    "ASK { SERVICE SILENT<URL>{ ?s ?p ?o } }",
    "ASK { #\nSeRvIcE <URL> { ?s ?p ?o } }",
    "ASK { \\u0053ERVICE <URL> { ?s ?p ?o } }",
    "ASK { \\U00000053ERVICE <URL> { ?s ?p ?o } }",
    "PREFIX a: <URL> ASK { SERVICE a: { ?s ?p ?o } }",
    "ASK { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
    "ASK { VALUES (?x ?b) { (<URL> 1) } FILTER(1<?b)SERVICE?x#>\n{ ?s ?p ?o } }",
    "ASK { BIND(1<2 AS ?y)SERVICE<URL>{ ?s ?p ?o } }",
    "ASK { BIND('#' AS ?y) SERVICE <URL> { ?s ?p ?o } }",
    "ASK { BIND('''a'b''' AS ?y) SERVICE <URL> { ?s ?p ?o } }",
    'ASK { BIND("\\"" AS ?y) SERVICE <URL> { ?s ?p ?o } } #"',
    "ASK { ?s <a:#b> ?o . SERVICE <URL> { ?s ?p ?o } }",
    "ASK { { SELECT * { SERVICE <URL> { ?s ?p ?o } } } }",
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * FROM <URL> { ?s ?p ?o }",
    "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH <URL> { ?s ?p ?o } }",
    "LOAD <URL>",
    "LOAD SILENT <URL> INTO GRAPH <urn:x>",
    "DESCRIBE <URL>",
    'ASK { ?x ?y "\\u0022 . SERVICE <URL> { ?s ?p ?o } } #" }',
)


def test_nothing_reaches_the_network(store: SparqlStore) -> None:
    """Whatever a query asks for, a listener on loopback hears nothing."""
    heard: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/sparql"
    try:
        for attempt in ATTEMPTS:
            query = attempt.replace("URL", url)
            try:
                found = store.query(query)
                list(found) if not isinstance(found, bool) and hasattr(found, "__iter__") else None
            except QueryError:
                continue
    finally:
        server.shutdown()
        server.server_close()
    assert heard == []


def test_allowed_hosts_pass_the_check(store: SparqlStore) -> None:
    """A SERVICE of a named host may run; another may not; a variable never."""
    query = "ASK { SERVICE <https://query.example.org/sparql> { ?s ?p ?o } }"
    store.prepare(query, allow_services=["query.example.org"])
    for refused in (query.replace("query.", "other."), "ASK { SERVICE ?x { ?s ?p ?o } }"):
        with pytest.raises(QueryError, match="another server"):
            store.prepare(refused, allow_services=["query.example.org"])


@pytest.mark.parametrize("name", named_queries())
def test_named_queries_run(store: SparqlStore, name: str) -> None:
    """Each runs with its defaults, and its parameters change its text."""
    query = get_query(name)
    store.query(query.text)
    assert query.title
    for parameter in query.parameters:
        value = "7" if parameter.type == "number" else 'odd "value" \\ here'
        filled = query.fill({parameter.name: value})
        assert filled != query.text
        store.query(filled)


def test_there_are_enough_named_queries() -> None:
    """At least fifteen."""
    assert len(named_queries()) >= 15


def test_named_queries_find_things_by_any_spelling(store: SparqlStore) -> None:
    """A name is looked up in its normal form."""
    for name in ("SkyBench", "sky bench", "SKY-BENCHMARK"):
        text = get_query("papers-about").fill({"name": name})
        assert answer(store, text).count("\r\n") == 3


def test_unknown_names_get_a_guess() -> None:
    """A misspelt query or parameter is named, with the nearest known one."""
    with pytest.raises(QueryError, match="most-used-datasets"):
        get_query("most-used-dataset")
    with pytest.raises(QueryError, match="Did you mean method"):
        get_query("datasets-used-with").fill({"metod": "x"})
    with pytest.raises(QueryError, match="not a number"):
        get_query("most-used-datasets").fill({"limit": "many"})


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("neighbourhood", {"name": "SkyBench"}, ("Rain: Learning to Forecast", "SkyBench, measured again")),
        ("lineage", {"name": "rain"}, ("Cloud", "Model")),
        ("descendants", {"name": "cloud"}, ("Rain",)),
        ("compared-with", {"name": "rain"}, ("other,name,papers",)),
        ("code-for", {"name": "rain"}, ("url,title",)),
        ("evidence-for", {"name": "skybench"}, ("We evaluate on SkyBench.", "evaluatesOn")),
        ("related-papers", {"paper": "2401.00001"}, ("measured again", ",1")),
        ("most-used-datasets", {}, ("SkyBench,2",)),
        ("datasets-used-with", {"method": "rain"}, ("SkyBench,1",)),
        ("counts-by-type", {}, ("Paper,2", "Model,2")),
        ("new-datasets", {"limit": "5"}, ("name,title",)),
        ("least-certain", {}, ("\n0,",)),
    ],
)
def test_named_queries_answer(
    store: SparqlStore, name: str, values: dict[str, str], words: tuple[str, ...]
) -> None:
    """What comes back holds what the test graph says."""
    text = get_query(name).fill(values)
    found = store.query(text)
    body = serialize(found, "turtle" if is_graph(found) else "csv", store.iris).decode()
    for word in words:
        assert word in body
