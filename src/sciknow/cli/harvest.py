"""Commands that bring sources into a hub: harvest, sources, receipts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from sciknow.cli.output import (
    Progress,
    echo_fields,
    echo_json,
    echo_table,
    hub_option,
    json_option,
    note,
)
from sciknow.errors import SourceUnavailable
from sciknow.hub import HubFolder, open_hub, user_hub
from sciknow.hub.harvest.harvest import Wish, harvest_into, sources_of
from sciknow.hub.make.generation import build_generation
from sciknow.model.plain import to_plain
from sciknow.model.receipt import Complete, Receipt
from sciknow.text import counted, human_bytes


@click.command()
@click.argument("what", nargs=-1, required=True)
@click.option("--since", default="", help="Only what changed since: an ISO date, or last.")
@click.option("--set", "sets", multiple=True, help="A part of the source; repeatable.")
@click.option("--limit", type=int, help="The most records of each source.")
@click.option("--protocol", default="", help="What is spoken there; found out when left out.")
@click.option("--name", default="", help="What a source given by its address is called.")
@click.option("--into", type=click.Path(path_type=Path), help="The hub's folder; your own hub.")
@click.option(
    "--from",
    "saved",
    type=click.Path(path_type=Path, exists=True),
    help="Folder or ZIP with saved answers, in the network's place.",
)
@click.option("--build/--no-build", default=True, help="Build a generation with what came.")
@json_option
def harvest(
    what: tuple[str, ...],
    since: str,
    sets: tuple[str, ...],
    limit: int | None,
    protocol: str,
    name: str,
    into: Path | None,
    saved: Path | None,
    build: bool,
    as_json: bool,
) -> None:
    """Bring registered sources, or what answers at an address, into a hub.

    A harvest that was broken off goes on where it was. Each source has a receipt, which says
    whether everything came; exit code 1 when nothing did, unless nothing has
    changed since then.

    \b
    Examples:
      sciknow harvest pangaea --since last
      sciknow harvest https://catalogue.example.org/oai --limit 1000 --into /data/my-hub
    """
    folder = HubFolder(into or user_hub())
    wish = Wish(since=since, sets=sets, limit=limit, protocol=protocol, name=name, saved=saved)
    receipts = []
    with Progress() as progress:
        for item in what:
            base = folder.root / "catalogs"
            receipt, why = harvest_into(folder, item, wish, progress=progress, base=base)
            receipts.append(receipt)
            if why:
                note(f"{receipt.asked.protocol}: {why}")
        if build and any(receipt.distinct for receipt in receipts):
            build_generation(_origin(folder), folder.root, progress=progress)
    if as_json:
        echo_json([to_plain(receipt) for receipt in receipts])
    else:
        for receipt in receipts:
            _show(receipt)
    quiet = all(item.asked.since and item.complete is not Complete.NO for item in receipts)
    if not quiet and not any(receipt.distinct for receipt in receipts):
        raise SourceUnavailable("nothing came", hint=receipts[0].because)


def _origin(folder: HubFolder) -> Path | None:
    """Return what a hub is built from beside its harvests; None for what ships with sciknow."""
    own = folder.root
    return None if own == user_hub() and not (own / "catalogs").is_dir() else own


def _show(receipt: Receipt) -> None:
    declared = (receipt.declared_before, receipt.declared_after)
    told = [f"{number:,}" if number is not None else "?" for number in dict.fromkeys(declared)]
    requests = counted(receipt.requests, "request")
    retries = counted(receipt.retries, "retry", "retries")
    echo_fields(
        [
            ("source", receipt.asked.source),
            ("address", receipt.asked.address),
            ("records", f"{receipt.distinct:,} of {' … '.join(told)} declared"),
            ("complete", f"{receipt.complete} {receipt.because}".strip()),
            ("deleted", len(receipt.deleted)),
            ("refused", receipt.refused_count),
            ("came again", receipt.duplicates),
            ("unseen", len(receipt.unseen)),
            ("merged", len(receipt.merged)),
            ("mended", ", ".join(f"{name}: {n:,}" for name, n in receipt.mended.items())),
            ("no place", _few(receipt.unmapped)),
            ("asked", f"{receipt.began} to {receipt.ended}"),
            ("wire", f"{requests}, {retries}, {human_bytes(receipt.bytes)}"),
            ("ids", receipt.digest),
        ]
    )
    for refusal in receipt.refused[:5]:
        click.echo(f"  refused {refusal.id or '(no id)'}: {refusal.reason}")


@click.command()
@click.option("--sector", default="", help="Only those of this sector.")
@click.option("--into", type=click.Path(path_type=Path), help="A hub with sources.yaml of its own.")
@json_option
def sources(sector: str, into: Path | None, as_json: bool) -> None:
    """List the registered sources that can be harvested.

    \b
    Example:
      sciknow sources --sector ocean
    """
    found = sources_of(sector, into / "catalogs" if into else None)
    if as_json:
        echo_json([to_plain(item) for item in found])
        return
    echo_table(
        ("source", "protocol", "sectors", "title", "address"),
        [
            (item.id, item.protocol, ", ".join(item.sectors), str(item.title), item.address)
            for item in found
        ],
    )
    note(counted(len(found), "source"))


def _few(fields: Mapping[str, int]) -> str:
    """Name the fields without a place that most records have; the rest is counted."""
    often = sorted(fields, key=lambda name: (-fields[name], name))
    more = f" and {len(often) - 8:,} more" if len(often) > 8 else ""
    return ", ".join(f"{name} ({fields[name]:,})" for name in often[:8]) + more


@click.command()
@click.argument("source", required=False)
@hub_option
@json_option
def receipts(source: str | None, hub_path: Path | None, as_json: bool) -> None:
    """Show what the harvests of a hub say of themselves, the newest first.

    \b
    Examples:
      sciknow receipts --hub /data/my-hub
      sciknow receipts pangaea --hub /data/my-hub
    """
    with open_hub(hub_path or user_hub()) as hub:
        found = [item for item in hub.receipts if source in (None, item.asked.source)]
    if as_json:
        echo_json([to_plain(item) for item in found])
    elif source is not None:
        for item in found:
            _show(item)
    else:
        echo_table(
            ("source", "when", "records", "complete", "ids", "why"),
            [
                (
                    item.asked.source,
                    item.ended,
                    item.distinct,
                    item.complete,
                    item.digest[:12],
                    item.because,
                )
                for item in found
            ],
        )
    note(counted(len(found), "receipt"))
