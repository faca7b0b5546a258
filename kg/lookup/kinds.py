"""What a one-line description says that a thing is: ``large language model developed by Example`` is a model.

Read is the head of the description: what stands before the first preposition or comma, behind ``type of``, ``family
of`` and the like. It has to end in a word for the type; and the description has to come from our field.
"""

from __future__ import annotations

import re

from kg.model import EntityType

NONE, WEAK, STRONG = 0, 1, 2
"""How well a description fits: not at all; the kind and a word that our field uses, too; the kind and our field by name."""

_KINDS = {
    EntityType.DATASET: r"data ?sets?|corpus|corpora|benchmarks?|(?:image |text |lexical |video )?databases?|treebanks?|"
    r"test (?:suites?|sets?|collections?)|collections?|leaderboards?|knowledge (?:base|graph)s?",
    EntityType.MODEL: r"models?|llms?|(?:neural|adversarial|belief) networks?|transformers?|chatbots?|encoders?|detectors?|classifiers?",
    EntityType.METHOD: r"algorithms?|methods?|methodology|techniques?|approach(?:es)?|architectures?|(?:neural|adversarial|belief|bayesian) networks?|models?|"
    r"frameworks?|mechanisms?|procedures?|process(?:es)?|optimi[sz]ers?|regulari[sz]ation|learning|layers?|functions?|"
    r"strategy|strategies|heuristics?|paradigms?|estimators?|transforms?|classifiers?|autoencoders?",
    EntityType.TASK: r"tasks?|problems?|sub-?fields?|fields?|areas?|disciplines?|techniques?|process(?:es)?|"
    r"recognition|detection|classification|segmentation|generation|translation|answering|learning|processing",
    EntityType.METRIC: r"metrics?|measures?|measurements?|scores?|index|indices|coefficients?|errors?|distances?|rates?|"
    r"statistics?|accuracy|criterion|criteria",
}  # fmt: skip
_ENDS = {kind: re.compile(rf"(?:^|[\s-])(?:{words})$") for kind, words in _KINDS.items()}
_MEASURES = re.compile(r"(?:algorithm|method) (?:for|to) (?:evaluat|measur|assess|compar)")
_CUT = re.compile(
    r"\s*[,;:(]|\s(?:of|for|in|that|which|by|used|using|developed|to|from|on|with|introduced|created|released|based|"
    r"published|where|as|at|trained|consisting|containing|designed)\b"
)
_ARTICLE = re.compile(r"^(?:an?|the|\d{4})\s+")
_CONTAINER = re.compile(
    r"(?:^|\s)(?:types?|class|classes|family|families|kinds?|forms?|series|sets?|groups?|variants?|variations?|versions?|"
    r"suites?|branch|sub-?sets?|sub-?class|sub-?fields?|fields?|areas?|generation|line)$"
)
_STRONG = re.compile(
    r"\b(?:machine learning|deep learning|artificial intelligence|ai|neural|natural[- ]language|language models?|nlp|"
    r"computer vision|computer science|computational linguistics|reinforcement learning|information retrieval|"
    r"data mining|pattern recognition|statistical classification|speech recognition|image recognition|"
    r"object detection|image classification|question answering|machine translation|machine-translated|word embeddings?|"
    r"generative|pre-?trained|transformer|text-to-image|text-to-video|stochastic optimi[sz]ation|chatbots?|llms?|"
    r"knowledge graphs?|recommender|robot learning)\b"
)
_WEAK = re.compile(
    r"\b(?:data|datasets?|corpus|texts?|images?|videos?(?! games?)|audio|speech|software|algorithms?|computers?|computing|"
    r"computational|optimi[sz]ation|statistics|statistical|evaluat\w+|benchmarks?|questions?|translation|words?|lexical|"
    r"language|linguistics?|robots?|robotics|training|classification|classifier|clustering|regression|learning|graphs?|"
    r"retrieval|recognition|segmentation|detection|probabilit\w+|information|code|programming|reasoning)\b"
)
_TEXTS = re.compile(
    r"(?:^|[\s-])(?:articles?|preprints?|papers?|publications?|thesis|theses|dissertations?|books?|reports?|"
    r"disambiguation page|wikimedia .*|template|category)$"
)


def fit_of(kind: EntityType, description: str) -> int:
    """How well a description fits a type: ``NONE``, ``WEAK`` or ``STRONG``."""
    text = " ".join(description.casefold().split())
    ends = any(_ENDS[kind].search(head) for head in heads_of(text))
    if not ends and not (kind is EntityType.METRIC and _MEASURES.search(text)):
        return NONE
    if _STRONG.search(text):
        return STRONG
    return WEAK if _WEAK.search(text) else NONE


def is_text(description: str) -> bool:
    """True where the description is that of an article, a book or a page about names: not a thing of ours."""
    return any(_TEXTS.search(head) for head in heads_of(" ".join(description.casefold().split())))


def heads_of(text: str) -> list[str]:
    """The head of a description in lower case; behind each container (``family of``), the next one, too.

    >>> heads_of("family of language models developed by example")
    ['family', 'language models']
    """
    heads: list[str] = []
    rest = text
    while len(heads) < 3:
        rest = _ARTICLE.sub("", rest.strip())
        cut = _CUT.search(rest)
        head = rest[: cut.start()] if cut else rest
        heads.append(head)
        if cut is None or cut.group().strip() != "of" or not _CONTAINER.search(head):
            break
        rest = rest[cut.end() :]
    return heads
