"""The Hub: a name → repositories whose name holds it, the most downloaded first.

``GET /api/models`` and ``/api/datasets`` with ``search`` (a text that the id contains), ``sort=downloads`` (falling),
``limit`` and ``expand`` (once a field): parameters and fields are those of ``HfApi.list_models`` and ``list_datasets``
(https://huggingface.co/docs/huggingface_hub/package_reference/hf_api). The answer is a list; ``tags`` holds
``arxiv:2009.03300`` for every paper that the repository's page names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.errors import FetchError
from kg.fetch.base import count_in
from kg.http import Answer, HttpClient
from kg.lookup.candidates import Candidate
from kg.model import EntityType
from kg.resolution.known import HUB as IRI

SEARCHED = 50
"""Repositories of one search."""

_COLLECTIONS = {EntityType.MODEL: ("models", ""), EntityType.DATASET: ("datasets", "datasets/")}
_FIELDS = "expand=downloads&expand=tags"
_REPOSITORY = re.compile(r"(?:[\w.-]+/)?[\w.-]+", re.ASCII)
_VERSION = re.compile(r"v\d+$")


def ask(client: HttpClient, names: tuple[str, ...], kind: EntityType) -> list[Candidate]:
    """Ask for the repositories of a name.

    Args:
        client: asks.
        names: to search for, one search each; an id holds no blanks, so they become hyphens.
        kind: model or dataset.

    Returns:
        The repositories, by id.

    Raises:
        FetchError: where no answer came, or one that is not as it should be.
    """
    collection, prefix = _COLLECTIONS[kind]
    found: dict[str, Candidate] = {}
    for name in names:
        params: dict[str, str | int] = {
            "search": "-".join(name.split()),
            "sort": "downloads",
            "limit": SEARCHED,
        }
        for value in client.get(
            f"{client.base('hf')}/api/{collection}?{_FIELDS}", params=params, parse=_list
        ):
            candidate = read_repository(value, prefix) if isinstance(value, dict) else None
            if candidate is not None:
                found.setdefault(candidate.id, candidate)
    return [found[identifier] for identifier in sorted(found)]


def read_repository(value: Mapping[str, Any], prefix: str) -> Candidate | None:
    """A repository as a candidate; None for one without an id."""
    identifier = value.get("id")
    if not isinstance(identifier, str) or not _REPOSITORY.fullmatch(identifier):
        return None
    owner, _, name = identifier.rpartition("/")
    tags = value.get("tags")
    labels = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    arxiv = tuple(_VERSION.sub("", tag.removeprefix("arxiv:")) for tag in labels if tag.startswith("arxiv:"))
    return Candidate(
        prefix + identifier, IRI + prefix + identifier, (name,), identifier, arxiv=arxiv, owner=owner,
        downloads=max(0, count_in(value, "downloads") or 0),
    )  # fmt: skip


def _list(answer: Answer) -> list[Any]:
    value = answer.json()
    if not isinstance(value, list):
        raise FetchError("the answer is no list", source=answer.url)
    return value
