"""The command line, the composition root: the only part that imports kg, extractors and exports."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line and leave with its exit status; Ctrl-C ends it quietly from the first moment on."""
    try:
        from kg.cli.app import main as run
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        raise SystemExit(130) from None
    run()
