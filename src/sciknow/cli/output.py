"""What commands share: options, tables for people, JSON for programs."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from sciknow.model.parse import check_whole
from sciknow.text import escaped, harmless, shorten, width

_WIDEST = 46
"""Columns that a cell may take, the last of a row excepted."""


def hub_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--hub FOLDER``."""
    return click.option(
        "--hub",
        "hub_path",
        type=click.Path(path_type=Path),
        envvar="SCIKNOW_HUB",
        help="Folder of the hub; the embedded one when left out.",
    )(command)


def copies_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--copies FOLDER``, repeatable."""
    return click.option(
        "--copies",
        multiple=True,
        type=click.Path(path_type=Path),
        help="Folder of preserved copies, for when no source answers; repeatable. Those that "
        "SCIKNOW_COPIES names when left out.",
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="JSON for programs.")(command)


class Text(click.ParamType):  # type: ignore[type-arg]
    """A text that somebody typed, which came here whole."""

    name = "text"

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> str:
        """Refuse a text that lost characters on its way."""
        what = parameter.get_error_hint(context) if parameter and context else "a text"
        return check_whole(str(value), what)


def typed(command: click.Command) -> click.Command:
    """Let a command, and those in it, take whole texts only."""
    for parameter in command.params:
        if isinstance(parameter.type, click.types.StringParamType):
            parameter.type = Text()
    for inner in getattr(command, "commands", {}).values():
        typed(inner)
    return command


def show_all() -> None:
    """Let what a terminal has no characters for be written with backslashes, and not raise."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def echo(text: str = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text without what would steer a terminal, whoever wrote it."""
    click.echo(harmless(text), err=err, nl=nl)


def echo_json(value: object) -> None:
    """Print a value as JSON: what would steer a terminal, or it cannot show, as escapes."""
    plain = escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    try:
        plain.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        plain = json.dumps(value, indent=2, default=str)
    click.echo(plain)


def echo_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table that fits the terminal; long cells are cut, the last column to what is left.

    Programs take ``--json``, which cuts nothing.
    """
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [min(_WIDEST, max(width(row[place]) for row in cells)) for place in range(len(head))]
    screen = shutil.get_terminal_size((110, 24)).columns if sys.stdout.isatty() else 160
    widths[-1] = max(12, screen - sum(widths[:-1]) - 2 * (len(head) - 1))
    for number, row in enumerate(cells):
        parts = [shorten(cell, size) for cell, size in zip(row, widths, strict=True)]
        line = "  ".join(
            part + " " * (size - width(part)) for part, size in zip(parts, widths, strict=True)
        )
        click.echo(click.style(line.rstrip(), bold=True) if number == 0 else line.rstrip())


def echo_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print name and value pairs, empty ones left out."""
    shown = [(harmless(name), harmless(str(value))) for name, value in fields if value]
    column = max((width(name) for name, _ in shown), default=0)
    for name, value in shown:
        indented = value.replace("\n", "\n" + " " * (column + 2))
        click.echo(f"{click.style(name, bold=True)}{' ' * (column - width(name))}  {indented}")


def note(message: str) -> None:
    """Print a line for people on standard error."""
    echo(message, err=True)


class Progress:
    """A progress bar on standard error for each stage of a long piece of work.

    Examples
    --------
    Used as ``with Progress() as report: build_hub(..., progress=report)``.
    """

    def __enter__(self) -> Progress:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._bars = Bars(
            TextColumn("{task.description:<12}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        return self

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Show that *done* of *total* steps of a stage are done; a total of 0 is not known."""
        if not self._tasks:
            self._bars.start()  # what fails before shows no bar
        if stage not in self._tasks:
            self._tasks[stage] = self._bars.add_task(stage, total=total or None)
        self._bars.update(self._tasks[stage], completed=done, total=total or None)

    def __exit__(self, *_: object) -> None:
        if self._tasks:
            self._bars.stop()
