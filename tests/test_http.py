"""The client: patience, manners, memory, secrets."""

from __future__ import annotations

import email.utils
import logging
import time
from pathlib import Path

import httpx
import pytest
from replay import Asked, Clock, Reply, Server, make_client, serve

from kg.errors import FetchError
from kg.http import Answer, HttpClient, ResponseCache, StatusError
from kg.http.answers import OfflineError, RefusedError, TransportError
from kg.http.cache import cache_folder
from kg.http.client import user_agent
from kg.http.limits import asked_wait, backoff
from kg.http.services import service
from kg.http.transport import EnvironmentTransport, make_context


def text(answer: Answer) -> str:
    return answer.body.decode()


class Script:
    """Answers one reply after the other; the last one for ever."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def __call__(self, asked: Asked) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@pytest.mark.parametrize("fault", ["drop", "truncate", "stall"])
def test_a_broken_answer_is_asked_for_again(fault: str) -> None:
    """A dropped connection, half a body, silence: the next attempt counts."""
    with serve(Script(Reply("half of it is not it", fault=fault), Reply("whole"))) as server:
        with make_client(server, timeout=0.3) as client:
            assert client.get(server.url, parse=text) == "whole"
        assert len(server.asked) == 2


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_status_that_passes_is_tried_again(status: int) -> None:
    """Statuses of overload are no refusals."""
    with serve(Script(Reply("busy", status), Reply("done"))) as server, make_client(server) as client:
        assert client.get(server.url, parse=text) == "done"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_a_refusal_is_final(status: int) -> None:
    """What will not get better is asked once, and the error says what the server said."""
    with serve(Script(Reply({"error": "no such\nthing"}, status))) as server, make_client(server) as client:
        with pytest.raises(StatusError, match="no such thing") as caught:
            client.get(server.url, parse=text)
        assert caught.value.status == status
        assert len(server.asked) == 1


def test_retry_after_is_obeyed() -> None:
    """Seconds and dates are waited for, with a little on top."""
    clock = Clock()
    later = email.utils.formatdate(time.time() + 90, usegmt=True)
    script = Script(
        Reply("", 429, {"Retry-After": "40"}), Reply("", 503, {"Retry-After": later}), Reply("done")
    )
    with serve(script) as server, make_client(server, clock=clock) as client:
        assert client.get(server.url, parse=text) == "done"
    waits = [s for s in clock.sleeps if s > 5]
    assert 40 <= waits[0] < 42
    assert 85 <= waits[1] < 93


def test_too_long_a_wait_is_said_instead_of_waited() -> None:
    """A service that asks to come back in an hour is not sat out."""
    reply = Reply("", 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + 3600)})
    with serve(Script(reply)) as server, make_client(server) as client:
        with pytest.raises(StatusError, match=r"come back in (59|60) minutes"):
            client.get(server.url, parse=text)
        assert len(server.asked) == 1


def test_attempts_are_bounded_and_waits_grow() -> None:
    """Eight attempts, each wait longer than half of the one before, none above a minute."""
    clock = Clock()
    with serve(Script(Reply("", 503))) as server, make_client(server, clock=clock) as client:
        with pytest.raises(StatusError):
            client.get(server.url, parse=text)
        assert len(server.asked) == 8
    assert sum(clock.sleeps) > 40
    assert max(clock.sleeps) <= 60
    assert [backoff(n, chance=lambda: 1.0) for n in (1, 2, 3, 10)] == [1, 2, 4, 60]


def test_unreachable_hosts_are_given_up_early() -> None:
    """Where nobody listens, four attempts are enough, and the error says so."""
    with serve(Script(Reply())) as server:
        url = server.url
    clock = Clock()
    with make_client(clock=clock) as client, pytest.raises(TransportError, match="Is the network there"):
        client.get(url, parse=text)
    assert sum(clock.sleeps) < 15


def test_a_body_that_cannot_be_read_is_tried_again_and_then_given_up() -> None:
    """Half a JSON from a server that hides it costs three attempts."""
    with serve(Script(Reply('{"a": '), Reply('{"a": 1}'))) as server, make_client(server) as client:
        assert client.get_json(server.url) == {"a": 1}
    with serve(Script(Reply("<html>"))) as server, make_client(server) as client:
        with pytest.raises(FetchError, match="not JSON"):
            client.get_json(server.url)
        assert len(server.asked) == 3


def test_requests_of_a_group_keep_their_distance() -> None:
    """arXiv's two interfaces share three seconds; the first request does not wait."""
    clock = Clock()
    with serve(Script(Reply("x"))) as first, serve(Script(Reply("x"))) as second:
        environment = {"KG_ARXIV_URL": first.url, "KG_ARXIV_OAI_URL": second.url}
        with make_client(clock=clock, environment=environment) as client:
            for server in (first, second, first):
                client.get(server.url, parse=text)
    assert clock.sleeps == [3.0, 3.0]


