"""The transformer tagger: word pieces, features, windows, and what its file gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extractors.encoder import EncoderTagger, encode_words, split_windows
from extractors.encoder_features import FEATURE_ROWS, FEATURES, describe_words, number_shape
from extractors.wordpiece import WordPiece
from kg.errors import PluginError

SHIPPED = Path(__file__).parent.parent / "extractors" / "data" / "encoder.onnx"
VOCABULARY = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "bench", "##mark", "##m", "a", "_", "cafe")

TITLE = ["QuillNet", ":", "Reading", "Ledgers"]
ABSTRACT = ["We", "train", "QuillNet", "on", "the", "PageHoard", "(", "PH", ")", "corpus", "."]
WORDS = TITLE + ABSTRACT
GLUED = [word in (":", ")", ".", "PH") for word in WORDS]


def column(name: str) -> list[int]:
    """One feature of the sample paper, as its own small number."""
    names = [feature for feature, _ in FEATURES]
    at = names.index(name)
    offset = sum(size for _, size in FEATURES[:at])
    table = describe_words(WORDS, glued=GLUED, title_words=len(TITLE))
    return [int(value) - offset for value in table[:, at]]


class TestWordPiece:
    """Words are cut greedily, longest piece first."""

    pieces = WordPiece(VOCABULARY)

    def cut(self, word: str) -> list[str]:
        return [VOCABULARY[number] for number, _ in self.pieces.cut(word)]

    def test_takes_the_longest_piece_first(self) -> None:
        """A word becomes its longest known opening and known continuations."""
        assert self.cut("benchmark") == ["bench", "##mark"]

    def test_ignores_case_and_accents_but_keeps_the_case_class(self) -> None:
        """Letters are folded; how they were written stays as a class beside each piece."""
        assert self.cut("Café") == ["cafe"]
        assert [case for _, case in self.pieces.cut("BenchMARK")] == [5, 3]
        assert [case for _, case in self.pieces.cut("benchmark")] == [1, 1]

    def test_cuts_at_underscores(self) -> None:
        """An underscore is a piece of its own, and what follows it opens anew."""
        assert self.cut("bench_a") == ["bench", "_", "a"]

    def test_marks_what_it_does_not_know(self) -> None:
        """A letter without a piece is unknown, one at a time."""
        assert self.cut("ж") == ["[UNK]"]

    def test_gives_a_combining_mark_alone_a_piece(self) -> None:
        """A word of nothing but an accent still gets one piece."""
        assert len(self.pieces.cut("\u0301")) == 1

    def test_stays_short_on_an_endless_word(self) -> None:
        """A run of a thousand letters costs no more pieces than a long word."""
        assert len(self.pieces.cut("a" * 1000)) <= 60


class TestFeatures:
    """Every word tells where it stands and how it is written."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("word", "Word"),
            ("Word", "WORD"),
            ("Llama", "LLaMA"),
            ("2", "2b"),
            ("(", "."),
            ("a", "A"),
            ("iPad", "ipad"),
        ],
    )
    def test_shapes_differ(self, one: str, other: str) -> None:
        """Words that a careful reader tells apart by their case have different shapes."""
        assert number_shape(one) != number_shape(other)

    def test_every_feature_keeps_to_its_rows(self) -> None:
        """No value falls into the rows of another feature."""
        table = describe_words(WORDS, glued=GLUED, title_words=len(TITLE))
        ends = np.cumsum([size for _, size in FEATURES])
        assert (table < ends).all() and (table >= ends - [size for _, size in FEATURES]).all()
        assert ends[-1] == FEATURE_ROWS

    def test_knows_title_body_and_bracket(self) -> None:
        """The part before the colon, the rest of the title, the body and brackets differ."""
        parts = column("part")
        assert len({parts[0], parts[2], parts[4], parts[11]}) == 4

    def test_ties_a_word_to_the_name_before_the_colon(self) -> None:
        """A word of the body that stands before the title's colon is marked."""
        assert column("in the title too")[6] == 2

    def test_marks_an_abbreviation(self) -> None:
        """The short form in brackets has a value of its own."""
        assert column("abbreviation")[WORDS.index("PH")] == 1

    def test_empty_text(self) -> None:
        """A paper without words has no rows."""
        assert describe_words([], glued=[], title_words=0).shape == (0, len(FEATURES))


