"""Names that the text itself gives away: "we propose X", "X, a new benchmark", the title before its colon.

Input: clean text, its sentences and abbreviations. Output: candidates with a type read off the nouns around the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors.abbreviations import Abbreviation
from extractors.reading import Candidate
from kg.model import EntityType

# A coined name begins with a word that has a capital somewhere, and has at most six words.
_CORE = r"[A-Z][\w+.*-]*[\w+*]|[a-z0-9][a-z0-9]*-?[A-Z][\w+.*-]*|[A-Z]"
_COINED = rf"(?:{_CORE})(?:[ ](?:[A-Z0-9][\w+.*-]*|of|for|the|and|in|with|to|on)){{0,5}}"
_HAS_CAPITAL = re.compile(r"[A-Z]")
_INTRODUCE = (
    r"(?:introduc(?:e|es|ing)|propos(?:e|es|ing)|present(?:s|ing)?|develop(?:s|ed)?|design(?:s|ed)?|releas(?:e|es|ing)"
    r"|construct(?:s|ed)?|creat(?:e|es|ed)|build|built|contribut(?:e|es)|curat(?:e|es|ed)|unveil|open-source|collect|describe)"
)
_SUBJECT = r"(?:[Ww]e|[Tt]his (?:paper|work|study|article|report)|[Tt]he (?:paper|authors)|[Oo]ur work)"
_ADVERB = r"(?:(?:also|further|then|therefore|thus|first|hereby|carefully|additionally|here|in turn|next|now|newly)[ ,]*)*"
_INTRODUCED = re.compile(
    rf"\b{_SUBJECT}[ ,]+(?:in this (?:paper|work)[ ,]+)?{_ADVERB}{_INTRODUCE}\s+(?:and \w+ )?"
    rf"(?:(?:the|a|an|our|new|novel|first)\s+)*(?P<name>{_COINED})"
)
_CALLED = re.compile(
    rf"(?:called|named|dubbed|termed|coined|denoted(?: as| by)?|referred to as|namely|abbreviated as)\s+"
    rf"(?:the\s+)?[\"“‘']?(?P<name>{_COINED})"
)
_APPOSITION = re.compile(
    rf"(?:^|[\s(\"“])(?P<name>{_COINED})(?:\s*\([^()]{{1,40}}\))?,\s+(?:which is\s+)?(?:a|an|the|our)\s+"
    r"(?P<what>[^.,;:()]{3,110})"
)
_IS_A = re.compile(rf"(?:^|[\s(\"“])(?P<name>{_COINED}) is (?:a|an|the) (?P<what>[^.,;:()]{{3,110}})")
_HEADED = re.compile(
    rf"(?:^|[\s(\"“])(?P<name>(?:{_CORE})(?:[ ][A-Z0-9][\w+.*-]*){{0,4}})\s+"
    r"(?P<what>datasets?|benchmarks?|corpus|corpora|challenge|leaderboard|test suite|test set|simulator|environments?"
    r"|models?|networks?|backbones?|encoders?|checkpoints?|LLMs?|transformers?|agents?"
    r"|algorithms?|methods?|frameworks?|optimizers?|losse?s?|pipelines?|toolkit|library|attention|metric|scores?)\b"
)
_TITLE_NAME = re.compile(r"^(?P<name>[^:?]{2,60}?)\s*[:—]\s+\S")

_DATASET = re.compile(
    r"\b(?:datasets?|benchmarks?|corpus|corpora|leaderboard|challenge|test (?:suite|set|bed)|testbed|collection|environments?"
    r"|simulator|questionnaire|treebank|suite of|database|repository of|arena|competition|gym)\b", re.I,
)  # fmt: skip
_MODEL = re.compile(
    r"\b(?:models?|networks?|architecture|transformer|backbone|foundation model|checkpoint|(?:llms?|vlms?|mllms?|vlas?)(?!-)"
    r"|language model|encoder|decoder|autoencoder|agents?|convnet|policy)\b", re.I,
)  # fmt: skip
_METHOD = re.compile(
    r"\b(?:methods?|frameworks?|approach|algorithms?|pipelines?|paradigm|systems?|toolkit|toolbox|library|modules?|loss"
    r"|strategy|techniques?|mechanism|procedure|schemes?|plugin|package|recipe|platform|optimizer|protocol|regularizer|solver"
    r"|attention|learning|training|optimization|tuning|sampling)\b", re.I,
)  # fmt: skip
_METRIC = re.compile(r"\b(?:metrics?|scores?|measures?|index|indicator)\b", re.I)
_STOP = re.compile(
    r"^(?:we|this|these|those|the|a|an|our|it|they|in|on|for|however|moreover|to|by|with|as|and|or|but|novel|new|first|state|both"
    r"|towards?|method|model|framework|dataset|benchmark|approach|code|extensive|experiments?|results?|recent|existing|large|one|two"
    r"|three|four|finally|then|thus|based|using|such|all|each|several|many|most|some|more|that|which|where|when|while|here|there"
    r"|multi|self|non|pre|fine|end|high|low|real|open|deep|machine|data|language|neural|artificial|traditional|current|previous"
    r"|AI|ML|NLP|LLMs?|VLMs?|MLLMs?|LVLMs?|RL|CV|GPU|GPUs|CPU|API|DNNs?|SOTA|NeurIPS|ICML|ICLR|CVPR|ACL|EMNLP|arXiv|GitHub|Python)$",
    re.I,
)  # fmt: skip
_TRAILING = re.compile(r"(?:[ ](?:of|for|the|and|in|with|to|on|a|an))+$")


_DATASET_NAME = re.compile(
    r"(?:[Bb]ench(?:mark)?|Arena|Eval|[A-Z]QA|Corpus|Dataset|Gym|-\d+[KM])(?:[-+ ]?[\dvA-Z.]{0,5})$"
)
_MODEL_NAME = re.compile(
    r"(?:Net(?:work)?s?|[Ff]ormer|LM|GPT|BERT|VLA|LLaVA|Mamba|Captioner|-\d+(?:\.\d)?B)(?:[-+ ]?[\dv.]{0,4})$"
)


def kind_of_name(name: str) -> EntityType | None:
    """The type that a coined name's ending gives away: FooBench, BarFormer."""
    if _DATASET_NAME.search(name):
        return EntityType.DATASET
    return EntityType.MODEL if _MODEL_NAME.search(name) else None


