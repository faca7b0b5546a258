"""The components of the extraction pipeline, one small function or class each, registered with spaCy.

Each takes a document, reads the ``Reading`` that rides on it, and adds what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from spacy.language import Language
from spacy.tokens import Doc

from extractors.abbreviations import Abbreviation, find_abbreviations
from extractors.cues import assign_role
from extractors.entities import gather
from extractors.lexicon import Lexicon, catalogue_names, read_lexicon
from extractors.links import find_links
from extractors.models import load_tagger
from extractors.patterns import find_patterned
from extractors.reading import Candidate, Found, Reading, reading_of
from extractors.relations import find_relations
from extractors.sentences import split_sentences
from extractors.tagging import DocumentTagger, TaggedEntity
from extractors.variants import join_bracketed, join_variants, may_be_one
from kg.model import EntityType, Evidence, ExtractedLink, Role, Span
from kg.names import normal_form
from kg.version import __version__

BEGINNING = ("kg_sentences", "kg_links", "kg_abbreviations")
PASSED_OVER = (EntityType.DATASET, EntityType.METHOD, EntityType.MODEL)
CERTAIN = 0.9
CATALOGUE_CONFIDENCE = 0.6
DOUBT = 1.2
"""Papers above it, about half of them, are read again by the slower model; so the whole keeps to 50 papers a second."""
RULES = ("kg_patterns", "kg_entities", "kg_roles")


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
        at = min(view.clean_offset(link.start - shift), max(0, len(view.text) - 1)) + (
            reading.abstract_start if shift else 0
        )
        start, end = reading.sentence_at(at)
        sentence = reading.original(start, end)
        first, last = min(sentence[0], link.start), max(sentence[1], link.end)
        evidence = Evidence(first, last, paper.text[first:last], (Span(link.start, link.end),))
        reading.links.append(
            ExtractedLink(
                link.surface,
                link.url,
                link.kind,
                link.role,
                link.start,
                link.end,
                evidence,
                link.confidence,
                f"links-{__version__}",
            )
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
    reading.candidates += find_patterned(
        reading.text, reading.sentences, len(reading.title.text), reading.abbreviations
    )
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
        settled.append(
            Found(found.type, found.name, found.spans, found.confidence, role, confidence, found.because)
        )
    reading.found = settled
    return doc


def _overlaps(span: tuple[int, int], taken: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in taken)


@Language.component("kg_relations")
def relations(doc: Doc) -> Doc:
    """Find what the text states between its entities."""
    reading = reading_of(doc)
    reading.relations = find_relations(reading)
    return doc


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


@Language.factory("kg_tagger", default_config={"model": "best", "paths": []})
def make_tagger(nlp: Language, name: str, model: str, paths: list[str]) -> TaggerComponent:
    """The trained tagger: names, types, roles and confidences in one."""
    own = [row for path in paths for row in read_lexicon(path)]
    known = [row for row in catalogue_names() if row[1] in PASSED_OVER and row[2] >= CERTAIN]
    thorough = load_tagger("best") if model == "auto" else None
    tagger = load_tagger("fast" if model == "auto" else model)
    return TaggerComponent(tagger, Lexicon(known), Lexicon(own) if own else None, thorough=thorough)


class TaggerComponent:
    """Finds entities with a trained model, a batch of documents at a time.

    Args:
        tagger: the model.
        catalogue: well-known names; they are added where the model found nothing.
        lexicon: names that the user knows; they are found whatever the model thinks.
        thorough: a slower model for the papers that the first one is unsure of.
    """

    def __init__(
        self,
        tagger: DocumentTagger,
        catalogue: Lexicon,
        lexicon: Lexicon | None,
        *,
        thorough: DocumentTagger | None = None,
    ) -> None:
        self.tagger = tagger
        self.thorough = thorough
        self.catalogue = catalogue
        self.lexicon = lexicon

    def __call__(self, doc: Doc) -> Doc:
        """Find the entities of one document."""
        self._tag([doc])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Find the entities of many documents."""
        documents = iter(stream)
        while docs := list(islice(documents, batch_size)):
            self._tag(docs)
            yield from docs

    def _tag(self, docs: Sequence[Doc]) -> None:
        readings = [reading_of(doc) for doc in docs]
        texts = [(r.title.text, r.abstract.text) for r in readings]
        tagged = self.tagger.tag(texts)
        if self.thorough is not None:
            unsure = [number for number, items in enumerate(tagged) if doubt(items) > DOUBT]
            for number, items in zip(unsure, self.thorough.tag([texts[n] for n in unsure]), strict=True):
                tagged[number] = items
        for reading, items in zip(readings, tagged, strict=True):
            found = join_variants(
                Found(
                    EntityType(item.type),
                    item.name,
                    tuple(Span(start, end) for start, end in item.spans),
                    item.confidence,
                    Role(item.role),
                    item.role_confidence,
                    item.because,
                )
                for item in items
            )
            reading.found = join_bracketed(found, reading.text)
            _add_passed_over(reading, self.catalogue.find(reading.text))
            if self.lexicon is not None:
                _add_known(reading, self.lexicon.find(reading.text))