class TestWindows:
    """A text that is too long is read in pieces."""

    def test_short_text_is_one_window(self) -> None:
        """What fits is read at once."""
        assert list(split_windows([1] * 20, limit=30)) == [(0, 20, 0, 20)]

    @pytest.mark.parametrize("count", [31, 60, 61, 200, 1000])
    def test_every_word_is_kept_once_with_context(self, count: int) -> None:
        """The kept parts join without gap, lie inside their windows, and no window is too long."""
        sizes = [1 + (index % 7 == 0) * 3 for index in range(count)]
        at = 0
        for begin, end, keep_from, keep_to in split_windows(sizes, limit=30):
            assert keep_from == at and begin <= keep_from < keep_to <= end
            assert sum(sizes[begin:end]) <= 30
            at = keep_to
        assert at == count

    def test_inputs_belong_together(self) -> None:
        """Pieces point at their words, the marks at the empty last one."""
        cutter = WordPiece(VOCABULARY)
        words = ["benchmark", "a"]
        table = describe_words(words, glued=[False, False], title_words=1)
        inputs = encode_words([cutter.cut(word) for word in words], table, cutter)
        assert inputs["ids"].tolist() == [2, 4, 5, 7, 3]
        assert inputs["seg"].tolist() == [2, 0, 0, 1, 2]
        assert inputs["first"].tolist() == [1, 3]
        assert inputs["hot"].shape == (3, FEATURE_ROWS) and not inputs["hot"][2].any()


@pytest.fixture(scope="module")
def tagger() -> EncoderTagger:
    """The shipped tagger."""
    pytest.importorskip("onnxruntime")
    if not SHIPPED.exists():
        pytest.skip("no trained encoder here")
    return EncoderTagger.load(SHIPPED)


def tag(tagger: EncoderTagger, *papers: list[str]) -> list[np.ndarray]:
    """Tag papers that are all body."""
    return tagger.word_probabilities(
        papers, glued=[[False] * len(words) for words in papers], title_words=[0] * len(papers)
    )


class TestTagger:
    """The shipped file."""

    def test_gives_a_distribution_for_every_word(self, tagger: EncoderTagger) -> None:
        """One row a word, one column a label, each row adds up to one."""
        (found,) = tag(tagger, WORDS)
        assert found.shape == (len(WORDS), len(tagger.labels)) and found.dtype == np.float32
        assert np.allclose(found.sum(axis=1), 1, atol=2e-3)

    def test_company_changes_nothing(self, tagger: EncoderTagger) -> None:
        """A paper gets the same figures alone and beside others."""
        alone = tag(tagger, WORDS)[0]
        beside = tag(tagger, ABSTRACT * 20, WORDS, TITLE)[1]
        assert np.array_equal(alone, beside)

    def test_reads_empty_and_endless_texts(self, tagger: EncoderTagger) -> None:
        """No words, odd words and thousands of words are all read to the end."""
        papers = [[], ["\u0301", "ж" * 300, "_" * 100, "🜚"], ABSTRACT * 300]
        assert [len(found) for found in tag(tagger, *papers)] == [0, 4, 3300]

    def test_sees_names_that_it_cannot_have_met(self, tagger: EncoderTagger) -> None:
        """Made-up names in plain positions come out as names, common words do not."""
        found = tagger.word_probabilities([WORDS], glued=[GLUED], title_words=[len(TITLE)])[0]
        outside = found[:, tagger.labels.index("O")]
        assert outside[WORDS.index("PageHoard")] < 0.5 and outside[0] < 0.5
        assert outside[WORDS.index("the")] > 0.9 and outside[WORDS.index("train")] > 0.9

    def test_refuses_a_damaged_file(self, tmp_path: Path) -> None:
        """What is not a tagger is named, with what to do about it."""
        pytest.importorskip("onnxruntime")
        broken = tmp_path / "encoder.onnx"
        broken.write_bytes(b"not a network")
        with pytest.raises(PluginError, match="encoder"):
            EncoderTagger.load(broken)
