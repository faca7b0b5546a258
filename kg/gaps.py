"""The link-gap report: papers that announce code, data or a model, and where the link to it is missing.

An announcement is a sentence of the abstract that says that something of the paper's own is or will be given out:
“we release …”, “code is available …”, “the dataset will be made public”. What only speaks of the availability of others'
data (“where labelled data are available”, “on publicly available benchmarks”) is none. Patterns, not a model: each hit
can be read off the sentence that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kg.facts import GONE, LinkFact
from kg.links import canonical_url, link_kind
from kg.model import EntityType, Extraction, LinkKind, LinkRole, Paper, Role

CODE, DATA, MODEL = "code", "data", "model"
KINDS = (CODE, DATA, MODEL)

NOWHERE, HUB, DEAD = "nowhere", "hub", "dead"
STATES = {
    NOWHERE: "no link to it in the abstract, nor from any source",
    HUB: "linked in the abstract, but not on its page on the Hub",
    DEAD: "the link is dead",
}


@dataclass(frozen=True, slots=True)
class Announcement:
    """A sentence that announces something.

    Attributes:
        kinds: ``code``, ``data``, ``model``, those that it announces.
        start: offset of the sentence in ``paper.text``.
        end: offset behind it.
        quote: ``paper.text[start:end]``.
        later: true where it only promises (“will be released”).
    """

    kinds: tuple[str, ...]
    start: int
    end: int
    quote: str
    later: bool


@dataclass(frozen=True, slots=True)
class Gap:
    """Something announced, and no link to it.

    Attributes:
        paper: that announces it.
        announcement: the first sentence that does.
        kinds: all that the paper announces.
        state: ``nowhere``, ``hub`` or ``dead``.
        links: what the abstract links to, where it does.
    """

    paper: Paper
    announcement: Announcement
    kinds: tuple[str, ...]
    state: str
    links: tuple[str, ...] = ()


_NOUNS = {
    CODE: r"(?:source )?codes?|code ?bases?|implementations?|scripts?|tool ?kits?|librar(?:y|ies)|software|repositor(?:y|ies)|packages?",
    DATA: r"data|data ?sets?|corpus|corpora|benchmarks?|annotations?|test (?:sets?|suites?)|test-?beds?|questions|prompts",
    MODEL: r"(?:pre-?trained |model )?(?:models?|weights|checkpoints?)",
}
_NOUN = {kind: re.compile(rf"\b(?:{words})\b", re.I) for kind, words in _NOUNS.items()}
_ANY = "|".join(_NOUNS.values())
_ADVERBS = (
    r"(?:(?:now|also|made|soon|fully|publicly|freely|openly|all|already|both|being|readily|completely|widely|currently|hereby|further|"
    r"additionally|further more|eventually|gladly|then|officially|permanently|anonymously|therefore|thus)[, ]+)*"
)
_GIVEN = re.compile(
    rf"\b(?P<what>{_ANY})\b(?P<between>[^.;:!?]{{0,90}}?)\b(?P<verb>is|are|will be|has been|have been|was|were|can be|would be|shall be)\s+"
    rf"(?P<how>{_ADVERBS}(?:available|released|open[- ]?sourced|open source|accessible|published|shared|public|found|hosted|provided|downloaded"
    r"|accessed|obtained|made (?:publicly |freely |openly )?(?:available|public|accessible|open)))\b",
    re.I,
)
_SHORT = re.compile(
    rf"(?:^|[.!?:;(]\s*)(?:our |the |all |both )?(?P<what>(?:{_ANY})(?:(?:,| and| &|/|, and) (?:{_ANY}))*)"
    r"[^.;:!?]{0,30}?(?:\s+(?:publicly )?available\s+(?:at|on|from|here|online|under|via|in)\b|\s*:\s*(?:https?://|\\url|www\.|github\.com))",
    re.I,
)
_WE = re.compile(
    rf"\b(?:we|authors|this (?:work|paper))\s+(?:(?:will|plan to|intend to|aim to|have|hope to|commit to|are going to|shall|can|would)\s+)?{_ADVERBS}"
    r"(?P<verb>releas(?:e|es|ed|ing)|open[- ]?sourc(?:e|es|ed|ing)|publish(?:ed)?|shar(?:e|ed)|make|made|publicly|contribute|provide|distribute)\b"
    r"(?P<object>[^.;:!?]{1,200})",
    re.I,
)
_AND_WE = re.compile(
    r"\b(?:we|this (?:work|paper))\b.{0,600}?(?:\band|,)\s+(?:also |publicly |fully |openly |will )*(?P<verb>release|open-source)\b(?P<object>[^.;:!?]{1,200})",
    re.I | re.S,
)
_NAME_GIVEN = re.compile(
    rf"^[^.;:!?]{{0,60}}?\b(?:is|are|will be|has been|have been)\s+{_ADVERBS}(?:available|released|open[- ]?sourced|open source|accessible|public)\b",
    re.I,
)
_GIVING = frozenset(
    (
        "make",
        "made",
        "provide",
        "contribute",
        "publicly",
        "share",
        "shared",
        "distribute",
        "publish",
        "published",
    )
)
_STOP = re.compile(
    r"\b(?:for|of|to|that|with|on|in|by|from|which|under|at|as|so|enabling|allowing|containing|comprising|consisting|including|covering|using|via"
    r"|based|designed|where|whose|because|while)\b|\(|,\s*(?:a|an|the|our|one)\b",
    re.I,
)
_ASIDE = re.compile(
    r",?\s*to (?:the best of )?our (?:best )?knowledge,?|,?\s*(?:for|to) (?:the )?[\w ]{1,30}?(?:research|community|reproducibility),",
    re.I,
)
_OPEN = re.compile(
    r"\b(?:available|public(?:ly)?|open(?:ly|-source|-sourced| source)?|accessible|free(?:ly)?)\b", re.I
)
_OPENLY = re.compile(
    r"\b(?:publicly|openly|freely|public|open[- ]?sourced?|released|release|published|will be|https?:|github|hugging ?face|"
    r"project page|website|anonymous|upon (?:acceptance|publication|request)|acceptance|at this|available (?:at|here|online))",
    re.I,
)
_OURS = re.compile(
    r"\b(?:our|this|these|the (?:code|source|implementation|dataset|corpus|benchmark|model|weights))\b", re.I
)
_OTHERS = re.compile(
    r"\b(?:when|if|where|whenever|although|though|because|since|unless|until|once|no|little|limited|few|only|not|never|rarely|without|than"
    r"|existing|other|such|more|most|many|several|some|previous|prior|any|whether|often|unlabell?ed|labell?ed|training|user|private|personal)\b",
    re.I,
)
_NEGATED = re.compile(r"\b(?:not|none|nor|never|rarely|neither|no longer|cannot)\b|n't\b", re.I)
_LATER = re.compile(
    r"\b(?:will|shall|plan to|intend to|upon (?:acceptance|publication)|soon|going to|hope to|commit to)\b",
    re.I,
)
_SENTENCE = re.compile(r"(?<=[^\s.][.!?])[)\]\"'”’]*\s+(?=[\"“(\[]?[A-Z0-9\\$])|\n\s*\n")
_NOT_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|et al|etc|vs|cf|resp|Fig|Sec|Eq|approx|No|Dr|w\.r\.t|a\.k\.a)|\b[A-Z])\.$"
)

_ARTEFACT_ROLES = frozenset(
    (
        LinkRole.CODE,
        LinkRole.DATASET,
        LinkRole.MODEL,
        LinkRole.DEMO,
        LinkRole.LEADERBOARD,
        LinkRole.PROJECT,
        LinkRole.OTHER,
    )
)
_ARTEFACT_KINDS = frozenset(
    (LinkKind.GITHUB, LinkKind.GITLAB, LinkKind.HUGGINGFACE_MODEL, LinkKind.HUGGINGFACE_DATASET, LinkKind.HUGGINGFACE_SPACE,
     LinkKind.PROJECT_PAGE, LinkKind.ANONYMOUS_REPO, LinkKind.ZENODO)
)  # fmt: skip
_OF_TYPE = {EntityType.DATASET: DATA, EntityType.MODEL: MODEL, EntityType.METHOD: CODE}
_HUB_FORMAT = "hf-papers"


def find_gaps(
    pairs: Iterable[tuple[Paper, Extraction]], *, facts: Mapping[str, LinkFact] | None = None
) -> Iterator[Gap]:
    """Find what is announced and not linked.

    Whether the Hub's page of a paper links anything is known of papers that came from the Hub's API alone.

    Args:
        pairs: papers with what their texts say.
        facts: what was seen behind links, by canonical address.

    Yields:
        One gap a paper at most, in the order of the papers.
    """
    seen = facts or {}
    for paper, extraction in pairs:
        found = find_announcements(paper, extraction)
        if not found:
            continue
        kinds = tuple(kind for kind in KINDS if any(kind in a.kinds for a in found))
        in_text = tuple(
            dict.fromkeys(
                link.url
                for link in extraction.links
                if link.role in _ARTEFACT_ROLES or link.kind in _ARTEFACT_KINDS
            )
        )
        beside = tuple(link for link in paper.links if link_kind(link) in _ARTEFACT_KINDS)
        every = {canonical_url(link) for link in (*in_text, *beside)}
        dead = {url for url in every if url in seen and seen[url].state == GONE}
        on_hub = any(sighting.format == _HUB_FORMAT for sighting in paper.sightings)
        if not every:
            yield Gap(paper, found[0], kinds, NOWHERE)
        elif dead == every:
            yield Gap(paper, found[0], kinds, DEAD, tuple(sorted(dead)))
        elif on_hub and not beside:
            yield Gap(paper, found[0], kinds, HUB, in_text)


def find_announcements(paper: Paper, extraction: Extraction | None = None) -> tuple[Announcement, ...]:
    """The sentences of an abstract that announce code, data or a model of the paper's own.

    Args:
        paper: whose abstract is read.
        extraction: names in it tell what is given out where the sentence has no noun for it (“We release FooBench”).

    Returns:
        In the order of the text.
    """
    found = []
    for start, end in _sentences(paper.abstract):
        sentence = paper.abstract[start:end]
        kinds = set(_given(sentence)) | set(_short(sentence))
        begin = paper.abstract_start + start
        for first, last, words in _we(sentence):
            named = {kind for kind in KINDS if _NOUN[kind].search(words)}
            if not named and extraction is not None:
                named = _named(extraction, begin + first, begin + last)
            kinds |= named
        if extraction is not None and not kinds and _OPENLY.search(sentence):
            kinds |= _own_name_given(paper, extraction, begin, paper.abstract_start + end)
        if kinds:
            ordered = tuple(kind for kind in KINDS if kind in kinds)
            finish = paper.abstract_start + end
            later = _LATER.search(sentence) is not None
            found.append(Announcement(ordered, begin, finish, paper.text[begin:finish], later))
    return tuple(found)


def _given(sentence: str) -> Iterator[str]:
    """Kinds in “our code and data are publicly available”."""
    for match in _GIVEN.finditer(sentence):
        if _NEGATED.search(sentence[max(0, match.start() - 20) : match.start("verb")]) or _NEGATED.search(
            sentence[match.start("verb") : match.end() + 12]
        ):
            continue
        before = sentence[max(0, match.start() - 40) : match.start()]
        subject = before[before.rfind(",") + 1 :] + match.group("what") + match.group("between")
        kinds = [kind for kind in KINDS if _NOUN[kind].search(subject)]
        sure = _OPENLY.search(sentence) is not None
        ours = _OURS.search(subject) is not None
        whole = ours or re.match(r"\s*(?:all|both|the|data|dataset|model)\b", subject, re.I) is not None
        if (CODE in kinds and (sure or ours)) or (sure and whole and not _OTHERS.search(subject)):
            yield from kinds


def _short(sentence: str) -> Iterator[str]:
    """Kinds in “Code: https://…” and “Code and models available at …”."""
    for match in _SHORT.finditer(sentence):
        yield from (kind for kind in KINDS if _NOUN[kind].search(match.group("what")))


