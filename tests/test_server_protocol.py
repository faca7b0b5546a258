"""The endpoint speaks the SPARQL 1.1 Protocol: one probe each, and pages for people."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator

import httpx
import pytest
import rdflib
from serving import make_store, serving

from exports.server.negotiation import GRAPH_TYPES, RESULT_TYPES, choose, prefers_html
from exports.server.rewriting import add_using, cap_rows
from exports.server.worker import WorkerSettings
from kg.errors import QueryError

ASK = "ASK {}"
SELECT = "SELECT ?n { dataset:skybench schema:name ?n }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o FILTER(?s = dataset:skybench) }"
FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
GRAPH = "https://w3id.org/paper-kg/graph/paper/2401.00001"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(make_store(tmp_path_factory.mktemp("store") / "s")) as client:
        yield client


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with serving(tmp_path_factory.mktemp("store") / "s", settings=WorkerSettings(writable=True)) as client:
        yield client


# ------------------------------------------------------------------ queries: ways in
def test_query_by_get(client: httpx.Client) -> None:
    """GET with a query parameter."""
    response = client.get("/sparql", params={"query": ASK})
    assert response.status_code == 200
    assert response.json() == {"head": {}, "boolean": True}


def test_query_by_post_form(client: httpx.Client) -> None:
    """POST of a form."""
    assert client.post("/sparql", data={"query": ASK}).json()["boolean"] is True


def test_query_by_post_direct(client: httpx.Client) -> None:
    """POST of the bare query, charset named or not."""
    for kind in ("application/sparql-query", "application/sparql-query; charset=UTF-8"):
        assert client.post("/sparql", content=ASK, headers={"content-type": kind}).json()["boolean"] is True


def test_head_has_no_body(client: httpx.Client) -> None:
    """HEAD answers like GET without the body."""
    response = client.head("/sparql", params={"query": ASK})
    assert response.status_code == 200
    assert response.content == b""


def test_unicode_goes_through(client: httpx.Client) -> None:
    """Other scripts and emoji survive the way there and back."""
    response = client.post("/sparql", data={"query": 'SELECT ("\u65e5\u672c 🧠 עברית" AS ?x) {}'})
    assert response.json()["results"]["bindings"][0]["x"]["value"] == "\u65e5\u672c 🧠 עברית"


# ------------------------------------------------------------------ queries: the answer's format
@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("*/*", "application/sparql-results+json"),
        ("text/*;q=0.5, application/sparql-results+xml;q=0.1", "text/csv"),
        ("text/csv;q=0, text/*", "text/tab-separated-values"),
    ],
)
def test_select_comes_as_asked(client: httpx.Client, accept: str, media: str) -> None:
    """Content negotiation for tables."""
    response = client.post("/sparql", content=SELECT, headers=DIRECT | {"accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media
    assert "SkyBench" in response.text


@pytest.mark.parametrize(
    ("accept", "media", "format"),
    [
        ("text/turtle", "text/turtle", "turtle"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("", "text/turtle", "turtle"),
    ],
)
@pytest.mark.parametrize("query", [CONSTRUCT, "DESCRIBE dataset:skybench"])
def test_graphs_come_as_asked(client: httpx.Client, query: str, accept: str, media: str, format: str) -> None:
    """Content negotiation for graphs; each answer parses."""
    response = client.post("/sparql", content=query, headers=DIRECT | {"accept": accept})
    assert response.headers["content-type"].partition(";")[0] == media
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own
        assert len(rdflib.Graph().parse(data=response.text, format=format)) > 5


def test_ask_comes_as_xml(client: httpx.Client) -> None:
    """A truth value in XML."""
    response = client.get(
        "/sparql", params={"query": ASK}, headers={"accept": "application/sparql-results+xml"}
    )
    assert "<boolean>true</boolean>" in response.text


def test_an_unknown_format_is_not_acceptable(client: httpx.Client) -> None:
    """406 where nothing offered is accepted."""
    assert client.get("/sparql", params={"query": ASK}, headers={"accept": "image/png"}).status_code == 406


def test_a_parameter_can_name_the_format(client: httpx.Client) -> None:
    """A link can ask for CSV; an unknown name is refused."""
    assert client.get("/sparql", params={"query": SELECT, "format": "csv"}).text == "n\r\nSkyBench\r\n"
    assert client.get("/sparql", params={"query": SELECT, "format": "nonsense"}).status_code == 406


# ------------------------------------------------------------------ queries: which graphs
def test_the_request_can_name_the_default_graph(client: httpx.Client) -> None:
    """default-graph-uri puts a named graph in the default graph's place."""
    query = "ASK { ?c a kg:Assertion }"
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is False
    asked = client.get("/sparql", params={"query": query, "default-graph-uri": GRAPH})
    assert asked.json()["boolean"] is True


