"""The trained tagger as one object: papers in, entities with places, roles and confidences out.

Three steps, each learnt: taggers give every possible name a probability (:mod:`extractors.tagger`, and the encoder in
the ``best`` model); the names of a document are judged as wholes and joined into entities
(:mod:`extractors.rescorer`); each entity gets the paper's relation to it (:mod:`extractors.roles`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from extractors.candidates import Candidate, describe_candidates, feature_names, gather_candidates
from extractors.crf import TYPES, Floats, SpanScores
from extractors.features import Document, read_document
from extractors.modelfile import (
    ENCODER,
    FIELD,
    NAMES,
    PACKAGED,
    Decider,
    decider_of_arrays,
    field_of_arrays,
    read_arrays,
    read_notes,
    table_of_arrays,
)
from extractors.names import NameTable
from extractors.rescorer import Decision
from extractors.roles import ROLES, choose_role, describe_roles
from extractors.tagger import FieldTagger, spans_from_probabilities
from extractors.wording import COLUMNS, Wording, describe_wording
from extractors.wordlists import CUES, HEADS
from kg.errors import PluginError

BATCH = 64
CORE = ("dataset", "method", "model")


class WordTagger(Protocol):
    """Gives every word a probability for each label."""

    def word_probabilities(
        self,
        documents: Sequence[Sequence[str]],
        *,
        glued: Sequence[Sequence[bool]],
        title_words: Sequence[int],
    ) -> list[Floats]:
        """Label probabilities, [words, labels] a document."""


@dataclass(frozen=True, slots=True)
class TaggedEntity:
    """An entity of one paper.

    Attributes:
        type: dataset, method, model, task or metric.
        name: its fullest form, exactly as the text has it.
        aliases: all its forms in the text, the fullest first.
        spans: character offsets of every occurrence, sorted.
        confidence: chance that it is an entity of this type.
        role: introduces, evaluates_on, uses, compares_with or mentions.
        role_confidence: chance that the role is right.
        because: what spoke for it, in words.
    """

    type: str
    name: str
    aliases: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    confidence: float
    role: str
    role_confidence: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A document with its candidates, before the decision."""

    document: Document
    candidates: list[Candidate]
    scores: list[dict[tuple[int, int], list[float]]]
    rows: Floats


