"""Plug-ins by entry point: how ``kg`` finds extractors, exporters and source formats without importing them.

Groups: ``kg.extractors`` (a function that makes an ``Extractor``), ``kg.exporters`` (an ``Exporter``),
``kg.sources`` (a source format), ``kg.views`` (a function that shows a graph through another library). Our own are
registered in the same way as anyone's; each is loaded only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

from kg.errors import PluginError
from kg.model import Extraction, Paper

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph

EXTRACTORS = "kg.extractors"
EXPORTERS = "kg.exporters"
SOURCES = "kg.sources"
VIEWS = "kg.views"


class Extractor(Protocol):
    """Reads papers, says what their text says."""

    @property
    def name(self) -> str:
        """Name of the extractor, without spaces."""

    @property
    def version(self) -> str:
        """Changes whenever the output may change, so that stored extractions are not reused wrongly."""

    def extract(self, papers: Iterable[Paper]) -> Iterator[Extraction]:
        """One extraction a paper, in the order of the papers.

        Raises:
            ExtractionError: where a paper cannot be read.
        """


class Exporter(Protocol):
    """Writes a graph to one file or folder."""

    @property
    def name(self) -> str:
        """Name of the format, such as ``turtle``."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File suffixes that mean this format, with the dot, the usual one first."""

    def write(self, graph: KnowledgeGraph, path: Path, *, base_iri: str) -> None:
        """Write the graph; all or nothing.

        Raises:
            ExportError: where it cannot be written.
        """


def _points(group: str) -> dict[str, EntryPoint]:
    found: dict[str, EntryPoint] = {}
    for point in sorted(entry_points(group=group), key=lambda p: (p.name, p.value)):
        other = found.get(point.name)
        if other is not None and other.value != point.value:
            raise PluginError(
                f"two plug-ins are called {point.name!r} in {group}: {other.value} and {point.value}",
                hint="Uninstall one of them",
            )
        found[point.name] = point
    return found


def names(group: str) -> tuple[str, ...]:
    """The names registered in a group, sorted."""
    return tuple(_points(group))


def load(group: str, name: str) -> object:
    """Import a plug-in.

    Raises:
        PluginError: for an unknown name (the message lists the known ones) or one that cannot be imported.
    """
    points = _points(group)
    if name not in points:
        known = ", ".join(points) or "none; is paper-kg installed (pip install .)?"
        raise PluginError(f"no plug-in {name!r} in {group}", hint=f"Known: {known}")
    try:
        return points[name].load()
    except (ImportError, AttributeError) as error:
        raise PluginError(f"the plug-in {name!r} cannot be loaded: {error}") from error


def load_extractor(name: str, **options: object) -> Extractor:
    """Make an extractor by name.

    Several names with commas between them make a chain (``best,llm``): the last one is told of those before it, and
    reads what they are unsure about.

    Raises:
        PluginError: for an unknown name.
    """
    before, comma, last = name.rpartition(",")
    make = cast(Callable[..., Extractor], load(EXTRACTORS, last.strip()))
    if not comma:
        return make(**options)
    try:
        return make(before=before.strip(), **options)
    except TypeError as error:
        if "before" not in str(error):
            raise
        raise PluginError(
            f"the extractor {last.strip()!r} cannot follow another", hint="Only llm can: best,llm"
        ) from error


def load_exporter(format: str | None, *, path: str | Path | None = None) -> Exporter:
    """Find an exporter by format name, or by the suffix of a path.

    Raises:
        PluginError: for an unknown format or suffix.
    """
    if format is not None:
        return cast(Exporter, load(EXPORTERS, format))
    wanted = Path(path).name.lower() if path is not None else ""
    best: Exporter | None = None
    best_length = 0
    suffixes: list[str] = []
    for name in names(EXPORTERS):
        exporter = cast(Exporter, load(EXPORTERS, name))
        suffixes.extend(exporter.suffixes)
        for suffix in exporter.suffixes:
            if wanted.endswith(suffix) and len(suffix) > best_length:
                best, best_length = exporter, len(suffix)
    if best is None:
        raise PluginError(
            f"no export format goes with {wanted!r}",
            hint=f"Name one with format=, or use a suffix of {', '.join(sorted(set(suffixes)))}",
        )
    return best