def test_the_cache_asks_whether_it_still_holds(tmp_path: Path) -> None:
    """ETag and Last-Modified go back to the server; 304 costs no body; a new body replaces the old."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == current[0] and asked.headers.get("if-modified-since"):
            return Reply(status=304)
        return Reply(
            f"body {current[0]}",
            headers={"ETag": current[0], "Last-Modified": "Wed, 05 Nov 2025 07:00:00 GMT"},
        )

    current = ['"one"']
    with (
        serve(answer) as server,
        ResponseCache(tmp_path) as cache,
        make_client(server, cache=cache) as client,
    ):
        assert client.get(server.url, parse=lambda a: (a.body, a.cached)) == (b'body "one"', False)
        assert client.get(server.url, parse=lambda a: (a.body, a.cached)) == (b'body "one"', True)
        current[0] = '"two"'
        assert client.get(server.url, parse=lambda a: (a.body, a.cached)) == (b'body "two"', False)


def test_offline_answers_from_what_came_before(tmp_path: Path) -> None:
    """Offline asks nobody: what was fetched is there, what was not is one sentence."""
    with serve(Script(Reply({"a": 1}))) as server:
        with make_client(server, cache=ResponseCache(tmp_path)) as client:
            client.get_json(server.url + "/seen", params={"q": "x y"})
        with make_client(server, cache=ResponseCache(tmp_path), offline=True) as client:
            assert client.get_json(server.url + "/seen", params={"q": "x y"}) == {"a": 1}
            with pytest.raises(OfflineError, match="--offline"):
                client.get_json(server.url + "/new")
        assert len(server.asked) == 1


def test_a_truncated_body_is_never_kept(tmp_path: Path) -> None:
    """Only whole and readable answers go into the cache."""
    with serve(Script(Reply('{"a": 1', 200))) as server:
        with make_client(server, cache=ResponseCache(tmp_path)) as client, pytest.raises(FetchError):
            client.get_json(server.url)
        cache = ResponseCache(tmp_path)
        with make_client(server, cache=cache, offline=True) as client, pytest.raises(OfflineError):
            client.get_json(server.url)


def test_a_damaged_cache_is_told_in_one_sentence(tmp_path: Path) -> None:
    """A file that is no database is an error with a hint."""
    (tmp_path / "http.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(FetchError, match="KG_CACHE"):
        ResponseCache(tmp_path)


def test_tokens_go_to_their_own_host_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Header and parameter reach the service; a redirect elsewhere gets neither; no log line holds them."""
    caplog.set_level(logging.DEBUG)
    with serve(Script(Reply({"here": 1}))) as other:
        seen = other.asked
        with serve(lambda asked: Reply("", 302, {"Location": other.url + "/there"})) as hub:
            environment = {
                "KG_HF_URL": hub.url, "HF_TOKEN": "hf_secret_value",
                "KG_OPENALEX_URL": "http://127.0.0.1:1", "OPENALEX_API_KEY": "oa_secret_value",
            }  # fmt: skip
            with make_client(environment=environment) as client:
                client.get_json(hub.url + "/api")
            assert hub.asked[0].headers["authorization"] == "Bearer hf_secret_value"
            assert "authorization" not in seen[0].headers
    with serve(Script(Reply({"error": "bad key oa_secret_value"}, 401))) as server:
        environment = {"KG_OPENALEX_URL": server.url, "OPENALEX_API_KEY": "oa_secret_value"}
        with make_client(environment=environment) as client, pytest.raises(StatusError) as caught:
            client.get_json(server.url + "/works", params={"search": "x"})
        assert server.asked[0].query == {"search": "x", "api_key": "oa_secret_value"}
        assert "OPENALEX_API_KEY" in str(caught.value)
        assert "oa_secret_value" not in str(caught.value)
    assert "secret_value" not in caplog.text


def test_the_cache_file_holds_no_token(tmp_path: Path) -> None:
    """Not in keys, not in addresses; and what one token may see, another does not get."""
    with serve(Script(Reply({"a": 1}))) as server:
        environment = {"KG_OPENALEX_URL": server.url, "OPENALEX_API_KEY": "oa_secret_value"}
        with make_client(cache=ResponseCache(tmp_path), environment=environment) as client:
            client.get_json(server.url + "/works")
        cache = ResponseCache(tmp_path)
        with make_client(server, cache=cache, offline=True) as client, pytest.raises(OfflineError):
            client.get_json(server.url + "/works")
    assert all(b"oa_secret" not in path.read_bytes() for path in tmp_path.iterdir())


