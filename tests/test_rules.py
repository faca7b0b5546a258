"""The first generation of name finding: known names, patterns, abbreviations, cue phrases."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.pipeline import SpacyExtractor, make_extractor
from kg.errors import ExtractionError
from kg.model import ExtractedEntity, Extraction, Paper


@pytest.fixture(scope="module")
def rules() -> SpacyExtractor:
    """The rule-based extractor."""
    return make_extractor(model="rules")


def read(extractor: SpacyExtractor, title: str, abstract: str) -> Extraction:
    """What one text says."""
    (extraction,) = extractor.extract([Paper("p", title, abstract)])
    return extraction


def by_name(extraction: Extraction) -> dict[str, ExtractedEntity]:
    """Entities by any of their surface forms."""
    return {alias: e for e in extraction.entities for alias in e.aliases}


@pytest.mark.parametrize(
    ("title", "abstract", "name", "kind", "role"),
    [
        ("ZorbEval: A Benchmark for Cats", "Cats are hard.", "ZorbEval", "dataset", "introduces"),
        ("On Cats", "We propose CatNet, a network for cats.", "CatNet", "model", "introduces"),
        ("On Cats", "We present a new framework called CATO.", "CATO", "method", "introduces"),
        ("On Cats", "We release CatBench, a benchmark of cats.", "CatBench", "dataset", "introduces"),
        ("On Cats", "We evaluate on ImageNet and COCO.", "ImageNet", "dataset", "evaluates_on"),
        ("On Cats", "We fine-tune llama-2 with LoRA.", "LoRA", "method", "uses"),
        ("On Cats", "Our method outperforms BERT.", "BERT", "model", "compares_with"),
    ],
)
def test_names_types_and_roles(
    rules: SpacyExtractor, title: str, abstract: str, name: str, kind: str, role: str
) -> None:
    """Plain cases of each pattern."""
    entity = by_name(read(rules, title, abstract))[name]
    assert (entity.type, entity.role) == (kind, role)


def test_abbreviation_and_long_form_are_one(rules: SpacyExtractor) -> None:
    """The long form is the name, both are aliases, every occurrence is found."""
    found = read(rules, "On Cats", "We propose Cat Attention Tuning (CAT), a method. CAT is fast. CAT wins.")
    entity = by_name(found)["CAT"]
    assert entity.name == "Cat Attention Tuning"
    assert len(entity.mentions) == 4


def test_ordinary_words_are_not_names(rules: SpacyExtractor) -> None:
    """ "complex" and "Multiple" are no ComplEx and no MULTIPLE; "race" is no RACE."""
    found = by_name(read(rules, "On Cats", "Multiple complex cats race more. The apollo star is a fact."))
    assert not {"Multiple", "complex", "race", "star", "fact"} & set(found)


def test_markup_stays_out_of_names_and_offsets_hold(rules: SpacyExtractor) -> None:
    """LaTeX around a name does not hide it; the offsets cut it from the text as it is kept."""
    paper = Paper("p", "On Cats", "We fine-tune \\textbf{BERT} on \\emph{SQuAD} with e\u00adffort.")
    (extraction,) = rules.extract([paper])
    entity = by_name(extraction)["BERT"]
    mention = entity.mentions[0]
    assert paper.text[mention.start : mention.end] == "BERT"
    evidence = entity.evidence
    assert paper.text[evidence.start : evidence.end] == evidence.quote


def test_links_come_with_their_sentence(rules: SpacyExtractor) -> None:
    """A repository link is cleaned, and its evidence is the sentence around it."""
    (link,) = read(rules, "T", "We like cats. Code is at https://github.com/o/cats.git.").links
    assert link.url == "https://github.com/o/cats"
    assert link.evidence.quote.startswith("Code is at")


def test_users_add_names_without_code(tmp_path: Path) -> None:
    """Names from a TOML file are found with their type; the version tells."""
    lexicon = tmp_path / "my.toml"
    lexicon.write_text('dataset = ["Zyx Corpus", ["Quux Collection", "QC7"]]\n', encoding="utf-8")
    extractor = make_extractor(model="rules", lexicons=[lexicon])
    found = by_name(read(extractor, "On Cats", "We test on Zyx Corpus and on QC7."))
    assert found["Zyx Corpus"].type == found["QC7"].type == "dataset"
    assert "my." in extractor.version


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("dataset = 3", "not a list"),
        ("x = [", "not TOML"),
        ('cat = ["a"]', "known type"),
        ("dataset = [1]", "not a name"),
    ],
)
def test_bad_lexicons_are_refused(tmp_path: Path, content: str, said: str) -> None:
    """The error names the file and what is wrong."""
    lexicon = tmp_path / "my.toml"
    lexicon.write_text(content, encoding="utf-8")
    with pytest.raises(ExtractionError, match=said):
        make_extractor(model="rules", lexicons=[lexicon])


def test_unknown_models_list_the_known() -> None:
    """The hint names what there is."""
    with pytest.raises(ExtractionError, match="auto, best, fast, rules"):
        make_extractor(model="huge")


@pytest.mark.parametrize(
    "abstract",
    [
        "",
        " ",
        ".",
        "\n\n",
        "a" * 20000,
        "BERT " * 3000,
        "(" * 5000,
        "\u202eBERT\u202c",
        "🙂" * 100,
        "We propose " * 500,
    ],
)
def test_odd_texts_do_no_harm(rules: SpacyExtractor, abstract: str) -> None:
    """Empty, endless and strange texts are read without fuss."""
    paper = Paper("p", abstract[:50], abstract)
    (extraction,) = rules.extract([paper])
    for entity in extraction.entities:
        for mention in entity.mentions:
            assert paper.text[mention.start : mention.end] == mention.surface


def test_batches_do_not_change_results(rules: SpacyExtractor) -> None:
    """A paper reads the same alone and among others."""
    papers = [Paper(str(i), f"Title {i}", f"We evaluate BERT{i} and GPT-4 on SQuAD {i}.") for i in range(130)]
    together = list(rules.extract(papers))
    assert together[77:79] == [e for p in papers[77:79] for e in rules.extract([p])]
