"""The group of all commands, with errors as one line."""

from __future__ import annotations

import errno
import os
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import click

from sciknow.cli.output import show_all, typed
from sciknow.errors import SciknowError
from sciknow.model.suggest import nearest
from sciknow.text import squeeze

COMMANDS = {
    "search": "find",
    "similar": "find",
    "show": "find",
    "related": "find",
    "sector": "find",
    "sparql": "query",
    "plan": "load",
    "open": "load",
    "cite": "load",
    "compatible": "combine",
    "lock": "pin",
    "harvest": "harvest",
    "sources": "harvest",
    "receipts": "harvest",
    "build": "make",
    "validate": "make",
    "verify": "make",
    "check": "availability",
    "preserve": "preserve",
    "audit": "preserve",
    "hub": "make",
    "cache": "keep",
    "catalog": "catalog",
    "demo": "demo",
    "lab": "start",
    "version": "start",
}
"""Command → the module of this package that holds it."""


class Commands(click.Group):
    """A group that imports a command's module when it is asked for."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return one command, or None for an unknown name."""
        if name not in COMMANDS:
            return None
        module = import_module(f"sciknow.cli.{COMMANDS[name]}")
        return typed(getattr(module, "open_" if name == "open" else name))

    def resolve_command(self, context: click.Context, arguments: list[str]) -> Any:
        """Resolve a command; a mistyped one is answered with the closest names."""
        name = arguments[0] if arguments else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            close = nearest(name, COMMANDS)
            hint = f"did you mean {', '.join(close)}?" if close else "see `sciknow --help`"
            raise click.UsageError(f"no command {name!r}; {hint}", context)
        return super().resolve_command(context, arguments)

    def main(self, *arguments: Any, **options: Any) -> Any:
        """Run with whatever streams there are; one that does not take our words is told.

        A closed standard output is none at all in Python, a full disk shows when the last words
        are flushed: both ended in the interpreter's own traceback.
        """
        for name in ("stdout", "stderr"):
            if getattr(sys, name) is None:
                setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        try:
            try:
                show_all()
                return super().main(*arguments, **options)
            finally:
                sys.stdout.flush()
        except OSError as problem:
            if os.environ.get("SCIKNOW_TRACEBACK"):
                raise
            _deaf(problem)

    def invoke(self, context: click.Context) -> Any:
        """Run a command; our own errors become one line and exit code 1, warnings one line."""
        try:
            with warnings.catch_warnings():
                warnings.showwarning = _show
                return super().invoke(context)
        except SciknowError as problem:
            if os.environ.get("SCIKNOW_TRACEBACK"):
                raise
            lines = str(problem).splitlines()
            raise click.ClickException("\n".join(map(squeeze, lines))) from None
        except OSError as problem:
            if problem.errno == errno.EPIPE or os.environ.get("SCIKNOW_TRACEBACK"):
                raise  # whoever read our output has stopped
            place = f"{problem.filename}: " if problem.filename else ""
            raise click.ClickException(squeeze(f"{place}{problem.strerror or problem}")) from None


def _deaf(problem: OSError) -> NoReturn:
    """End because nobody takes what we say; the interpreter shall not try once more."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if problem.errno != errno.EPIPE:
        with suppress(OSError):
            click.echo(f"Error: standard output: {problem.strerror}", err=True)
    sys.exit(1)


def _show(message: Warning | str, category: type[Warning], *where: Any, **options: Any) -> None:
    """Print a warning for people: what it says, not where in the program it was said."""
    click.echo(f"Warning: {squeeze(str(message))}", err=True)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """From a question in Chinese or English to a lazily loaded, cited array.

    \b
    Examples:
      sciknow search "monthly Arctic sea ice concentration"
      sciknow search 北极海冰密集度 --openable
      sciknow demo
    """
