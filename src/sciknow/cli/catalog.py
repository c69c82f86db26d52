"""Commands for curators: catalog new, catalog check."""

from __future__ import annotations

from pathlib import Path

import click

from sciknow.catalogs import check_file, scaffold
from sciknow.cli.output import echo, echo_json, json_option, note
from sciknow.errors import InvalidInput
from sciknow.text import counted
from sciknow.vocab import Sector


@click.group()
def catalog() -> None:
    """Write and check catalogue entries.

    \b
    Examples:
      sciknow catalog new my-dataset --sector ocean
      sciknow catalog check catalogs/ocean.yaml
    """


@catalog.command()
@click.argument("identifier")
@click.option("--sector", type=click.Choice([str(item) for item in Sector]), required=True)
def new(identifier: str, sector: str) -> None:
    """Print a scaffold of a dataset's card, to be filled in.

    \b
    Example:
      sciknow catalog new my-dataset --sector ocean > catalogs/ocean-mine.yaml
    """
    echo(scaffold(identifier, Sector(sector)), nl=False)


@catalog.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> None:
    """Say what is wrong in catalogue files, entry by entry; exit code 1 when something is.

    \b
    Example:
      sciknow catalog check catalogs/ocean.yaml
    """
    problems = [problem for path in files for problem in check_file(path)]
    if as_json:
        echo_json([str(problem) for problem in problems])
    else:
        for problem in problems:
            echo(str(problem))
    if problems:
        raise InvalidInput(counted(len(problems), "problem"))
    note("nothing wrong")
