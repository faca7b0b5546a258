"""The JSON-LD context: short keys for every property, generated from the schema table and the vocabulary."""

from __future__ import annotations

from typing import Any

from exports.rdf.iris import Iris
from exports.rdf.vocabulary import FOREIGN_PROPERTIES, OWN_PROPERTIES, relation_property
from kg.schema import RELATIONS


def context_key(name: str) -> str:
    """The key of a property: the local name for own terms and for schema.org, the prefixed name for the rest."""
    prefix, _, local = name.partition(":")
    return local if prefix in ("kg", "schema") else name


def make_context(iris: Iris) -> dict[str, Any]:
    """The context as a JSON object.

    Keys of own terms and of schema.org are the local names; where one is taken already (``text`` and ``extractor`` are
    prefixes too), the property keeps its prefixed name.

    Args:
        iris: the IRIs, whose prefixes it declares.

    Returns:
        What belongs under ``@context``.
    """
    context: dict[str, Any] = {"@version": 1.1}
    for prefix, namespace in iris.prefixes.items():
        context[prefix] = {"@id": namespace, "@prefix": True}
    for row in RELATIONS.values():
        _add(context, relation_property(row.name), {"@type": "@id"})
    for own in OWN_PROPERTIES:
        _add(context, own.name, {})
    for name, _ in FOREIGN_PROPERTIES:
        _add(context, name, {})
    return context


def _add(context: dict[str, Any], name: str, options: dict[str, str]) -> None:
    key = context_key(name)
    if key in context:
        key = name
    if key != name or options:
        context[key] = {"@id": name} | options
