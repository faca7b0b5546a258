"""The words that the taggers look out for: verbs that say what a paper does, and nouns that say what a thing is."""

from __future__ import annotations

_CUES = {
    "intro": (
        "build built called coin coined construct constructed contribute create created design designed "
        "develop developed develops dub dubbed establish formulate introduce introduced introduces "
        "introducing named namely present presented presenting presents propose proposed proposes "
        "proposing release released releases termed "
    ),
    "eval": (
        "benchmark benchmarked benchmarks conducted dataset datasets demonstrate evaluate evaluated "
        "evaluating evaluation evaluations experiment experiments test tested validate validated "
        "validation "
    ),
    "comp": (
        "baseline baselines beats compared competitive exceed exceeding exceeds outperform outperformed "
        "outperforming outperforms over rival sota surpass surpassed surpasses surpassing than unlike "
        "versus vs "
    ),
    "use": (
        "adopt adopting adopts applied apply applying based combine combines combining employ employing "
        "employs fine finetune finetuned integrate integrates integrating leverage leverages leveraging "
        "pretrained through train trained use used uses using utilise utilize utilizes utilizing via "
        "with "
    ),
    "list": ("e.g include includes including like such "),
}
_HEADS = {
    "dataset": (
        "benchmark benchmarks challenge collection corpora corpus database databases dataset datasets "
        "environment environments leaderboard suite testbed "
    ),
    "model": (
        "agent architecture architectures backbone backbones checkpoint checkpoints encoder encoders llm "
        "llms mllm mllms model models network networks transformer transformers vlm vlms "
    ),
    "method": (
        "algorithm algorithms approach approaches attention decoding framework frameworks layer layers "
        "learning library loss losses mechanism method methods module modules optimization optimizer "
        "paradigm pipeline pipelines sampling strategies strategy system systems technique techniques "
        "toolkit training tuning "
    ),
    "task": (
        "answering classification detection estimation generation prediction problem problems reasoning "
        "recognition reconstruction retrieval segmentation summarization task tasks translation "
    ),
    "metric": (
        "accuracy distance error errors index measure measures metric metrics rate rates ratio score scores "
    ),
}
_NOUNS = {
    "data": ("collection corpora corpus data database databases dataset datasets testset trainset "),
    "benchmark": (
        "arena benchmark benchmarks challenge exam leaderboard questionnaire suite test testbed tests "
    ),
    "environment": ("environment environments game games gym platform playground simulator world "),
    "model": (
        "checkpoint checkpoints llm llms lm lmm lmms lms mllm mllms model models slm slms vla vlas vlm vlms "
    ),
    "network": (
        "architecture architectures autoencoder backbone backbones classifier cnn codec decoder detector "
        "encoder encoders gan generator gnn network networks recommender rnn tokenizer transformer "
        "transformers vae "
    ),
    "agent": ("agent agents assistant policies policy "),
    "method": (
        "algorithm algorithms approach approaches formulation loss losses mechanism method methods "
        "objective optimizer paradigm procedure recipe scheme solver strategies strategy technique "
        "techniques "
    ),
    "framework": ("engine framework frameworks infrastructure pipeline pipelines system systems workflow "),
    "tool": ("app application codebase interface library package protocol software tool toolkit tools "),
    "module": (
        "adapter attention block blocks component components layer layers module modules operator unit "
    ),
    "task": ("problem problems setting settings task tasks "),
    "metric": ("index measure measures metric metrics rate score scores "),
}

CUES = {word: cue for cue, words in _CUES.items() for word in words.split()}
"""Verbs and other words that announce a name, and what they announce it as."""
CUE_NAMES = tuple(_CUES)
HEADS = {word: head for head, words in _HEADS.items() for word in words.split()}
"""Nouns that follow names, by the type that they suggest."""
HEAD_NAMES = ("dataset", "model", "method", "task", "metric")
NOUNS = {word: kind for kind, words in _NOUNS.items() for word in words.split()}
"""Nouns by which a text says what a named thing is, more finely."""
NOUN_NAMES = tuple(_NOUNS)
