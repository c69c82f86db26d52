"""Commands that keep copies for good: preserve, audit."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciknow.cli.output import Progress, echo, echo_json, hub_option, json_option, note
from sciknow.cli.part import part_options
from sciknow.errors import DegradedWarning, InvalidInput
from sciknow.files import write_named
from sciknow.hub import audit as look_after
from sciknow.hub import open_hub

if TYPE_CHECKING:
    from sciknow.preservation import AuditReport

_REPORTS = (".html", ".json")


@click.command()
@click.argument("dataset")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path),
    default="preserved",
    show_default=True,
    help="Folder of bags.",
)
@click.option("--distribution", help="Which way to take; `sciknow show` lists them.")
@part_options
@click.option("--max-bytes", type=click.IntRange(0), help="Refuse more bytes than this.")
@click.option("--dry-run", is_flag=True, help="Say what it would take; fetch nothing.")
@click.option(
    "--despite-terms", is_flag=True, help="You have the permission that the card asks for."
)
@hub_option
@json_option
def preserve(
    dataset: str,
    folder: Path,
    variable: tuple[str, ...],
    hub_path: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Keep a dataset for good: its files as they came, in a BagIt bag with fixity.

    Broken off, it goes on when it is run again; nothing that came whole is fetched twice.

    \b
    Examples:
      sciknow preserve mauna-loa-co2-weekly --to archive
      sciknow preserve mur-sst --bbox 120,20,125,25 --period 2020-01 --dry-run
    """
    with open_hub(hub_path) as hub, Progress() as progress, warnings.catch_warnings():
        warnings.simplefilter("ignore", DegradedWarning)  # it stands among the notes
        found = hub.preserve(
            dataset, folder, variables=variable or None, progress=progress, **asked
        )
    if as_json:
        echo_json(found.to_dict())
    else:
        note(str(found))
        if found.bag is not None:
            echo(str(found.bag))


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--repair", is_flag=True, help="Fetch what is damaged or missing again.")
@click.option(
    "--mirror",
    "mirrors",
    multiple=True,
    help="Address or folder with the same files, another copy of the bag too; repeatable.",
)
@click.option(
    "--private", is_flag=True, help="Let a bag's own addresses lead into a private network."
)
@click.option(
    "--report", type=click.Path(path_type=Path), help="Write the report: a .html or .json file."
)
@hub_option
@json_option
def audit(
    folders: tuple[Path, ...],
    mirrors: tuple[str, ...],
    report: Path | None,
    hub_path: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Check the fixity of bags, and mend what is damaged; exit code 1 when damage is left.

    Any BagIt bag is checked. Without --repair nothing in it is changed and nothing is fetched.

    \b
    Examples:
      sciknow audit archive --report audit.html
      sciknow audit archive --repair --mirror /mnt/second-copy
    """
    if report is not None and report.suffix not in _REPORTS:
        raise InvalidInput(f"--report {report}", hint="name a file that ends in .html or .json")
    with Progress() as progress:
        if hub_path is None:
            found = look_after(*folders, mirrors=mirrors, progress=progress, **asked)
        else:
            with open_hub(hub_path) as hub:
                found = look_after(*folders, mirrors=mirrors, hub=hub, progress=progress, **asked)
    if report is not None:
        _write(report, found)
    if as_json:
        echo_json(found.to_dict())
    else:
        echo(repr(found))
    problem = found.error()
    if problem is not None:
        raise problem


def _write(path: Path, found: AuditReport) -> None:
    plain = json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n"
    write_named(path, found.page() if path.suffix == ".html" else plain)
