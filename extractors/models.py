"""Which models there are: the shipped ones by name, and those that users have trained, by path."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from extractors.tagging import DocumentTagger
from kg.errors import ExtractionError
from kg.version import __version__

RULES = "rules"
AUTO = "auto"
SHIPPED = ("best", "fast")


def resolve_model(name: str) -> str:
    """The model that a name means.

    Args:
        name: ``auto`` (``fast``, and ``best`` for abstracts that ``fast`` is unsure of), ``best``, ``fast``, ``rules``,
            or the path of a trained model.

    Returns:
        The name, or an existing path.

    Raises:
        ExtractionError: for anything else.
    """
    if name in (AUTO, RULES, *SHIPPED):
        return name
    if Path(name).is_dir():
        return name
    raise ExtractionError(
        f"there is no model {name!r}",
        hint=f"Shipped models: {AUTO}, {', '.join(SHIPPED)}, {RULES}; or name the folder of one that kg train has made",
    )


@lru_cache(maxsize=4)
def load_tagger(name: str) -> DocumentTagger:
    """A trained tagger, read from disk once a process.

    Raises:
        PluginError: where its files are missing or damaged.
    """
    return DocumentTagger.load(name)


def model_version(name: str) -> str:
    """Version of code and model together.

    Raises:
        ExtractionError: where the model cannot be read.
    """
    if name == RULES:
        return __version__
    return "-".join(
        (__version__, *(load_tagger(part).version for part in (SHIPPED if name == AUTO else (name,))))
    )
