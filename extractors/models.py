"""Which models there are: the shipped ones by name, and those that users have trained, by path."""

from __future__ import annotations

from pathlib import Path

from extractors.tagging import DocumentTagger
from kg.errors import ExtractionError
from kg.version import __version__

RULES = "rules"
SHIPPED = ("best", "fast")
DEFAULT = "best"


def resolve_model(name: str) -> str:
    """The model that a name means.

    Args:
        name: ``auto`` for the default, ``best``, ``fast``, ``rules``, or the path of a trained model.

    Returns:
        ``rules``, the name of a shipped model, or an existing path.

    Raises:
        ExtractionError: for anything else.
    """
    if name == "auto":
        return DEFAULT
    if name == RULES or name in SHIPPED:
        return name
    if Path(name).is_dir():
        return name
    raise ExtractionError(
        f"there is no model {name!r}",
        hint=f"Shipped models: {', '.join(SHIPPED)}, {RULES}; or name the folder of one that kg train has made",
    )


def model_version(name: str) -> str:
    """Version of code and model together.

    Raises:
        ExtractionError: where the model cannot be read.
    """
    return __version__ if name == RULES else f"{__version__}-{DocumentTagger.load(name).version}"
