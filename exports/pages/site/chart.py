"""Small bar charts as SVG, for pages and slides."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape


def time_chart(
    counts: Mapping[str, int], *, colour: str, label: str, height: int = 64, width: int = 320
) -> str:
    """Bars over time.

    Args:
        counts: number by period (``2024`` or ``2024-05``), in order of time.
        colour: of the bars, ``#rrggbb``.
        label: what a screen reader says, followed by the numbers.
        height: in CSS pixels, of the bars and the years below.
        width: in CSS pixels.

    Returns:
        An ``svg`` element, empty text where there is nothing to draw.
    """
    if not counts:
        return ""
    most = max(counts.values()) or 1
    step = width / len(counts)
    bar = min(step * 0.8, 28.0)
    room = height - 16
    words = ", ".join(f"{period}: {count}" for period, count in counts.items())
    parts = [
        f'<svg class="chart" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(f"{label}. {words}")}">'
    ]
    periods = list(counts)
    for place, (period, count) in enumerate(counts.items()):
        tall = round(room * count / most, 1)
        left = round(place * step + (step - bar) / 2, 1)
        parts.append(
            f'<rect x="{left}" y="{round(room - tall, 1)}" width="{round(bar, 1)}" height="{tall}" rx="2" fill="{colour}">'
            f"<title>{escape(period)}: {count}</title></rect>"
        )
    shown = {0, len(periods) - 1}
    for place in sorted(shown):
        anchor = "start" if place == 0 and len(periods) > 1 else "end" if len(periods) > 1 else "middle"
        at = 0.0 if anchor == "start" else float(width) if anchor == "end" else width / 2
        parts.append(
            f'<text x="{at}" y="{height - 3}" text-anchor="{anchor}" font-size="11" fill="currentColor">{escape(periods[place])}</text>'
        )
    return "".join([*parts, "</svg>"])
