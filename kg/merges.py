"""Merges, and the decisions of people about them.

``merges.tsv`` lies beside the graph, one decision a line, four columns separated by tabs, fit for a version control
system: ``same`` or ``different``, two names, and a note that nobody reads but people. A name may be followed by
`` @ `` and a paper's id, and means that paper's thing alone; a node's id (``method/prism``) works too::

    same	Llama 2	LLaMA-2-Base
    different	Apollo @ 2412.10360	Apollo @ 2411.19456	two papers, two methods

Lines that begin with ``#`` and empty lines say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.atomic import atomic_write
from kg.errors import ResolutionError

SAME, DIFFERENT = "same", "different"
HEADER = (
    "# same or different, a name, another name, a note; overrides the automatic choice on the next build\n"
)
_AT = " @ "


@dataclass(frozen=True, slots=True)
class Merge:
    """One spelling that became part of a node.

    Attributes:
        node: id of the node.
        label: canonical name of the node.
        name: the other spelling.
        reason: in words.
        score: probability that it is right, 0 to 1.
        papers: number of papers that have this spelling for this reason.
        example: id of one of them.
    """

    node: str
    label: str
    name: str
    reason: str
    score: float
    papers: int
    example: str


@dataclass(frozen=True, slots=True)
class Reference:
    """What a decision speaks of: all things of a name, or one paper's.

    Attributes:
        name: a name or a node's id.
        paper: id of the paper, or empty.
    """

    name: str
    paper: str = ""

    def __str__(self) -> str:
        return f"{self.name}{_AT}{self.paper}" if self.paper else self.name


@dataclass(frozen=True, slots=True)
class Decision:
    """An order to merge or to keep apart.

    Attributes:
        verdict: ``same`` or ``different``.
        left: one thing.
        right: the other.
        note: why, for people.
        line: line of the file, from 1, or 0.
    """

    verdict: str
    left: Reference
    right: Reference
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions, free of contradictions.

    Attributes:
        entries: in the order of the file.
        source: name of the file, for messages.
    """

    entries: tuple[Decision, ...] = ()
    source: str = ""

    def __post_init__(self) -> None:
        _check(self.entries, self.source)


def read_decisions(path: str | Path) -> Decisions:
    """Read ``merges.tsv``; where there is none, nothing is decided.

    Raises:
        ResolutionError: for a line that is not a decision, or one that contradicts another, with file and line.
    """
    file = Path(path)
    if not file.exists():
        return Decisions()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ResolutionError(f"cannot be read: {reason}", source=str(file)) from error
    return parse_decisions(text, source=str(file))


def parse_decisions(text: str, *, source: str = "") -> Decisions:
    """Read the content of a ``merges.tsv``.

    Raises:
        ResolutionError: for a line that is not a decision, or one that contradicts another.
    """
    found: list[Decision] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("\t")]
        hint = "A line is: same or different, a name, another name, separated by tabs"
        if len(cells) < 3 or not cells[1] or not cells[2]:
            raise ResolutionError("a line without two names", source=source, line=number, hint=hint)
        verdict = cells[0].lower()
        if verdict not in (SAME, DIFFERENT):
            raise ResolutionError(
                f"{cells[0]!r} is neither same nor different", source=source, line=number, hint=hint
            )
        left, right = parse_reference(cells[1]), parse_reference(cells[2])
        if left == right:
            what = "nothing can differ from itself" if verdict == DIFFERENT else "both names are equal"
            hint = "Name the papers, as in: Apollo @ 2412.10360" if verdict == DIFFERENT else ""
            raise ResolutionError(what, source=source, line=number, hint=hint or None)
        found.append(Decision(verdict, left, right, cells[3] if len(cells) > 3 else "", number))
    return Decisions(tuple(found), source)


def parse_reference(text: str) -> Reference:
    """Read ``Apollo`` or ``Apollo @ 2412.10360``."""
    name, at, paper = text.rpartition(_AT)
    if not at or not name.strip() or not paper.strip() or " " in paper.strip():
        return Reference(" ".join(text.split()))
    return Reference(" ".join(name.split()), paper.strip())


def add_decision(path: str | Path, decision: Decision) -> Decisions:
    """Write one more decision behind the others; the file is left as it was where they do not go together.

    Returns:
        All decisions.

    Raises:
        ResolutionError: where it contradicts an older one.
        ExportError: where the file cannot be written.
    """
    file = Path(path)
    before = file.read_text(encoding="utf-8-sig") if file.exists() else HEADER
    if before and not before.endswith("\n"):
        before += "\n"
    cells = [decision.verdict, str(decision.left), str(decision.right)]
    if decision.note:
        cells.append(" ".join(decision.note.split()))
    text = before + "\t".join(cells) + "\n"
    decisions = parse_decisions(text, source=str(file))
    with atomic_write(file) as stream:
        stream.write(text)
    return decisions


def _check(entries: Iterable[Decision], source: str) -> None:
    """Raise where something is said to be both the same and different, directly or through others."""
    parent: dict[Reference, Reference] = {}

    def find(reference: Reference) -> Reference:
        while parent.setdefault(reference, reference) != reference:
            parent[reference] = reference = parent[parent[reference]]
        return reference

    listed = tuple(entries)
    for decision in listed:
        if decision.verdict == SAME:
            parent[find(decision.right)] = find(decision.left)
    for decision in listed:
        if decision.verdict == DIFFERENT and find(decision.left) == find(decision.right):
            lines = sorted(
                {d.line for d in listed if d.verdict == SAME and find(d.left) == find(decision.left)}
            )
            where = f" (line {', '.join(map(str, lines))})" if any(lines) else ""
            raise ResolutionError(
                f"“{decision.left}” and “{decision.right}” are said to be different here and the same elsewhere{where}",
                source=source or None,
                line=decision.line or None,
                hint="Take one of the lines out",
            )
