"""The transformer tagger: a small encoder, 8-bit weights, run by onnxruntime on one core.

The network is a six-layer MiniLM (Wang et al., "MiniLM: deep self-attention distillation", NeurIPS 2020) fine-tuned on
annotated abstracts; :mod:`extractors.training.encoder` makes the file. Each paper is run by itself: the 8-bit scales
are taken from the activations, so that papers run together in one batch would change each other's figures, and on
one core a batch gains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from extractors.encoder_features import FEATURE_ROWS, describe_words
from extractors.wordpiece import WordPiece
from kg.errors import ExtractionError, PluginError

if TYPE_CHECKING:
    import onnxruntime

FORMAT = 1
"""Version of the agreement between the file and this module (inputs, features, metadata)."""

MAX_PIECES = 510
"""Most word pieces that one run of the encoder sees; a longer text is read in overlapping windows."""

_DIGITS = 4  # decimals kept: the last bits differ between processors


class EncoderTagger:
    """Gives every word of a paper a probability for each label.

    Args:
        session: the network.
        pieces: the vocabulary that it was trained with.
        labels: what its outputs stand for: ``O``, ``B-dataset``, ``I-dataset`` …, and ``OPT`` for names that a
            careful reader may list or leave out.
    """

    def __init__(
        self, session: onnxruntime.InferenceSession, pieces: WordPiece, labels: Sequence[str]
    ) -> None:
        self._session = session
        self._pieces = pieces
        self.labels = tuple(labels)

    @classmethod
    def load(cls, source: Path | bytes, *, threads: int = 1) -> EncoderTagger:
        """Load a trained tagger.

        Args:
            source: file, or its content.
            threads: threads that one run may use.

        Raises:
            PluginError: onnxruntime is not installed, or the file is not such a tagger or is damaged.
        """
        try:
            import onnxruntime
        except ImportError as error:
            raise PluginError("the encoder needs onnxruntime", hint="pip install onnxruntime") from error
        name = str(source) if isinstance(source, Path) else "encoder"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                source.read_bytes() if isinstance(source, Path) else source,
                options,
                providers=["CPUExecutionProvider"],
            )
            notes = session.get_modelmeta().custom_metadata_map
            labels = json.loads(notes["labels"])
            pieces = WordPiece(notes["vocabulary"].split("\n"))
            version, rows = int(notes["format"]), int(notes["feature_rows"])
        except Exception as error:  # onnxruntime raises classes of its own that share no public base
            raise PluginError(
                "this is not a trained encoder, or it is damaged",
                source=name,
                hint="Train or install it again",
            ) from error
        if (version, rows) != (FORMAT, FEATURE_ROWS):
            raise PluginError(
                f"the encoder was made for another version of this package (format {version}, {rows} feature rows)",
                source=name,
                hint="Train it again with this version",
            )
        return cls(session, pieces, labels)

    def word_probabilities(
        self,
        documents: Sequence[Sequence[str]],
        *,
        glued: Sequence[Sequence[bool]],
        title_words: Sequence[int],
    ) -> list[NDArray[np.float32]]:
        """Label probabilities of the words of some papers.

        Args:
            documents: the words of each paper, title and abstract (:func:`extractors.words.split_words`).
            glued: per paper and word, whether it follows its predecessor without white space.
            title_words: per paper, how many of the words make up the title.

        Returns:
            One array [words, labels] a paper, rounded to four decimals; each depends on its own paper alone.

        Raises:
            ExtractionError: the network failed.
        """
        return [
            self._tag(words, glue, title)
            for words, glue, title in zip(documents, glued, title_words, strict=True)
        ]

    def _tag(self, words: Sequence[str], glued: Sequence[bool], title_words: int) -> NDArray[np.float32]:
        if not words:
            return np.zeros((0, len(self.labels)), np.float32)
        features = describe_words(words, glued=glued, title_words=title_words)
        pieces = [self._pieces.cut(word) for word in words]
        out = np.zeros((len(words), len(self.labels)), np.float32)
        for begin, end, keep_from, keep_to in split_windows([len(cut) for cut in pieces]):
            found = self._run(encode_words(pieces[begin:end], features[begin:end], self._pieces))
            out[keep_from:keep_to] = found[keep_from - begin : keep_to - begin]
        return np.round(out, _DIGITS)

    def _run(self, inputs: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
        try:
            found: NDArray[np.float32] = self._session.run(["probabilities"], inputs)[0]
        except Exception as error:
            raise ExtractionError("the encoder failed on a text") from error
        return found


def encode_words(
    pieces: Sequence[Sequence[tuple[int, int]]], features: NDArray[np.int64], vocabulary: WordPiece
) -> dict[str, NDArray[Any]]:
    """The network's inputs for one window of words.

    Args:
        pieces: (piece, case) pairs of each word.
        features: their rows of the feature table, [words, features].
        vocabulary: where the pieces come from.

    Returns:
        ``ids`` and ``case`` [pieces]; ``seg`` [pieces], the word that a piece belongs to (the begin and end marks
        belong to one more, empty word); ``first`` [words], the first piece of each; ``hot`` [words + 1, feature
        rows], ones where a feature holds.
    """
    count = len(pieces)
    sizes = np.fromiter((len(cut) for cut in pieces), np.int64, count)
    flat = np.array([pair for cut in pieces for pair in cut], np.int64).reshape(-1, 2)
    first = np.concatenate(([1], 1 + np.cumsum(sizes)[:-1])) if count else np.zeros(0, np.int64)
    hot = np.zeros((count + 1, FEATURE_ROWS), np.float32)
    np.put_along_axis(hot[:count], features, 1.0, axis=1)
    return {
        "ids": np.concatenate(([vocabulary.begin], flat[:, 0], [vocabulary.end])).astype(np.int64),
        "case": np.concatenate(([0], flat[:, 1], [0])).astype(np.int64),
        "seg": np.concatenate(([count], np.repeat(np.arange(count), sizes), [count])).astype(np.int64),
        "first": first.astype(np.int64),
        "hot": hot,
    }


def split_windows(
    sizes: Sequence[int], *, limit: int = MAX_PIECES - 2
) -> Iterator[tuple[int, int, int, int]]:
    """Cut a long text into overlapping windows.

    Args:
        sizes: number of pieces of each word, none above ``limit``.
        limit: most pieces in a window.

    Yields:
        (begin, end, keep_from, keep_to): a window of words, and for which of them its answer counts. Windows overlap
        by about half, and the border between two answers lies in the middle of the overlap.
    """
    ends = np.cumsum(np.asarray(sizes, np.int64))
    starts = ends - np.asarray(sizes, np.int64)
    count = len(sizes)
    begin = keep_from = 0
    while True:
        end = int(np.searchsorted(ends, starts[begin] + limit, side="right"))
        if end >= count:
            yield begin, count, keep_from, count
            return
        following = max(begin + 1, int(np.searchsorted(starts, starts[begin] + limit // 2)))
        following = min(following, end)
        keep_to = (following + end) // 2 if following < end else end
        yield begin, end, keep_from, keep_to
        begin, keep_from = following, keep_to