def kind_of(description: str, default: EntityType | None) -> EntityType | None:
    """The type that a description says: the noun that comes first in "a framework for building models" decides."""
    places = [
        (match.start(), order, kind)
        for order, (pattern, kind) in enumerate(
            (
                (_DATASET, EntityType.DATASET),
                (_METHOD, EntityType.METHOD),
                (_MODEL, EntityType.MODEL),
                (_METRIC, EntityType.METRIC),
            )
        )
        if (match := pattern.search(description))
    ]
    if not places:
        return default
    # "a diffusion model framework": the head of the noun phrase is the last noun before the first preposition.
    phrase = re.split(
        r"\b(?:for|of|that|which|to|with|in|on|from|by|based|using|designed|built|where|and)\b", description
    )[0]
    heads = []
    for pattern, kind in (
        (_DATASET, EntityType.DATASET),
        (_METHOD, EntityType.METHOD),
        (_MODEL, EntityType.MODEL),
        (_METRIC, EntityType.METRIC),
    ):
        heads += [(match.end(), kind) for match in pattern.finditer(phrase)]
    if heads:
        return max(heads, key=lambda h: h[0])[1]
    return min(places)[2]


def find_patterned(
    text: str, sentences: Iterable[tuple[int, int]], title_end: int, abbreviations: Iterable[Abbreviation]
) -> list[Candidate]:
    """Candidates from what the sentences say around names.

    Args:
        text: clean text of the paper, title first.
        sentences: offsets of its sentences.
        title_end: offset behind the title.
        abbreviations: definitions found in the text.

    Returns:
        Candidates; the same stretch may be found by several patterns.
    """
    found: list[Candidate] = []
    for start, end in sentences:
        sentence = text[start:end]
        if start < title_end:
            found.extend(_title(text[:title_end], text))
            continue
        for match in _INTRODUCED.finditer(sentence):
            after = sentence[match.end("name") : match.end("name") + 130]
            found += _candidate(text, start, match, kind_of(_appositive(after), None), 0.72, "we propose")
        for match in _CALLED.finditer(sentence):
            before = sentence[max(0, match.start() - 120) : match.start()]
            found += _candidate(
                text, start, match, kind_of(_last_phrase(before), EntityType.METHOD), 0.8, "called"
            )
        for pattern, score, reason in ((_APPOSITION, 0.7, "X, a …"), (_IS_A, 0.62, "X is a …")):
            for match in pattern.finditer(sentence):
                found += _candidate(text, start, match, kind_of(match["what"], None), score, reason)
        for match in _HEADED.finditer(sentence):
            if _is_coined(match["name"]):
                found += _candidate(
                    text, start, match, kind_of(match["what"], None), 0.58, f"before “{match['what']}”"
                )
    for item in abbreviations:
        kind = kind_of(text[item.long_span[0] : item.long_span[1]], None)
        around = text[
            max(item.long_span[1], item.short_span[1]) : max(item.long_span[1], item.short_span[1]) + 130
        ]
        kind = kind_of(_appositive(around), None) or kind
        if kind is not None and not _STOP.match(item.short):
            for span in (item.long_span, item.short_span):
                found.append(Candidate(span[0], span[1], kind, 0.56, "abbreviation defined"))
    return found


