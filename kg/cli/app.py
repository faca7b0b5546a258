"""The ``kg`` command: names the subcommands, turns errors into one sentence and an exit status.

Exit statuses: 0 done, 1 done with records skipped, 2 not done, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import functools
import importlib
import io
import os
import signal
import sys
from collections.abc import Callable
from types import MappingProxyType
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from kg.cli.console import complain
from kg.errors import KGError
from kg.version import __version__

DEBUG = "KG_DEBUG"

COMMANDS = MappingProxyType(
    {
        "demo": "Build a graph from the bundled sample, query it, and write RDF and a page.",
        "build": "Build a graph directory from papers.",
        "fetch": "Fetch papers from live services, page by page, and write them as JSON Lines.",
        "update": "Add new papers to a graph directory and replace changed ones; the rest is not touched.",
        "remove": "Take papers out of a graph directory.",
        "diff": "Tell what is new since a day: papers, first-seen datasets and models, methods on the rise, changed claims.",
        "enrich": "Ask what is behind each repository and Hub link: there or gone, moved, stars, licence, language, last change, downloads.",
        "lookup": "Ask Wikidata and the Hub which of their records a node is; where an identifier matches it is the same, else perhaps the same.",
        "gaps": "List papers that announce code, data or a model and link none, with the sentence that announces it.",
        "extract": "Extract entities, links and relations: one JSON object a paper, in the order of the input.",
        "stats": "Count papers, nodes and edges by type, and name the most connected.",
        "query": "Ask the graph in SPARQL. Prefixes need no declaration.",
        "verify": "Check evidence, IRIs, RDF formats, SHACL shapes and counts; the exit status is 2 where something is broken.",
        "serve": "Serve the graph over HTTP: SPARQL 1.1 Protocol, a query page, and a page or RDF for every IRI.",
        "push": "Send the graph to a SPARQL 1.1 Update or Graph Store endpoint; a push that broke off goes on where it stopped.",
        "export": "Write the graph as RDF, tables, GraphML, GEXF, Cytoscape JSON or a page.",
        "view": "Write one self-contained page that works offline, and open it.",
        "site": "Write a page for every paper, dataset, method, model, task, metric and link, for any web server or folder.",
        "explain": "Show a text with its names, links and relations, how sure each is, and why.",
        "merges": "List the merges, the least certain first; or decide about two names.",
        "why": "Show why a node is what it is: its spellings, who has them, and the rule that put each there.",
        "resolve": "Say which node every entity becomes: lines of paper, name and node, separated by tabs.",
        "evaluate": "Compare extractions with annotated papers.",
        "train": "Train a model on annotated papers and report a five-fold cross-validation.",
    }
)
"""The subcommands with what ``kg --help`` says of each; each is the function of that name in its module here."""


class _Commands(TyperGroup):
    """Imports a command's module when that command is called, so that none waits for the libraries of another."""

    _listing = False

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {name: TyperCommand(name, help=summary) for name, summary in COMMANDS.items()}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command; while help lists them, its name and summary are enough."""
        known = super().get_command(ctx, cmd_name)
        return known if known is None or self._listing else _load(cmd_name)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of ``kg`` itself."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def _load(name: str) -> Any:
    function = getattr(importlib.import_module(f"kg.cli.{name}"), name)
    alone = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False, add_completion=False)
    alone.command(name)(guarded(function))
    return typer.main.get_command(alone)


app = typer.Typer(
    name="kg",
    cls=_Commands,
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


def main() -> None:
    """Run the command line and leave with its exit status."""
    _use_utf8()
    _clean_up_when_terminated()
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


def _clean_up_when_terminated() -> None:
    """Let SIGTERM and a closed terminal end the program like an error, so that nothing half-written is left."""

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # nohup stays nohup
            signal.signal(number, leave)


def _use_utf8() -> None:
    """Names are in every script; a console of another encoding gets replacements instead of a crash."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and (stream.encoding or "").lower().replace("-", "") != "utf8"
        ):
            stream.reconfigure(encoding="utf-8", errors="replace")
