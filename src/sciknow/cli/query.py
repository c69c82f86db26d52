"""The sparql command."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from sciknow.cli.output import echo_json, echo_table, hub_option, json_option, note
from sciknow.errors import InvalidInput
from sciknow.graph.limit import MAX_ROWS, TIMEOUT
from sciknow.hub import open_hub
from sciknow.text import counted


@click.command()
@click.argument("query", required=False)
@click.option("--ready", help="Name of a ready query; --list shows them.")
@click.option("--set", "given", multiple=True, help="NAME=VALUE for a ready query; repeatable.")
@click.option("--list", "listing", is_flag=True, help="List the ready queries.")
@click.option("--timeout", default=TIMEOUT, show_default=True, help="Seconds until it is stopped.")
@click.option("--max-rows", default=MAX_ROWS, show_default=True, help="More rows are refused.")
@hub_option
@json_option
def sparql(
    query: str | None,
    ready: str | None,
    given: tuple[str, ...],
    listing: bool,
    timeout: float,
    max_rows: int,
    hub_path: Path | None,
    as_json: bool,
) -> None:
    """Ask the knowledge graph in SPARQL; - reads the query from standard input.

    \b
    Examples:
      sciknow sparql "SELECT ?s WHERE { ?s a dcat:Dataset } LIMIT 5"
      sciknow sparql --ready datasets-of-sector
      cat query.rq | sciknow sparql -
    """
    with open_hub(hub_path) as hub:
        if listing:
            echo_table(("name", "what it answers"), [(q.name, q.title) for q in hub.queries()])
            return
        if ready:
            table = hub.query(ready, **dict(_pair(item) for item in given))
        else:
            text = sys.stdin.read() if query == "-" else query
            if not text:
                raise InvalidInput("no query", hint="give one, or --ready NAME, or - for stdin")
            table = hub.sparql(text, timeout=timeout, max_rows=max_rows)
        if as_json:
            rows = table.to_json(orient="records", force_ascii=False, date_format="iso")
            echo_json(json.loads(rows))
        elif len(table):
            echo_table([str(name) for name in table.columns], table.astype(str).values.tolist())
        note(counted(len(table), "row"))


def _pair(item: str) -> tuple[str, object]:
    name, equals, value = item.partition("=")
    if not equals:
        raise InvalidInput(f"--set {item!r} is no NAME=VALUE", hint="write --set sector=ocean")
    try:
        return name, float(value)
    except ValueError:
        return name, value
