"""Fitting boosted trees (LightGBM) and turning them into arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from extractors.crf import Floats
from extractors.trees import Trees


def fit_trees(
    rows: Floats,
    labels: npt.NDArray[Any],
    *,
    classes: int,
    rounds: int = 120,
    rate: float = 0.07,
    leaves: int = 15,
    least: int = 20,
    columns: float = 0.5,
    shrink: float = 5.0,
    weights: Floats | None = None,
    seed: int = 0,
) -> Trees:
    """Fit an ensemble for a classification.

    Args:
        rows: [examples, features].
        labels: class of each example; with ``classes=1`` zero or one.
        classes: number of classes, 1 for a yes-or-no question.
        rounds: trees a class.
        rate: learning rate.
        leaves: most leaves a tree.
        least: fewest examples a leaf.
        columns: share of the features that each tree may look at.
        shrink: L2 penalty of the leaves.
        weights: of the examples.
        seed: of the choice of rows and columns.
    """
    import lightgbm

    options: dict[str, Any] = {
        "objective": "binary" if classes == 1 else "multiclass",
        "learning_rate": rate,
        "num_leaves": leaves,
        "min_data_in_leaf": least,
        "feature_fraction": columns,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "lambda_l2": shrink,
        "verbose": -1,
        "num_threads": 1,
        "seed": seed,
        "deterministic": True,
        "boost_from_average": True,
        "enable_bundle": False,
    }
    if classes > 1:
        options["num_class"] = classes
    booster = lightgbm.train(options, lightgbm.Dataset(rows, labels, weight=weights), num_boost_round=rounds)
    return _flatten(booster.dump_model(), classes)


def _flatten(model: dict[str, Any], classes: int) -> Trees:
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    value: list[float] = []
    roots: list[int] = []
    deepest = 0

    def new() -> int:
        feature.append(0)
        threshold.append(np.inf)
        left.append(len(left))
        value.append(0.0)
        return len(left) - 1

    for tree in model["tree_info"]:
        root = new()
        roots.append(root)
        waiting = [(tree["tree_structure"], root, 0)]
        while waiting:
            node, index, depth = waiting.pop()
            deepest = max(deepest, depth)
            if "leaf_value" in node and "split_feature" not in node:
                value[index] = node["leaf_value"]
                continue
            low, high = new(), new()
            feature[index] = node["split_feature"]
            threshold[index] = node["threshold"]
            left[index] = low
            waiting.append((node["left_child"], low, depth + 1))
            waiting.append((node["right_child"], high, depth + 1))
    return Trees(
        np.array(feature, dtype=np.intp),
        np.array(threshold, dtype=np.float32),
        np.array(left, dtype=np.intp),
        np.array(value, dtype=np.float32),
        np.array(roots, dtype=np.intp),
        deepest,
        classes,
    )
