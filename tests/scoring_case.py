"""Annotated papers turned into faulty predictions, the same way every time."""

from __future__ import annotations

from typing import Any

TYPES = ("dataset", "method", "model", "task", "metric")


def perturbed(gold: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop every fifth entity, mistype every seventh, misname, change roles, add inventions, and spoil links."""
    predictions = []
    for number, record in enumerate(gold):
        entities = []
        for at, entity in enumerate(record["entities"]):
            if (at + number) % 5 == 0:
                continue
            copy = {k: entity[k] for k in ("type", "name", "aliases", "role")} | {
                "confidence": 0.95 - 0.1 * (at % 6)
            }
            if (at + number) % 7 == 0:
                copy["type"] = TYPES[(TYPES.index(copy["type"]) + 1) % len(TYPES)]
            if at % 4 == 1:
                copy["role"] = "mentions"
            if at % 3 == 0:
                copy["name"] = copy["aliases"][-1].upper().replace("-", " ")
                copy["aliases"] = [copy["name"]]
            entities.append(copy)
        if number % 2:
            entities.append(
                {"type": "method", "name": f"Invention {number}", "role": "introduces", "confidence": 0.6}
            )
        links = [
            {**link, "kind": "other" if i % 3 == 2 else link["kind"]}
            for i, link in enumerate(record["links"])
        ]
        if number % 6 == 0:
            links = [{"url": "https://example.org/wrong", "kind": "other"}]
        relations = [{**r, "confidence": 0.8} for i, r in enumerate(record["relations"]) if i % 3]
        predictions.append({"id": record["id"], "entities": entities, "links": links, "relations": relations})
    return predictions[:-1]
