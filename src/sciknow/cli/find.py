"""Commands that find: search, show, related, sector."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciknow.cli.output import echo_fields, echo_json, echo_table, hub_option, json_option, note
from sciknow.cli.part import part_options
from sciknow.hub import open_hub
from sciknow.model.plain import to_plain

if TYPE_CHECKING:
    from sciknow.hub import Hit


@click.command()
@click.argument("question", nargs=-1, required=True)
@part_options
@click.option("--sector", multiple=True, help="Sector, for example ocean; repeatable.")
@click.option("--license", "license_", help="SPDX id, or open for all that allow reuse.")
@click.option("--publisher", help="Id or part of the name.")
@click.option("--openable", is_flag=True, help="Only what opens lazily.")
@click.option("--offline", is_flag=True, help="Only what opens with no network.")
@click.option("--limit", default=10, show_default=True, help="Hits at most.")
@click.option("--offset", default=0, help="Hits to pass over.")
@click.option("--why", is_flag=True, help="Say for each hit why it matched.")
@hub_option
@json_option
def search(
    question: tuple[str, ...], hub_path: Path | None, as_json: bool, why: bool, **asked: Any
) -> None:
    """Find datasets for a question in English or Chinese.

    \b
    Examples:
      sciknow search monthly sea surface temperature --period 1979/2020
      sciknow search 太阳黑子 --offline --why
    """
    filters = {"variables": asked.pop("variable"), "license": asked.pop("license_")}
    sector = asked.pop("sector") or None
    with open_hub(hub_path) as hub:
        hits = hub.search(" ".join(question), sector=sector, **filters, **asked)
        if as_json:
            echo_json(
                {
                    "question": hits.question,
                    "total": hits.total,
                    "understood": hits.understood,
                    "filtered": hits.filtered,
                    "hits": [_plain_hit(hit) for hit in hits],
                }
            )
            return
        note(hits.summary)
        rows = [(f"{hit.score:.2f}", hit.id, _mark(hit), _title(hit)) for hit in hits]
        if rows:
            echo_table(("score", "id", "opens", "title"), rows)
        if why:
            for hit in hits:
                click.echo(f"\n{hit.id}\n{hit.why}")


def _plain_hit(hit: Hit) -> dict[str, object]:
    return {
        "id": hit.id,
        "score": round(hit.score, 6),
        "title": hit.dataset.title.to_dict(),
        "publisher": hit.dataset.publisher,
        "identifier": hit.dataset.identifier,
        "license": hit.dataset.license,
        "openable": hit.dataset.openable,
        "offline": hit.dataset.offline,
        "why": hit.why.to_dict(),
    }


def _mark(hit: Hit) -> str:
    return "offline" if hit.dataset.offline else "lazily" if hit.dataset.openable else ""


def _title(hit: Hit) -> str:
    title = hit.dataset.title
    return f"{title.en} · {title.zh}" if title.en and title.zh else str(title)


@click.command()
@click.argument("dataset")
@hub_option
@json_option
def show(dataset: str, hub_path: Path | None, as_json: bool) -> None:
    """Show a dataset's record.

    \b
    Example:
      sciknow show mur-sst
    """
    with open_hub(hub_path) as hub:
        record = hub.dataset(dataset)
        if as_json:
            echo_json(to_plain(record))
            return
        period, grain = record.temporal, record.resolution
        echo_fields(
            [
                ("id", record.id),
                ("title", "\n".join(text for _, text in record.title.items())),
                ("description", "\n".join(text for _, text in record.description.items())),
                ("publisher", hub.name_of(record.publisher)),
                ("sectors", ", ".join(record.all_sectors)),
                ("identifier", record.identifier),
                ("landing page", record.landing_page),
                ("licence", record.license or record.rights.best()),
                ("access", record.access_rights),
                ("where", _where(record)),
                ("when", f"{period.start or '…'} – {period.end or 'now'}" if period else ""),
                ("resolution", _grain(grain)),
                ("variables", "\n".join(_variable(item) for item in record.variables)),
                ("concepts", ", ".join(record.theme)),
                ("opens", "\n".join(_way(way) for way in record.distributions)),
                ("read at", "\n".join(sorted({item.source for item in record.provenance}))),
            ]
        )


def _where(record: Any) -> str:
    box = record.spatial.bbox
    numbers = " ".join(f"{number:g}" for number in box) if box else ""
    return "  ".join(part for part in (str(record.spatial.name), numbers) if part)


def _grain(grain: Any) -> str:
    degrees = f"{grain.degrees:g}°" if grain.degrees else ""
    meters = f"{grain.meters:g} m" if grain.meters else ""
    return " ".join(part for part in (degrees, meters, grain.duration) if part)


def _variable(item: Any) -> str:
    named = [item.name, item.standard_name, f"[{item.units}]" if item.units else ""]
    return " ".join(part for part in [*named, str(item.long_name)] if part)


def _way(way: Any) -> str:
    return f"{way.id}: {way.reader or 'no reader'} {way.access_url}"


@click.command()
@click.argument("dataset")
@hub_option
@json_option
def related(dataset: str, hub_path: Path | None, as_json: bool) -> None:
    """Show what the graph joins to a dataset: publications, concepts, people, datasets.

    \b
    Example:
      sciknow related mur-sst
    """
    with open_hub(hub_path) as hub:
        found = hub.related(dataset)
        if as_json:
            echo_json(found.to_dict())
        else:
            echo_table(("kind", "id", "how", "what"), found.rows())


@click.command()
@click.argument("name")
@hub_option
@json_option
def sector(name: str, hub_path: Path | None, as_json: bool) -> None:
    """Give an overview of a sector: concepts, datasets, what opens, gaps.

    \b
    Example:
      sciknow sector ocean
    """
    with open_hub(hub_path) as hub:
        overview = hub.sector(name)
        if as_json:
            echo_json(overview.to_dict())
        else:
            click.echo(str(overview))
