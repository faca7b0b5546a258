"""Figures about a graph as SVG: papers over time, most spoken of, rising, named together.

Input: a ``KnowledgeGraph``. Output: ``Figure`` values, each a whole SVG document with its own background and fonts, so
that it can go into slides as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from exports.pages.data import safe_text
from kg.graph import KnowledgeGraph
from kg.model import Entity, Paper
from kg.schema import NODE_TYPES

_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
_INK, _SOFT, _LINE, _GROUND = "#1d2126", "#5c6470", "#dedbd5", "#ffffff"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Attributes:
        name: for a file, such as ``papers-by-month``.
        title: for people.
        svg: the whole document.
    """

    name: str
    title: str
    svg: str


def make_figures(graph: KnowledgeGraph, *, top: int = 12) -> list[Figure]:
    """All figures that the graph has enough for.

    Args:
        graph: what to draw.
        top: names in each ranking.
    """
    spoken = _papers_by_thing(graph)
    figures = [_papers_over_time(graph)]
    for kind in ("dataset", "method", "model", "task", "metric"):
        figures.append(_ranking(graph, spoken, kind, top))
    figures.append(_rising(graph, spoken, top))
    figures.append(_matrix(graph, spoken))
    return [figure for figure in figures if figure is not None]


def _papers_by_thing(graph: KnowledgeGraph) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for claim in graph.claims():
        if claim.subject.startswith("paper/"):
            found.setdefault(claim.object, set()).add(claim.paper_id)
    return found


def _name(graph: KnowledgeGraph, identifier: str) -> str:
    node = graph.get(identifier)
    text = safe_text(node.name if isinstance(node, Entity) else identifier)
    return text if len(text) <= 30 else text[:29].rstrip() + "…"


