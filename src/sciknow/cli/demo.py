"""The command that shows all of it once: demo."""

from __future__ import annotations

from pathlib import Path

import click

from sciknow.cli.output import hub_option
from sciknow.demo import run


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-output"),
    show_default=True,
    help="Folder for the plot.",
)
@hub_option
def demo(folder: Path, hub_path: Path | None) -> None:
    """Ask in English and in Chinese, open what is found, plot it and cite it.

    \b
    Example:
      sciknow demo
    """
    run(folder, hub_path)
