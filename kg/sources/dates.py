"""Dates as sources write them, read no further than they go."""

from __future__ import annotations

import re
from calendar import monthrange

from kg.errors import SourceError
from kg.model import PartialDate

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ]\d{1,2}:\d{2}.*|Z|/+\s*)?", re.S)
_MONTH_FIRST = re.compile(rf"({_NAME})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(\d{{4}}))?", re.I)
_DAY_FIRST = re.compile(
    rf"(?:[A-Z][a-z]{{2,8}},?\s+)?(\d{{1,2}})(?:st|nd|rd|th)?[ -]({_NAME})\.?(?:,?[ -](\d{{4}}))?(?:\s+\d\d:\d\d.*)?",
    re.I,
)
_MONTH_YEAR = re.compile(rf"({_NAME})\.?,?\s+(\d{{4}})", re.I)
_COMPACT = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_YEARLESS = re.compile(r"--(\d{2})(?:-(\d{2}))?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_date(value: str) -> PartialDate | None:
    """Read a date: ISO 8601 (with a time or not), ``Nov 5, 2025``, ``5 Nov 2025``, ``2025/11/05``, ``2025``, ``Nov 5``.

    A part that does not make sense is left out rather than guessed: of ``03/04/2025`` only the year is certain.

    Args:
        value: the whole field.

    Returns:
        The date as far as it is said, or None where there is none.
    """
    value = value.strip()
    if not value or len(value) > 60:
        return None
    if match := _ISO.fullmatch(value):
        return _date(match.group(1), match.group(2), match.group(3))
    if match := _MONTH_FIRST.fullmatch(value):
        return _date(match.group(3), match.group(1), match.group(2))
    if match := _DAY_FIRST.fullmatch(value):
        return _date(match.group(3), match.group(2), match.group(1))
    if match := _MONTH_YEAR.fullmatch(value):
        return _date(match.group(2), match.group(1), None)
    if match := _COMPACT.fullmatch(value):
        return _date(*match.groups())
    if match := _YEARLESS.fullmatch(value):
        return _date(None, match.group(1), match.group(2))
    if match := _SLASHED.fullmatch(value):
        first, second = int(match.group(1)), int(match.group(2))
        if first > 12 >= second:
            return _date(match.group(3), match.group(2), match.group(1))
        if second > 12 >= first or first == second:
            return _date(match.group(3), match.group(1), match.group(2))
        return _date(match.group(3), None, None)
    return None


def parse_date(value: str) -> PartialDate:
    """The same for a date that a user typed.

    Raises:
        SourceError: where it is not a date.
    """
    date = read_date(value)
    if date is None:
        raise SourceError(f"{value!r} is not a date", hint="Write it as 2025-11-05")
    return date


def month_number(name: str) -> int | None:
    """1 to 12 for a month given by its English name or number, else None."""
    name = name.strip().strip(".").lower()
    if name.isdecimal() and len(name) <= 2:
        return int(name) if 1 <= int(name) <= 12 else None
    return _MONTHS.get(name)


def fill_year(date: PartialDate, captured: PartialDate | None) -> PartialDate:
    """Give a date without a year that of the capture, or the year before where it would lie after the capture.

    Args:
        date: what the page shows.
        captured: when the page was saved, as far as known.

    Returns:
        The date with a year, or as it was where the year of the capture is not known.
    """
    if date.year is not None or date.month is None or captured is None or captured.year is None:
        return date
    shown = (date.month, date.day or 1)
    saved = (captured.month or 12, captured.day or 31)
    year = captured.year if shown <= saved else captured.year - 1
    while (date.month, date.day) == (2, 29) and monthrange(year, 2)[1] < 29:
        year -= 1  # of the last leap year
    return PartialDate(year, date.month, date.day)


def _date(year: str | None, month: str | None, day: str | None) -> PartialDate | None:
    y = int(year) if year else None
    if y is not None and not 1000 <= y <= 2999:
        return None
    m = month_number(month) if month else None
    d = int(day) if day and m is not None else None
    if m is None:
        return PartialDate(y) if y is not None else None
    if d is not None and not 1 <= d <= monthrange(y if y is not None else 2000, m)[1]:
        d = None
    if y is None and d is None:
        return None
    return PartialDate(y, m, d)
