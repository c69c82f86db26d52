"""Where problems go: raised at once when reading, collected when checking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sciknow.errors import SciknowError


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with a catalogue.

    Parameters
    ----------
    kind : str
        The error's `kind`, for example ``invalid-input``.
    message : str
        File, entry, key, what was found, what is allowed.
    hint : str
        What to do next; empty where the message says it.
    line : int
        Line on which the card or entry begins; 0 where not known.
    """

    kind: str
    message: str
    hint: str = ""
    line: int = 0

    def __str__(self) -> str:
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return f"line {self.line}: {text}" if self.line else text


class Sink:
    """Takes errors: lets the first one through, or keeps them all."""

    def __init__(self, *, collect: bool = False) -> None:
        self.collect = collect
        self.problems: list[Problem] = []

    @contextmanager
    def guard(self, line: int = 0) -> Iterator[None]:
        """Run a block; when collecting, an error ends the block only."""
        try:
            yield
        except SciknowError as error:
            if not self.collect:
                raise
            self.report(error, line)

    def report(self, error: SciknowError, line: int = 0) -> None:
        """Keep an error."""
        self.problems.append(
            Problem(kind=error.kind, message=error.message, hint=error.hint, line=line)
        )
