"""The bundled sample of papers and the small annotated set that guards extraction quality."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import kg

SAMPLE = Path(kg.__file__).parent / "data" / "sample.jsonl"
GOLD = Path(__file__).parent / "data" / "gold_sample.jsonl"

TYPES = {"dataset", "model", "method", "task", "metric"}
ROLES = {"introduces", "evaluates_on", "uses", "compares_with", "mentions"}
LINK_KINDS = {
    "github", "gitlab", "huggingface_model", "huggingface_dataset", "huggingface_space", "project_page",
    "anonymous_repo", "zenodo", "arxiv", "doi", "video", "other",
}  # fmt: skip
LINK_ROLES = {"code", "dataset", "model", "demo", "leaderboard", "project", "paper", "video", "list", "other"}
RELATIONS = {
    "based_on", "trained_on", "evaluated_on", "outperforms", "applied_to", "measured_by", "part_of",
}  # fmt: skip


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The JSON objects of a file, one a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def occurs(form: str, text: str) -> bool:
    """Whether `form` stands in `text` exactly and not inside a longer word."""
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text) is not None


@pytest.fixture(scope="module")
def sample() -> list[dict[str, Any]]:
    return read_rows(SAMPLE)


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    return read_rows(GOLD)


def test_there_are_enough_papers(sample: list[dict[str, Any]]) -> None:
    """The sample is large enough to make a graph worth exploring."""
    assert len(sample) >= 40


def test_ids_are_unique_and_from_arxiv(sample: list[dict[str, Any]]) -> None:
    """Every id is a bare arXiv identifier, without a version, and occurs once."""
    ids = [row["id"] for row in sample]
    assert len(set(ids)) == len(ids)
    assert [i for i in ids if not re.fullmatch(r"\d{2}(0[1-9]|1[0-2])\.(\d{4}|\d{5})", i)] == []


def test_serial_numbers_have_the_width_of_their_year(sample: list[dict[str, Any]]) -> None:
    """Identifiers have four digits after the dot to the end of 2014 and five since."""
    wrong = [row["id"] for row in sample if len(row["id"].split(".")[1]) != (4 if row["id"] < "1501" else 5)]
    assert wrong == []


def test_dates_agree_with_ids(sample: list[dict[str, Any]]) -> None:
    """A paper was published in the month that its identifier names."""
    for row in sample:
        assert re.fullmatch(r"20\d{2}-\d{2}(-\d{2})?", row["published"]), row["id"]
        assert row["published"][2:7].replace("-", "") == row["id"][:4], row["id"]


def test_urls_follow_from_ids(sample: list[dict[str, Any]]) -> None:
    """The address of a paper is its abstract page."""
    assert [row["id"] for row in sample if row["url"] != f"https://arxiv.org/abs/{row['id']}"] == []


def test_abstracts_have_a_sensible_length(sample: list[dict[str, Any]]) -> None:
    """Abstracts are neither stubs nor pages."""
    assert [row["id"] for row in sample if not 300 <= len(row["abstract"]) <= 900] == []


def test_text_is_clean(sample: list[dict[str, Any]]) -> None:
    """Titles, abstracts and names have no control characters and no stray spaces."""
    for row in sample:
        for text in (row["title"], row["abstract"], *row["authors"]):
            assert text and text == " ".join(text.split()), row["id"]
            assert text.isprintable(), row["id"]


def test_every_paper_names_authors(sample: list[dict[str, Any]]) -> None:
    """Authors are full names, each once."""
    for row in sample:
        assert len(set(row["authors"])) == len(row["authors"]) >= 1, row["id"]
        assert all(" " in name for name in row["authors"]), row["id"]


@pytest.mark.parametrize("name", ["ImageNet", "COCO", "BERT", "Transformer", "GPT-3", "SQuAD", "GLUE", "PPO"])
def test_well_known_names_connect_papers(sample: list[dict[str, Any]], name: str) -> None:
    """Names that should become hubs of the graph occur in several papers."""
    assert sum(occurs(name, f"{row['title']} {row['abstract']}") for row in sample) >= 5


def test_gold_papers_are_taken_from_the_sample_unchanged(
    sample: list[dict[str, Any]], gold: list[dict[str, Any]]
) -> None:
    """An annotated paper that is in the sample has the same title and abstract there."""
    texts = {row["id"]: (row["title"], row["abstract"]) for row in sample}
    shared = [row for row in gold if row["id"] in texts]
    assert len(shared) >= 20
    assert [row["id"] for row in shared if texts[row["id"]] != (row["title"], row["abstract"])] == []


def test_gold_ids_are_unique(gold: list[dict[str, Any]]) -> None:
    """No paper is annotated twice."""
    assert max(Counter(row["id"] for row in gold).values()) == 1


def test_gold_aliases_occur(gold: list[dict[str, Any]]) -> None:
    """Every surface form stands in the title or the abstract as a whole word, and the name is one of them."""
    missing = [
        (row["id"], alias)
        for row in gold
        for entity in row["entities"]
        for alias in entity["aliases"]
        if not occurs(alias, row["title"]) and not occurs(alias, row["abstract"])
    ]
    assert missing == []
    assert [e["name"] for row in gold for e in row["entities"] if e["name"] not in e["aliases"]] == []


def test_gold_entities_are_well_formed(gold: list[dict[str, Any]]) -> None:
    """Types and roles are known ones, and no surface form belongs to two entities of a paper."""
    for row in gold:
        assert {e["type"] for e in row["entities"]} <= TYPES, row["id"]
        assert {e["role"] for e in row["entities"]} <= ROLES, row["id"]
        aliases = [alias for e in row["entities"] for alias in e["aliases"]]
        assert len(set(aliases)) == len(aliases), row["id"]


def test_gold_links_occur(gold: list[dict[str, Any]]) -> None:
    """Every link stands in the text as written, and its cleaned form is an https address."""
    for row in gold:
        for link in row["links"]:
            assert link["surface"] in f"{row['title']}\n{row['abstract']}", row["id"]
            assert re.fullmatch(r"https://[^\s{}]+[^\s{}.,;:)]", link["url"]), link["url"]
            assert link["kind"] in LINK_KINDS and link["role"] in LINK_ROLES, link["url"]


def test_gold_lists_every_link(gold: list[dict[str, Any]]) -> None:
    """No address in a text is left without an annotation."""
    for row in gold:
        surfaces = " ".join(link["surface"] for link in row["links"])
        for address in re.findall(r"https?://[^\s{}]+", row["abstract"]):
            assert address in surfaces, (row["id"], address)


def test_gold_relations_join_listed_entities(gold: list[dict[str, Any]]) -> None:
    """Both ends of a relation are entities of the paper, and they differ."""
    for row in gold:
        names = {entity["name"] for entity in row["entities"]}
        for relation in row["relations"]:
            assert relation["type"] in RELATIONS, row["id"]
            assert {relation["head"], relation["tail"]} <= names, (row["id"], relation)
            assert relation["head"] != relation["tail"], (row["id"], relation)
