"""The one table of node types and relations; validation, RDF, legends and documentation are read off it.

Own terms live under ``<base IRI>ontology#``; where a well-known vocabulary has the term, it stands beside ours
(see ``docs/ontology.md``, which is generated from this table).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from kg.errors import SchemaError
from kg.model import EntityType, LinkRole, Role

DEFAULT_BASE_IRI = "https://w3id.org/paper-kg/"
ONTOLOGY_PATH = "ontology#"

PREFIXES: MappingProxyType[str, str] = MappingProxyType(
    {
        "cskg": "https://w3id.org/cskg/ontology#",
        "dcat": "http://www.w3.org/ns/dcat#",
        "dcterms": "http://purl.org/dc/terms/",
        "fabio": "http://purl.org/spar/fabio/",
        "fair4ml": "https://w3id.org/fair4ml#",
        "lpwc": "https://linkedpaperswithcode.com/property/",
        "lpwcc": "https://linkedpaperswithcode.com/class/",
        "mls": "http://www.w3.org/ns/mls#",
        "oa": "http://www.w3.org/ns/oa#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "prism": "http://prismstandard.org/namespaces/basic/2.0/",
        "prov": "http://www.w3.org/ns/prov#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "schema": "https://schema.org/",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "void": "http://rdfs.org/ns/void#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }
)
"""Namespaces of others that the RDF uses; ``kg:`` (own terms) and one prefix per node type come on top."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """A row of the schema: one type of node.

    Attributes:
        name: as in code, node ids and IRIs (``dataset``).
        label: for people (``Dataset``).
        plural: for people (``Datasets``).
        term: local name of the own class (``Dataset`` for ``kg:Dataset``).
        classes: well-known classes that a node of this type also has, as prefixed names.
        close: classes of other graphs that mean nearly the same, as prefixed names.
        colour: of the node in legends and pages, ``#rrggbb``; tells apart under the common colour-vision deficiencies.
        definition: one sentence.
    """

    name: str
    label: str
    plural: str
    term: str
    classes: tuple[str, ...]
    close: tuple[str, ...]
    colour: str
    definition: str


@dataclass(frozen=True, slots=True)
class RelationType:
    """A row of the schema: one relation, and which types it may join.

    Attributes:
        name: as in code and files (``evaluates_on``).
        label: for people (``evaluates on``).
        inverse_label: read backwards (``evaluated by``).
        term: local name of the own property (``evaluatesOn`` for ``kg:evaluatesOn``).
        domain: node types that it may start from.
        range: node types that it may lead to.
        sub_property_of: well-known properties that it implies, as prefixed names.
        inverse_of: well-known property that it reverses, or empty.
        close: properties that mean nearly the same, as prefixed names.
        definition: one sentence.
    """

    name: str
    label: str
    inverse_label: str
    term: str
    domain: tuple[str, ...]
    range: tuple[str, ...]
    sub_property_of: tuple[str, ...] = ()
    inverse_of: str = ""
    close: tuple[str, ...] = ()
    definition: str = ""


ENTITY_TYPES: tuple[str, ...] = tuple(EntityType)
_MAKES = ("method", "model")

NODE_TYPES: MappingProxyType[str, NodeType] = MappingProxyType(
    {
        row.name: row
        for row in (
            NodeType(
                "paper", "Paper", "Papers", "Paper",
                ("schema:ScholarlyArticle", "fabio:ResearchPaper"), ("lpwcc:paper",),
                "#6b7280", "A scientific paper, known by its title and abstract.",
            ),
            NodeType(
                "dataset", "Dataset", "Datasets", "Dataset",
                ("schema:Dataset", "dcat:Dataset"), ("mls:Dataset", "lpwcc:dataset", "cskg:Material"),
                "#0072b2", "A named corpus, benchmark, leaderboard, challenge or environment that data or scores come from.",
            ),
            NodeType(
                "method", "Method", "Methods", "Method",
                ("schema:DefinedTerm",), ("lpwcc:method", "cskg:Method", "mls:Algorithm"),
                "#d55e00", "A named technique: algorithm, training procedure, loss, architecture part, framework, system, library.",
            ),
            NodeType(
                "model", "Model", "Models", "Model",
                ("fair4ml:MLModel",), ("lpwcc:model", "mls:Model"),
                "#009e73", "A named trained model, model family, or architecture that stands for its models.",
            ),
            NodeType(
                "task", "Task", "Tasks", "Task",
                ("schema:DefinedTerm",), ("lpwcc:task", "cskg:Task", "mls:Task"),
                "#b35b93", "A problem with an established name.",
            ),
            NodeType(
                "metric", "Metric", "Metrics", "Metric",
                ("mls:EvaluationMeasure",), ("cskg:Metric",),
                "#b8860b", "A named measure of quality.",
            ),
            NodeType(
                "resource", "Resource", "Resources", "Resource",
                ("schema:WebPage",), ("lpwcc:repository",),
                "#3f4a5a", "What a link leads to: a repository, model page, dataset page, demo or project page.",
            ),
        )
    }
)  # fmt: skip

RELATIONS: MappingProxyType[str, RelationType] = MappingProxyType(
    {
        row.name: row
        for row in (
            RelationType(
                Role.INTRODUCES, "introduces", "introduced by", "introduces", ("paper",), ENTITY_TYPES,
                inverse_of="lpwc:introducedBy",
                definition="The paper presents, proposes, builds or releases it.",
            ),
            RelationType(
                Role.EVALUATES_ON, "evaluates on", "evaluated by", "evaluatesOn", ("paper",), ENTITY_TYPES,
                close=("lpwc:usesDataset",),
                definition="The paper's experiments are run on this dataset or task.",
            ),
            RelationType(
                Role.USES, "uses", "used by", "uses", ("paper",), ENTITY_TYPES,
                close=("cskg:usesMethod", "lpwc:hasMethod", "lpwc:hasModel", "lpwc:usesDataset"),
                definition="A part of the paper's own approach or experiments.",
            ),
            RelationType(
                Role.COMPARES_WITH, "compares with", "compared in", "comparesWith", ("paper",), ENTITY_TYPES,
                definition="Named as a baseline or rival that the paper sets itself against.",
            ),
            RelationType(
                Role.MENTIONS, "mentions", "mentioned by", "mentions", ("paper",), ENTITY_TYPES,
                sub_property_of=("schema:mentions",),
                definition="Background, motivation, future work or an example.",
            ),
            RelationType(
                "based_on", "based on", "basis of", "basedOn", _MAKES, _MAKES,
                sub_property_of=("schema:isBasedOn",), close=("fair4ml:fineTunedFrom",),
                definition="It extends, fine-tunes, combines or builds on the other.",
            ),
            RelationType(
                "trained_on", "trained on", "training data of", "trainedOn", _MAKES, ("dataset",),
                close=("fair4ml:trainedOn",),
                definition="It was trained on this dataset.",
            ),
            RelationType(
                "evaluated_on", "evaluated on", "evaluation data of", "evaluatedOn", _MAKES, ("dataset",),
                close=("fair4ml:evaluatedOn",),
                definition="It was evaluated on this dataset.",
            ),
            RelationType(
                "outperforms", "outperforms", "outperformed by", "outperforms", _MAKES, _MAKES,
                definition="The text says that it does better than the other.",
            ),
            RelationType(
                "applied_to", "applied to", "solved with", "appliedTo", _MAKES, ("task",),
                close=("fair4ml:mlTask",),
                definition="It is used for this task.",
            ),
            RelationType(
                "measured_by", "measured by", "measures", "measuredBy", ("dataset", "task"), ("metric",),
                definition="Results on it are given in this metric.",
            ),
            RelationType(
                "part_of", "part of", "has part", "partOf", ENTITY_TYPES, ENTITY_TYPES,
                sub_property_of=("schema:isPartOf",),
                definition="It belongs to the larger one.",
            ),
            *(
                RelationType(
                    f"has_{role}", label, inverse, "has" + "".join(w.capitalize() for w in role.split("_")),
                    ("paper",), ("resource",), sub_property_of=above, close=close, definition=definition,
                )
                for role, label, inverse, above, close, definition in (
                    ("code", "has code", "code of", ("schema:citation",), ("lpwc:hasOfficialRepository",),
                     "The text links to source code."),
                    ("dataset", "has dataset page", "dataset page of", ("schema:citation",), (),
                     "The text links to a page of data."),
                    ("model", "has model page", "model page of", ("schema:citation",), (),
                     "The text links to a page of model weights."),
                    ("demo", "has demo", "demo of", ("schema:citation",), (), "The text links to a demonstration."),
                    ("leaderboard", "has leaderboard", "leaderboard of", ("schema:citation",), (),
                     "The text links to a leaderboard."),
                    ("project", "has project page", "project page of", ("schema:citation",), (),
                     "The text links to the project's page."),
                    ("paper", "links to paper", "linked by", ("schema:citation",), (), "The text links to a paper."),
                    ("video", "has video", "video of", ("schema:citation",), (), "The text links to a video."),
                    ("list", "has list", "list of", ("schema:citation",), (), "The text links to a curated list."),
                    ("other", "links to", "linked by", ("schema:citation",), (), "The text links to something else."),
                )
            ),
        )
    }
)  # fmt: skip

ROLE_RELATIONS: tuple[str, ...] = tuple(Role)
ENTITY_RELATIONS: tuple[str, ...] = (
    "based_on", "trained_on", "evaluated_on", "outperforms", "applied_to", "measured_by", "part_of",
)  # fmt: skip
LINK_RELATIONS: MappingProxyType[LinkRole, str] = MappingProxyType({role: f"has_{role}" for role in LinkRole})


def get_node_type(name: str) -> NodeType:
    """The row of a node type.

    Raises:
        SchemaError: for an unknown name; the message lists the known ones.
    """
    try:
        return NODE_TYPES[name]
    except KeyError:
        raise SchemaError(
            f"unknown node type {name!r}", hint=f"Known types: {', '.join(NODE_TYPES)}"
        ) from None


def get_relation(name: str) -> RelationType:
    """The row of a relation.

    Raises:
        SchemaError: for an unknown name; the message lists the known ones.
    """
    try:
        return RELATIONS[name]
    except KeyError:
        raise SchemaError(
            f"unknown relation {name!r}", hint=f"Known relations: {', '.join(RELATIONS)}"
        ) from None


def allows(subject_type: str, relation: str, object_type: str) -> bool:
    """True where the table lets ``relation`` join a node of the first type to one of the second."""
    row = RELATIONS.get(relation)
    return row is not None and subject_type in row.domain and object_type in row.range


def check_edge(subject_type: str, relation: str, object_type: str) -> None:
    """Refuse an edge that the table does not allow.

    Raises:
        SchemaError: saying what the relation may join.
    """
    row = get_relation(relation)
    if subject_type not in row.domain or object_type not in row.range:
        raise SchemaError(
            f"{relation!r} cannot join {subject_type!r} to {object_type!r}",
            hint=f"It leads from {' or '.join(row.domain)} to {' or '.join(row.range)}",
        )
