"""The ``kg`` command: registers the subcommands, turns errors into one sentence and an exit status.

Exit statuses: 0 done, 1 done with records skipped, 2 not done, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import functools
import io
import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import complain
from kg.errors import KGError
from kg.version import __version__

DEBUG = "KG_DEBUG"

app = typer.Typer(
    name="kg",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""A typed knowledge graph out of paper abstracts; every edge traced to the words that say it.

    [bold]Begin with[/bold]  kg demo

    [bold]Then[/bold]  kg build PAGES… -o out   kg stats out   kg query out 'SELECT …'   kg view out
    """,
    epilog="Exit status: 0 done, 1 done with records skipped, 2 not done. Set KG_DEBUG=1 to see tracebacks.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"paper-kg {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Say the version and stop.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Options of the command itself."""


def _register() -> None:
    from kg.cli import (
        build,
        demo,
        evaluate,
        explain,
        export,
        extract,
        merges,
        query,
        resolve,
        serve,
        stats,
        verify,
        view,
        why,
    )

    for name, function in (
        ("demo", demo.demo),
        ("build", build.build),
        ("extract", extract.extract),
        ("stats", stats.stats),
        ("query", query.query),
        ("verify", verify.verify),
        ("serve", serve.serve),
        ("export", export.export),
        ("view", view.view),
        ("explain", explain.explain),
        ("merges", merges.merges),
        ("why", why.why),
        ("resolve", resolve.resolve),
        ("evaluate", evaluate.evaluate),
    ):
        app.command(name)(guarded(function))


def guarded(function: Callable[..., int]) -> Callable[..., None]:
    """Wrap a command: what it returns is the exit status, what it raises becomes one sentence on standard error."""

    @functools.wraps(function)
    def command(*arguments: object, **options: object) -> None:
        try:
            status = function(*arguments, **options)
        except KeyboardInterrupt:
            complain("[yellow]stopped[/yellow]  nothing half-written was left behind")
            status = 130
        except BrokenPipeError:
            # The reader (head, less) has gone; what is left need not be written.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            status = 0
        except (KGError, OSError, MemoryError) as error:
            if os.environ.get(DEBUG):
                raise
            complain(f"[bold red]error[/bold red]  {escape(_sentence(error))}")
            status = 2
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            complain(
                f"[bold red]error[/bold red]  this is a fault of paper-kg {__version__}: {escape(repr(error)[:300])}. "
                f"Set {DEBUG}=1 for the details and report them"
            )
            status = 2
        raise typer.Exit(status)

    return command


def _sentence(error: BaseException) -> str:
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return place + (error.strerror or str(error))
    if isinstance(error, MemoryError):
        return "out of memory. Try fewer papers at a time, or fewer workers (-j 1)"
    return str(error)


_register()


def main() -> None:
    """Run the command line and leave with its exit status."""
    _use_utf8()
    app(prog_name="kg")


def run(arguments: list[str]) -> int:
    """Run the command line in this process.

    Returns:
        The exit status.
    """
    try:
        app(args=arguments, prog_name="kg")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0


def _use_utf8() -> None:
    """Names are in every script; a console of another encoding gets replacements instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and (stream.encoding or "").lower().replace("-", "") != "utf8"
        ):
            stream.reconfigure(encoding="utf-8", errors="replace")
