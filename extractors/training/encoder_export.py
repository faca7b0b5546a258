"""The trained encoder as an ONNX file: one paper a run, 8-bit weights, vocabulary and labels inside.

The graph is written node by node with the operators of the ONNX standard (opset 20), so that the file does not
depend on what a converter makes of the training code.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.encoder import FORMAT
from extractors.encoder_features import FEATURE_ROWS

_HEADS = 12


class _Graph:
    """Collects nodes and constants; every method returns the name of what it added."""

    def __init__(self, parameters: dict[str, NDArray[np.float32]]) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy = helper, numpy_helper
        self.parameters = parameters
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(self._numpy.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: Sequence[str], name: str, **options: Any) -> str:
        self.nodes.append(self._helper.make_node(kind, list(inputs), [name], name=name, **options))
        return name

    def linear(
        self, source: str, name: str, *, weight: NDArray[Any] | None = None, bias: NDArray[Any] | None = None
    ) -> str:
        weight = self.parameters[f"{name}.weight"] if weight is None else weight
        bias = self.parameters[f"{name}.bias"] if bias is None else bias
        product = self.node("MatMul", [source, self.constant(f"{name}.matrix", weight.T)], f"{name}.product")
        return self.node("Add", [product, self.constant(f"{name}.bias", bias)], f"{name}.out")

    def norm(self, source: str, name: str) -> str:
        inputs = [source] + [
            self.constant(f"{name}.{part}", self.parameters[f"{name}.{part}"]) for part in ("weight", "bias")
        ]
        return self.node("LayerNormalization", inputs, f"{name}.out", axis=-1, epsilon=1e-12)

    def heads(self, source: str, *, order: Sequence[int]) -> str:
        split = self.node("Reshape", [source, "by head"], f"{source}.heads")
        return self.node("Transpose", [split], f"{source}.turned", perm=list(order))


def _embed(graph: _Graph) -> str:
    """Piece embeddings in 8 bits with one scale a row, plus position, case and features."""
    from onnx import TensorProto

    table = graph.parameters["word.weight"]
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True) / 127, 1e-9).astype(np.float32)
    graph.constant("word.rounded", np.round(table / scale).astype(np.int8))
    graph.constant("word.scale", scale)
    graph.constant("pos", graph.parameters["pos.weight"].astype(np.float16))
    graph.constant("case.table", graph.parameters["case.weight"])
    graph.constant("feat.table", graph.parameters["feat.weight"])
    graph.constant("zero", np.zeros(1, np.int64))
    rounded = graph.node(
        "Cast", [graph.node("Gather", ["word.rounded", "ids"], "word.8")], "word.32", to=TensorProto.FLOAT
    )
    word = graph.node("Mul", [rounded, graph.node("Gather", ["word.scale", "ids"], "word.row")], "word.out")
    size = graph.node("Shape", ["ids"], "pieces")
    place = graph.node("Slice", ["pos", "zero", size], "pos.16")
    state = graph.node("Add", [word, graph.node("Cast", [place], "pos.out", to=TensorProto.FLOAT)], "sum.1")
    state = graph.node("Add", [state, graph.node("Gather", ["case.table", "case"], "case.out")], "sum.2")
    told = graph.node(
        "Gather", [graph.node("MatMul", ["hot", "feat.table"], "feat.words"), "seg"], "feat.out"
    )
    return graph.norm(graph.node("Add", [state, told], "sum.3"), "norm")


def _layer(graph: _Graph, state: str, layer: int) -> str:
    width = graph.parameters["word.weight"].shape[1]
    name = f"layers.{layer}."
    weight, bias = (graph.parameters[f"{name}qkv.{part}"].copy() for part in ("weight", "bias"))
    # The scaling of the attention scores is folded into the query.
    weight[:width] /= (width / _HEADS) ** 0.5
    bias[:width] /= (width / _HEADS) ** 0.5
    mixed = graph.linear(state, f"{name}qkv", weight=weight, bias=bias)
    parts = [f"{name}{part}" for part in ("query", "key", "value")]
    graph.nodes.append(
        graph._helper.make_node("Split", [mixed, "thirds"], parts, name=f"{name}split", axis=1)
    )
    query, value = (graph.heads(parts[part], order=(1, 0, 2)) for part in (0, 2))
    scores = graph.node("MatMul", [query, graph.heads(parts[1], order=(1, 2, 0))], f"{name}scores")
    weights = graph.node("Softmax", [scores], f"{name}weights", axis=-1)
    context = graph.node(
        "Transpose", [graph.node("MatMul", [weights, value], f"{name}mixed")], f"{name}turned", perm=[1, 0, 2]
    )
    context = graph.node("Reshape", [context, "flat"], f"{name}context")
    state = graph.norm(
        graph.node("Add", [state, graph.linear(context, f"{name}o")], f"{name}sum.1"), f"{name}n1"
    )
    inner = graph.node("Gelu", [graph.linear(state, f"{name}f1")], f"{name}inner")
    return graph.norm(
        graph.node("Add", [state, graph.linear(inner, f"{name}f2")], f"{name}sum.2"), f"{name}n2"
    )


def build_model(
    parameters: dict[str, NDArray[np.float32]], *, vocabulary: Sequence[str], labels: Sequence[str]
) -> Any:
    """The network as an ONNX model in 32 bits (but for the piece embeddings).

    Args:
        parameters: as :mod:`extractors.training.encoder_network` names them.
        vocabulary: the pieces, in order.
        labels: what the outputs stand for.

    Returns:
        The ``onnx.ModelProto``. Inputs: see :func:`extractors.encoder.encode_words`; output: ``probabilities``.
    """
    import onnx
    from onnx import TensorProto, helper

    graph = _Graph(parameters)
    width = parameters["word.weight"].shape[1]
    graph.constant("by head", np.array([0, _HEADS, width // _HEADS], np.int64))
    graph.constant("flat", np.array([0, width], np.int64))
    graph.constant("thirds", np.array([width] * 3, np.int64))
    state = _embed(graph)
    for layer in range(1 + max(int(name.split(".")[1]) for name in parameters if name.startswith("layers."))):
        state = _layer(graph, state, layer)
    words = graph.node("Gather", [state, "first"], "words")
    graph.constant("hfeat.table", parameters["hfeat.weight"])
    graph.constant("one less", np.array([-1], np.int64))
    hot = graph.node("Slice", ["hot", "zero", "one less"], "hot.words")
    told = graph.node("MatMul", [hot, "hfeat.table"], "hfeat.out")
    hidden = graph.node(
        "Gelu", [graph.node("Add", [graph.linear(words, "h1"), told], "hidden")], "hidden.out"
    )
    graph.node("Softmax", [graph.linear(hidden, "h2")], "probabilities", axis=-1)
    values = [
        ("ids", TensorProto.INT64, ["pieces_"]),
        ("case", TensorProto.INT64, ["pieces_"]),
        ("seg", TensorProto.INT64, ["pieces_"]),
        ("first", TensorProto.INT64, ["words_"]),
        ("hot", TensorProto.FLOAT, ["words_1", FEATURE_ROWS]),
    ]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "tagger",
            [helper.make_tensor_value_info(*value) for value in values],
            [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["words_", len(labels)])],
            graph.constants,
        ),
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=9,
    )
    notes = {
        "format": str(FORMAT),
        "feature_rows": str(FEATURE_ROWS),
        "labels": json.dumps(list(labels)),
        "vocabulary": "\n".join(vocabulary),
    }
    helper.set_model_props(model, notes)
    onnx.checker.check_model(model)
    return model


def quantise_model(model: Any) -> bytes:
    """Round the weights of the large matrices to 8 bits, one scale a column.

    Activations are rounded at run time. Seven of the eight bits are used (``reduce_range``), since processors without
    VNNI instructions add pairs of products in 16 bits and would overflow.

    Args:
        model: as :func:`build_model` makes it.

    Returns:
        The content of the file to ship.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    large = [
        node.name
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1].endswith(".matrix")
    ]
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder) / "full.onnx", Path(folder) / "small.onnx"
        onnx.save(model, str(full))
        quantize_dynamic(
            full,
            small,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_quantize=large,
        )
        content = onnx.load(str(small))
    content.metadata_props.extend(
        p for p in model.metadata_props if p.key not in {q.key for q in content.metadata_props}
    )
    return bytes(content.SerializeToString(deterministic=True))
