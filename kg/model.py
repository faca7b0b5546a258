"""The words of the project as frozen types: Paper, Mention, Entity, Resource, Claim.

Offsets count Unicode code points into ``paper.text``; ``paper.text[start:end] == surface`` always holds.
Everything here is a value: made once, compared by content, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kg.facts import LinkFact

TITLE_SEPARATOR = "\n\n"


class EntityType(StrEnum):
    """What an entity is."""

    DATASET = "dataset"
    METHOD = "method"
    MODEL = "model"
    TASK = "task"
    METRIC = "metric"


class Role(StrEnum):
    """A paper's relation to an entity, strongest first."""

    INTRODUCES = "introduces"
    EVALUATES_ON = "evaluates_on"
    USES = "uses"
    COMPARES_WITH = "compares_with"
    MENTIONS = "mentions"


class LinkRole(StrEnum):
    """What a link in an abstract leads to."""

    CODE = "code"
    DATASET = "dataset"
    MODEL = "model"
    DEMO = "demo"
    LEADERBOARD = "leaderboard"
    PROJECT = "project"
    PAPER = "paper"
    VIDEO = "video"
    LIST = "list"
    OTHER = "other"


class LinkKind(StrEnum):
    """Which sort of site a link leads to."""

    GITHUB = "github"
    GITLAB = "gitlab"
    HUGGINGFACE_MODEL = "huggingface_model"
    HUGGINGFACE_DATASET = "huggingface_dataset"
    HUGGINGFACE_SPACE = "huggingface_space"
    PROJECT_PAGE = "project_page"
    ANONYMOUS_REPO = "anonymous_repo"
    ZENODO = "zenodo"
    ARXIV = "arxiv"
    DOI = "doi"
    VIDEO = "video"
    OTHER = "other"


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A date of which some parts may be unknown: what a source says, and no more.

    Attributes:
        year: four digits, or None where the source gives none.
        month: 1 to 12, or None.
        day: 1 to 31, or None.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """ISO 8601 with reduced precision: ``2025-11-05``, ``2025-11``, ``2025``; ``--11-05`` without a year."""
        month = f"{self.month:02d}" if self.month else ""
        day = f"-{self.day:02d}" if self.month and self.day else ""
        if self.year is None:
            return f"--{month}{day}" if month else ""
        return f"{self.year:04d}" + (f"-{month}{day}" if month else "")

    @property
    def is_full(self) -> bool:
        """True where year, month and day are all known."""
        return self.year is not None and self.month is not None and self.day is not None


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place where a paper was seen.

    Attributes:
        source: file name or URL.
        format: name of the source format, such as ``daily-papers-text``.
        position: which record of that file it was, from 1.
        captured: the date on which the source was saved, where known.
        listed: the date that the source shows for the paper.
        upvotes: votes shown, or None.
        comments: number of comments shown, or None.
    """

    source: str
    format: str
    position: int = 1
    captured: PartialDate | None = None
    listed: PartialDate | None = None
    upvotes: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as its sources tell it.

    Attributes:
        id: stable id: the arXiv id without version (``2501.12345``), else ``doi:10.…``, else ``title:`` and a hash.
        title: the title as the source has it, offsets point into it.
        abstract: the abstract as the source has it, offsets point into it.
        record_id: the id that the record itself gave, word for word.
        authors: names in the order of the source.
        author_count: number of authors where only the number is known.
        organisation: the organisation shown beside the paper.
        date: when it was published, as far as the source says.
        arxiv_id: bare arXiv id without version.
        doi: bare DOI, lower case.
        venue: journal or conference.
        links: links that the source gives beside the text (repository, project page).
        keywords: keywords or categories that the source gives.
        sightings: every place where the paper was seen.
    """

    id: str
    title: str
    abstract: str
    record_id: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organisation: str | None = None
    date: PartialDate | None = None
    arxiv_id: str | None = None
    doi: str | None = None
    venue: str | None = None
    links: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()

    @property
    def text(self) -> str:
        """Title, two line feeds, abstract: the text that all offsets point into."""
        return self.title + TITLE_SEPARATOR + self.abstract

    @property
    def abstract_start(self) -> int:
        """Offset of the abstract's first character in ``text``."""
        return len(self.title) + len(TITLE_SEPARATOR)

    @property
    def node_id(self) -> str:
        """Id of the paper's node in the graph."""
        return f"paper/{self.id}"

    @property
    def upvotes(self) -> int | None:
        """The most votes that any sighting shows."""
        votes = [s.upvotes for s in self.sightings if s.upvotes is not None]
        return max(votes) if votes else None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of ``paper.text``: from ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in the text: ``paper.text[start:end] == surface``."""

    start: int
    end: int
    surface: str
    type: EntityType
    extractor: str
    score: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that say it: a sentence of the paper's text and where it stands.

    Attributes:
        start: offset of the sentence in ``paper.text``.
        end: offset behind it.
        quote: ``paper.text[start:end]``.
        focus: the spans inside it that carry the statement (the names), as offsets in ``paper.text``.
    """

    start: int
    end: int
    quote: str
    focus: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractedEntity:
    """One thing that one paper names, with all its mentions.

    Attributes:
        type: what it is.
        name: the fullest surface form.
        aliases: all surface forms, ``name`` among them, in the order of the text.
        role: the paper's relation to it.
        confidence: probability that the text names this thing with this type, 0 to 1.
        role_confidence: probability that the role is right, 0 to 1.
        mentions: every occurrence, by offset.
        evidence: the sentence that says the role.
        extractor: name and version of what found it.
        because: short reasons, strongest first.
    """

    type: EntityType
    name: str
    aliases: tuple[str, ...]
    role: Role
    confidence: float
    role_confidence: float
    mentions: tuple[Mention, ...]
    evidence: Evidence
    extractor: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExtractedLink:
    """A URL in the text.

    Attributes:
        surface: as it stands in the text, trailing punctuation and all.
        url: cleaned and canonical.
        kind: which sort of site.
        role: what it leads to.
        start: offset of ``surface`` in ``paper.text``.
        end: offset behind it.
        evidence: the sentence around it.
        confidence: 0 to 1.
        extractor: name and version of what found it.
    """

    surface: str
    url: str
    kind: LinkKind
    role: LinkRole
    start: int
    end: int
    evidence: Evidence
    confidence: float
    extractor: str