def _we(sentence: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and words of the object in “we release the code and the weights”."""
    for match in (*_WE.finditer(sentence), *_AND_WE.finditer(sentence)):
        verb, words = match.group("verb").lower(), match.group("object")
        if _NEGATED.search(sentence[match.start() : match.end("verb")]):
            continue
        clean = _ASIDE.sub(lambda aside: " " * len(aside.group()), words)
        head = sentence[match.start() : match.start("object")]
        # Some verbs say that something is given out only together with a word for open.
        if verb in _GIVING and not _OPEN.search(clean) and not _OPEN.search(head):
            continue
        stop = _STOP.search(clean)
        last = stop.start() if stop is not None else len(clean)
        yield match.start("object"), match.start("object") + last, clean[:last]


def _own_name_given(paper: Paper, extraction: Extraction, start: int, end: int) -> set[str]:
    """Kinds in “FooBench is publicly available”, where the paper introduces FooBench."""
    found = set()
    for entity in extraction.entities:
        if entity.type not in _OF_TYPE or entity.role is not Role.INTRODUCES:
            continue
        for mention in entity.mentions:
            if start <= mention.start < end and _NAME_GIVEN.match(paper.text[mention.end : end]):
                found.add(_OF_TYPE[entity.type])
    return found


def _named(extraction: Extraction, start: int, end: int) -> set[str]:
    return {
        _OF_TYPE[entity.type]
        for entity in extraction.entities
        if entity.type in _OF_TYPE
        for mention in entity.mentions
        if start <= mention.start < end
    }


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for gap in _SENTENCE.finditer(text):
        if _NOT_END.search(text[max(0, gap.start() - 12) : gap.start()]):
            continue
        if text[start : gap.start()].strip():
            yield start, gap.start()
        start = gap.end()
    end = len(text.rstrip())
    if text[start:end].strip():
        yield start, end
