"""Dates as cards write them, and as people type them."""

import pytest

from sciknow.errors import InvalidInput
from sciknow.model.parse import Where, parse_date, parse_day, parse_duration
from sciknow.model.selection import parse_selection

HERE = Where()


@pytest.mark.parametrize("date", ["1979", "1979-01", "2000-02-29", "-50000", "0026"])
def test_a_date_comes_back_as_written(date):
    assert parse_date(date, HERE) == date == parse_day(date, HERE)


@pytest.mark.parametrize(
    "date",
    ["2000-02-30", "1900-02-29", "2000-13", "2000-00-01", "1979-1-1", "1979/..", "", "01/02/2000"],
)
def test_a_date_that_cannot_be_is_refused(date):
    with pytest.raises(InvalidInput, match="a date"):
        parse_date(date, HERE)


@pytest.mark.parametrize(
    "date", ["19790101", "197901", "２０２０", "2020-0１", "\u0662\u0660\u0662\u0660"]
)
def test_a_card_writes_dates_in_one_way(date):
    with pytest.raises(InvalidInput, match="YYYY-MM-DD"):
        parse_date(date, HERE)


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("19790101", "1979-01-01"),
        (19790101, "1979-01-01"),
        ("197901", "1979-01"),
        ("２０２０", "2020"),
        ("２０２００１３１", "2020-01-31"),
        ("２０２０－０１", "2020-01"),
        ("\u30002020 ", "2020"),
        ("..", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_what_people_type_is_read(typed, date):
    assert parse_day(typed, HERE) == date
    assert parse_selection(period=(typed, None)).period == (date, "")


@pytest.mark.parametrize("typed", ["20000230", "200013", "2000-02-30", "1979/..", "过去"])
def test_what_no_date_is_is_refused(typed):
    with pytest.raises(InvalidInput):
        parse_selection(period=(typed, None))


def test_durations_are_written_in_half_width():
    assert parse_duration("P1D", HERE) == "P1D"
    with pytest.raises(InvalidInput):
        parse_duration("P１D", HERE)