class DocumentTagger:
    """Finds the entities of papers.

    Args:
        field: the feature tagger.
        table: names known from elsewhere.
        decider: what turns candidates into entities.
        encoder: makes the tagger of words that the decider also wants to hear, if it wants one; called on first use.
        version: of the trained files.
    """

    def __init__(
        self,
        field: FieldTagger,
        table: NameTable,
        decider: Decider,
        *,
        encoder: Callable[[], WordTagger] | None = None,
        version: str = "",
    ) -> None:
        self.version = version
        self._field = field
        self._table = table
        self._decider = decider
        self._make_encoder = encoder
        self._encoder: WordTagger | None = None

    @classmethod
    def load(cls, name: str = "best") -> DocumentTagger:
        """Load a trained tagger.

        Args:
            name: ``best``, ``fast``, or the path of a folder that training wrote; a colon and ``fast`` or ``best``
                behind the path choose between the two models of that folder.

        Raises:
            PluginError: there is no such model, or its files are damaged.
        """
        folder, _, variant = (str(PACKAGED), "", name) if name in ("best", "fast") else name.partition(":")
        root = Path(folder)
        notes = read_notes(root)
        variants = notes["variants"]
        variant = variant or ("best" if "best" in variants else "fast")
        if variant not in variants and not (name == "best" and "fast" in variants):
            raise PluginError(
                f"the model has no variant {variant!r}", source=folder, hint=f"It has: {', '.join(variants)}"
            )
        if variant not in variants:
            variant = "fast"
        decider = decider_of_arrays(read_arrays(root / f"{variant}.npz"))
        return cls(
            field_of_arrays(read_arrays(root / FIELD)),
            table_of_arrays(read_arrays(root / NAMES)),
            decider,
            encoder=_encoder_in(root) if "encoder" in decider.taggers else None,
            version=f"{notes['version']}-{variant}",
        )

    def tag(
        self, documents: Sequence[tuple[str, str]], *, min_confidence: float | None = None
    ) -> list[list[TaggedEntity]]:
        """Find the entities of some papers.

        Args:
            documents: title and abstract of each; offsets refer to ``title + "\\n\\n" + abstract``.
            min_confidence: least confidence of an entity, 0 to 1; by default the one at which precision and recall
                were in balance on held-out papers.

        Returns:
            For each paper its entities in the order of their first place. What a paper gets does not depend on the
            others.
        """
        out: list[list[TaggedEntity]] = []
        for low in range(0, len(documents), BATCH):
            out.extend(self._tag_batch(documents[low : low + BATCH], min_confidence))
        return out

    def _tag_batch(
        self, documents: Sequence[tuple[str, str]], min_confidence: float | None
    ) -> list[list[TaggedEntity]]:
        read = [read_document(title, abstract) for title, abstract in documents]
        proposals = propose(read, self.find_spans(read), self._table, self._decider.wording)
        if not any(proposal.candidates for proposal in proposals):
            return [[] for _ in documents]
        rescorer = self._decider.rescorer
        stacked = rescorer.trees.probabilities(np.concatenate([p.rows for p in proposals if p.candidates]))
        threshold = rescorer.threshold if min_confidence is None else min_confidence
        decided: list[tuple[Proposal, list[Decision], Floats]] = []
        offset = 0
        role_rows = []
        for proposal in proposals:
            count = len(proposal.candidates)
            mine = stacked[offset : offset + count]
            offset += count
            decisions = rescorer.decide(proposal.document, proposal.candidates, mine, threshold=threshold)
            decided.append((proposal, decisions, mine))
            if decisions:
                role_rows.append(decision_rows(proposal, decisions, self._decider.role_cues))
        roles = (
            self._decider.roles.probabilities(np.concatenate(role_rows)) if role_rows else np.zeros((0, 5))
        )
        out = []
        offset = 0
        names = (*feature_names(self._decider.taggers), *(COLUMNS if self._decider.wording else ()))
        for proposal, decisions, _ in decided:
            entities = []
            for decision in decisions:
                chances = roles[offset]
                offset += 1
                best = choose_role(chances, confidence=decision.confidence, core=TYPES[decision.type] in CORE)
                sure = float(self._decider.role_calibration(chances[best : best + 1])[0])
                entities.append(_make_entity(proposal, decision, ROLES[best], sure, names))
            out.append(sorted(entities, key=lambda entity: (entity.spans[0], entity.name)))
        return out

    def find_spans(self, documents: Sequence[Document]) -> list[list[SpanScores]]:
        """Possible spans of each document, by tagger."""
        by_tagger = [self._field.find_spans(documents, self._table)]
        if "encoder" in self._decider.taggers:
            if self._encoder is None:
                if self._make_encoder is None:
                    raise PluginError("this model needs an encoder", hint="Use the model fast")
                self._encoder = self._make_encoder()
            probabilities = self._encoder.word_probabilities(
                [document.forms for document in documents],
                glued=[document.glued for document in documents],
                title_words=[document.title_end for document in documents],
            )
            by_tagger.append(
                [spans_from_probabilities(p, d) for p, d in zip(probabilities, documents, strict=True)]
            )
        return [list(row) for row in zip(*by_tagger, strict=True)]


def _encoder_in(folder: Path) -> Callable[[], WordTagger]:
    def make() -> WordTagger:
        from extractors.encoder import EncoderTagger

        own = folder / ENCODER
        return EncoderTagger.load(own if own.exists() else PACKAGED.parent / ENCODER)

    return make


def propose(
    documents: Sequence[Document],
    spans: Sequence[Sequence[SpanScores]],
    table: NameTable,
    wording: Wording | None = None,
) -> list[Proposal]:
    """Gather and describe the candidates of documents; without a model of wording its columns are left out."""
    out = []
    for document, mine in zip(documents, spans, strict=True):
        candidates, scores = gather_candidates(document, mine, table)
        rows = describe_candidates(document, candidates, scores, table)
        proposal = Proposal(document, candidates, scores, rows)
        out.append(proposal if wording is None else add_wording(proposal, wording))
    return out


