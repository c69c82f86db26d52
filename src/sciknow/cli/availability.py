"""The command that asks sources whether they still answer: check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciknow.cli.output import Progress, echo_json, echo_table, hub_option, json_option, note
from sciknow.errors import InvalidInput, SourceUnavailable
from sciknow.files import write_named
from sciknow.hub import open_hub
from sciknow.model.probe import Status
from sciknow.text import counted

if TYPE_CHECKING:
    from sciknow.availability import Availability

NAMED = 5
"""Failing ways that the last line names."""


@click.command()
@click.argument("datasets", nargs=-1)
@click.option("--sector", multiple=True, help="Only this sector's catalogue; repeatable.")
@click.option("--deep", is_flag=True, help="Open with the reader too, and read one chunk.")
@click.option("--deadline", type=float, help="Seconds for each way; 20, or 60 with --deep.")
@click.option("--workers", default=16, show_default=True, help="Requests at the same time.")
@click.option("--per-host", default=2, show_default=True, help="Requests at the same host.")
@click.option("--max-age", type=float, help="Seconds; ask only what was not asked since.")
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    envvar="SCIKNOW_HISTORY",
    help="The file that remembers; in the user's data folder when left out.",
)
@click.option("--known", is_flag=True, help="Ask nothing; show what the last checks found.")
@click.option("--page", type=click.Path(path_type=Path), help="Write a status page (HTML).")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Write the JSON here.")
@click.option("--all", "everything", is_flag=True, help="List also what answers.")
@click.option(
    "--fail-on",
    type=click.Choice(["changed", "any", "never"]),
    default="changed",
    show_default=True,
    help="Exit code 1 for what fails and did not before, for any failure, or never.",
)
@hub_option
@json_option
def check(
    datasets: tuple[str, ...],
    sector: tuple[str, ...],
    known: bool,
    page: Path | None,
    output: Path | None,
    everything: bool,
    fail_on: str,
    hub_path: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Ask every source whether it still answers, and remember what it said.

    One small request for each distribution; data are read with --deep only. An interrupted check
    loses nothing: --max-age goes on where it stopped.

    \b
    Examples:
      sciknow check --sector ocean
      sciknow check mur-sst --deep
      sciknow check --max-age 86400 --page status.html
      sciknow check --known --json
    """
    with open_hub(hub_path) as hub:
        if known:
            asked = [name for name in ("deep", "deadline", "max_age") if options[name]]
            if asked:
                raise InvalidInput(f"--known with --{asked[0].replace('_', '-')}", hint="drop one")
            found = hub.availability(*datasets, sector=sector or None, history=options["history"])
        else:
            found = _asked(hub, datasets, sector or None, options)
    _deliver(found, page, output, as_json, everything)
    _judge(found, fail_on)


def _asked(
    hub: Any, datasets: tuple[str, ...], sector: tuple[str, ...] | None, options: dict[str, Any]
) -> Availability:
    try:
        with Progress() as progress:
            found: Availability = hub.check(*datasets, sector=sector, progress=progress, **options)
    except KeyboardInterrupt:
        note("interrupted; what was asked is recorded, and `--max-age 3600` asks the rest")
        raise SystemExit(130) from None
    return found


def _deliver(
    found: Availability, page: Path | None, output: Path | None, as_json: bool, everything: bool
) -> None:
    if page is not None:
        note(f"status page in {found.write_page(page)}")
    if output is not None:
        write_named(output, json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n")
        note(f"JSON in {output}")
    if as_json:
        echo_json(found.to_dict())
        return
    lines = [
        line
        for row, line in zip(found, found.rows(), strict=True)
        if everything or row.status is not Status.OK
    ]
    if lines:
        head = ("state", "distribution", "kind", "what", "latency", "since", "detail")
        echo_table(head, lines)
    note(found.summary)


def _judge(found: Availability, fail_on: str) -> None:
    """Raise for what fails, as far as asked."""
    bad = {"changed": found.broke, "any": found.failures, "never": ()}[fail_on]
    if bad:
        names = ", ".join(row.name for row in bad[:NAMED]) + ("…" if len(bad) > NAMED else "")
        new = " and did not before" if fail_on == "changed" else ""
        raise SourceUnavailable(
            f"{counted(len(bad), 'way')} {'fails' if len(bad) == 1 else 'fail'}{new}: {names}",
            hint="see each publisher's page; --fail-on never accepts it",
        )
