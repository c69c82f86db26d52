"""Options that name a part of the world and of time, as several commands take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from sciknow.errors import InvalidInput


def _box(context: click.Context, option: click.Parameter, value: str | None) -> Any:
    if value is None:
        return None
    try:
        numbers = tuple(float(part) for part in value.replace(" ", ",").split(",") if part)
    except ValueError:
        numbers = ()
    if len(numbers) != 4:
        raise InvalidInput(
            f"--bbox {value!r} is no box", hint="write west,south,east,north: --bbox 73,18,135,54"
        )
    return numbers


def _period(context: click.Context, option: click.Parameter, value: str | None) -> Any:
    if value is None:
        return None
    start, slash, end = value.partition("/")
    return (start or None, (end or None) if slash else start)


def _limits(context: click.Context, option: click.Parameter, value: tuple[str, ...]) -> Any:
    found = {}
    for item in value:
        name, equals, number = item.partition("=")
        plain = number.replace("_", "").replace(",", "")
        if not equals or not (plain.isascii() and plain.isdigit() and len(plain) < 19):
            raise InvalidInput(
                f"--limits {item!r} is no limit", hint="write --limits chunks=9000000"
            )
        found[name] = int(plain)
    return found or None


def limits_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--limits``, repeatable."""
    return click.option(
        "--limits",
        multiple=True,
        callback=_limits,
        help="NAME=NUMBER: take more chunks, names, cells, unpacked bytes or values of an index.",
    )(command)


_OPTIONS = (
    click.option("--bbox", callback=_box, help="west,south,east,north in degrees."),
    click.option("--period", callback=_period, help="start/end as ISO dates; one may be empty."),
    click.option(
        "--variable", multiple=True, help="CF standard name or name in the data; repeatable."
    ),
)


def part_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--bbox``, ``--period`` and ``--variable``."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