def _title(title: str, text: str) -> list[Candidate]:
    match = _TITLE_NAME.match(title)
    if match is None:
        return []
    name = match["name"].strip()
    words = name.split()
    abstract = text[len(title) :]
    said = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", abstract)
    coined = _is_coined(name) and len(words) <= 4
    if not (coined or (said and len(words) <= 6 and _HAS_CAPITAL.search(name))):
        return []
    start = match.start("name")
    kind: EntityType | None = None
    for place in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", abstract):
        kind = kind_of(_appositive(abstract[place.end() : place.end() + 130]), None)
        if kind is None:
            kind = kind_of(_last_phrase(abstract[max(0, place.start() - 60) : place.start()]), None)
        if kind is not None:
            break
    kind = (
        kind_of_name(name)
        or kind
        or kind_of(title[match.end() - 1 :], EntityType.METHOD)
        or EntityType.METHOD
    )
    return [Candidate(start, start + len(name), kind, 0.86 if said else 0.7, "title before the colon")]


def _appositive(after: str) -> str:
    """What stands as a description right behind a name: ", a new benchmark for …" or " is a …" or a head noun."""
    match = re.match(
        r"\s*(?:\([^()]{1,60}\))?\s*(?:,\s*(?:which is\s+|which\s+)?|is\s+|as\s+|--?\s*|—\s*|:\s*)?(?:the\s+|a\s+|an\s+|our\s+)(?P<what>[^.,;()]{3,110})",
        after,
    )
    if match:
        return match["what"]
    match = re.match(r"\s*(?:\([^()]{1,60}\))?\s*(?P<what>[a-z][\w-]*(?: [a-z][\w-]*)?)", after)
    return match["what"] if match else ""


def _last_phrase(before: str) -> str:
    """The description that a name follows: "a new benchmark called"."""
    return re.split(r"[.,;:()]|\b(?:we|the|a|an|our)\b", before)[-1] if before else ""


def _is_coined(name: str) -> bool:
    """True for names with a capital inside or several, a digit, or all capitals."""
    if len(name) < 2 or not _HAS_CAPITAL.search(name):
        return False
    capitals = sum(c.isupper() for c in name)
    return capitals >= 2 or any(c.isdigit() for c in name) or (name[0].islower() and capitals >= 1)


def _candidate(
    text: str, offset: int, match: re.Match[str], kind: EntityType | None, score: float, reason: str
) -> list[Candidate]:
    start, end = offset + match.start("name"), offset + match.end("name")
    name = _TRAILING.sub("", text[start:end])
    while name and _STOP.match(name.split(" ")[0]) and " " in name:
        start += len(name.split(" ")[0]) + 1
        name = name.split(" ", 1)[1]
    end = start + len(name)
    while end > start and text[end - 1] in ".-,":
        end -= 1
    name = text[start:end]
    if not name or _STOP.match(name) or not _HAS_CAPITAL.search(name):
        return []
    if len(name.split()) <= 2:
        kind = kind_of_name(name) or kind
    lower_start = name[0].isupper() and name[1:].islower() and " " not in name
    if kind is None:
        kind = EntityType.METHOD
        score -= 0.12
    if lower_start:
        score -= 0.2
    return [Candidate(start, end, kind, score, reason)]
