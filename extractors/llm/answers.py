"""What a model answers, read with distrust: any shape may come, only well-formed items stay."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from kg.errors import FetchError
from kg.http import Answer
from kg.model import EntityType, Role
from kg.schema import ENTITY_RELATIONS

MAX_ITEMS = 200
"""Entities, or relations, of one abstract that are looked at."""

_TYPES = {str(t): t for t in EntityType}
_ROLES = {str(r): r for r in Role}
_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*$", re.S)
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.S)


@dataclass(frozen=True, slots=True)
class ClaimedEntity:
    """An entity as the model claims it."""

    type: EntityType
    surfaces: tuple[str, ...]
    role: Role


@dataclass(frozen=True, slots=True)
class ClaimedRelation:
    """A relation as the model claims it."""

    head: str
    type: str
    tail: str


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """The answer about one abstract.

    Attributes:
        entities: well-formed ones.
        relations: well-formed ones.
        malformed: items that were not.
        cached: true where the answer was kept from before.
    """

    entities: tuple[ClaimedEntity, ...]
    relations: tuple[ClaimedRelation, ...]
    malformed: int
    cached: bool


def read_answer(answer: Answer) -> ChatAnswer:
    """Read the answer of a chat endpoint (``/chat/completions``).

    Raises:
        FetchError: where it holds no JSON object of the right outline; asking again may help.
    """
    value = answer.json()
    content = _content(value)
    if content is None:
        raise FetchError("the model gave no answer", source=answer.url)
    content = _THOUGHT.sub("", content)
    fenced = _FENCE.match(content)
    try:
        found = json.loads(fenced.group(1) if fenced else content, strict=False)
    except (ValueError, RecursionError) as error:
        raise FetchError("the model's answer is not JSON", source=answer.url) from error
    if not isinstance(found, dict) or not isinstance(found.get("entities"), list):
        raise FetchError("the model's answer holds no list of entities", source=answer.url)
    entities: list[ClaimedEntity] = []
    relations: list[ClaimedRelation] = []
    malformed = 0
    for item in found["entities"][:MAX_ITEMS]:
        entity = _entity(item)
        if entity is None:
            malformed += 1
        else:
            entities.append(entity)
    stated = found.get("relations")
    for item in stated[:MAX_ITEMS] if isinstance(stated, list) else []:
        relation = _relation(item)
        if relation is None:
            malformed += 1
        else:
            relations.append(relation)
    return ChatAnswer(tuple(entities), tuple(relations), malformed, answer.cached)


def read_usage(answer: Answer) -> tuple[int, int]:
    """Tokens there and back, as the server counts them; zeros where it does not, or where the answer was kept.

    An answer of no use was paid for like any other, so this is read before the rest.
    """
    if answer.cached:
        return 0, 0
    try:
        value = answer.json()
    except FetchError:
        return 0, 0
    usage = value.get("usage") if isinstance(value, dict) else None
    return _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")


def _content(value: object) -> str | None:
    choices = value.get("choices") if isinstance(value, dict) else None
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):  # parts, as some servers send them
        parts = [p.get("text") for p in content if isinstance(p, dict)]
        content = "".join(p for p in parts if isinstance(p, str))
    return content if isinstance(content, str) and content.strip() else None


def _entity(item: object) -> ClaimedEntity | None:
    if not isinstance(item, dict):
        return None
    type, role = item.get("type"), item.get("role")
    surfaces = item.get("surfaces")
    if not isinstance(type, str) or type.lower() not in _TYPES or not isinstance(surfaces, list):
        return None
    forms = tuple(dict.fromkeys(s for s in surfaces[:50] if isinstance(s, str) and s.strip()))
    if not forms:
        return None
    chosen = _ROLES.get(role.lower(), Role.MENTIONS) if isinstance(role, str) else Role.MENTIONS
    return ClaimedEntity(_TYPES[type.lower()], forms, chosen)


def _relation(item: object) -> ClaimedRelation | None:
    if not isinstance(item, dict):
        return None
    head, type, tail = item.get("head"), item.get("type"), item.get("tail")
    if not isinstance(head, str) or not isinstance(tail, str) or type not in ENTITY_RELATIONS:
        return None
    return ClaimedRelation(head, str(type), tail)


def _count(usage: object, key: str) -> int:
    value = usage.get(key) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else 0
