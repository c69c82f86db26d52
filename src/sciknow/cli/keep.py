"""The cache command: what was kept of remote data."""

from __future__ import annotations

from dataclasses import asdict

import click

from sciknow.cli.output import echo, echo_fields, echo_json, json_option, note
from sciknow.errors import IntegrityError, InvalidInput
from sciknow.text import counted
from sciknow.wire import Cache


@click.group()
def cache() -> None:
    """Look at what was kept of remote data, and make room.

    \b
    Examples:
      sciknow cache info
      sciknow cache prune --limit 0
    """


@cache.command()
@json_option
def info(as_json: bool) -> None:
    """Show where the cache lies and how large it is.

    \b
    Example:
      sciknow cache info
    """
    found = asdict(Cache().info())
    if as_json:
        echo_json(found)
    else:
        echo_fields((name, str(value)) for name, value in found.items())


@cache.command()
@click.option("--limit", type=int, help="Bytes to keep; the cache's own limit when left out.")
def prune(limit: int | None) -> None:
    """Drop the least recently used.

    \b
    Example:
      sciknow cache prune --limit 1000000000
    """
    if limit is not None and limit < 0:
        raise InvalidInput(f"--limit {limit} is negative", hint="0 drops everything")
    note(f"freed {counted(Cache().prune(limit), 'byte')}")


@cache.command()
def verify() -> None:
    """Check every content against its digest and drop those that differ.

    \b
    Example:
      sciknow cache verify
    """
    damaged = Cache().verify()
    for name in damaged:
        echo(name)
    if damaged:
        raise IntegrityError(
            f"{counted(len(damaged), 'damaged content')} dropped",
            hint="what was dropped comes again",
        )
    note("every content whole")
