"""The command line, the composition root: the only part that imports kg, extractors and exports."""

from kg.cli.app import app, main

__all__ = ["app", "main"]
