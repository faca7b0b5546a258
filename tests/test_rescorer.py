"""Trees, calibration, the gathering of candidates and the joining of names."""

from __future__ import annotations

import numpy as np

from extractors.aliases import PAIR_FEATURES, group_names, pair_candidates
from extractors.candidates import describe_candidates, feature_names, gather_candidates, key_of
from extractors.contexts import apposition, own_heads, title_head
from extractors.crf import SpanScores
from extractors.features import read_document
from extractors.names import NameTable
from extractors.rescorer import Calibration
from extractors.tagger import empty_spans
from extractors.trees import Trees
from extractors.wordlists import NOUN_NAMES


def _stump() -> Trees:
    """One tree: column 1 above 0.5 gives 2, otherwise -1."""
    return Trees(
        np.array([1, 0, 0], dtype=np.int16),
        np.array([0.5, np.inf, np.inf], dtype=np.float32),
        np.array([1, 1, 2], dtype=np.int32),
        np.array([0.0, -1.0, 2.0], dtype=np.float32),
        np.array([0], dtype=np.int32),
        3,
        1,
    )


def _spans(*rows: tuple[int, int, int, float]) -> SpanScores:
    columns = list(zip(*rows, strict=True))
    return SpanScores(
        np.array(columns[0]),
        np.array(columns[1]),
        np.array(columns[2]),
        np.array(columns[3], dtype=np.float32),
    )


def test_a_row_falls_to_the_leaf_of_its_side() -> None:
    """A value on the threshold goes left."""
    scores = _stump().scores(np.array([[9, 0.5], [0, 0.6]], dtype=np.float32))
    assert scores[:, 0].tolist() == [-1.0, 2.0]


def test_trees_survive_their_arrays() -> None:
    """What is written is what is read."""
    trees = _stump()
    again = Trees.from_arrays(trees.arrays("t"), "t")
    rows = np.array([[0, 1.0]], dtype=np.float32)
    assert again.probabilities(rows) == trees.probabilities(rows)


def test_no_rows_give_no_scores() -> None:
    """An empty document is no special case."""
    assert _stump().scores(np.zeros((0, 2), dtype=np.float32)).shape == (0, 1)


def test_calibration_rises() -> None:
    """Between its knots the map is linear."""
    calibration = Calibration(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.8, 1.0]))
    assert np.allclose(calibration(np.array([0.0, 0.25, 0.75])), [0.0, 0.4, 0.9])


def test_every_place_of_a_name_is_found() -> None:
    """One place from a tagger is enough."""
    document = read_document("Weaving", "Loom helps. We like Loom, and loom is a word.")
    start = document.forms.index("Loom")
    candidates, _ = gather_candidates(document, [_spans((start, start + 1, 1, 0.9))], NameTable())
    places = [document.forms[a:b] for a, b in candidates[0].places]
    assert places == [["Loom"], ["Loom"], ["loom"]]


def test_capitals_inside_a_short_name_count() -> None:
    """An acronym is not the word that it spells."""
    document = read_document("T", "AIDE is new. A nurse's aide helps.")
    at = document.forms.index("AIDE")
    candidates, _ = gather_candidates(document, [_spans((at, at + 1, 1, 0.9))], NameTable())
    assert len(candidates[0].places) == 1


def test_punctuation_at_the_ends_is_no_part_of_a_name() -> None:
    """A bracket that a tagger has taken in is left out."""
    document = read_document("T", "We test (CLS here.")
    at = document.forms.index("(")
    candidates, scores = gather_candidates(document, [_spans((at, at + 2, 1, 0.9))], NameTable())
    assert candidates[0].key == "cls" and list(scores[0]) == [(at + 1, at + 2)]


def test_the_name_before_the_colon_is_a_candidate() -> None:
    """Even where no tagger saw it."""
    document = read_document("Loom: Weaving Text", "It works.")
    candidates, scores = gather_candidates(document, [empty_spans()], NameTable())
    assert [c.key for c in candidates] == ["loom"]
    rows = describe_candidates(document, candidates, scores, NameTable())
    assert rows.shape == (1, len(feature_names(["field"])))
    assert rows[0, feature_names(["field"]).index("is title name")] == 1.0


def test_a_long_and_a_short_form_are_partners() -> None:
    """Both become candidates."""
    document = read_document("T", "We use Careful Label Smoothing (CLS) here.")
    candidates, _ = gather_candidates(document, [empty_spans()], NameTable())
    assert {c.key: c.partners for c in candidates} == {
        "carefullabelsmoothing": ["cls"],
        "cls": ["carefullabelsmoothing"],
    }
    probabilities = np.array([[0.1, 0, 0.9, 0, 0, 0]] * 2, dtype=np.float32)
    pairs, rows = pair_candidates(document, candidates, probabilities)
    assert pairs == [(0, 1)] and rows[0, PAIR_FEATURES.index("abbreviation")] == 1.0


def test_names_join_the_likeliest_group() -> None:
    """Three names, two of which are the same thing."""
    groups = group_names([0, 1, 2], [0.9, 0.8, 0.7], [(0, 2), (1, 2)], [0.2, 0.9])
    assert groups == [[0], [1, 2]]


def test_plural_and_case_do_not_make_another_name() -> None:
    """The scorer's idea of equality."""
    assert key_of("Vision Transformers") == key_of("vision-transformer") == "visiontransformer"


def test_the_text_says_what_a_name_is() -> None:
    """Nouns in apposition, before and after, with brackets between."""
    document = read_document(
        "Loom: A Large Benchmark for Weaving",
        "We present Loom (Long Form), a small new network for weaving. A corpus called Thread helps. Our network wins.",
    )
    body = document.title_end
    loom, thread = document.forms.index("Loom", body), document.forms.index("Thread")
    assert apposition(document, loom, loom + 1) == "network"
    assert apposition(document, thread, thread + 1) == "data"
    assert title_head(document) == "benchmark"
    assert own_heads(document)[NOUN_NAMES.index("network")] > 0
