"""Worker processes: the same results, and none outlives the command, however that ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.model import Paper
from kg.workers import extract_in_workers


def members(group: int) -> list[int]:
    """The processes of a process group that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(int(entry.name))
    return found


def wait_for(condition: object, seconds: float = 60.0) -> bool:
    """Whether something became true in time."""
    until = time.monotonic() + seconds
    while callable(condition) and time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_no_worker_outlives_the_command(name: str, tmp_path: Path) -> None:
    """Ctrl-C goes to all processes, the others to the command alone; nobody stays, and no half-written file either."""
    source = tmp_path / "papers.jsonl"
    with source.open("w", encoding="utf-8") as stream:
        for n in range(3000):
            record = {
                "id": str(n),
                "title": f"On Foo {n}",
                "abstract": f"We use BERT on SQuAD, {n} times. " * 20,
            }
            stream.write(json.dumps(record) + "\n")
    command = [sys.executable, "-m", "kg", "extract", str(source), "-o", str(tmp_path / "out" / "x.jsonl")]
    process = subprocess.Popen(
        [*command, "-j", "2", "--model", "rules"],
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        assert wait_for(lambda: len(members(process.pid)) >= 4), "the workers did not start"
        number = getattr(signal, name)
        if name == "SIGINT":
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        _, said = process.communicate(timeout=60)
        assert wait_for(lambda: not members(process.pid)), "a process is left"
    finally:
        if members(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    if name != "SIGKILL":  # which leaves nobody the time to be tidy
        assert b"Traceback" not in said, said.decode()
        assert process.returncode == 128 + number
        assert list((tmp_path / "out").iterdir()) == []


def test_a_reader_that_stops_early_ends_the_workers() -> None:
    """Whoever takes one extraction and goes leaves no process behind."""
    from multiprocessing import active_children

    papers = (Paper(str(n), f"Paper {n}", "We use BERT on SQuAD.") for n in range(10_000))
    results = extract_in_workers(papers, extractor="default", options={"model": "rules"}, jobs=1)
    assert next(results).paper_id == "0"
    results.close()
    assert wait_for(lambda: not active_children())
