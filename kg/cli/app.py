"""The ``kg`` command: registers the subcommands, turns errors into one sentence and an exit status.

Exit statuses: 0 done, 1 done with records skipped, 2 not done, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import click
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
        bool, typer.Option("--version", "-V", help="Say the version and stop.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Options of the command itself."""


def _register() -> None:
    from kg.cli import build, demo, evaluate, export, extract, query, stats, view

    app.command("demo")(demo.demo)
    app.command("build")(build.build)
    app.command("extract")(extract.extract)
    app.command("stats")(stats.stats)
    app.command("query")(query.query)
    app.command("export")(export.export)
    app.command("view")(view.view)
    app.command("evaluate")(evaluate.evaluate)


_register()


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    _use_utf8()
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Returns:
        The exit status.
    """
    try:
        status = app(args=arguments, standalone_mode=False, prog_name="kg")
    except click.exceptions.Abort:
        return _interrupted()
    except click.exceptions.Exit as stop:
        return int(stop.exit_code)
    except click.ClickException as error:
        error.show(sys.stderr)
        return 2
    except KeyboardInterrupt:
        return _interrupted()
    except BrokenPipeError:
        # The reader (head, less) has gone; what is left need not be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KGError as error:
        if os.environ.get(DEBUG):
            raise
        complain(f"[bold red]error[/bold red]  {escape(str(error))}")
        return 2
    except MemoryError:
        complain("[bold red]error[/bold red]  out of memory. Try fewer papers at a time, or fewer workers (-j 1)")
        return 2
    except OSError as error:
        if os.environ.get(DEBUG):
            raise
        place = f"{error.filename}: " if error.filename else ""
        complain(f"[bold red]error[/bold red]  {escape(place)}{escape(error.strerror or str(error))}")
        return 2
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        complain(
            f"[bold red]error[/bold red]  this is a fault of paper-kg {__version__}: {escape(repr(error)[:300])}. "
            f"Set {DEBUG}=1 for the details and report them"
        )
        return 2
    return int(status or 0)


def _interrupted() -> int:
    complain("[yellow]stopped[/yellow]  nothing half-written was left behind")
    return 130


def _use_utf8() -> None:
    """Names are in every script; a console of another encoding gets replacements instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="replace")