def add_wording(proposal: Proposal, wording: Wording) -> Proposal:
    """Add the columns of the model of wording."""
    described = [describe_wording(proposal.document, candidate) for candidate in proposal.candidates]
    rows = np.concatenate([proposal.rows, wording.probabilities(described)], axis=1, dtype=np.float32)
    return Proposal(proposal.document, proposal.candidates, proposal.scores, rows)


def decision_places(proposal: Proposal, decision: Decision) -> list[tuple[int, int]]:
    """All places of an entity as word ranges; of two that overlap the longer one."""
    places = sorted(
        {place for member in decision.members for place in proposal.candidates[member].places},
        key=lambda place: (place[0] - place[1], place),
    )
    kept: list[tuple[int, int]] = []
    for start, end in places:
        if all(end <= begin or stop <= start for begin, stop in kept):
            kept.append((start, end))
    return sorted(kept)


def decision_rows(proposal: Proposal, decisions: Sequence[Decision], cues: dict[str, int]) -> Floats:
    """What the choice of roles looks at, one row an entity."""
    return describe_roles(
        proposal.document,
        [decision_places(proposal, decision) for decision in decisions],
        [decision.type for decision in decisions],
        [decision.confidence for decision in decisions],
        proposal.rows[[decision.members[0] for decision in decisions]],
        cues,
    )


def _make_entity(
    proposal: Proposal, decision: Decision, role: str, role_confidence: float, names: Sequence[str]
) -> TaggedEntity:
    document = proposal.document
    text, words = document.text, document.words
    spans = [(words[start][0], words[end - 1][1]) for start, end in decision_places(proposal, decision)]
    forms: dict[str, None] = {}
    for member in decision.members:
        for start, end in proposal.candidates[member].places:
            forms[text[words[start][0] : words[end - 1][1]]] = None
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return TaggedEntity(
        TYPES[decision.type],
        ordered[0],
        tuple(ordered),
        tuple(spans),
        round(decision.confidence, 4),
        role,
        round(role_confidence, 4),
        explain(
            proposal, decision, dict(zip(names, proposal.rows[decision.members[0]].tolist(), strict=True))
        ),
    )


def explain(proposal: Proposal, decision: Decision, row: dict[str, float]) -> tuple[str, ...]:
    """What spoke for an entity, in words."""
    kind = TYPES[decision.type]
    out = []
    for tagger, name in (("field", "words and context"), ("encoder", "encoder")):
        if row.get(f"{tagger} max {kind}", 0.0) >= 0.15:
            out.append(f"{name}: {kind} {row[f'{tagger} max {kind}']:.2f}")
    if row["is title name"]:
        out.append("stands before the colon of the title")
    elif row["in title"]:
        out.append("in the title")
    if row["short form"] and len(decision.members) > 1:
        out.append("abbreviated in the text")
    papers = round(float(np.expm1(row["gold papers"])))
    if papers and row[f"gold {kind}"] > 0.3:
        out.append(f"annotated before as {kind}")
    if row["corpus places"] > 0 and row[f"corpus {kind}"] >= 0.3:
        out.append(f"read as {kind} in other abstracts ({row[f'corpus {kind}']:.2f})")
    document = proposal.document
    heads = {
        document.lower[end]
        for member in decision.members
        for _, end in proposal.candidates[member].places
        if end < len(document.lower) and document.lower[end] in HEADS
    }
    if heads:
        out.append("followed by " + ", ".join(f"“{head}”" for head in sorted(heads)))
    if row["cue intro"] > 0:
        start = proposal.candidates[decision.members[0]].places
        verbs = {
            document.lower[back]
            for first, _ in start
            for back in range(max(0, first - 8), first)
            if CUES.get(document.lower[back]) == "intro"
        }
        if verbs:
            out.append("after " + ", ".join(f"“{verb}”" for verb in sorted(verbs)))
    places = sum(len(proposal.candidates[member].places) for member in decision.members)
    if places > 1:
        out.append(f"named {places} times")
    return tuple(out)