@dataclass(frozen=True, slots=True)
class ExtractedRelation:
    """What the text states outright between two of its entities, by their names."""

    head: str
    type: str
    tail: str
    confidence: float
    evidence: Evidence
    extractor: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything that one paper's text says.

    Attributes:
        paper_id: of the paper.
        entities: what it names.
        links: its URLs.
        relations: what it states between its entities.
        definitions: short and long form of the abbreviations among the names, as the text defines them.
    """

    paper_id: str
    entities: tuple[ExtractedEntity, ...] = ()
    links: tuple[ExtractedLink, ...] = ()
    relations: tuple[ExtractedRelation, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing across all papers: a node of the graph.

    Attributes:
        id: node id, ``<type>/<slug>``, derived from content.
        type: what it is.
        name: canonical name.
        aliases: all surface forms, sorted, ``name`` among them.
        same_as: IRIs that identify the same thing elsewhere.
        close_match: node ids or IRIs that are probably, not certainly, the same.
        homepage: web page of the thing, where known.
    """

    id: str
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()
    close_match: tuple[str, ...] = ()
    homepage: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """Something behind a link: repository, model page, dataset page, demo, project page.

    Attributes:
        id: node id, ``resource/<host and path>``.
        url: canonical URL.
        kind: which sort of site.
        name: short label, such as ``owner/name``.
        fact: what was seen there, and when; None where nobody looked.
    """

    id: str
    url: str
    kind: LinkKind
    name: str
    fact: LinkFact | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A typed edge with the words that say it. No evidence, no edge.

    Attributes:
        id: derived from content (paper, subject, relation, object, offsets).
        paper_id: id of the paper whose text states it.
        subject: node id.
        relation: a relation of the schema.
        object: node id.
        evidence: the sentence and its offsets.
        extractor: name and version.
        confidence: 0 to 1.
        surface: the object's name as the paper has it, where it differs from the node's.
        stated_type: the type that the paper gives the object, where the node settled on another; else empty.
    """

    id: str
    paper_id: str
    subject: str
    relation: str
    object: str
    evidence: Evidence
    extractor: str
    confidence: float
    surface: str = ""
    stated_type: str = ""
