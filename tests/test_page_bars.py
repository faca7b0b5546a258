"""How large and how quick the explorer is, in a browser without a graphics card; best of three.

Times are held to twice the bar, since machines differ; ``KG_BARS=1`` holds them to the bar itself.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import open_browser
from pages_synthetic import make_synthetic, measure

from exports.pages.explorer import read_bundle, write_explorer

SLACK = 1.0 if os.environ.get("KG_BARS") == "1" else 2.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(read_bundle() is None, reason="built without the explorer"),
]


@pytest.mark.parametrize(
    ("nodes", "megabytes", "paint_ms", "task_ms", "frames"),
    [(1000, 1.2, 700, 300, 30), (20_000, 9, 1200, 600, 20)],
)
def test_the_explorer_is_quick(
    tmp_path: Path, nodes: int, megabytes: float, paint_ms: float, task_ms: float, frames: float
) -> None:
    """Size, first paint, longest task, frames a second while zooming, milliseconds a key in the search."""
    path = write_explorer(make_synthetic(nodes), tmp_path / "page.html", sparql=False)
    assert path.stat().st_size / 1e6 <= megabytes
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > (os.cpu_count() or 1):
        pytest.skip("the machine is busy with other work, times would say nothing")
    with open_browser("--use-angle=swiftshader", "--enable-unsafe-swiftshader") as browser:
        rows = [measure(browser, path) for _ in range(3)]
    assert min(row["paint_ms"] for row in rows) <= paint_ms * SLACK
    assert min(row["longest_task_ms"] for row in rows) <= task_ms * SLACK
    assert max(row["zoom_fps"] for row in rows) >= frames / SLACK
    assert min(row["search_ms"] for row in rows) <= 20 * SLACK
