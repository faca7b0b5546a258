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

from extractors import components
from extractors.cues import telling_span
from extractors.models import model_version, resolve_model
from extractors.reading import Reading, attach, reading_of
from extractors.words import split_words, without_signs
from kg.collector import keep_for_good
from kg.errors import ExtractionError
from kg.model import ExtractedEntity, Extraction, Mention, Paper
from kg.names import normal_form

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
                raise ExtractionError(
                    f"extraction failed: {error!r}", paper=paper.id, hint="Please report this"
                ) from error


def finish(reading: Reading, extractor: str) -> Extraction:
    """Turn the notes into an extraction, with offsets in the paper's own text."""
    text = reading.paper.text
    entities = []
    for found in reading.found:
        mentions = []
        for span in found.spans:
            start, end = reading.original(*without_signs(reading.text, span.start, span.end))
            mentions.append(
                Mention(start, end, text[start:end], found.type, extractor, round(found.confidence, 4))
            )
        aliases = tuple(dict.fromkeys(m.surface for m in mentions))
        name = next(
            (
                m.surface
                for s, m in zip(found.spans, mentions, strict=True)
                if reading.text[s.start : s.end] == found.name
            ),
            aliases[0],
        )
        entities.append(
            ExtractedEntity(
                found.type, name, aliases, found.role, round(found.confidence, 4), round(found.role_confidence, 4),
                tuple(mentions), reading.evidence(telling_span(found, reading)), extractor, found.because,
            )
        )  # fmt: skip
    named = {normal_form(name) for entity in entities for name in entity.aliases}
    return Extraction(
        reading.paper.id, tuple(entities), tuple(reading.links), tuple(reading.relations),
        tuple((item.short, item.long) for item in reading.abbreviations if normal_form(item.short) in named),
    )  # fmt: skip


def make_nlp(*, model: str = "auto", lexicons: Sequence[str | Path] = ()) -> Language:
    """Put the pipeline together.

    Args:
        model: ``auto``, ``best``, ``fast``, ``rules`` (lexicons, patterns and cues), or the path of a trained model.
        lexicons: users' own name lists (TOML).

    Returns:
        A spaCy pipeline whose documents carry a ``Reading``.

    Raises:
        ExtractionError: where the model or a list cannot be read.
    """
    chosen = resolve_model(model)
    paths = [str(path) for path in lexicons]
    nlp = spacy.blank("en")
    nlp.tokenizer = WordTokenizer(nlp.vocab)
    nlp.max_length = 100_000_000
    for component in components.BEGINNING:
        nlp.add_pipe(component)
    if chosen == "rules":
        nlp.add_pipe("kg_lexicon", config={"paths": paths})
        for component in components.RULES:
            nlp.add_pipe(component)
    else:
        nlp.add_pipe("kg_tagger", config={"model": chosen, "paths": paths})
    nlp.add_pipe("kg_relations")
    return nlp


def make_extractor(*, model: str = "auto", lexicons: Sequence[str | Path] = ()) -> SpacyExtractor:
    """The entry point of the group ``kg.extractors``.

    Args:
        model: which model, as in ``make_nlp``.
        lexicons: users' own name lists (TOML).

    Raises:
        ExtractionError: where the model or a list cannot be read.
    """
    chosen = resolve_model(model)
    version = model_version(chosen)
    for path in lexicons:
        version += f"+{Path(path).stem}.{_digest(Path(path))}"
    name = chosen if chosen in ("auto", "best", "fast", "rules") else Path(chosen).name
    nlp = make_nlp(model=chosen, lexicons=lexicons)
    keep_for_good()  # a tenth of the time of reading went into looking over the models' tables for cycles
    return SpacyExtractor(nlp, model=name, version=version)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    except OSError as error:
        raise ExtractionError(f"cannot be read: {error.strerror or error}", source=str(path)) from error
