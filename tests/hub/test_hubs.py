"""Which hub a verb looks things up in, and that none is opened for nothing."""

import pytest

import sciknow
from sciknow.hub.store.hubs import Hubs
from sciknow.hub.store.state import State


@pytest.fixture
def default(built, monkeypatch):
    monkeypatch.setenv("SCIKNOW_HUB", str(built))


@pytest.fixture
def empty(tmp_path):
    with sciknow.build_from_texts([], tmp_path / "empty") as hub:
        yield hub


def test_a_hub_that_was_given_counts_even_where_it_holds_nothing(empty, default, tmp_path):
    sciknow.compatible("ice-monthly", "sst-daily")  # the default hub knows both
    with pytest.raises(sciknow.NotFound, match="ice-monthly"):
        sciknow.compatible("ice-monthly", "sst-daily", hub=empty)
    with pytest.raises(sciknow.NotFound, match="ice-monthly"):
        sciknow.lock(tmp_path / "a.lock", "ice-monthly", hub=empty)


def test_a_hub_is_opened_once_when_something_is_looked_up_and_closed_at_the_end(
    built, default, monkeypatch
):
    closed = []
    close = State.close
    monkeypatch.setattr(State, "close", lambda self: closed.append(close(self)))
    with Hubs():
        pass
    assert not closed
    with Hubs() as hubs:
        assert hubs.default() is hubs.any() is hubs.default()
        assert hubs.named(str(built)) is hubs.named(str(built))
    assert len(closed) == 2


def test_a_hub_that_was_given_is_left_open(hub, default):
    with Hubs(hub._state) as hubs:
        assert hubs.default() is hubs.named("/nowhere") is hub._state
    assert len(hub) == 3


def test_a_hub_that_is_gone_is_replaced_by_the_default_one(built, default, monkeypatch, tmp_path):
    with Hubs() as hubs:
        assert hubs.named(str(tmp_path / "gone")) is hubs.default()
    monkeypatch.setenv("SCIKNOW_HUB", str(tmp_path / "gone"))
    with Hubs() as hubs:
        assert hubs.named(str(tmp_path / "gone")) is hubs.any() is None
        with pytest.raises(sciknow.NotFound):
            hubs.default()