def test_the_request_can_name_named_graphs(client: httpx.Client) -> None:
    """named-graph-uri limits what GRAPH sees."""
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    response = client.post("/sparql", params={"named-graph-uri": GRAPH}, content=query, headers=DIRECT)
    assert [b["g"]["value"] for b in response.json()["results"]["bindings"]] == [GRAPH]


def test_graphs_of_the_request_win(client: httpx.Client) -> None:
    """The request's graphs replace those of the query."""
    query = f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}"
    other = GRAPH.replace("2401.00001", "doi:10.1234/%28a%29b%3Bc")
    mine = client.get("/sparql", params={"query": query}).json()
    theirs = client.get("/sparql", params={"query": query, "default-graph-uri": other}).json()
    assert mine != theirs


def test_an_unknown_graph_is_empty(client: httpx.Client) -> None:
    """A graph that is not here is empty, and nothing is fetched."""
    params = {"query": "ASK { ?s ?p ?o }", "default-graph-uri": "http://example.com/none"}
    assert client.get("/sparql", params=params).json()["boolean"] is False


# ------------------------------------------------------------------ what is no proper request
@pytest.mark.parametrize(
    ("method", "options", "status"),
    [
        ("PUT", {"params": {"query": ASK}}, 405),
        ("DELETE", {"params": {"query": ASK}}, 405),
        ("PATCH", {"params": {"query": ASK}}, 405),
        ("GET", {"params": [("query", ASK), ("query", SELECT)]}, 400),
        ("POST", {"data": {"query": [ASK, SELECT]}}, 400),
        ("POST", {"content": ASK, "headers": {"content-type": "text/plain"}}, 415),
        ("POST", {"content": ASK}, 415),
        ("POST", {"content": "query=ASK%20%7B%7D"}, 415),
        ("POST", {"content": ASK.encode("utf-16"), "headers": DIRECT}, 400),
        (
            "POST",
            {"content": ASK, "headers": {"content-type": "application/sparql-query; charset=UTF-16"}},
            415,
        ),
        ("GET", {"params": {"query": "ASK {"}}, 400),
        ("GET", {"params": {"query": ""}}, 400),
        ("GET", {"params": {"update": "CLEAR ALL"}}, 400),
        ("POST", {"data": {"other": "1"}}, 400),
        ("POST", {"data": {"query": ASK, "update": "CLEAR ALL"}}, 400),
        ("POST", {"content": "query=%FF%FE", "headers": FORM}, 400),
        ("GET", {"params": {"query": ASK, "default-graph-uri": "not an iri"}}, 400),
        ("GET", {"params": {"query": ASK, "timeout": "soon"}}, 400),
        ("POST", {"data": {"update": "CLEAR ALL"}}, 403),
        ("POST", {"content": "CLEAR ALL", "headers": {"content-type": "application/sparql-update"}}, 403),
        ("POST", {"data": {"query": "INSERT DATA { <a:b> <a:b> 1 }"}}, 403),
        ("POST", {"data": {"query": "ASK { SERVICE <http://127.0.0.1:1/> {} }"}}, 403),
        ("POST", {"data": {"query": "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }"}}, 403),
    ],
)
def test_wrong_requests_are_refused(client: httpx.Client, method: str, options: dict, status: int) -> None:  # type: ignore[type-arg]
    """Each with its status, one plain sentence and no stack trace."""
    response = client.request(method, "/sparql", **options)
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/plain")
    assert "Traceback" not in response.text
    assert response.text.strip()


