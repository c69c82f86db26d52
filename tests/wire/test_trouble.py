"""What went wrong, as the user is told it."""

from __future__ import annotations

import pytest

from sciknow.errors import IntegrityError, MissingDependency, SourceUnavailable
from sciknow.wire.trouble import (
    HINTS,
    PASSING,
    RETRIED,
    Absent,
    Denied,
    Trouble,
    TroubleKind,
    explain,
    failure,
    root_cause,
)


@pytest.mark.parametrize("kind", TroubleKind)
def test_each_kind_is_an_error_of_the_tree_and_says_what_to_do(kind):
    error = failure("http://a.org/?key=1", Trouble(kind, "so it was"))
    changed = kind in {TroubleKind.TRUNCATED, TroubleKind.CHANGED}
    assert isinstance(error, IntegrityError if changed else SourceUnavailable)
    assert isinstance(error, Absent) == (kind is TroubleKind.ABSENT)
    assert isinstance(error, Denied) == (kind is TroubleKind.DENIED)
    assert error.message == "http://a.org/?key=…: so it was"
    assert error.hint == HINTS[kind]


def test_what_may_pass():
    assert {*PASSING} == {
        TroubleKind.TRANSIENT,
        TroubleKind.LATE,
        TroubleKind.NO_HOST,
        TroubleKind.UNREACHABLE,
    }
    assert {*RETRIED} == {*PASSING, TroubleKind.TRUNCATED}


def test_what_the_tries_met():
    trouble = Trouble(TroubleKind.TRANSIENT, "busy", wait=90)
    assert failure("http://a/", trouble, ["busy"]).message == "http://a/: busy"
    told = failure("http://a/", trouble, ["reset", "late", "reset", "busy"])
    assert told.message == "http://a/: busy (tried 4 times, before that reset; late)"
    assert told.hint == "the server asks to wait 90 s; try again then"
    assert failure("http://a/", trouble, ["busy"] * 2).message == "http://a/: busy (tried 2 times)"


def test_the_cause_that_says_what_to_do_is_found():
    ours = SourceUnavailable("gone", hint="look elsewhere")
    for cause in (ours, IntegrityError("without a hint")):
        for way in ("__cause__", "__context__"):
            found = ValueError("the library's")
            setattr(found, way, cause)
            assert root_cause(found) is (ours if cause is ours else None)
    ring = ValueError("a")
    ring.__context__ = ring
    assert root_cause(ring) is None


def raised(error: BaseException) -> BaseException:
    """Return what becomes of an exception of a library."""
    with pytest.raises(BaseException) as caught, explain("http://a/", "a log"):  # noqa: PT011
        raise error
    return caught.value


def test_what_libraries_raise_is_explained():
    told = raised(ValueError("bad\n x"))
    assert isinstance(told, SourceUnavailable)
    assert told.message == "http://a/ is not readable as a log: ValueError: bad x"
    missing = raised(ImportError("no lamp", name="lamp"))
    assert isinstance(missing, MissingDependency)
    assert (missing.hint, "needs a package" in missing.message) == ("pip install lamp", True)
    with pytest.raises(UnicodeDecodeError) as undecoded:
        b"\xff".decode()
    assert "not written in utf-8" in str(raised(undecoded.value))
    for passes in (KeyboardInterrupt(), MemoryError()):
        assert raised(passes) is passes


def test_an_error_of_ours_is_not_explained_away():
    ours, bare = SourceUnavailable("gone", hint="look elsewhere"), IntegrityError("bare")
    wrapped, double = ValueError("wrapped by dask"), IntegrityError("no hint here")
    wrapped.__cause__ = double.__cause__ = ours
    assert raised(ours) is ours
    assert raised(wrapped) is ours
    assert raised(double) is ours
    assert raised(bare) is bare