def _document(title: str, width: int, height: int, parts: Iterable[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{_FONT}" font-size="13" fill="{_INK}" role="img" aria-label="{escape(title)}">'
        f'<title>{escape(title)}</title><rect width="{width}" height="{height}" fill="{_GROUND}"/>'
        f'<text x="20" y="34" font-size="18" font-weight="650">{escape(title)}</text>{"".join(parts)}</svg>'
    )


def _papers_over_time(graph: KnowledgeGraph) -> Figure | None:
    """By month where all are within three years, else by year; without gaps."""
    dates = [p.date for p in graph.papers() if p.date is not None and p.date.year is not None]
    if len(dates) < 2:
        return None
    years = [d.year or 0 for d in dates]
    monthly = max(years) - min(years) < 3 and all(d.month for d in dates)
    if monthly:
        counts = Counter((d.year or 0) * 12 + (d.month or 1) - 1 for d in dates)
        periods = {f"{m // 12}-{m % 12 + 1:02d}": counts[m] for m in range(min(counts), max(counts) + 1)}
    else:
        counts = Counter(years)
        periods = {str(y): counts[y] for y in range(min(counts), max(counts) + 1)}
    title = "Papers by month" if monthly else "Papers by year"
    width, height, left, base = 760, 360, 52, 316
    room, most = base - 64, max(periods.values())
    step = (width - left - 20) / len(periods)
    bar = min(step * 0.78, 46)
    parts = []
    for value in sorted({0, most // 2, most}):
        y = base - room * value / most
        parts.append(f'<path d="M{left} {y:.1f}H{width - 20}" stroke="{_LINE}"/>')
        parts.append(
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" fill="{_SOFT}" font-size="12">{value:,}</text>'
        )
    every = max(1, -(-len(periods) // 12))
    for place, (period, count) in enumerate(periods.items()):
        tall = room * count / most
        x = left + place * step + (step - bar) / 2
        parts.append(
            f'<rect x="{x:.1f}" y="{base - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}" rx="2" fill="{NODE_TYPES["paper"].colour}">'
            f"<title>{period}: {count:,}</title></rect>"
        )
        if place % every == 0:
            parts.append(
                f'<text x="{x + bar / 2:.1f}" y="{base + 20}" text-anchor="middle" fill="{_SOFT}" font-size="12">{period}</text>'
            )
    return Figure("papers-over-time", title, _document(title, width, height, parts))


def _bars(rows: list[tuple[str, float, str, str]], title: str) -> str:
    """Horizontal bars: name, length, words at the end, colour."""
    width, top, each = 760, 58, 27
    height = top + each * len(rows) + 20
    most = max(row[1] for row in rows) or 1
    parts = []
    for place, (name, value, words, colour) in enumerate(rows):
        y = top + place * each
        long = max(2.0, 390 * value / most)
        parts.append(f'<text x="230" y="{y + 15}" text-anchor="end">{escape(name)}</text>')
        parts.append(f'<rect x="242" y="{y + 1}" width="{long:.1f}" height="19" rx="3" fill="{colour}"/>')
        parts.append(
            f'<text x="{250 + long:.1f}" y="{y + 15}" fill="{_SOFT}" font-size="12">{escape(words)}</text>'
        )
    return _document(title, width, height, parts)


def _ranking(graph: KnowledgeGraph, spoken: dict[str, set[str]], kind: str, top: int) -> Figure | None:
    ranked = sorted((i for i in spoken if i.startswith(f"{kind}/")), key=lambda i: (-len(spoken[i]), i))[:top]
    if len(ranked) < 2:
        return None
    row = NODE_TYPES[kind]
    title = f"{row.plural} that most papers speak of"
    rows = [(_name(graph, i), float(len(spoken[i])), f"{len(spoken[i]):,}", row.colour) for i in ranked]
    return Figure(f"top-{kind}s", title, _bars(rows, title))


def _rising(graph: KnowledgeGraph, spoken: dict[str, set[str]], top: int) -> Figure | None:
    """Names whose share of papers grew most from the earlier half of the papers to the later.

    Shares are smoothed by one paper in each half, so that a single mention is no rise.
    """
    dated = sorted(
        (str(p.date), p.id)
        for p in graph.papers()
        if isinstance(p, Paper) and p.date is not None and p.date.year
    )
    if len(dated) < 20:
        return None
    middle = len(dated) // 2
    early, late = {i for _, i in dated[:middle]}, {i for _, i in dated[middle:]}
    rows = []
    for identifier, papers in spoken.items():
        if identifier.startswith("resource/"):
            continue
        before, after = len(papers & early), len(papers & late)
        if after >= 3 and after > before:
            rows.append(
                ((after + 1) / (len(late) + 2) / ((before + 1) / (len(early) + 2)), after, before, identifier)
            )
    rows.sort(key=lambda row: (-row[0], -row[1], row[3]))
    if len(rows) < 2:
        return None
    since = dated[middle][0][:7]
    title = f"Rising since {since}"
    bars = [
        (_name(graph, i), rise, f"{before} → {after} papers", NODE_TYPES[i.partition("/")[0]].colour)
        for rise, after, before, i in rows[:top]
    ]
    return Figure("rising", title, _bars(bars, title))


def _matrix(graph: KnowledgeGraph, spoken: dict[str, set[str]], *, size: int = 14) -> Figure | None:
    """How many papers name a method or model and a dataset together."""

    def best(*kinds: str) -> list[str]:
        found = [i for i in spoken if i.startswith(tuple(f"{k}/" for k in kinds)) and len(spoken[i]) > 1]
        return sorted(found, key=lambda i: (-len(spoken[i]), i))[:size]

    rows, columns = best("method", "model"), best("dataset")
    if len(rows) < 3 or len(columns) < 3:
        return None
    counts = [[len(spoken[r] & spoken[c]) for c in columns] for r in rows]
    most = max(max(line) for line in counts)
    if not most:
        return None
    title = "Methods and models with datasets: papers that name both"
    cell, left, top = 36, 230, 190
    width, height = left + cell * len(columns) + 30, top + cell * len(rows) + 24
    parts = []
    for place, identifier in enumerate(columns):
        x = left + place * cell + cell / 2
        parts.append(
            f'<text transform="translate({x + 4:.1f} {top - 8}) rotate(-50)" font-size="12">{escape(_name(graph, identifier))}</text>'
        )
    for place, (identifier, line) in enumerate(zip(rows, counts, strict=True)):
        y = top + place * cell
        parts.append(
            f'<text x="{left - 10}" y="{y + cell / 2 + 4}" text-anchor="end" font-size="12">{escape(_name(graph, identifier))}</text>'
        )
        for column, count in enumerate(line):
            share = count / most
            words = f"{_name(graph, identifier)} and {_name(graph, columns[column])}: {count}"
            parts.append(
                f'<rect x="{left + column * cell + 1}" y="{y + 1}" width="{cell - 2}" height="{cell - 2}" rx="3" '
                f'fill="{NODE_TYPES["dataset"].colour}" fill-opacity="{0.05 + 0.95 * share:.2f}"><title>{escape(words)}</title></rect>'
            )
            if count:
                ink = "#ffffff" if share > 0.5 else _INK
                parts.append(
                    f'<text x="{left + column * cell + cell / 2}" y="{y + cell / 2 + 4}" text-anchor="middle" font-size="12" fill="{ink}">{count}</text>'
                )
    return Figure("named-together", title, _document(title, width, height, parts))
