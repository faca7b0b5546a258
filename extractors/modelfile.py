"""Trained taggers on disk: one folder, numbers in compressed numpy files, notes in JSON."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.crf import TYPES
from extractors.names import KINDS, NameTable
from extractors.rescorer import Calibration, Rescorer
from extractors.tagger import FieldTagger, arrays_of_strings, strings_of_array
from extractors.trees import Trees
from extractors.wording import Wording
from kg.errors import PluginError

FORMAT = 1
PACKAGED = Path(__file__).with_name("data") / "tagger"
NOTES, FIELD, NAMES, ENCODER = "model.json", "field.npz", "names.npz", "encoder.onnx"
_SCALE = 64.0

Arrays = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Decider:
    """What turns candidates into entities: fitted for one choice of taggers."""

    taggers: tuple[str, ...]
    wording: Wording | None
    rescorer: Rescorer
    roles: Trees
    role_cues: dict[str, int]
    role_calibration: Calibration


def field_arrays(field: FieldTagger) -> dict[str, npt.NDArray[Any]]:
    """A feature tagger as arrays; its weights are multiples of 1/64 and fit into 16 bits."""
    words, word_weights, places, place_weights, start, transition, clusters = field.parts()
    names = sorted(clusters)
    return {
        "words": arrays_of_strings(words),
        "word_weights": np.round(word_weights * _SCALE).astype(np.int16),
        "places": arrays_of_strings(places),
        "place_weights": np.round(place_weights * _SCALE).astype(np.int16),
        "start": start,
        "transition": transition,
        "cluster_words": arrays_of_strings(names),
        "clusters": np.array([clusters[name] for name in names], dtype=np.int16),
    }


def field_of_arrays(arrays: Arrays) -> FieldTagger:
    """The feature tagger that :func:`field_arrays` packed."""
    return FieldTagger(
        {name: number for number, name in enumerate(strings_of_array(arrays["words"]))},
        arrays["word_weights"].astype(np.float32) / np.float32(_SCALE),
        {name: number for number, name in enumerate(strings_of_array(arrays["places"]))},
        arrays["place_weights"].astype(np.float32) / np.float32(_SCALE),
        arrays["start"],
        arrays["transition"],
        dict(zip(strings_of_array(arrays["cluster_words"]), arrays["clusters"].tolist(), strict=False)),
    )


def table_arrays(table: NameTable) -> dict[str, npt.NDArray[Any]]:
    """Known names as arrays."""
    gold, corpus, openers = sorted(table.gold), sorted(table.corpus), sorted(table.openers)
    return {
        "gold_names": arrays_of_strings(gold),
        "gold": np.array([table.gold[name] for name in gold], dtype=np.uint16).reshape(len(gold), len(KINDS)),
        "corpus_names": arrays_of_strings(corpus),
        "corpus": np.array([table.corpus[name] for name in corpus], dtype=np.float16).reshape(
            len(corpus), 2 + len(TYPES)
        ),
        "openers": arrays_of_strings(openers),
        "pairs": arrays_of_strings(sorted(table.pairs)),
        "reach": np.array([table.openers[name] for name in openers], dtype=np.uint8),
    }


def table_of_arrays(arrays: Arrays) -> NameTable:
    """The known names that :func:`table_arrays` packed."""
    return NameTable(
        dict(zip(strings_of_array(arrays["gold_names"]), map(tuple, arrays["gold"].tolist()), strict=True)),
        dict(
            zip(
                strings_of_array(arrays["corpus_names"]),
                map(tuple, arrays["corpus"].astype(np.float32).tolist()),
                strict=True,
            )
        ),
        dict(zip(strings_of_array(arrays["openers"]), arrays["reach"].tolist(), strict=True)),
        set(strings_of_array(arrays["pairs"])),
    )


def _calibration_arrays(calibration: Calibration, prefix: str) -> dict[str, npt.NDArray[Any]]:
    return {f"{prefix}.scores": calibration.scores, f"{prefix}.chances": calibration.chances}


def _calibration_of(arrays: Arrays, prefix: str) -> Calibration:
    return Calibration(arrays[f"{prefix}.scores"], arrays[f"{prefix}.chances"])


def decider_arrays(decider: Decider) -> dict[str, npt.NDArray[Any]]:
    """A decider as arrays."""
    out: dict[str, npt.NDArray[Any]] = {
        "taggers": arrays_of_strings(decider.taggers),
        "threshold": np.array([decider.rescorer.threshold], dtype=np.float64),
        "role_cues": arrays_of_strings(sorted(decider.role_cues, key=lambda name: decider.role_cues[name])),
    }
    if decider.wording is not None:
        index = decider.wording.index
        out["wording"] = arrays_of_strings(sorted(index, key=lambda name: index[name]))
        out["wording_weights"] = np.round(decider.wording.weights * _SCALE).astype(np.int16)
        out["wording_bias"] = decider.wording.bias
    out |= decider.rescorer.trees.arrays("trees")
    out |= decider.rescorer.pairs.arrays("pairs")
    out |= decider.roles.arrays("roles")
    for name, calibration in zip(TYPES, decider.rescorer.calibration, strict=True):
        out |= _calibration_arrays(calibration, f"calibration.{name}")
    return out | _calibration_arrays(decider.role_calibration, "calibration.role")


def _wording_of(arrays: Arrays) -> Wording | None:
    if "wording" not in arrays:
        return None
    return Wording(
        {name: number for number, name in enumerate(strings_of_array(arrays["wording"]))},
        arrays["wording_weights"].astype(np.float32) / np.float32(_SCALE),
        arrays["wording_bias"],
    )


def decider_of_arrays(arrays: Arrays) -> Decider:
    """The decider that :func:`decider_arrays` packed."""
    return Decider(
        tuple(strings_of_array(arrays["taggers"])),
        _wording_of(arrays),
        Rescorer(
            Trees.from_arrays(arrays, "trees"),
            Trees.from_arrays(arrays, "pairs"),
            tuple(_calibration_of(arrays, f"calibration.{name}") for name in TYPES),
            float(arrays["threshold"][0]),
        ),
        Trees.from_arrays(arrays, "roles"),
        {name: number for number, name in enumerate(strings_of_array(arrays["role_cues"]))},
        _calibration_of(arrays, "calibration.role"),
    )


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Read one of the files of a model.

    Raises:
        PluginError: it is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise PluginError(
            "a file of the trained model is missing or damaged",
            source=str(path),
            hint="Train or install it again",
        ) from error


def read_notes(folder: Path) -> dict[str, Any]:
    """Read the notes of a model.

    Raises:
        PluginError: this is no model, or one for another version of this package.
    """
    path = folder / NOTES
    try:
        notes: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        version = notes["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PluginError(
            "this is not the folder of a trained model",
            source=str(folder),
            hint="Use best, fast, or what kg train wrote",
        ) from error
    if version != FORMAT:
        raise PluginError(
            f"the model was made for another version of this package (format {version})",
            source=str(folder),
            hint="Train it again with this version",
        )
    return notes
