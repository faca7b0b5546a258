"""The one table that says what may be joined to what."""

from __future__ import annotations

import pytest

from kg import schema
from kg.errors import SchemaError
from kg.model import EntityType, LinkRole, Role


def test_every_role_link_role_and_entity_type_has_a_row() -> None:
    """The words of the model and the rows of the table are the same."""
    assert set(EntityType) | {"paper", "resource"} == set(schema.NODE_TYPES)
    assert set(Role) <= set(schema.RELATIONS)
    assert set(schema.LINK_RELATIONS) == set(LinkRole)
    assert set(schema.LINK_RELATIONS.values()) <= set(schema.RELATIONS)
    assert len(schema.RELATIONS) == len(Role) + len(schema.ENTITY_RELATIONS) + len(LinkRole)


def test_terms_and_colours_are_unique() -> None:
    """No two rows share an IRI, and no two node types a colour."""
    terms = [row.term for row in (*schema.NODE_TYPES.values(), *schema.RELATIONS.values())]
    assert len(terms) == len(set(terms))
    colours = [row.colour for row in schema.NODE_TYPES.values()]
    assert len(colours) == len(set(colours))


def test_prefixed_names_use_known_prefixes() -> None:
    """Every borrowed term can be written out."""
    for row in schema.NODE_TYPES.values():
        for name in (*row.classes, *row.close):
            assert name.split(":")[0] in schema.PREFIXES
    for relation in schema.RELATIONS.values():
        for name in (*relation.sub_property_of, *relation.close, *filter(None, [relation.inverse_of])):
            assert name.split(":")[0] in schema.PREFIXES


def test_refusals_say_what_would_do() -> None:
    """An edge that is not allowed names the types that are."""
    with pytest.raises(SchemaError, match=r"'trained_on' cannot join 'task' to 'dataset'.*method or model"):
        schema.check_edge("task", "trained_on", "dataset")
    with pytest.raises(SchemaError, match="Known relations: introduces"):
        schema.get_relation("likes")
    with pytest.raises(SchemaError, match="Known types: paper"):
        schema.get_node_type("person")
    assert schema.allows("paper", "introduces", "dataset")
    assert not schema.allows("dataset", "introduces", "paper")
