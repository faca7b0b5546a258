"""The documentation page of the ontology, generated from the schema table and the vocabulary."""

from __future__ import annotations

import json
from pathlib import Path

from exports.rdf.context import make_context
from exports.rdf.iris import Iris
from exports.rdf.ontology import make_ontology
from exports.rdf.shapes import make_shapes
from exports.rdf.vocabulary import (
    FOREIGN_PROPERTIES,
    OWN_CLASSES,
    OWN_PROPERTIES,
    node_class,
    relation_property,
)
from kg.schema import DEFAULT_BASE_IRI, NODE_TYPES, RELATIONS


def make_page() -> str:
    """The page in Markdown."""
    iris = Iris(DEFAULT_BASE_IRI)
    lines = [
        "# The ontology",
        "",
        "This page is generated from the schema table (`python -m exports.rdf.docs docs`); a test fails where it lags.",
        f"Own terms live under `{iris.ontology}` (prefix `kg:`), changed with `--base-iri`. The same table makes",
        "[ontology.ttl](rdf/ontology.ttl) (OWL), [shapes.ttl](rdf/shapes.ttl) (SHACL) and [context.jsonld](rdf/context.jsonld).",
        "",
        "## Nodes",
        "",
        "| type | class | also | close to | meaning |",
        "| --- | --- | --- | --- | --- |",
    ]
    cells: tuple[str, ...]
    for node in NODE_TYPES.values():
        cells = (
            node.label,
            _code([node_class(node.name)]),
            _code(node.classes),
            _code(node.close),
            node.definition,
        )
        lines.append(_row(cells))
    lines += [
        "", "Every dataset, method, model, task and metric is a `kg:Entity` too. A paper with an arXiv id is a",
        "`fabio:Preprint`; a repository is a `schema:SoftwareSourceCode`.", "",
        "## Relations", "",
        "| relation | property | from | to | implies | reverses | close to | meaning |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]  # fmt: skip
    for row in RELATIONS.values():
        inverse = (row.inverse_of,) if row.inverse_of else ()
        cells = (
            row.label, _code([relation_property(row.name)]), ", ".join(row.domain), ", ".join(row.range),
            _code(row.sub_property_of), _code(inverse), _code(row.close), row.definition,
        )  # fmt: skip
        lines.append(_row(cells))
    lines += ["", "## Other own terms", "", "| term | from | to | meaning |", "| --- | --- | --- | --- |"]
    lines += [_row((_code([c.name]), "", _code(c.above), c.definition)) for c in OWN_CLASSES]
    lines += [
        _row((_code([p.name]), _code([p.domain] if p.domain else []), _code([p.range]), p.definition))
        for p in OWN_PROPERTIES
    ]
    lines += ["", "## Terms of others", "", "| property | meaning here |", "| --- | --- |"]
    lines += [_row((_code([name]), meaning)) for name, meaning in FOREIGN_PROPERTIES]
    lines += ["", *_PROSE, "", "## Prefixes", "", "| prefix | namespace |", "| --- | --- |"]
    lines += [_row((f"`{prefix}:`", f"`{namespace}`")) for prefix, namespace in iris.prefixes.items()]
    return "\n".join(lines) + "\n"


_PROSE = (
    "## How evidence is written",
    "",
    "The *core* profile holds the plain triples: papers, entities, resources, relations. The *full* profile adds, in a",
    "named graph for each paper (`graph/paper/ID`), the paper's plain triples once more and for each claim a",
    "`kg:Assertion`: subject, predicate, object, confidence, extractor, the paper that it derives from and the run of the",
    "extractor that it came from (one `prov:Activity` for each extractor and paper). An `oa:Annotation` joins the",
    "assertion to the stretch of text that says it. The default graph holds the plain triples and nothing of the evidence,",
    "so simple queries stay simple; removing a paper's graph and its node removes the paper exactly. Formats",
    "without graphs (Turtle, N-Triples, RDF/XML) hold the same statements in one graph.",
    "",
    "The text that offsets count in is `text/ID`, a `kg:SourceText`: the title, two line feeds, the abstract, word for",
    "word in `schema:text`. Offsets count Unicode code points from 0; the end is the offset behind the last character.",
    "A stretch is `text/ID#char=START,END`, after RFC 5147. Characters that XML 1.0 forbids are U+FFFD in every",
    "literal, one for one, so that offsets stay right.",
    "",
    "There are no blank nodes: every IRI is derived from content, so that two runs can be compared with `diff`.",
    "IRIs longer than 400 characters beyond the base end in `~` and a hash. `owl:sameAs` and, beside it, `schema:sameAs`",
    "stand for matches by identifier alone; of papers, whose pages elsewhere are no papers, there is only the latter.",
    "`skos:closeMatch` stands for likely matches.",
)


def write_docs(folder: Path) -> None:
    """Write the page, the ontology, the shapes and the context into a folder."""
    for name, text in make_files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def make_files() -> dict[str, str]:
    """Every generated file of the documentation, by its path in the folder."""
    iris = Iris(DEFAULT_BASE_IRI)
    context = json.dumps({"@context": make_context(iris)}, ensure_ascii=False, indent=2) + "\n"
    return {
        "ontology.md": make_page(),
        "rdf/ontology.ttl": make_ontology(iris),
        "rdf/shapes.ttl": make_shapes(iris),
        "rdf/context.jsonld": context,
    }


def _code(names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    import sys

    write_docs(Path(sys.argv[1] if len(sys.argv) > 1 else "docs"))
