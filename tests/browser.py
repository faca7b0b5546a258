"""A headless Chromium from the system's packages, or a clear reason for skipping."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CANDIDATES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def find_browser() -> str | None:
    """Path of a Chromium: ``$CHROMIUM``, or the first of the usual names on the path."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in CANDIDATES if (found := shutil.which(name))), None)


@contextmanager
def open_browser(*flags: str) -> Iterator[Any]:
    """A running browser; skips the test where Playwright or Chromium is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
    path = find_browser()
    if path is None:
        pytest.skip(
            "needs a Chromium on the path (Debian: apt-get install chromium), or its path in $CHROMIUM"
        )
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a page did that it should not: requests, errors, violations of its policy, dialogs."""

    def __init__(self, page: Any) -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "console", lambda message: self.errors.append(message.text) if message.type == "error" else None
        )
        page.on("dialog", self._note_dialog)

    def _note_request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.requests.append(url)

    def _note_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def assert_quiet(self) -> None:
        """Fail where anything happened."""
        assert (self.requests, self.errors, self.dialogs) == ([], [], [])


def visit(
    browser: Any, path: Path, *, fragment: str = "", script: str = "", **context: Any
) -> tuple[Any, Watch]:
    """Open a file, after a script of ours where one is given, and wait until the page says that it is ready."""
    page = browser.new_context(**context).new_page()
    watch = Watch(page)
    if script:
        page.add_init_script(script)
    page.goto(path.resolve().as_uri() + (f"#{fragment}" if fragment else ""))
    page.wait_for_selector("html[data-ready=true]", timeout=20_000)
    return page, watch
