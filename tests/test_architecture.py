"""The house rules that a machine can check: imports go one way, public names are listed, files stay small."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for package in ("kg", "extractors", "exports") for p in (ROOT / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of what a module imports, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    """kg imports neither extractors nor exports, save the command line; those two import only kg."""
    where = path.relative_to(ROOT)
    names = imported(path)
    if where.parts[:2] == ("kg", "cli"):
        return
    allowed = {"kg": {"kg"}, "extractors": {"kg", "extractors"}, "exports": {"kg", "exports"}}[where.parts[0]]
    assert names & {"kg", "extractors", "exports"} <= allowed


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("networkx", {"kg/graph.py", "exports"}),
        ("rdflib", {"exports"}),
        ("pyoxigraph", {"exports"}),
        ("pyvis", {"exports/pages"}),
        ("spacy", {"extractors"}),
        ("typer", {"kg/cli"}),
        ("httpx", {"kg/http", "exports/sparql"}),
    ],
)
def test_libraries_have_one_home(library: str, owners: set[str]) -> None:
    """A library is known to the one part that it serves."""
    users = {str(p.relative_to(ROOT).as_posix()) for p in MODULES if library in imported(p)}
    strangers = {u for u in users if not any(u == o or u.startswith(o + "/") for o in owners)}
    assert not strangers


def test_public_names_are_sorted_and_exist() -> None:
    """``kg.__all__`` is sorted and complete."""
    import kg

    assert sorted(kg.__all__) == list(kg.__all__)
    for name in kg.__all__:
        assert hasattr(kg, name)
