"""Fine-tuning the transformer tagger on annotated abstracts.

The encoder starts from all-MiniLM-L6-v2 (Apache-2.0). Its vocabulary is cut down to the pieces that papers use, it is
told about case and place by features, and it learns one label a word: begin and inside of five types, O, and OPT for
names that the annotation marks as optional. A class of its own for the latter keeps them from being counted as
either; whoever decodes adds it to O.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.encoder import MAX_PIECES, EncoderTagger, encode_words
from extractors.encoder_features import describe_words
from extractors.training.encoder_export import build_model, quantise_model
from extractors.training.encoder_network import (
    Dropout,
    Parameters,
    count_layers,
    find_base,
    read_vocabulary,
    run_network,
    start_parameters,
)
from extractors.training.encoder_swaps import collect_names, swap_names
from extractors.training.gold import TYPES, GoldPaper, project_spans
from extractors.wordpiece import BEGIN, END, UNKNOWN, WordPiece
from extractors.words import join_text, split_words
from kg.errors import PluginError

LABELS = ("O", *(f"{part}-{name}" for name in TYPES for part in "BI"), "OPT")
OPTIONAL = LABELS.index("OPT")

Log = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOptions:
    """How to train.

    Args:
        cycles: passes over the papers in each cycle; the learning rate rises and falls once a cycle.
        rate: highest learning rate of the top layer; each layer below has ``layer_decay`` times that of the next.
        head_rate: highest learning rate of what starts from nothing.
        layer_decay: see ``rate``.
        batch: papers a step.
        dropout: share of activations left out.
        swap_share: from the second cycle on, chance that a coined name gives its place to another of its type.
        silver_weight: weight of a word labelled by a teacher; an annotated one has 1.
        pieces: size of the vocabulary.
        seed: of everything random.
        threads: threads to use.
    """

    cycles: tuple[int, ...] = (4, 4)
    rate: float = 2e-4
    head_rate: float = 1e-3
    layer_decay: float = 0.9
    batch: int = 8
    dropout: float = 0.1
    swap_share: float = 0.3
    silver_weight: float = 0.5
    pieces: int = 16_000
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class SplitPaper:
    """A paper cut into words."""

    words: tuple[str, ...]
    glued: tuple[bool, ...]
    title_words: int


@dataclass(frozen=True, slots=True)
class SilverPaper:
    """A paper labelled by a teacher: ``probabilities`` [words, labels]."""

    paper: SplitPaper
    probabilities: NDArray[np.float32]


def split_paper(title: str, abstract: str) -> SplitPaper:
    """Cut a paper into words, as the tagger wants them."""
    text = join_text(title, abstract)
    spans = split_words(text)
    glued = tuple(bool(index) and spans[index - 1][1] == start for index, (start, _) in enumerate(spans))
    title_words = sum(end <= len(title) for _, end in spans)
    return SplitPaper(tuple(text[start:end] for start, end in spans), glued, title_words)


def label_paper(paper: GoldPaper) -> NDArray[np.int64]:
    """The label of every word of an annotated paper, as numbers into :data:`LABELS`."""
    spans = split_words(paper.text)
    labels = np.zeros(len(spans), np.int64)
    for span in project_spans(paper.text, spans, paper.entities):
        entity = paper.entities[span.entity]
        if entity.optional:
            labels[span.start : span.end] = OPTIONAL
        else:
            begin = 1 + 2 * TYPES.index(entity.type)
            labels[span.start : span.end] = begin + 1
            labels[span.start] = begin
    return labels


def choose_vocabulary(texts: Iterable[str], *, size: int) -> tuple[list[str], list[int]]:
    """The word pieces that texts use most, besides all single characters of ASCII and the marks.

    Args:
        texts: what the encoder will read, the more the better; annotations are not needed.
        size: number of pieces.

    Returns:
        The pieces in their old order, and their rows in the table of the pretrained encoder.
    """
    vocabulary = read_vocabulary(find_base())
    cutter = WordPiece(vocabulary)
    words: Counter[str] = Counter()
    for text in texts:
        words.update(text[start:end] for start, end in split_words(text))
    uses: Counter[int] = Counter()
    for word, times in words.items():
        for piece, _ in cutter.cut(word):
            uses[piece] += times
    frequent = sorted(uses, key=lambda piece: (-uses[piece], piece))[:size]
    always = {
        number
        for number, piece in enumerate(vocabulary)
        if piece in ("[PAD]", UNKNOWN, BEGIN, END) or (len(piece.removeprefix("##")) == 1 and piece.isascii())
    }
    keep = sorted(always.union(frequent))
    return [vocabulary[number] for number in keep], keep


@dataclass(frozen=True, slots=True)
class _Example:
    inputs: dict[str, NDArray[Any]]
    target: NDArray[np.float32]
    """[words, labels]"""
    weight: float


def _prepare(paper: SplitPaper, target: NDArray[np.float32], weight: float, cutter: WordPiece) -> _Example:
    pieces = [cutter.cut(word) for word in paper.words]
    features = describe_words(paper.words, glued=paper.glued, title_words=paper.title_words)
    # Position embeddings end at 512; the rare longer abstract is cut for training.
    fits = int(np.searchsorted(np.cumsum([len(cut) for cut in pieces]), MAX_PIECES - 2, side="right"))
    return _Example(encode_words(pieces[:fits], features[:fits], cutter), target[:fits], weight)


def _prepare_gold(paper: GoldPaper, cutter: WordPiece) -> _Example:
    target = np.eye(len(LABELS), dtype=np.float32)[label_paper(paper)]
    return _prepare(split_paper(paper.title, paper.abstract), target, 1.0, cutter)


def _collate(examples: Sequence[_Example]) -> tuple[dict[str, Any], Any, Any]:
    """Pad examples to one size: network inputs, targets [papers, words, labels], weights [papers, words]."""
    torch: Any = import_module("torch")
    pieces = max(len(example.inputs["ids"]) for example in examples)
    words = max(len(example.target) for example in examples)
    count = len(examples)
    batch = {name: np.zeros((count, pieces), np.int64) for name in ("ids", "case")}
    batch["seg"] = np.full((count, pieces), words, np.int64)
    batch["first"] = np.zeros((count, words), np.int64)
    batch["hot"] = np.zeros((count, words + 1, examples[0].inputs["hot"].shape[1]), np.float32)
    batch["mask"] = np.zeros((count, pieces), np.bool_)
    target = np.zeros((count, words, len(LABELS)), np.float32)
    weight = np.zeros((count, words), np.float32)
    for row, example in enumerate(examples):
        size, length = len(example.inputs["ids"]), len(example.target)
        for name in ("ids", "case"):
            batch[name][row, :size] = example.inputs[name]
        batch["seg"][row, :size] = np.where(example.inputs["seg"] == length, words, example.inputs["seg"])
        batch["first"][row, :length] = example.inputs["first"]
        batch["hot"][row, :length] = example.inputs["hot"][:-1]
        batch["mask"][row, :size] = True
        target[row, :length] = example.target
        weight[row, :length] = example.weight
    tensors = {name: torch.from_numpy(value) for name, value in batch.items()}
    return tensors, torch.from_numpy(target), torch.from_numpy(weight)


def _order_batches(sizes: Sequence[int], batch: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """Shuffled batches of papers of like length, so that little of a batch is padding."""
    order = rng.permutation(len(sizes))
    batches = []
    for begin in range(0, len(order), batch * 12):
        chunk = sorted(order[begin : begin + batch * 12], key=lambda index: sizes[index])
        batches += [np.array(chunk[at : at + batch]) for at in range(0, len(chunk), batch)]
    return [batches[index] for index in rng.permutation(len(batches))]


def _rate_of(name: str, layers: int, options: EncoderOptions) -> float:
    if name.startswith("layers."):
        return options.rate * options.layer_decay ** (layers - 1 - int(name.split(".")[1]))
    if name.split(".")[0] in ("word", "pos", "norm"):
        return options.rate * options.layer_decay**layers
    return options.head_rate


def fit_encoder(
    papers: Sequence[GoldPaper],
    *,
    vocabulary: tuple[Sequence[str], Sequence[int]],
    silver: Sequence[SilverPaper] = (),
    options: EncoderOptions | None = None,
    log: Log | None = None,
) -> Parameters:
    """Fine-tune the encoder.

    Args:
        papers: annotated papers.
        vocabulary: as :func:`choose_vocabulary` gives it.
        silver: papers labelled by a teacher (see :func:`label_silver`).
        options: how to train.
        log: told of each epoch.

    Returns:
        The trained parameters; the same input gives the same ones on the same machine.

    Raises:
        PluginError: torch or the pretrained weights are not installed, or there is nothing to learn from.
    """
    try:
        torch: Any = import_module("torch")
    except ImportError as error:
        raise PluginError("training the encoder needs torch", hint="pip install 'paper-kg[train]'") from error
    options = options or EncoderOptions()
    if not papers and not silver:
        raise PluginError("there are no annotated papers to train on")
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    cutter = WordPiece(vocabulary[0])
    names = collect_names(papers)
    fixed = [_prepare_gold(paper, cutter) for paper in papers]
    taught = [_prepare(item.paper, item.probabilities, options.silver_weight, cutter) for item in silver]
    parameters = start_parameters(find_base(), vocabulary[1], len(LABELS), seed=options.seed)
    layers = count_layers(parameters)
    groups = [
        {
            "params": [tensor],
            "lr": _rate_of(name, layers, options),
            "weight_decay": 0.01 if tensor.ndim > 1 else 0.0,
        }
        for name, tensor in parameters.items()
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98), fused=True)
    highest = [group["lr"] for group in optimiser.param_groups]
    dropout = Dropout(options.dropout)
    per_epoch = (len(fixed) + len(taught) + options.batch - 1) // options.batch
    for cycle, epochs in enumerate(options.cycles):
        step, total = 0, epochs * per_epoch
        for epoch in range(epochs):
            examples = fixed
            if cycle:
                swapped = (swap_names(paper, names, rng, share=options.swap_share) for paper in papers)
                examples = [
                    old if paper is changed or paper == changed else _prepare_gold(changed, cutter)
                    for old, paper, changed in zip(fixed, papers, swapped, strict=True)
                ]
            examples = examples + taught
            losses = []
            for chosen in _order_batches([len(item.inputs["ids"]) for item in examples], options.batch, rng):
                share = min(1.0, (step + 1) / (0.1 * total)) * max(0.02, 1 - step / total)
                for group, rate in zip(optimiser.param_groups, highest, strict=True):
                    group["lr"] = rate * share
                batch, target, weight = _collate([examples[index] for index in chosen])
                with torch.autocast("cpu", torch.bfloat16):
                    scores = run_network(parameters, batch, dropout)
                loss = (
                    -((target * torch.log_softmax(scores.float(), -1)).sum(-1) * weight).sum() / weight.sum()
                )
                loss.backward()
                torch.nn.utils.clip_grad_norm_(list(parameters.values()), 1.0)
                optimiser.step()
                optimiser.zero_grad()
                losses.append(float(loss.detach()))
                step += 1
            if log:
                log(f"cycle {cycle + 1}, epoch {epoch + 1} of {epochs}: loss {np.mean(losses):.4f}")
    return {name: tensor.detach() for name, tensor in parameters.items()}


def pack_encoder(parameters: Parameters, vocabulary: Sequence[str]) -> bytes:
    """The content of the file that :meth:`extractors.encoder.EncoderTagger.load` reads, with 8-bit weights."""
    arrays = {name: tensor.float().numpy() for name, tensor in parameters.items()}
    return quantise_model(build_model(arrays, vocabulary=vocabulary, labels=LABELS))


def label_silver(teachers: Sequence[EncoderTagger], papers: Iterable[tuple[str, str]]) -> list[SilverPaper]:
    """Label papers with the mean of some trained taggers.

    Args:
        teachers: at least one.
        papers: (title, abstract) pairs.
    """
    out = []
    for title, abstract in papers:
        paper = split_paper(title, abstract)
        mean = np.mean(
            [
                teacher.word_probabilities(
                    [paper.words], glued=[paper.glued], title_words=[paper.title_words]
                )[0]
                for teacher in teachers
            ],
            axis=0,
        )
        out.append(SilverPaper(paper, mean / mean.sum(axis=1, keepdims=True)))
    return out
