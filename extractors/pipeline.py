"""The extraction pipeline: spaCy components over ``spacy.blank("en")``, run in one ``nlp.pipe``.

Input: papers. Output: one extraction a paper, in order. Each component reads and adds to the ``Reading`` that rides on
the document: ``kg_sentences`` → ``kg_links`` → ``kg_abbreviations`` → names (``kg_lexicon``, ``kg_patterns``,
``kg_entities``, ``kg_roles``, or the trained ``kg_tagger`` in their place) → ``kg_relations``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import get_words_and_spaces
from spacy.vocab import Vocab

from extractors.abbreviations import find_abbreviations
from extractors.cues import assign_role
from extractors.entities import gather
from extractors.lexicon import Lexicon, catalogue_names, read_lexicon
from extractors.links import find_links
from extractors.patterns import find_patterned
from extractors.reading import Found, Reading, attach, reading_of
from extractors.sentences import split_sentences
from extractors.words import split_words
from kg.errors import ExtractionError
from kg.model import Evidence, ExtractedEntity, ExtractedLink, Extraction, Mention, Paper, Span
from kg.version import __version__

BATCH = 64


class WordTokenizer:
    """spaCy tokenizer with this package's own words, so that taggers and documents agree on them."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Split a text; ``doc.text == text``."""
        words, spaces = get_words_and_spaces([text[s:e] for s, e in split_words(text)], text)
        return Doc(self.vocab, words=words, spaces=spaces)


class SpacyExtractor:
    """The extractor behind ``kg build``.

    Args:
        nlp: a pipeline made by ``make_nlp``.
        model: its name, for the version.
        version: of the trained files and name lists in it.
    """

    def __init__(self, nlp: Language, *, model: str, version: str) -> None:
        self._nlp = nlp
        self._model = model
        self._version = version

    @property
    def name(self) -> str:
        """Name of the extractor."""
        return f"kg-{self._model}"

    @property
    def version(self) -> str:
        """Version of code, model and name lists together."""
        return self._version

    def extract(self, papers: Iterable[Paper]) -> Iterator[Extraction]:
        """Read papers in batches.

        Raises:
            ExtractionError: where a component fails; the message names the paper.
        """
        stream = iter(papers)
        label = f"{self.name}-{self.version}"
        while batch := list(islice(stream, BATCH)):
            try:
                docs = list(self._nlp.pipe((self._document(p) for p in batch), batch_size=BATCH))
            except Exception:
                docs = list(self._one_by_one(batch))
            for doc in docs:
                yield finish(reading_of(doc), label)

    def read(self, paper: Paper) -> Reading:
        """Read one paper and keep the notes, for explanations."""
        return reading_of(next(iter(self._nlp.pipe([self._document(paper)]))))

    def _document(self, paper: Paper) -> Doc:
        reading = Reading.of(paper)
        doc = self._nlp.make_doc(reading.text)
        attach(doc, reading)
        return doc

    def _one_by_one(self, batch: Sequence[Paper]) -> Iterator[Doc]:
        for paper in batch:
            try:
                yield from self._nlp.pipe([self._document(paper)])
            except Exception as error:
                raise ExtractionError(f"extraction failed: {error!r}", paper=paper.id, hint="Please report this") from error


def finish(reading: Reading, extractor: str) -> Extraction:
    """Turn the notes into an extraction, with offsets in the paper's own text."""
    text = reading.paper.text
    entities = []
    for found in reading.found:
        mentions = []
        for span in found.spans:
            start, end = reading.original(span.start, span.end)
            mentions.append(Mention(start, end, text[start:end], found.type, extractor, round(found.confidence, 4)))
        aliases = tuple(dict.fromkeys(m.surface for m in mentions))
        name = next((m.surface for s, m in zip(found.spans, mentions, strict=True) if reading.text[s.start : s.end] == found.name), aliases[0])
        best = min(found.spans, key=lambda s: (s.start < reading.abstract_start, s.start))
        entities.append(
            ExtractedEntity(
                found.type, name, aliases, found.role, round(found.confidence, 4), round(found.role_confidence, 4),
                tuple(mentions), reading.evidence(best), extractor, found.because,
            )
        )  # fmt: skip
    return Extraction(reading.paper.id, tuple(entities), tuple(reading.links), tuple(reading.relations))


