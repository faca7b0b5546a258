"""Training of the shipped taggers from annotated abstracts.

:func:`train` is the one command: it reproduces every file of a model from data, with a seed, and reports the figures of
a five-fold cross-validation on the way. Needs the packages of the extra ``train``; what it writes does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def train(
    gold_paths: Sequence[Path | str],
    out_dir: Path | str,
    *,
    seed: int = 0,
    encoder_oof: Path | str | Mapping[str, Any] | None = None,
    encoder: Path | str | None = None,
    unlabelled: Path | str | None = None,
    abstracts: int | None = None,
    log: Callable[[str], object] = lambda line: None,
) -> dict[str, Any]:
    """Train a tagger and write its folder; :meth:`extractors.tagging.DocumentTagger.load` reads it.

    Args:
        gold_paths: annotated papers, JSONL.
        out_dir: folder to write.
        seed: of everything random.
        encoder_oof: label probabilities of the words of every paper, from encoders that have not seen it (a ``.npz``
            file or a mapping by paper); with it the model ``best`` is trained beside ``fast``.
        encoder: the trained encoder that goes with it; it is copied beside the other files.
        unlabelled: abstracts to learn word clusters and names from (JSONL, perhaps ``.gz``); without it those of the
            packaged model serve.
        abstracts: how many of them to read for names; all by default.
        log: told about progress, a line at a time.

    Returns:
        By variant the figures of the cross-validation, as :meth:`kg.scoring.Scores.as_dict` gives them.

    Raises:
        PluginError: the packages for training are not installed.
    """
    from kg.errors import PluginError

    try:
        from extractors.training.run import train_tagger
    except ImportError as error:
        raise PluginError("training needs further packages", hint="pip install 'paper-kg[train]'") from error
    return train_tagger(
        gold_paths,
        out_dir,
        seed=seed,
        encoder_oof=encoder_oof,
        encoder=encoder,
        unlabelled=unlabelled,
        abstracts=abstracts,
        log=log,
    )


__all__ = ["train"]
