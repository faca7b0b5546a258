"""Asks about nodes, one after the other, until there are no more or a service stops answering."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.errors import FetchError
from kg.http import HttpClient, StatusError
from kg.http.addresses import public_transport
from kg.http.answers import OfflineError
from kg.http.services import SERVICES as TABLE
from kg.http.services import service as service_row
from kg.http.transport import origin_of
from kg.lookup import hub, wikidata
from kg.lookup.candidates import Candidate
from kg.lookup.judge import bears_name, is_plain, judge, names_of
from kg.lookup.record import WIKIDATA, Lookup, LookupKey
from kg.lookup.things import Thing
from kg.resolution.items import key_of

MAX_BODY = 32 * 2**20
"""Bytes of the largest answer that is read."""

LONGEST_NAME = 200
_MOST_SILENT = 3
_SPENT = frozenset((401, 403, 429))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that got no answer, so that nothing is kept of it.

    Attributes:
        service: that was asked.
        thing: about which.
        why: in words.
        stopped: the service is not asked any more.
    """

    service: str
    thing: Thing
    why: str
    stopped: bool = False


def open_lookup_client(
    *, offline: bool = False, notice: Callable[[str], None] | None = None, **options: Any
) -> HttpClient:
    """A client for the services of the table; redirects lead it to public addresses alone.

    Args:
        offline: answer from the cache alone.
        notice: is told of waits.
        options: more for the client, such as a cache.

    Raises:
        FetchError: where the environment cannot be used.
    """
    trusted = frozenset(origin_of(service_row(name).base) for name in TABLE)
    options.setdefault("transport", public_transport(trusted=trusted))
    return HttpClient(offline=offline, attempts=4, max_body=MAX_BODY, max_time=60.0, notice=notice, **options)


def look_up(
    questions: Iterable[tuple[Thing, str]],
    client: HttpClient,
    *,
    now: Callable[[], str],
    known: Mapping[LookupKey, Lookup] | None = None,
) -> Iterator[Lookup | Unanswered]:
    """Ask questions, one after the other.

    A service whose allowance is used up, or that gave no answer three times in a row, is not asked again; the questions
    that are left for it are passed over in silence.

    Args:
        questions: nodes, each with the service to ask.
        client: one of ``open_lookup_client``.
        now: the time as ``2025-11-05T07:00:00Z``.
        known: what was found before; what people refused stays refused.

    Yields:
        For each question its answer, or why there is none.
    """
    before = known or {}
    silent: dict[str, int] = {}
    for thing, service in questions:
        if silent.get(service, 0) >= _MOST_SILENT:
            continue
        place = (service, str(thing.entity.type), thing.key)
        try:
            candidates = ask(thing, service, client)
        except OfflineError as error:
            yield Unanswered(service, thing, error.what)
            continue
        except FetchError as error:
            spent = isinstance(error, StatusError) and error.status in _SPENT
            silent[service] = _MOST_SILENT if spent else silent.get(service, 0) + 1
            yield Unanswered(service, thing, str(error), silent[service] >= _MOST_SILENT)
            continue
        silent[service] = 0
        refused = before[place].refused if place in before else ()
        link = judge(thing, service, candidates, refused=refused)
        yield Lookup(*place, thing.entity.name, now(), link, refused)


def ask(thing: Thing, service: str, client: HttpClient) -> list[Candidate]:
    """The records that a service has for a node.

    Raises:
        FetchError: where no answer came, or one that is not as it should be.
    """
    names = search_names(thing)
    if service == WIKIDATA:
        return wikidata.ask(client, names, lambda found: bears_name(thing, found))
    return hub.ask(client, names, thing.entity.type)


def search_names(thing: Thing) -> tuple[str, ...]:
    """What to search for: the name, and for an acronym or a plain word the longest other name, too."""
    name = thing.entity.name[:LONGEST_NAME]
    if not is_plain(name):
        return (name,)
    others = [n for n in names_of(thing) if key_of(n) != thing.key and " " in n and len(n) <= LONGEST_NAME]
    return (name, max(others, key=lambda n: (len(n), n))) if others else (name,)