# ---------------------------------------------------------------------- components
@Language.component("kg_sentences")
def sentences(doc: Doc) -> Doc:
    """Find the sentences."""
    reading = reading_of(doc)
    reading.sentences = split_sentences(reading.text)
    return doc


@Language.component("kg_links")
def links(doc: Doc) -> Doc:
    """Find the URLs, in the paper's own text."""
    reading = reading_of(doc)
    paper = reading.paper
    for link in find_links(paper.text):
        shift = 0 if link.start < len(paper.title) else paper.abstract_start
        view = reading.abstract if shift else reading.title
        at = min(view.clean_offset(link.start - shift), max(0, len(view.text) - 1)) + (reading.abstract_start if shift else 0)
        start, end = reading.sentence_at(at)
        sentence = reading.original(start, end)
        first, last = min(sentence[0], link.start), max(sentence[1], link.end)
        evidence = Evidence(first, last, paper.text[first:last], (Span(link.start, link.end),))
        reading.links.append(
            ExtractedLink(link.surface, link.url, link.kind, link.role, link.start, link.end, evidence, link.confidence, f"links-{__version__}")
        )
    return doc


@Language.component("kg_abbreviations")
def abbreviations(doc: Doc) -> Doc:
    """Tie abbreviations to their long forms."""
    reading = reading_of(doc)
    reading.abbreviations = find_abbreviations(reading.text)
    return doc


@Language.component("kg_patterns")
def patterns(doc: Doc) -> Doc:
    """Find names that the text gives away."""
    reading = reading_of(doc)
    reading.candidates += find_patterned(reading.text, reading.sentences, len(reading.title.text), reading.abbreviations)
    return doc


@Language.component("kg_entities")
def entities(doc: Doc) -> Doc:
    """Gather candidates into entities."""
    reading = reading_of(doc)
    taken = [(link.start, link.end) for link in reading.links]
    free = (c for c in reading.candidates if not _overlaps(reading.original(c.start, c.end), taken))
    reading.found = gather(reading.text, free, reading.abbreviations)
    return doc


@Language.component("kg_roles")
def roles(doc: Doc) -> Doc:
    """Say how the paper relates to each entity."""
    reading = reading_of(doc)
    settled = []
    for found in reading.found:
        role, confidence = assign_role(found, reading)
        settled.append(Found(found.type, found.name, found.spans, found.confidence, role, confidence, found.because))
    reading.found = settled
    return doc


def _overlaps(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


@Language.factory("kg_lexicon", default_config={"paths": []})
def make_lexicon(nlp: Language, name: str, paths: list[str]) -> LexiconComponent:
    """Known names: the catalogue, and users' own lists."""
    own = [row for path in paths for row in read_lexicon(path)]
    return LexiconComponent(Lexicon([*catalogue_names(), *own]))


class LexiconComponent:
    """Finds known names."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        """Add the known names of the text to its candidates."""
        reading = reading_of(doc)
        reading.candidates += self.lexicon.find(reading.text)
        return doc


def make_nlp(*, model: str = "rules", lexicons: Sequence[str | Path] = ()) -> Language:
    """Put the pipeline together.

    Args:
        model: ``rules`` for the lexicons, patterns and cues.
        lexicons: users' own name lists (TOML).

    Returns:
        A spaCy pipeline whose documents carry a ``Reading``.
    """
    nlp = spacy.blank("en")
    nlp.tokenizer = WordTokenizer(nlp.vocab)
    nlp.max_length = 100_000_000
    for component in ("kg_sentences", "kg_links", "kg_abbreviations"):
        nlp.add_pipe(component)
    nlp.add_pipe("kg_lexicon", config={"paths": [str(p) for p in lexicons]})
    for component in ("kg_patterns", "kg_entities", "kg_roles"):
        nlp.add_pipe(component)
    return nlp


def make_extractor(*, model: str = "rules", lexicons: Sequence[str | Path] = ()) -> SpacyExtractor:
    """The entry point of the group ``kg.extractors``.

    Args:
        model: which model.
        lexicons: users' own name lists (TOML).
    """
    version = __version__
    for path in lexicons:
        version += f"+{Path(path).name}.{_digest(Path(path))}"
    return SpacyExtractor(make_nlp(model=model, lexicons=lexicons), model=model, version=version)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise ExtractionError(f"cannot be read: {error.strerror or error}", source=str(path)) from error
