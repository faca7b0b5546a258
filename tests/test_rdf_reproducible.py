"""The same papers give the same bytes: whatever the workers, the hash seed and the order of input."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_workers_seeds_and_order_leave_no_trace(tmp_path: Path) -> None:
    """Two builds of the bundled sample, one backwards with two workers under another seed, export alike."""
    lines = files("kg").joinpath("data", "sample.jsonl").read_text(encoding="utf-8").splitlines()
    seen = set()
    for name, records, workers, seed in (("a", lines, "1", "1"), ("b", lines[::-1], "2", "31337")):
        source, graph, output = tmp_path / f"{name}.jsonl", tmp_path / name, tmp_path / f"{name}.nq"
        source.write_text("\n".join(records) + "\n", encoding="utf-8")
        environment = os.environ | {"PYTHONHASHSEED": seed}
        for arguments in (
            ["build", str(source), "-o", str(graph), "-j", workers, "-m", "rules"],
            ["export", str(graph), "-o", str(output)],
        ):
            command = [sys.executable, "-c", "import kg.cli; kg.cli.main()", *arguments]
            subprocess.run(command, env=environment, check=True, capture_output=True)
        seen.add(hashlib.sha256(output.read_bytes()).hexdigest())
    assert len(seen) == 1
