"""Commands that find: search, similar, show, related, sector."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sciknow.cli.output import (
    echo,
    echo_fields,
    echo_json,
    echo_table,
    hub_option,
    json_option,
    note,
)
from sciknow.cli.part import part_options
from sciknow.formats import format_of_name
from sciknow.hub import open_hub
from sciknow.model.plain import to_plain
from sciknow.show.record import fields
from sciknow.words import said

if TYPE_CHECKING:
    from sciknow.hub import Facets, Hit, Hits
    from sciknow.model import LangString


_HEADS = {
    "dataset": ("score", "id", "opens", "title"),
    "variable": ("score", "id", "opens", "units", "title", "dataset"),
    "publication": ("score", "id", "issued", "title"),
    "concept": ("score", "id", "title"),
}


@click.command()
@click.argument("question", nargs=-1)
@part_options
@click.option(
    "--kind",
    type=click.Choice(list(_HEADS)),
    default="dataset",
    show_default=True,
    help="What to find.",
)
@click.option("--sector", multiple=True, help="Sector, for example ocean; repeatable.")
@click.option("--license", "license_", help="A licence, or open for all that allow reuse.")
@click.option("--publisher", help="Id or part of the name.")
@click.option("--openable", is_flag=True, help="Only what opens lazily.")
@click.option("--offline", is_flag=True, help="Only what opens with no network.")
@click.option("--access", multiple=True, help="open, registration or restricted; repeatable.")
@click.option("--format", "format_", help="Form of the data: netcdf, zarr, csv, geotiff ….")
@click.option("--resolution", help='Grid spacing or finer: "1 km", "0.25 degree", metres.')
@click.option("--step", help='Time step or finer: daily, "3-hourly", P1M.')
@click.option(
    "--unstated",
    type=click.Choice(["keep", "mark", "drop"]),
    help="What becomes of records that do not say.",
)
@click.option("--no-preference", is_flag=True, help="Prefer nothing among equals.")
@click.option("--without", multiple=True, help="What was understood and is not to be heeded.")
@click.option("--limit", default=10, show_default=True, help="Hits at most.")
@click.option("--offset", default=0, help="Hits to pass over.")
@click.option("--why", is_flag=True, help="Say for each hit why it matched.")
@click.option("--facets", is_flag=True, help="Count by sector, licence and more, list nothing.")
@hub_option
@json_option
def search(
    question: tuple[str, ...],
    hub_path: Path | None,
    as_json: bool,
    why: bool,
    facets: bool,
    **asked: Any,
) -> None:
    """Find datasets, or other records, for a question in English or Chinese.

    With --facets, the best hundred hits are counted, or everything when no question is asked.

    \b
    Examples:
      sciknow search monthly sea surface temperature --period 1979/2020
      sciknow search 太阳黑子 --offline --why
      sciknow search ice --kind variable
      sciknow search river discharge --license open --resolution "1 km"
      sciknow search --facets --sector ocean
    """
    for name, option in (("variables", "variable"), ("license", "license_"), ("format", "format_")):
        asked[name] = asked.pop(option)
    asked |= {name: asked[name] or None for name in ("sector", "access")}
    if asked.pop("no_preference"):
        asked["prefer"] = None
    text = " ".join(question)
    if not question and not facets:
        raise click.UsageError("Ask a question, or count with --facets.")
    with open_hub(hub_path) as hub:
        if facets:
            del asked["limit"], asked["offset"]
            _echo_facets(hub.facets(text, **asked), as_json)
        else:
            _echo_hits(hub.search(text, **asked), as_json, why)


@click.command()
@click.argument("what", nargs=-1, required=True)
@click.option(
    "--kind",
    type=click.Choice(list(_HEADS)),
    default="dataset",
    show_default=True,
    help="What to find.",
)
@click.option("--limit", default=10, show_default=True, help="Hits at most.")
@click.option("--why", is_flag=True, help="Say for each hit why it is like it.")
@hub_option
@json_option
def similar(
    what: tuple[str, ...], kind: str, limit: int, why: bool, hub_path: Path | None, as_json: bool
) -> None:
    """Find what is like a dataset, a publication, a file of yours, or a text.

    WHAT is an id or DOI, the path of a file or store that a reader opens (NetCDF, Zarr, GRIB, CSV
    and the rest), or any words. Of a file, the title, the variables, the area and the years count.

    \b
    Examples:
      sciknow similar mauna-loa-co2-weekly
      sciknow similar ./my-run.nc
      sciknow similar sea surface temperature of the North Atlantic --kind publication
    """
    text = " ".join(what)
    with open_hub(hub_path) as hub:
        _echo_hits(hub.similar(_file(text) or text, kind=kind, limit=limit), as_json, why)


def _file(text: str) -> Path | None:
    """Return the file that a text names: one that is there, or one that it can only mean."""
    path = Path(text)
    if " " not in text and format_of_name(text) is not None:
        return path
    return path if "/" in text and path.exists() else None


def _echo_facets(facets: Facets, as_json: bool) -> None:
    if as_json:
        echo_json({"total": facets.total, "facets": facets.to_dict()})
        return
    note(facets.summary)
    rows = [(facet, f"{count:,}", name) for facet, _, name, count in facets.rows()]
    echo_table(("facet", "records", "what"), rows)


def _echo_hits(hits: Hits, as_json: bool, why: bool) -> None:
    if as_json:
        echo_json(
            {
                "question": hits.question,
                "kind": hits.kind,
                "total": hits.total,
                "understood": str(hits.understood),
                "chips": [asdict(chip) for chip in hits.understood],
                "fits": hits.fits,
                "missing": hits.missing,
                "unmet": list(hits.unmet),
                "elsewhere": list(hits.elsewhere),
                "pairs": [pair.to_dict() for pair in hits.pairs],
                "filtered": hits.filtered,
                "filters": {name: asdict(count) for name, count in hits.filters.items()},
                "hits": [_plain_hit(hit) for hit in hits],
            }
        )
        return
    note(hits.summary)
    if len(hits):
        echo_table(_HEADS[hits.kind], [_row(hit) for hit in hits])
    for hit in hits if why else ():
        echo(f"\n{hit.id}\n{hit.why}")


def _plain_hit(hit: Hit) -> dict[str, object]:
    plain: dict[str, object] = {
        "id": hit.id,
        "kind": hit.kind,
        "score": round(hit.score, 6),
        "title": hit.title.to_dict(),
    }
    if hit.kind in ("dataset", "variable"):
        plain |= {
            "publisher": hit.dataset.publisher,
            "identifier": hit.dataset.identifier,
            "license": hit.dataset.license,
            "openable": hit.dataset.openable,
            "offline": hit.dataset.offline,
        }
    if hit.kind == "variable":
        plain |= {"dataset": hit.dataset.id, "variable": to_plain(hit.variable)}
    if hit.kind in ("publication", "concept"):
        plain[hit.kind] = to_plain(hit.record)
    return plain | {"why": hit.why.to_dict()}


def _row(hit: Hit) -> tuple[str, ...]:
    first = (f"{hit.score:.2f}", hit.id)
    if hit.kind == "publication":
        return (*first, hit.publication.issued, _title(hit.title))
    if hit.kind == "concept":
        return (*first, _title(hit.title))
    if hit.kind == "variable":
        more = (hit.variable.units, _title(hit.title), hit.dataset.title.best())
        return (*first, _mark(hit), *more)
    return (*first, _mark(hit), _title(hit.title))


def _mark(hit: Hit) -> str:
    return "offline" if hit.dataset.offline else "lazily" if hit.dataset.openable else ""


def _title(title: LangString) -> str:
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
        shown = dict(fields(record, hub))
        told = "\n".join(hub.availability(record).told())
        last = shown.pop("read at")
        shown |= {"checked": told, "read at": last}
        echo_fields((said(code), value) for code, value in shown.items())


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
            echo(str(overview))
