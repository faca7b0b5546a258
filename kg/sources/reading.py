"""Reading papers out of inputs: one after the other, streaming, the bad told apart from the good."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from kg.errors import SourceError
from kg.model import Paper, PartialDate
from kg.sources.base import Document, Problem, SourceFormat
from kg.sources.inputs import expand_inputs
from kg.sources.registry import find_format, format_names, load_format
from kg.sources.streams import DAMAGED, display_name, label, open_input, to_utf8


class NoPapersError(SourceError):
    """All inputs could be read, and none holds a paper."""


def read_papers(
    inputs: Iterable[str | Path],
    *,
    captured: PartialDate | None = None,
    format: str | None = None,
    strict: bool = False,
    on_problem: Callable[[Problem], None] | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Paper]:
    """Read the papers of files, folders, patterns and standard input, in their order.

    Papers come as they are read: nothing is merged (``merge_papers`` does that), and of JSON Lines, CSV and large
    JSON files only one record is held at a time. A bad record is reported and skipped. So is a bad file among
    several.

    Args:
        inputs: files, folders, patterns, or ``-`` for standard input.
        captured: the date on which pages were saved; completes dates without a year.
        format: name of the format where it should not be found by content.
        strict: refuse instead of skip: the first problem is raised.
        on_problem: is told about each problem.
        stdin: what ``-`` reads, ``sys.stdin.buffer`` by default.

    Yields:
        Papers, each with a sighting.

    Raises:
        NoPapersError: where there is no paper in all inputs.
        SourceError: where a name leads nowhere; with ``strict`` for any problem; for an unknown format.
    """
    names = expand_inputs(inputs)
    chosen = load_format(format) if format is not None else None
    return _read(names, captured, chosen, strict, on_problem, stdin)


def _read(
    names: tuple[str, ...],
    captured: PartialDate | None,
    chosen: SourceFormat | None,
    strict: bool,
    on_problem: Callable[[Problem], None] | None,
    stdin: BinaryIO | None,
) -> Iterator[Paper]:
    def report(problem: Problem) -> None:
        if strict:
            raise problem.to_error()
        if on_problem is not None:
            on_problem(problem)

    total = 0
    for name in names:
        try:
            for paper in _read_one(name, captured, chosen, report, stdin):
                total += 1
                yield paper
        except SourceError as error:
            if strict or (len(names) == 1 and not total):
                raise
            report(
                Problem(
                    error.source or display_name(name), error.what, error.line, error.column, error.hint or ""
                )
            )
    if not total:
        raise NoPapersError(
            "no papers found in any of the inputs" if names else "no inputs were given",
            hint="Name a saved page, or a file or folder of records",
        )


def _read_one(
    name: str,
    captured: PartialDate | None,
    chosen: SourceFormat | None,
    report: Callable[[Problem], None],
    stdin: BinaryIO | None,
) -> Iterator[Paper]:
    if ":" in name and not Path(name).exists():
        from kg.fetch.names import is_live

        if is_live(name):
            from kg.fetch.run import read_live

            yield from read_live(name, on_problem=report)
            return
    with ExitStack() as stack:
        found = 0
        shown = display_name(name)
        try:
            stream = open_input(
                name, stdin=stdin if stdin is not None else sys.stdin.buffer if sys.stdin else None
            )
            if name != "-":
                stack.enter_context(stream)
            head, utf8 = to_utf8(stream, shown)
            source_format = chosen or find_format(head, name)
            if source_format is None:
                raise SourceError(
                    "cannot tell what kind of file this is",
                    source=shown,
                    hint=f"Name its format: {', '.join(format_names())}",
                )
            document = Document(name=shown, label=label(name), stream=utf8, captured=captured, report=report)
            for item in source_format.parse(document):
                if isinstance(item, Problem):
                    report(item)
                else:
                    found += 1
                    yield item
        except DAMAGED as error:
            raise SourceError(f"this packed file is damaged: {error}", source=shown) from error
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror or error}", source=shown) from error
        except Exception as error:
            if type(error).__name__ != "LZMAError":  # the module of that name is not on every machine
                raise
            raise SourceError(f"this packed file is damaged: {error}", source=shown) from error
        if not found:
            raise SourceError(
                f"no papers found in this file, read as {source_format.name}",
                source=shown,
                hint="Name its format if it is another one" if chosen is None else None,
            )
