"""``kg train``: annotated papers → a model of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kg.cli.console import err


def train(
    gold: Annotated[
        list[Path], typer.Argument(metavar="GOLD.jsonl…", help="Annotated papers.", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the model.", show_default=False)
    ],
    encoder: Annotated[
        bool,
        typer.Option(
            "--encoder/--no-encoder",
            help="Train the transformer too: model [bold]best[/bold]; takes hours on a CPU.",
        ),
    ] = False,
    unlabelled: Annotated[
        Path | None,
        typer.Option(
            "--unlabelled",
            metavar="FILE",
            help="Abstracts without annotations (JSON Lines, may be packed) to learn word clusters and names from.",
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help="Of everything random.")] = 0,
    threads: Annotated[int, typer.Option("--threads", min=1, metavar="N", help="For the transformer.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures of the cross-validation as one JSON object.")
    ] = False,
) -> int:
    """Train a model on annotated papers and report a five-fold cross-validation.

    Needs further packages: [bold]pip install "paper-kg\\[train]"[/bold]. Use the model with [bold]--model DIR[/bold].

    [bold]Example[/bold]  kg train annotated.jsonl -o my-model && kg evaluate other.jsonl --model my-model
    """
    from extractors.training.whole import train_all

    console = err()
    figures = train_all(
        gold,
        output,
        with_encoder=encoder,
        unlabelled=unlabelled,
        seed=seed,
        threads=threads,
        log=lambda line: console.print(escape(line), soft_wrap=True),
    )
    if as_json:
        typer.echo(json.dumps(figures, indent=1))
    console.print(f"[green]wrote[/green]  {escape(str(output))}", soft_wrap=True)
    return 0