def doubt(items: Sequence[TaggedEntity]) -> float:
    """How many of a paper's entities are expected to be wrong: the sum of what is missing to certainty."""
    return sum(1.0 - item.confidence for item in items)


def _add_passed_over(reading: Reading, candidates: list[Candidate]) -> None:
    """Add well-known names of the text that the model passed over, where no other name or link stands.

    What the text gives as the abbreviation or the long form of a name that is there becomes part of that.
    """
    taken = [(span.start, span.end) for found in reading.found for span in found.spans]
    links = [(link.start, link.end) for link in reading.links]
    entity_of = {
        normal_form(reading.text[span.start : span.end]): number
        for number, found in enumerate(reading.found)
        for span in found.spans
    }
    partners = _partners(reading.abbreviations)
    more: dict[int, list[Span]] = {}
    free: list[Candidate] = []
    for c in candidates:
        form = normal_form(reading.text[c.start : c.end])
        if (
            form in entity_of
            or _overlaps((c.start, c.end), taken)
            or _overlaps(reading.original(c.start, c.end), links)
        ):
            continue
        number = next((entity_of[other] for other in partners.get(form, ()) if other in entity_of), None)
        if number is not None and may_be_one(reading.found[number].type, c.type):
            more.setdefault(number, []).append(Span(c.start, c.end))
        else:
            free.append(c)
    for number, others in more.items():
        found = reading.found[number]
        reading.found[number] = replace(found, spans=tuple(sorted({*found.spans, *others})))
    for known in gather(reading.text, free, reading.abbreviations) if free else ():
        spans = tuple(span for span in known.spans if not _overlaps((span.start, span.end), taken))
        if not spans:
            continue
        known = replace(known, spans=spans)
        role, confidence = assign_role(known, reading)
        if role is Role.INTRODUCES:  # the model seldom misses what a paper introduces
            role, confidence = Role.USES, 0.5
        reading.found.append(
            replace(known, confidence=CATALOGUE_CONFIDENCE, role=role, role_confidence=confidence)
        )
    reading.found.sort(key=lambda f: f.spans[0])


def _partners(abbreviations: Iterable[Abbreviation]) -> dict[str, list[str]]:
    """The long forms of short ones and the short forms of long ones, all in their normal form."""
    found: dict[str, list[str]] = {}
    for item in abbreviations:
        short, long = normal_form(item.short), normal_form(item.long)
        found.setdefault(short, []).append(long)
        found.setdefault(long, []).append(short)
    return found


def _add_known(reading: Reading, candidates: list[Candidate]) -> None:
    """Add the user's own names, in place of whatever the model read there."""
    own = gather(reading.text, candidates, reading.abbreviations)
    for known in own:
        same = next((f for f in reading.found if set(f.spans) & set(known.spans)), None)
        if same is not None and same.spans == known.spans:
            role, confidence = same.role, same.role_confidence
        else:
            role, confidence = assign_role(known, reading)
        reading.found = [
            f
            for f in reading.found
            if not any(a.start < b.end and b.start < a.end for a in f.spans for b in known.spans)
        ]
        reading.found.append(
            Found(known.type, known.name, known.spans, known.confidence, role, confidence, known.because)
        )
    reading.found.sort(key=lambda f: f.spans[0])
