"""What is behind the links: repositories and pages of the Hub asked for what the abstract does not say.

Shapes: https://docs.github.com/rest/repos/repos (``GET /repos/OWNER/NAME``; 301 after a rename; 451 where it was taken
down), https://docs.gitlab.com/api/projects (``GET /api/v4/projects/PATH``), and the Hub's ``/api/models/ID``, ``/api/datasets/ID``
and ``/api/spaces/ID`` (classes ``ModelInfo``, ``DatasetInfo`` and ``SpaceInfo`` of ``huggingface_hub``), which answer 401 for
what is missing and for what is private alike. Other pages are asked whether they are there, no more.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from kg.errors import FetchError
from kg.facts import GONE, HERE, MOVED, REFUSED, UNKNOWN, LinkFact
from kg.fetch.base import count_in, text_in
from kg.http import Answer, HttpClient, StatusError
from kg.http.addresses import PublicTransport, public_transport
from kg.http.answers import OfflineError, RefusedError, TooLargeError
from kg.http.services import SERVICES, service
from kg.http.transport import origin_of
from kg.links import canonical_url, link_kind
from kg.model import Extraction, LinkKind, Paper

ASKED = frozenset(
    (LinkKind.GITHUB, LinkKind.GITLAB, LinkKind.HUGGINGFACE_MODEL, LinkKind.HUGGINGFACE_DATASET, LinkKind.HUGGINGFACE_SPACE)
)  # fmt: skip
"""Kinds of links that have a service to be asked."""

PAGES = frozenset((LinkKind.PROJECT_PAGE, LinkKind.ZENODO, LinkKind.ANONYMOUS_REPO))
"""Kinds of links that are asked whether they are there."""

MAX_BODY = 2 * 2**20
"""Bytes of the largest answer that is read."""

_HUB = {
    LinkKind.HUGGINGFACE_MODEL: ("models", ""),
    LinkKind.HUGGINGFACE_DATASET: ("datasets", "datasets/"),
    LinkKind.HUGGINGFACE_SPACE: ("spaces", "spaces/"),
}
_MOST_SILENT = 10
_GONE = frozenset((404, 410, 451))


def links_of(pairs: Iterable[tuple[Paper, Extraction]], *, pages: bool = False) -> dict[str, LinkKind]:
    """The links of papers that can be asked about, in canonical form.

    Args:
        pairs: papers with what their texts say; links beside the text count too.
        pages: pages of projects and archives, too.

    Returns:
        The kind of each, in the order of the papers.
    """
    wanted = ASKED | PAGES if pages else ASKED
    found: dict[str, LinkKind] = {}
    for paper, extraction in pairs:
        for link in (*(one.url for one in extraction.links), *paper.links):
            url = canonical_url(link)
            kind = link_kind(url)
            if kind in wanted:
                found.setdefault(url, kind)
    return found


def open_public_client(
    *,
    offline: bool = False,
    notice: Callable[[str], None] | None = None,
    transport: PublicTransport | None = None,
    **options: Any,
) -> HttpClient:
    """A client that talks to public addresses alone, and reads little of them.

    Args:
        offline: answer from the cache alone.
        notice: is told of waits.
        transport: the guard, instead of the usual one.
        options: more for the client, such as a cache.

    Raises:
        FetchError: where the environment cannot be used.
    """
    named = frozenset(origin_of(service(name).base) for name in SERVICES)
    guard = transport or public_transport(trusted=named)
    return HttpClient(
        offline=offline,
        attempts=3,
        timeout=15.0,
        max_body=MAX_BODY,
        max_time=20.0,
        transport=guard,
        notice=notice,
        **options,
    )


def enrich(
    links: Mapping[str, LinkKind], client: HttpClient, *, now: Callable[[], str]
) -> Iterator[LinkFact]:
    """Ask about links, one after the other.

    A service that says that its allowance is used up is not asked again; its links are left out, so that what was
    known of them stays. Where nobody answers ten times in a row, the network is gone, and the rest is left out too.

    Args:
        links: canonical addresses with their kinds.
        client: one of ``open_public_client``.
        now: the time as ``2025-11-05T07:00:00Z``.

    Yields:
        A fact a link.
    """
    spent: set[LinkKind] = set()
    silent = 0
    for url, kind in links.items():
        if kind in spent:
            continue
        try:
            fact = ask(url, kind, client, seen=now())
        except StatusError:
            spent.add(kind)
            continue
        silent = silent + 1 if fact.state == UNKNOWN else 0
        yield fact
        if silent >= _MOST_SILENT:
            return


def ask(url: str, kind: LinkKind, client: HttpClient, *, seen: str) -> LinkFact:
    """Ask about one link.

    Args:
        url: in canonical form.
        kind: of the link.
        client: asks.
        seen: the time.

    Returns:
        What was seen.

    Raises:
        StatusError: where the service's allowance is used up.
    """
    try:
        return _ask(url, kind, client, seen)
    except OfflineError as error:
        return LinkFact(url, seen, UNKNOWN, note=error.what)
    except TooLargeError:
        return LinkFact(url, seen, HERE, canonical=url, note="larger than is read")
    except RefusedError as error:
        return LinkFact(url, seen, REFUSED, note=error.what)
    except StatusError as error:
        if error.status in _GONE or (error.status == 401 and kind in _HUB):
            return LinkFact(url, seen, GONE, note=f"answers {error.status}")
        if error.status in (403, 429) and kind in ASKED:
            raise
        return LinkFact(url, seen, UNKNOWN, note=f"answers {error.status}")
    except FetchError as error:
        return LinkFact(url, seen, UNKNOWN, note=error.what[:200])


def _ask(url: str, kind: LinkKind, client: HttpClient, seen: str) -> LinkFact:
    parts = [unquote(part) for part in urlsplit(url).path.split("/") if part]
    host = urlsplit(url).netloc
    if kind is LinkKind.GITHUB and host == "github.com" and len(parts) >= 2:
        return _github(url, parts, client, seen)
    if kind is LinkKind.GITLAB and host == "gitlab.com" and len(parts) >= 2:
        return _gitlab(url, parts, client, seen)
    if kind in _HUB and host == "huggingface.co":
        return _hub(url, kind, parts, client, seen)
    return _page(url, client, seen)


def _github(url: str, parts: list[str], client: HttpClient, seen: str) -> LinkFact:
    answer = client.get(
        f"{client.base('github')}/repos/{quote(parts[0])}/{quote(parts[1])}", parse=Answer.json_object
    )
    licence = text_in(answer, "license", "spdx_id")
    here = text_in(answer, "html_url") or url
    return LinkFact(
        url, seen, _state(url, here), canonical_url(here), count_in(answer, "stargazers_count"),
        licence if licence != "NOASSERTION" else None, text_in(answer, "language"), _day(text_in(answer, "pushed_at")),
        _truth(answer, "archived"),
    )  # fmt: skip


def _gitlab(url: str, parts: list[str], client: HttpClient, seen: str) -> LinkFact:
    path = parts[: parts.index("-")] if "-" in parts else parts
    address = f"{client.base('gitlab')}/api/v4/projects/{quote('/'.join(path), safe='')}"
    answer = client.get(address, params={"license": "true"}, parse=Answer.json_object)
    here = text_in(answer, "web_url") or url
    return LinkFact(
        url, seen, _state(url, here), canonical_url(here), count_in(answer, "star_count"),
        text_in(answer, "license", "key"), None, _day(text_in(answer, "last_activity_at")), _truth(answer, "archived"),
    )  # fmt: skip


def _hub(url: str, kind: LinkKind, parts: list[str], client: HttpClient, seen: str) -> LinkFact:
    collection, prefix = _HUB[kind]
    name = "/".join((parts[1:] if prefix else parts)[:2])
    answer = client.get(f"{client.base('hf')}/api/{collection}/{quote(name)}", parse=Answer.json_object)
    here = f"https://huggingface.co/{prefix}{text_in(answer, 'id') or name}"
    tags = answer.get("tags")
    labels = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    licence = next((tag.partition(":")[2] for tag in labels if tag.startswith("license:")), None)
    tasks = [tag.partition(":")[2] for tag in labels if tag.startswith("task_categories:")]
    gated = answer.get("gated")
    return LinkFact(
        url, seen, _state(url, here), here, count_in(answer, "likes"), licence or text_in(answer, "cardData", "license"),
        text_in(answer, "sdk"), _day(text_in(answer, "lastModified")), _truth(answer, "disabled"),
        count_in(answer, "downloads"), text_in(answer, "pipeline_tag") or ", ".join(tasks) or None,
        bool(gated) if gated is not None else None,
    )  # fmt: skip


def _page(url: str, client: HttpClient, seen: str) -> LinkFact:
    here = client.get(url, accept="text/html, */*", parse=lambda answer: answer.url)
    return LinkFact(url, seen, _state(url, here), canonical_url(here))


def _state(url: str, here: str) -> str:
    """Moved where the canonical addresses differ in more than case or a closing slash, as far as the asked one goes."""
    asked = canonical_url(url).partition("#")[0].rstrip("/").casefold()
    found = canonical_url(here).partition("#")[0].rstrip("/").casefold()
    return HERE if asked == found or asked.startswith(found + "/") else MOVED


def _day(text: str | None) -> str | None:
    try:
        return str(datetime.date.fromisoformat(text[:10])) if text else None
    except ValueError:
        return None


def _truth(value: Mapping[str, object], key: str) -> bool | None:
    found = value.get(key)
    return found if isinstance(found, bool) else None
