"""The error tree: what can go wrong, grouped by what a handler would do about it.

::

    SciknowError                 anything below
    ├── NotFound(KeyError)       an id, a variable, a hub that is not there
    ├── InvalidInput(ValueError) what you wrote breaks a stated rule
    │   └── LimitExceeded        it asks for more than a stated limit allows
    ├── UntrustedInput           it asks for something that is never done with data from outside
    ├── MissingDependency(ImportError)  an optional package or model is not installed
    ├── SourceUnavailable        a remote source does not answer, or not with data
    └── IntegrityError           bytes differ from their recorded digest

Every message says what happened, to which object, what was expected, and what to do next.
Exceptions of other libraries do not leave the room that called the library. What a message quotes
may come from anywhere, so it loses what would steer a terminal.
"""

from __future__ import annotations

from typing import ClassVar

from sciknow.text import harmless


class SciknowError(Exception):
    """Base of every error raised by sciknow.

    Parameters
    ----------
    message : str
        What happened, to which object, and what was expected.
    hint : str, optional
        What to do next; printed after the message.

    Examples
    --------
    >>> str(InvalidInput("period ends before it starts", hint="swap the two dates"))
    'period ends before it starts; swap the two dates'
    """

    kind: ClassVar[str] = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        self.message = harmless(message)
        self.hint = harmless(hint)
        super().__init__(self.message)

    def __str__(self) -> str:
        return f"{self.message}; {self.hint}" if self.hint else self.message


class NotFound(SciknowError, KeyError):
    """An identifier, a variable or a hub that is not there."""

    kind = "not-found"
    __str__ = SciknowError.__str__


class InvalidInput(SciknowError, ValueError):
    """Input that breaks a stated rule: a wrong type, an unknown key, an impossible date."""

    kind = "invalid-input"


class LimitExceeded(InvalidInput):
    """Input or a query that asks for more than a stated limit allows."""

    kind = "limit-exceeded"


class UntrustedInput(SciknowError):
    """Input that asks for something never done with data from outside: code, another host."""

    kind = "untrusted-input"


class MissingDependency(SciknowError, ImportError):
    """An optional package or a model that is not installed."""

    kind = "missing-dependency"


class SourceUnavailable(SciknowError):
    """A remote source that does not answer, or answers with something other than data."""

    kind = "source-unavailable"


class IntegrityError(SciknowError):
    """Bytes that differ from the digest recorded for them."""

    kind = "integrity"


class SciknowWarning(UserWarning):
    """Base of every warning: the answer stands, but less than asked could be done.

    Parameters
    ----------
    message : str
        What is less, and why.
    """

    def __init__(self, message: str = "") -> None:
        super().__init__(harmless(message))


class DegradedWarning(SciknowWarning):
    """A result that is right but poorer than asked for, with the reason."""
