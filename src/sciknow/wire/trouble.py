"""What can go wrong with one request, and how it reaches the user.

Backends raise `Trouble`; the transport decides whether to try again, and in the end turns it
into an error of the tree. `explain` does the same for exceptions of xarray, zarr, h5py, pandas.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from sciknow.errors import (
    IntegrityError,
    MissingDependency,
    SciknowError,
    SourceUnavailable,
)
from sciknow.net import redact


class TroubleKind(StrEnum):
    """What a failed request means to whoever asked."""

    ABSENT = "absent"
    DENIED = "denied"
    TRANSIENT = "transient"
    LATE = "late"
    NO_HOST = "no-host"
    UNREACHABLE = "unreachable"
    TRUNCATED = "truncated"
    CHANGED = "changed"
    PAGE = "page"
    FATAL = "fatal"


PASSING = frozenset(
    {TroubleKind.TRANSIENT, TroubleKind.LATE, TroubleKind.NO_HOST, TroubleKind.UNREACHABLE}
)
"""Kinds that say nothing of what is there."""

RETRIED = PASSING | {TroubleKind.TRUNCATED}
"""Kinds that may pass when tried again."""

DAMAGED = "the source has changed or is damaged; get it again, or tell its publisher"
"""What to do about bytes that do not fit together."""

HINTS = {
    TroubleKind.ABSENT: "check the address on the publisher's page; it may have moved",
    TroubleKind.DENIED: "the source wants a login or is not public; see the publisher's page",
    **dict.fromkeys(PASSING, "try again later, or give a larger deadline"),
    TroubleKind.TRUNCATED: "try again; if it stays, the source is damaged",
    TroubleKind.CHANGED: "open it again",
    TroubleKind.PAGE: "the data have moved or want a login; see the publisher's page",
    TroubleKind.FATAL: "see the publisher's page",
}


class Trouble(Exception):
    """One request that failed.

    Parameters
    ----------
    kind : TroubleKind
        What it means.
    reason : str
        What happened, in a few words.
    wait : float
        Seconds the server asks to wait before the next try.
    """

    def __init__(self, kind: TroubleKind, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(kind, reason)
        self.kind = kind
        self.reason = reason
        self.wait = wait


class Absent(SourceUnavailable, FileNotFoundError):
    """The source answers, and says that it has nothing under this address."""


class Denied(SourceUnavailable):
    """The source answers, and says that this is not for everybody."""


def failure(url: str, trouble: Trouble, tried: Sequence[str] = ()) -> SciknowError:
    """Build the error for a request that failed for good.

    Parameters
    ----------
    url : str
        What was asked for.
    trouble : Trouble
        Of the last try.
    tried : sequence of str
        What each try met, for the message.
    """
    message = f"{redact(url)}: {trouble.reason}"
    if len(tried) > 1:
        others = [reason for reason in dict.fromkeys(tried) if reason != trouble.reason]
        before = f", before that {'; '.join(others)}" if others else ""
        message += f" (tried {len(tried)} times{before})"
    hint = HINTS[trouble.kind]
    if trouble.wait:
        hint = f"the server asks to wait {trouble.wait:,.0f} s; try again then"
    if trouble.kind in {TroubleKind.TRUNCATED, TroubleKind.CHANGED}:
        return IntegrityError(message, hint=hint)
    if trouble.kind is TroubleKind.DENIED:
        return Denied(message, hint=hint)
    kind = Absent if trouble.kind is TroubleKind.ABSENT else SourceUnavailable
    return kind(message, hint=hint)


def root_cause(error: BaseException) -> SciknowError | None:
    """Find an error of ours that says what to do among an exception and its causes.

    Libraries copy exceptions: dask makes a new one of the same class, with a text of its own.
    """
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        if isinstance(at, SciknowError) and at.hint:
            return at
        seen.add(id(at))
        at = at.__cause__ or at.__context__
    return None


@contextmanager
def explain(url: str, wanted: str) -> Iterator[None]:
    """Turn whatever a library raises in the block into an error of the tree.

    Parameters
    ----------
    url : str
        What is being opened.
    wanted : str
        What it was expected to be, for example ``a Zarr store``.
    """
    try:
        yield
    except SciknowError as error:
        ours = root_cause(error)
        if ours is None or ours is error:
            raise
        raise ours from None
    except ImportError as error:
        raise MissingDependency(
            f"opening {redact(url)} needs a package that is not installed: {error}",
            hint=f"pip install {error.name or 'it'}",
        ) from error
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        if (ours := root_cause(error)) is not None:
            raise ours from error
        detail = " ".join(str(error).split())[:300]
        if isinstance(error, UnicodeDecodeError):
            raise SourceUnavailable(
                f"{redact(url)} is not readable as {wanted}: it is not written in {error.encoding}",
                hint="name its encoding with the option encoding, such as gb18030 or latin-1",
            ) from error
        raise SourceUnavailable(
            f"{redact(url)} is not readable as {wanted}: {type(error).__name__}: {detail}",
            hint="the source has changed or is damaged, or the catalogue names the wrong reader",
        ) from error


@contextmanager
def reading(url: str, what: str) -> Iterator[None]:
    """Tell what breaks in the block while values are read of a source that was opened.

    Parameters
    ----------
    url : str
        What is read from.
    what : str
        What of it, for example ``a chunk``.

    Raises
    ------
    IntegrityError
        When its bytes do not unpack.
    SourceUnavailable
        When a disk or a system gives none.
    """
    try:
        yield
    except (SciknowError, ImportError, MemoryError):
        raise
    except Exception as error:
        if (ours := root_cause(error)) is not None:
            raise ours from error
        detail = " ".join(str(error).split())[:300]
        message = f"{redact(url)}: {what} cannot be read: {type(error).__name__}: {detail}"
        if getattr(error, "errno", None) is not None:  # a system's; a codec's have none
            hint = "check that it is still there, and open it again"
            raise SourceUnavailable(message, hint=hint) from error
        raise IntegrityError(message, hint=DAMAGED) from error