def test_syntax_errors_show_the_place(client: httpx.Client) -> None:
    """The answer has line, column, caret and a guess."""
    response = client.post("/sparql", content="SELECT ?x\n{ ?x scheam:name ?y }", headers=DIRECT)
    assert response.status_code == 400
    assert "2:6" in response.text
    assert "schema:" in response.text
    assert "^" in response.text


# ------------------------------------------------------------------ headers
def test_any_page_may_ask(client: httpx.Client) -> None:
    """CORS: simple requests and preflights."""
    response = client.get("/sparql", params={"query": ASK}, headers={"origin": "https://example.com"})
    assert response.headers["access-control-allow-origin"] == "*"
    asked = {
        "origin": "https://example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    assert client.options("/sparql", headers=asked).status_code == 200


def test_an_answer_that_is_known_is_not_sent_again(client: httpx.Client) -> None:
    """ETag and If-None-Match; no ETag for what changes by itself."""
    first = client.get("/sparql", params={"query": SELECT})
    again = client.get("/sparql", params={"query": SELECT}, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""
    other = client.get(
        "/sparql",
        params={"query": SELECT},
        headers={"accept": "text/csv", "if-none-match": first.headers["etag"]},
    )
    assert other.status_code == 200
    assert "etag" not in client.get("/sparql", params={"query": "SELECT (NOW() AS ?t) {}"}).headers


def test_long_answers_are_compressed(client: httpx.Client) -> None:
    """gzip where the client takes it."""
    response = client.get("/sparql", params={"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }"})
    assert response.headers["content-encoding"] == "gzip"
    assert len(response.json()["results"]["bindings"]) > 100


def test_the_service_is_described(client: httpx.Client) -> None:
    """GET without a query gives RDF with the endpoint; a browser gets the page."""
    response = client.get("/sparql", headers={"accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=response.text, format="turtle")
    endpoint = rdflib.URIRef(str(client.base_url).rstrip("/") + "/sparql")
    sd = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
    assert (endpoint, sd.endpoint, endpoint) in graph
    assert client.get("/sparql", headers={"accept": "text/html"}).status_code == 303


# ------------------------------------------------------------------ pages, nodes and numbers
def test_the_query_page_needs_nothing_from_outside(client: httpx.Client) -> None:
    """The page and its script name no other host, and may load from none."""
    response = client.get("/", headers={"accept": "text/html"})
    script = client.get("/page.js")
    assert "default-src 'self'" in response.headers["content-security-policy"]
    for text in (response.text, script.text):
        assert "https://" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert len(client.get("/terms.json").json()["queries"]) >= 15


def test_iris_answer_people_and_clients(client: httpx.Client) -> None:
    """HTML to a browser, RDF to a client, 404 where the graph says nothing."""
    page = client.get("/dataset/skybench", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert "SkyBench" in page.text
    assert "We evaluate on SkyBench." in page.text
    data = client.get("/dataset/skybench", headers={"accept": "text/turtle"})
    assert "dcat:Dataset" in data.text
    assert client.get("/dataset/nothing", headers={"accept": "text/turtle"}).status_code == 404
    assert client.get("/dataset/nothing", headers={"accept": "text/html"}).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/paper/doi:10.1234/%28a%29b%3Bc", "/graph/paper/2401.00001", "/text/2401.00001", "/claim/2401.00001-1"],
)
def test_every_kind_of_iri_can_be_followed(client: httpx.Client, path: str) -> None:
    """Papers with odd ids, graphs, texts and assertions."""
    response = client.get(path, headers={"accept": "application/n-triples"})
    assert response.status_code == 200
    assert f"<https://w3id.org/paper-kg{path.replace('/graph/', '/')}>" in response.text


def test_pages_do_not_run_what_names_hold(client: httpx.Client) -> None:
    """A path with mark-up comes back as text."""
    response = client.get("/dataset/%3Cscript%3Ealert(1)%3C/script%3E", headers={"accept": "text/html"})
    assert "<script>" not in response.text


def test_the_data_set_is_described(client: httpx.Client) -> None:
    """VoID where clients look for it, and the ontology."""
    for path in ("/.well-known/void", "/ontology"):
        assert len(rdflib.Graph().parse(data=client.get(path).text, format="turtle")) > 50


def test_health_and_metrics(client: httpx.Client) -> None:
    """Up while workers answer; numbers in the text format of Prometheus."""
    assert client.get("/health").json()["status"] == "up"
    assert "kg_requests_total" in client.get("/metrics").text


# ------------------------------------------------------------------ writing, where it is allowed
def test_updates_by_form_and_direct(writable: httpx.Client) -> None:
    """Both ways in change the store."""
    assert writable.post("/sparql", data={"update": "INSERT DATA { <urn:a> <urn:p> 1 }"}).status_code == 204
    headers = {"content-type": "application/sparql-update"}
    assert (
        writable.post("/sparql", content="INSERT DATA { <urn:a> <urn:p> 2 }", headers=headers).status_code
        == 204
    )
    found = writable.get("/sparql", params={"query": "SELECT (COUNT(*) AS ?n) { <urn:a> <urn:p> ?o }"}).json()
    assert found["results"]["bindings"][0]["n"]["value"] == "2"


def test_updates_can_be_told_their_graphs(writable: httpx.Client) -> None:
    """using-graph-uri is the default graph of WHERE; with a clause of its own it is a contradiction."""
    writable.post("/sparql", data={"update": "INSERT DATA { GRAPH <urn:g> { <urn:b> <urn:q> 1 } }"})
    data = {
        "update": "INSERT { <urn:c> <urn:q> ?o } WHERE { <urn:b> <urn:q> ?o }",
        "using-graph-uri": "urn:g",
    }
    assert writable.post("/sparql", data=data).status_code == 204
    assert writable.get("/sparql", params={"query": "ASK { <urn:c> <urn:q> 1 }"}).json()["boolean"]
    data["update"] = "WITH <urn:x> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }"
    assert writable.post("/sparql", data=data).status_code == 400


@pytest.mark.parametrize("update", ["LOAD <http://127.0.0.1:1/x>", "load silent <http://127.0.0.1:1/x>", "\\u004COAD <http://127.0.0.1:1/x>", "INSERT { <urn:a> <urn:b> ?o } WHERE { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"])  # fmt: skip
def test_updates_fetch_nothing(writable: httpx.Client, update: str) -> None:
    """LOAD and SERVICE are refused even where writing is allowed."""
    assert writable.post("/sparql", data={"update": update}).status_code in (400, 403)


def test_graph_store_protocol(writable: httpx.Client) -> None:
    """PUT, GET, POST, HEAD and DELETE of a graph, with their statuses."""
    turtle = {"content-type": "text/turtle"}
    graph = {"graph": "urn:gsp"}
    assert writable.get("/store", params=graph).status_code == 404
    assert (
        writable.put("/store", params=graph, content="<urn:x> <urn:y> 1 .", headers=turtle).status_code == 201
    )
    assert (
        writable.put("/store", params=graph, content="<urn:x> <urn:y> 2 .", headers=turtle).status_code == 204
    )
    assert (
        writable.post("/store", params=graph, content="<urn:x> <urn:y> 3 .", headers=turtle).status_code
        == 204
    )
    text = writable.get("/store", params=graph, headers={"accept": "application/n-triples"}).text
    assert sorted(line[-len("2 .") :] for line in text.splitlines()) and text.count("<urn:y>") == 2
    assert writable.head("/store", params=graph).status_code == 200
    assert writable.put("/store", params=graph, content="not turtle", headers=turtle).status_code == 400
    assert (
        writable.put("/store", params=graph, content="x", headers={"content-type": "image/png"}).status_code
        == 415
    )
    assert writable.delete("/store", params=graph).status_code == 204
    assert writable.delete("/store", params=graph).status_code == 404
    assert writable.get("/store").status_code == 400
    made = writable.post("/store", content="<urn:x> <urn:y> 4 .", headers=turtle)
    assert made.status_code == 201
    assert writable.get("/store", params={"graph": made.headers["location"]}).status_code == 200


def test_files_of_a_form_are_taken(writable: httpx.Client) -> None:
    """POST of a form adds every file of it; one that cannot be read refuses all."""
    parts = {name: (f"{name}.ttl", f"<urn:x> <urn:y> '{name}' .", "text/turtle") for name in ("a", "b")}
    assert writable.post("/store", params={"graph": "urn:form"}, files=parts).status_code == 201
    text = writable.get(
        "/store", params={"graph": "urn:form"}, headers={"accept": "application/n-triples"}
    ).text
    assert text.count("<urn:y>") == 2
    broken = parts | {"c": ("c.ttl", "not turtle", "text/turtle")}
    assert writable.post("/store", params={"graph": "urn:form"}, files=broken).status_code == 400


def test_whole_datasets_can_be_posted(writable: httpx.Client) -> None:
    """N-Quads without a graph parameter keep their graphs."""
    body = "<urn:x> <urn:y> <urn:z> <urn:whole> .\n"
    assert (
        writable.post("/store", content=body, headers={"content-type": "application/n-quads"}).status_code
        == 204
    )
    assert writable.get("/store", params={"graph": "urn:whole"}).status_code == 200


def test_other_sites_may_not_write(writable: httpx.Client) -> None:
    """A page from elsewhere is refused, and reads are not opened to it."""
    headers = {"origin": "https://example.com"}
    assert writable.post("/sparql", data={"update": "CLEAR ALL"}, headers=headers).status_code == 403
    assert (
        "access-control-allow-origin"
        not in writable.get("/sparql", params={"query": ASK}, headers=headers).headers
    )


def test_a_read_only_server_takes_no_graph(client: httpx.Client) -> None:
    """Writes of the Graph Store Protocol are refused."""
    for method in ("PUT", "POST", "DELETE"):
        assert (
            client.request(
                method, "/store?default", content="", headers={"content-type": "text/turtle"}
            ).status_code
            == 403
        )


# ------------------------------------------------------------------ parts
def test_html_is_for_browsers_only() -> None:
    """A client that names an RDF type as gladly gets RDF."""
    assert prefers_html("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert not prefers_html("*/*")
    assert not prefers_html("text/turtle, text/html")
    assert choose("text/turtle;q=0.2, application/ld+json", GRAPH_TYPES) == "jsonld"
    assert choose("garbage", RESULT_TYPES) == "json"


@pytest.mark.parametrize(
    ("query", "capped"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }\nLIMIT 10"),
        ("SELECT * { ?s ?p ?o } LIMIT 5", "SELECT * { ?s ?p ?o } LIMIT 5"),
        ("SELECT * { ?s ?p ?o } limit 50 OFFSET 2", "SELECT * { ?s ?p ?o } limit 10 OFFSET 2"),
        (
            "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }",
            "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }\nLIMIT 10",
        ),
        ("SELECT * { ?s ?p 'LIMIT 3' } # LIMIT 4", "SELECT * { ?s ?p 'LIMIT 3' } # LIMIT 4\nLIMIT 10"),
        ("SELECT * { ?s ?p ?o } VALUES ?s { <a:b> }", "SELECT * { ?s ?p ?o } LIMIT 10 VALUES ?s { <a:b> }"),
        ("ASK { ?s ?p ?o }", "ASK { ?s ?p ?o }"),
    ],
)
def test_rows_are_capped_in_the_query(query: str, capped: str) -> None:
    """The limit goes where the grammar has it."""
    assert cap_rows(query, 10) == capped


def test_using_is_put_before_where() -> None:
    """Every operation of an update gets the clauses; DELETE WHERE is spelt out."""
    assert add_using("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }", ["u:g"], []) == (
        "INSERT { ?s ?p 1 }  USING <u:g> WHERE { ?s ?p ?o }"
    )
    assert (
        add_using("DELETE WHERE { ?s ?p ?o }", [], ["u:g"])
        == "DELETE { ?s ?p ?o } USING NAMED <u:g> WHERE { ?s ?p ?o }"
    )
    with pytest.raises(QueryError):
        add_using("DELETE { ?s ?p ?o } USING <u:a> WHERE { ?s ?p ?o }", ["u:g"], [])


def test_terms_are_json(client: httpx.Client) -> None:
    """What the page completes is one JSON object."""
    assert "kg:evaluatesOn" in json.loads(client.get("/terms.json").text)["properties"]
