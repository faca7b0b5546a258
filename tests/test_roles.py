"""What the choice of roles looks at, and what the shipped taggers make of a text."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.features import read_document
from extractors.roles import ROLES, choose_role, describe_roles, role_cues
from extractors.tagging import DocumentTagger, TaggedEntity
from kg.errors import PluginError

TITLE = "Loomis: A Benchmark for Reading Knitting Patterns"
ABSTRACT = (
    "Large language models read instructions well, yet nobody has measured how they read knitting patterns. "
    "We introduce Loomis, a benchmark of 900 annotated patterns. We evaluate GPT-4 and LLaMA-2-7B on Loomis and on "
    "GSM8K, and fine-tune LLaMA-2-7B with LoRA. Stitch-Wise Preference Tuning (SWPT), our training method, "
    "outperforms DPO. We report accuracy and BLEU."
)


@pytest.fixture(scope="module")
def fast() -> DocumentTagger:
    """The shipped fast model."""
    return DocumentTagger.load("fast")


def _by_name(entities: list[TaggedEntity]) -> dict[str, TaggedEntity]:
    return {form: entity for entity in entities for form in entity.aliases}


def test_cues_know_their_side() -> None:
    """Words before, after and further off are told apart; the next neighbours are marked."""
    document = read_document(
        "T", "Today we proudly introduce Loom for readers of long and winding knitting patterns."
    )
    at = document.forms.index("Loom")
    cues = role_cues(document, [(at, at + 1)])
    assert cues["L:introduce"] == cues["B:introduce"] == cues["R:for"] == cues["A:for"] == 1.0
    assert "S:patterns" in cues and "L:patterns" not in cues


def test_an_entity_is_described_by_one_row() -> None:
    """Own columns, then the candidate's, then the cues."""
    document = read_document("Loom", "We introduce Loom.")
    at = document.forms.index("Loom", 1)
    rows = describe_roles(
        document, [[(0, 1), (at, at + 1)]], [1], [0.9], np.zeros((1, 3), dtype=np.float32), {"B:introduce": 0}
    )
    assert rows[0, -1] == 0.5


def test_the_shipped_tagger_reads_a_plain_abstract(fast: DocumentTagger) -> None:
    """Types and roles of a text written for this test."""
    found = _by_name(fast.tag([(TITLE, ABSTRACT)])[0])
    assert (found["Loomis"].type, found["Loomis"].role) == ("dataset", "introduces")
    assert found["GPT-4"].type == found["LLaMA-2-7B"].type == "model"
    assert found["GSM8K"].type == "dataset"
    assert found["DPO"].type == found["LoRA"].type == "method"
    assert found["SWPT"] is found["Stitch-Wise Preference Tuning"]


def test_every_occurrence_is_given(fast: DocumentTagger) -> None:
    """Spans are the places of the forms in title and abstract."""
    text = f"{TITLE}\n\n{ABSTRACT}"
    for entity in fast.tag([(TITLE, ABSTRACT)])[0]:
        assert {text[start:end] for start, end in entity.spans} <= set(entity.aliases)
        assert entity.role in ROLES and 0.0 <= entity.role_confidence <= 1.0 and entity.because
    assert len(_by_name(fast.tag([(TITLE, ABSTRACT)])[0])["Loomis"].spans) == text.count("Loomis")


def test_a_paper_is_read_the_same_alone_and_in_company(fast: DocumentTagger) -> None:
    """What a paper gets does not depend on the others."""
    others = [("Thread", "We evaluate ResNet-50 on ImageNet."), ("", ""), ("Weaving", "No name here.")]
    alone = fast.tag([(TITLE, ABSTRACT)])[0]
    assert fast.tag([*others, (TITLE, ABSTRACT), *others])[3] == alone


def test_more_confidence_means_fewer_entities(fast: DocumentTagger) -> None:
    """The threshold is the caller's to choose."""
    sure, all_of_them = (fast.tag([(TITLE, ABSTRACT)], min_confidence=c)[0] for c in (0.9, 0.1))
    assert len(sure) < len(all_of_them)
    assert all(entity.confidence >= 0.9 for entity in sure)


def test_a_paper_without_words_has_no_entities(fast: DocumentTagger) -> None:
    """Empty input is no error."""
    assert fast.tag([("", "")]) == [[]]
    assert fast.tag([]) == []


def test_an_unknown_model_is_refused(tmp_path: object) -> None:
    """With the names of those that exist."""
    with pytest.raises(PluginError):
        DocumentTagger.load(str(tmp_path))


def test_a_doubtful_entity_is_not_said_to_be_introduced() -> None:
    """Entity and role must be likely together; a task is not held to that."""
    chances = np.array([0.6, 0.0, 0.3, 0.1, 0.0], dtype=np.float32)
    assert ROLES[choose_role(chances, confidence=0.9, core=True)] == "introduces"
    assert ROLES[choose_role(chances, confidence=0.5, core=True)] == "uses"
    assert ROLES[choose_role(chances, confidence=0.5, core=False)] == "introduces"
