"""A program that makes the store of a graph directory, so that a server can have it made beside its work.

``python -m exports.sparql.making DIR BASE-IRI`` says in JSON which folder it is, or why there is none. It ends when what
it reads from ends, and so with the server that started it.
"""

from __future__ import annotations

import _thread
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from exports.sparql.folder import store_folder, unwritable
from kg.errors import KGError
from kg.version import __version__

PATIENCE = 20.0
"""Seconds in which it tidies up after its server has gone."""


def making_command(path: str | Path, base_iri: str) -> tuple[list[str], dict[str, Any]]:
    """How to start this program: its command, and options that ``subprocess`` and ``asyncio`` share."""
    search = os.pathsep.join(p for p in sys.path if p)
    command = [sys.executable, "-m", "exports.sparql.making", str(path), base_iri]
    # Ctrl-C is for the server, which ends this by closing what it reads from.
    options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "start_new_session": True}
    return command, options | {"env": os.environ | {"PYTHONPATH": search}}


def read_place(said: bytes, status: int | None) -> Path:
    """The folder that the program has named.

    Args:
        said: all that it wrote.
        status: its exit status.

    Raises:
        KGError: where it named none, with what it says about it.
    """
    try:
        answer: dict[str, str] = json.loads(said)
    except ValueError:
        raise KGError(
            f"the process that makes the SPARQL store was ended (status {status})",
            hint="Is there too little memory?",
        ) from None
    if "folder" not in answer:
        raise KGError(answer["error"])
    return Path(answer["folder"])


def make_apart(path: str | Path, base_iri: str) -> Path:
    """Make the store in a process of its own, so that this one keeps its memory small, and wait for it.

    Raises:
        KGError: where there is none.
    """
    command, options = making_command(path, base_iri)
    with subprocess.Popen(command, **options) as process:
        said = process.stdout.read() if process.stdout is not None else b""
        status = process.wait()
    return read_place(said, status)


def main(arguments: list[str]) -> int:
    """Make the store and say where it is."""
    path, base_iri = arguments
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(5)  # queries go first
    try:
        folder = store_folder(path, base_iri=base_iri)
        said = {"folder": str(folder)} if folder is not None else {"error": str(unwritable(path))}
    except (KGError, OSError, MemoryError) as error:
        said = {"error": str(error) or "out of memory"}
    except KeyboardInterrupt:
        return 1
    except Exception as error:
        said = {"error": f"this is a fault of paper-kg {__version__}: {error!r}"[:400]}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    return 0


def _end_with_parent() -> None:
    while os.read(0, 1):
        pass
    _thread.interrupt_main()  # so that what is half made is removed
    time.sleep(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
