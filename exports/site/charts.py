"""Small charts for the pages: bars over time, drawn with classes, since the pages' policy allows no inline style."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

WIDTH, WIDE, HEIGHT = 640, 1072, 120
MOST_MONTHS = 30
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def time_buckets(months: Iterable[tuple[str, int]], last: str) -> list[tuple[str, int]]:
    """Counts by month, or by year where the span is long or a month unknown, without gaps.

    Args:
        months: ``2024-06`` or ``2024`` and a count; what has no year is left out.
        last: the last month that the axis should reach.

    Returns:
        Label and count, in order of time; empty where no year is known.
    """
    rows = [(m, n) for m, n in months if len(m) >= 4 and m[:4].isdigit()]
    if not rows:
        return []
    ends = [m for m, _ in rows] + ([last] if last[:4].isdigit() else [])
    if all(len(m) == 7 for m in ends):
        numbers = {m: int(m[:4]) * 12 + int(m[5:]) - 1 for m in ends}
        first, final = min(numbers.values()), max(numbers.values())
        if final - first < MOST_MONTHS:
            counts = Counter(dict(rows))
            keys = [f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, final + 1)]
            return [(key, counts[key]) for key in keys]
    years: Counter[int] = Counter()
    for month, count in rows:
        years[int(month[:4])] += count
    final_year = max(int(m[:4]) for m in ends)
    return [(f"{year:04d}", years[year]) for year in range(min(years), final_year + 1)]


def month_label(key: str) -> str:
    """``Jun 2024`` for ``2024-06``; a year stays a year."""
    return f"{_MONTHS[int(key[5:]) - 1]} {key[:4]}" if len(key) == 7 else key


def bar_chart(buckets: list[tuple[str, int]], *, noun: str = "papers", wide: bool = False) -> str:
    """Bars over time as inline SVG, with a label that says it in words.

    Args:
        buckets: label and count, in order of time.
        noun: what is counted, in the plural.
        wide: for the whole width of a page instead of a column.

    Returns:
        An ``svg`` element; empty text where there is nothing to draw.
    """
    top = max((count for _, count in buckets), default=0)
    if not top:
        return ""
    across = WIDE if wide else WIDTH
    step = across / len(buckets)
    width = min(step * 0.78, 44)
    bars = []
    for place, (key, count) in enumerate(buckets):
        if not count:
            continue
        height = max(2.0, (HEIGHT - 34) * count / top)
        x = step * place + (step - width) / 2
        said = f"{month_label(key)}: {count:,}"
        bars.append(
            f'<rect x="{x:.1f}" y="{HEIGHT - 18 - height:.1f}" width="{width:.1f}" height="{height:.1f}" rx="2">'
            f"<title>{said}</title></rect>"
        )
        if count == top or len(buckets) <= (24 if wide else 16):
            bars.append(
                f'<text class="n" x="{x + width / 2:.1f}" y="{HEIGHT - 22 - height:.1f}">{count:,}</text>'
            )
    every = max(1, -(-len(buckets) // (16 if wide else 10)))
    labels = [
        f'<text x="{step * place + step / 2:.1f}" y="{HEIGHT - 3}">{_axis_label(key, every)}</text>'
        for place, (key, _) in enumerate(buckets)
        if place % every == 0
    ]
    peak = max(buckets, key=lambda bucket: bucket[1])
    total = sum(count for _, count in buckets)
    said = (
        f"{total:,} {noun} from {month_label(buckets[0][0])} to {month_label(buckets[-1][0])}, "
        f"most in {month_label(peak[0])}: {peak[1]:,}"
    )
    return (
        f'<svg class="bars {"wide" if wide else "narrow"}" viewBox="0 0 {across} {HEIGHT}" role="img" aria-label="{said}">'
        f'<line x1="0" x2="{across}" y1="{HEIGHT - 17.5}" y2="{HEIGHT - 17.5}"/>{"".join(bars)}{"".join(labels)}</svg>'
    )


def _axis_label(key: str, every: int) -> str:
    return month_label(key) if every == 1 or len(key) == 4 else key
