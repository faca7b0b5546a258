"""The README's code runs and prints what it says."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_library_example_prints_what_the_readme_shows() -> None:
    """The first Python block, run, prints the text block behind it."""
    match = re.search(r"```python\n(.*?)```\s+```text\n(.*?)```", README, re.S)
    assert match is not None
    code, expected = match.groups()
    assert len(code.strip().splitlines()) <= 12
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert expected == printed.getvalue()


def test_readme_opens_with_picture_and_two_commands() -> None:
    """What it is, a picture, make demo, make test, before everything else."""
    assert README.index("docs/images/demo.png") < README.index("make demo") < README.index("make test")
    assert README.index("make test") < README.index("```python")