def test_redirects_are_followed_and_told() -> None:
    """The answer knows where it came from, and circles end."""

    def answer(asked: Asked) -> Reply:
        if asked.path == "/old":
            return Reply("", 301, {"Location": "/new?x=1"})
        if asked.path == "/round":
            return Reply("", 302, {"Location": "/round"})
        return Reply("here")

    with serve(answer) as server, make_client(server) as client:
        got = client.get(server.url + "/old", parse=lambda a: a)
        assert got.url == server.url + "/new?x=1"
        assert got.moved == (server.url + "/old",)
        with pytest.raises(FetchError, match="redirects more than"):
            client.get(server.url + "/round", parse=text)


def test_bodies_have_a_largest_size() -> None:
    """A small packed body that unpacks to a large one is cut off on the way."""
    from replay import packed

    reply = Reply(packed(b"0" * 5_000_000), headers={"Content-Encoding": "gzip"})
    with serve(Script(reply)) as server, make_client(server, max_body=100_000) as client:
        with pytest.raises(RefusedError, match="larger than 100,000 bytes"):
            client.get(server.url, parse=text)
        assert len(server.asked) == 1


def test_we_say_who_we_are() -> None:
    """The User-Agent names the project, and a contact where one is set; a header cannot be broken by it."""
    assert user_agent({}).startswith("paper-kg/")
    assert "mailto:a@b.org" in user_agent({"KG_CONTACT": "a@b.org"})
    assert "\n" not in user_agent({"KG_CONTACT": "a\nX-Evil: 1"})
    with serve(Script(Reply("x"))) as server, make_client(server) as client:
        client.get(server.url, parse=text)
        assert server.asked[0].headers["user-agent"].startswith("paper-kg/")


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP_PROXY carries the request, NO_PROXY goes past it."""
    with serve(Script(Reply("through the proxy"))) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        monkeypatch.setenv("NO_PROXY", "")
        with make_client() as client:
            assert client.get("http://papers.example/x", parse=text) == "through the proxy"
        assert proxy.asked[0].headers["host"] == "papers.example"
    with serve(Script(Reply("direct"))) as server:
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        with make_client() as client:
            assert client.get(server.url, parse=text) == "direct"


def test_certificates_come_from_the_environment(tmp_path: Path) -> None:
    """A file that is not there is an error that names the variables."""
    with pytest.raises(FetchError, match="REQUESTS_CA_BUNDLE"):
        make_context({"REQUESTS_CA_BUNDLE": str(tmp_path / "none.pem")})
    EnvironmentTransport(make_context({})).close()


@pytest.mark.parametrize(
    "url", ["ftp://x.org/a", "http://[::1", "http://exa mple/", "nonsense", "http://" + "a" * 300]
)
def test_what_is_no_address_is_an_error_in_one_sentence(url: str) -> None:
    """No traceback for odd addresses."""
    with make_client() as client, pytest.raises(FetchError):
        client.get(url, parse=text)


def test_the_hub_tells_what_is_left() -> None:
    """Its own header counts where nothing is left, and only there."""
    assert asked_wait({"ratelimit": '"api";r=0;t=55'}, now=0.0) == 55.0
    assert asked_wait({"ratelimit": '"api";r=12;t=55'}, now=0.0) is None


def test_retry_after_nonsense_is_ignored() -> None:
    """Headers may hold anything."""
    for value in ("", "soon", "-5", "99999999999999999999", "Wed, 99 Foo 2025", "٣"):
        wait = asked_wait({"retry-after": value}, now=0.0)
        assert wait is None or wait >= 0


def test_services_have_addresses_of_the_environment() -> None:
    """KG_<NAME>_URL and HF_ENDPOINT; a value that is no address is an error."""
    assert (
        service("hf", environment={"HF_ENDPOINT": "https://mirror.example/"}).base == "https://mirror.example"
    )
    assert service("arxiv", environment={}).interval == 3.0
    with pytest.raises(FetchError):
        service("hf", environment={"KG_HF_URL": "mirror"})
    with pytest.raises(FetchError):
        service("none")


def test_the_cache_has_a_folder_per_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """KG_CACHE wins."""
    assert cache_folder({"KG_CACHE": str(tmp_path)}) == tmp_path
    assert cache_folder({}).parts[-1].startswith("paper-kg") or cache_folder({}).parts[-2] == "paper-kg"


def test_a_client_closes_what_it_opened() -> None:
    """Closed clients do not ask."""
    with serve(Script(Reply("x"))) as server:
        client: HttpClient = make_client(server)
        client.close()
        with pytest.raises((RuntimeError, httpx.HTTPError, FetchError)):
            client.get(server.url, parse=text)


def test_servers_are_local(tmp_path: Path) -> None:
    """The tests' servers listen on loopback."""
    with serve(Script(Reply())) as server:
        assert isinstance(server, Server)
        assert server.url.startswith("http://127.0.0.1:")
