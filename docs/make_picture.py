"""Make the picture of the README: python docs/make_picture.py (needs Playwright and a Chromium on the path).

Builds the demo graph, opens its page as a reader would, and keeps what the browser shows.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).parent / "images"
VIEWS = {
    "demo.png": ("light", "node=dataset/imagenet"),
    "demo-dark.png": ("dark", ""),
}


def main() -> None:
    """Write the pictures."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        kg = Path(sys.executable).with_name("kg")
        subprocess.run([kg, "build", "sample", "-o", folder / "graph"], check=True)
        page_path = folder / "page.html"
        subprocess.run(
            [
                kg,
                "view",
                folder / "graph",
                "-o",
                page_path,
                "--title",
                "Sixty well-known papers",
                "--no-open",
            ],
            check=True,
        )
        browser = playwright.chromium.launch(
            executable_path=browser_path,
            args=[
                "--no-sandbox",
                "--use-angle=swiftshader",
                "--enable-unsafe-swiftshader",
                "--disable-background-networking",
            ],
        )
        for file, (scheme, fragment) in VIEWS.items():
            page = browser.new_context(
                viewport={"width": 1400, "height": 860}, color_scheme=scheme
            ).new_page()
            page.goto(f"{page_path.as_uri()}#{fragment}")
            page.wait_for_selector("html[data-ready=true]")
            page.wait_for_timeout(1500)
            page.screenshot(path=TARGET / file)
        browser.close()


if __name__ == "__main__":
    main()
