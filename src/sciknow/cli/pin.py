"""Commands that pin: lock, and the half of verify that looks at a lockfile."""

from __future__ import annotations

from pathlib import Path

import click

from sciknow.cli.output import echo, echo_json, hub_option, note
from sciknow.errors import IntegrityError
from sciknow.hub import LOCKFILE, open_hub
from sciknow.hub import lock as write
from sciknow.hub import verify as compare
from sciknow.ledger import read_lock
from sciknow.text import counted


@click.command()
@click.argument("datasets", nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path),
    default=LOCKFILE,
    show_default=True,
    help="The lockfile.",
)
@hub_option
def lock(datasets: tuple[str, ...], output: Path, hub_path: Path | None) -> None:
    """Write down what datasets are now, with digests that tell later whether they have changed.

    \b
    Examples:
      sciknow lock mauna-loa-co2-weekly
      sciknow lock mauna-loa-co2-weekly nino12-sst-monthly -o study.lock
    """
    with open_hub(hub_path) as hub:
        path = write(output, list(datasets), hub=hub)
    found = {item.id for item in read_lock(path).dataset}
    note(f"locked {counted(len(found), 'dataset')} in {path}")


def verify_lock(path: Path, hub_path: Path | None, copies: tuple[Path, ...], as_json: bool) -> None:
    """Print what became of everything in a lockfile.

    Raises
    ------
    IntegrityError
        When something has changed or is gone.
    """
    if hub_path is None:
        report = compare(path, copies=copies or None)
    else:
        with open_hub(hub_path) as hub:
            report = compare(path, hub=hub, copies=copies or None)
    if as_json:
        echo_json(report.to_dict())
    else:
        echo(repr(report))
    if not report.ok:
        raise IntegrityError(
            f"{path}: {report.summary}",
            hint="lock again with `sciknow lock` once the new data are what you want",
        )
