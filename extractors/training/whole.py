"""Everything that ``kg train`` does, in one call: encoders for every fold and for use, then the tagger on top of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.encoder import EncoderTagger
from extractors.training import train
from extractors.training.encoder import (
    EncoderOptions,
    choose_vocabulary,
    fit_encoder,
    pack_encoder,
    split_paper,
)
from extractors.training.gold import FOLDS, GoldPaper, fold_of, read_gold
from extractors.words import join_text

Log = Callable[[str], object]


def train_all(
    gold_paths: Sequence[Path | str],
    out_dir: Path | str,
    *,
    with_encoder: bool,
    unlabelled: Path | str | None = None,
    seed: int = 0,
    threads: int = 1,
    log: Log,
) -> dict[str, Any]:
    """Train a model folder from annotated papers.

    Args:
        gold_paths: annotated papers, JSONL.
        out_dir: folder to write.
        with_encoder: train the transformer too, once for each fold and once for use; hours instead of minutes.
        unlabelled: abstracts to learn word clusters and names from; those of the shipped model serve without it.
        seed: of everything random.
        threads: for the encoder.
        log: told about progress, a line at a time.

    Returns:
        By variant (``fast``, and ``best`` with the encoder) the figures of a five-fold cross-validation.

    Raises:
        PluginError: the packages for training are not installed.
    """
    if not with_encoder:
        return train(gold_paths, out_dir, seed=seed, unlabelled=unlabelled, log=log)
    papers = read_gold(gold_paths)
    options = EncoderOptions(seed=seed, threads=threads)
    vocabulary = choose_vocabulary((join_text(p.title, p.abstract) for p in papers), size=options.pieces)
    with TemporaryDirectory(prefix="kg-train-") as folder:
        heard: dict[str, NDArray[np.float32]] = {}
        for fold in range(FOLDS):
            log(f"encoder of fold {fold + 1} of {FOLDS}")
            seen = [p for p in papers if fold_of(p.id) != fold]
            held = [p for p in papers if fold_of(p.id) == fold]
            packed = _fit(seen, vocabulary, options, Path(folder) / f"fold{fold}.onnx", log)
            heard.update(_listen(EncoderTagger.load(packed), held))
        log("encoder for use")
        packed = _fit(papers, vocabulary, options, Path(folder) / "encoder.onnx", log)
        return train(
            gold_paths, out_dir, seed=seed, unlabelled=unlabelled, encoder_oof=heard, encoder=packed, log=log
        )


def _fit(
    papers: Sequence[GoldPaper],
    vocabulary: tuple[Sequence[str], Sequence[int]],
    options: EncoderOptions,
    path: Path,
    log: Log,
) -> Path:
    parameters = fit_encoder(papers, vocabulary=vocabulary, options=options, log=log)
    path.write_bytes(pack_encoder(parameters, vocabulary[0]))
    return path


def _listen(tagger: EncoderTagger, papers: Sequence[GoldPaper]) -> Mapping[str, NDArray[np.float32]]:
    """What an encoder says about the words of papers that it has not seen."""
    parts = [split_paper(paper.title, paper.abstract) for paper in papers]
    said = tagger.word_probabilities(
        [p.words for p in parts], glued=[p.glued for p in parts], title_words=[p.title_words for p in parts]
    )
    return {paper.id: rows for paper, rows in zip(papers, said, strict=True)}
