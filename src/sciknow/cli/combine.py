"""The command that says whether datasets fit together."""

from __future__ import annotations

from pathlib import Path

import click

from sciknow.cli.output import echo, echo_json, hub_option, json_option
from sciknow.errors import InvalidInput
from sciknow.hub import compatible as compare
from sciknow.hub import open_hub


@click.command()
@click.argument("datasets", nargs=-1, required=True)
@click.option("--water-density", type=float, help="kg m-3: count depth and mass of water as one.")
@hub_option
@json_option
def compatible(
    datasets: tuple[str, ...], water_density: float | None, hub_path: Path | None, as_json: bool
) -> None:
    """Say how datasets fit together, by their records; nothing is opened.

    \b
    Example:
      sciknow compatible mauna-loa-co2-weekly nino12-sst-monthly
    """
    if len(datasets) < 2:
        raise InvalidInput("one dataset is nothing to compare", hint="name two or more")
    with open_hub(hub_path) as hub:
        found = compare(*datasets, hub=hub, water_density=water_density)
        if as_json:
            echo_json(found.to_dict())
        else:
            echo(repr(found))
