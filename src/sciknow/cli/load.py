"""Commands that load, pin and cite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sciknow.cli.output import copies_option, echo, echo_fields, echo_json, hub_option, json_option
from sciknow.cli.part import limits_option, part_options
from sciknow.hub import open_hub
from sciknow.ledger import STYLES
from sciknow.words import LANGUAGES


@click.command()
@click.argument("dataset")
@click.option("--distribution", help="Which way; the cheapest when left out.")
@part_options
@click.option("--max-bytes", type=int, help="Refuse what costs more on the wire.")
@limits_option
@hub_option
@json_option
def plan(
    dataset: str,
    distribution: str | None,
    variable: tuple[str, ...],
    hub_path: Path | None,
    as_json: bool,
    **part: Any,
) -> None:
    """Say what opening a part of a dataset would cost; no data are read.

    \b
    Example:
      sciknow plan nino12-sst-monthly --period 1980/1990
    """
    asked = {key: value for key, value in part.items() if value is not None}
    with open_hub(hub_path) as hub:
        found = hub.plan(dataset, distribution, variables=variable or None, **asked)
        if as_json:
            echo_json(found.to_dict())
        else:
            echo_fields(found.rows())


@click.command(name="open")
@click.argument("dataset")
@click.option("--distribution", help="Which way to take; `sciknow show` lists them.")
@click.option(
    "--locked",
    type=click.Path(path_type=Path),
    help="A lockfile: open exactly what it pins, or say what has changed.",
)
@part_options
@limits_option
@copies_option
@hub_option
@json_option
def open_(
    dataset: str,
    distribution: str | None,
    locked: Path | None,
    variable: tuple[str, ...],
    copies: tuple[Path, ...],
    hub_path: Path | None,
    as_json: bool,
    **part: Any,
) -> None:
    """Open a dataset lazily and show its structure; no data are read.

    \b
    Examples:
      sciknow open mauna-loa-co2-weekly --period 1990/1999
      sciknow open mauna-loa-co2-weekly --copies archive
      sciknow open mauna-loa-co2-weekly --locked sciknow.lock
    """
    wanted = part | {"variables": variable or None}
    asked = {key: value for key, value in wanted.items() if value is not None}
    with open_hub(hub_path) as hub:
        opened = hub.open(dataset, distribution, locked=locked, copies=copies or None, **asked)
        if as_json:
            echo_json(_structure(opened))
        else:
            echo(repr(opened))


def _structure(opened: Any) -> dict[str, object]:
    if hasattr(opened, "subtree"):
        return {"groups": {node.path: _structure(node.to_dataset()) for node in opened.subtree}}
    if hasattr(opened, "to_dict") and hasattr(opened, "data_vars"):
        plain: dict[str, object] = opened.to_dict(data=False)
        return plain
    types = {str(name): str(kind) for name, kind in opened.dtypes.items()}
    return {"columns": types, "attrs": dict(opened.attrs)}


@click.command()
@click.argument("datasets", nargs=-1, required=True)
@click.option("--style", type=click.Choice(STYLES), default="bibtex", show_default=True)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@hub_option
def cite(datasets: tuple[str, ...], style: str, language: str, hub_path: Path | None) -> None:
    """Cite datasets with their data papers.

    \b
    Examples:
      sciknow cite mur-sst
      sciknow cite mur-sst --style gb-t-7714 --language zh
    """
    with open_hub(hub_path) as hub:
        echo(hub.cite(*datasets, style=style, language=language).rstrip())
