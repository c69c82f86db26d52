"""What an HTTP answer is worth, by its status, its length and the range that it says it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sciknow.model.preserved import FileVersion
from sciknow.wire.answer import (
    Plan,
    Reply,
    http_date,
    iso_date,
    judge,
    no_page,
    range_header,
    retry_after,
    total_of,
    version_of,
    words_of,
)
from sciknow.wire.trouble import Trouble, TroubleKind

KINDS = {
    404: "absent", 410: "absent", 401: "denied", 403: "denied", 407: "denied", 408: "transient",
    425: "transient", 429: "transient", 500: "transient", 502: "transient", 503: "transient",
    504: "transient", 400: "fatal", 405: "fatal", 418: "fatal", 501: "fatal", 505: "fatal",
    204: "fatal", 300: "fatal", 304: "fatal", 100: "fatal",
}  # fmt: skip


def part(said: str, span=(0, 10), length="10", limit=1000):
    return judge("GET", 206, "", {"Content-Range": said, "Content-Length": length}, span, limit)


@pytest.mark.parametrize(("status", "kind"), KINDS.items())
def test_a_status_that_brings_no_data(status, kind):
    with pytest.raises(Trouble, match=f"HTTP {status} Reason") as caught:
        judge("GET", status, "Reason", {"Retry-After": "9"}, None, 10)
    assert caught.value.kind == kind
    assert caught.value.wait == (9 if kind == "transient" else 0)


def test_a_whole_file_has_as_many_bytes_as_it_likes_up_to_the_limit():
    plan = judge("GET", 200, "OK", {"Content-Length": "10"}, None, 10)
    assert (plan.most, plan.exact, plan.whole, plan.done) == (10, False, False, False)
    assert plan.reply(b"0123456789").total == 10
    with pytest.raises(Trouble, match="more than the 10 bytes"):
        plan.reply(b"01234567890")
    with pytest.raises(Trouble, match=r"send 11 bytes at once \(at most 10 are taken\)'"):
        judge("GET", 200, "OK", {"Content-Length": "11"}, None, 10)
    with pytest.raises(Trouble, match="since it knows no byte ranges"):
        judge("GET", 200, "OK", {"Content-Length": "11"}, (0, 5), 10)


def test_everything_in_the_place_of_a_range_is_said():
    plan = judge("GET", 200, "OK", {}, (0, 5), 100)
    assert (plan.whole, plan.exact, plan.most) == (True, False, 100)
    assert plan.reply(b"abc") == Reply(b"abc", FileVersion(3), True)


def test_a_size_alone_needs_no_body():
    plan = judge("GET", 200, "OK", {"Content-Length": "7"}, (0, 1), 0)
    assert plan.done
    assert plan.reply(b"").total == 7
    assert judge("HEAD", 200, "OK", {"Content-Length": "7"}, None, 0).says.size == 7
    assert judge("HEAD", 206, "OK", {"Content-Length": "7"}, None, 0).says.size is None


def test_behind_the_end_there_is_nothing_and_the_size_is_said():
    plan = judge("GET", 416, "", {"Content-Range": "bytes */42"}, (50, 60), 100)
    assert plan.done
    assert plan.reply(b"") == Reply(b"", FileVersion(42))


@pytest.mark.parametrize(
    ("said", "span", "most", "total"),
    [
        ("bytes 0-9/100", (0, 10), 10, 100),
        ("bytes 5-9/100", (5, 10), 5, 100),
        ("bytes 95-99/100", (95, 110), 5, 100),
        ("bytes 90-99/100", (-10, None), 10, 100),
        ("bytes 5-99/100", (5, None), 95, 100),
        ("bytes 0-9/*", (0, 10), 10, None),
    ],
)
def test_a_part_that_was_asked_for(said, span, most, total):
    plan = part(said, span)
    assert (plan.most, plan.exact, plan.says.size, plan.whole) == (most, True, total, False)
    assert plan.reply(bytes(most)).total == total
    with pytest.raises(Trouble, match="cut short") as caught:
        plan.reply(bytes(most - 1))
    assert caught.value.kind is TroubleKind.TRUNCATED


@pytest.mark.parametrize(
    ("said", "span", "kind"),
    [
        ("", (0, 10), TroubleKind.FATAL),
        ("bytes */100", (0, 10), TroubleKind.FATAL),
        ("bytes 1-10/100", (0, 10), TroubleKind.FATAL),
        ("bytes 0-9/100", (5, 10), TroubleKind.FATAL),
        ("bytes 0-8/100", (0, 10), TroubleKind.TRUNCATED),
        ("bytes 0-99/100", (0, 10), TroubleKind.TRUNCATED),
    ],
)
def test_a_part_that_was_not(said, span, kind):
    with pytest.raises(Trouble) as caught:
        part(said, span)
    assert caught.value.kind is kind


def test_what_is_said_of_a_file():
    headers = {"ETag": '"a"', "Last-Modified": "Thu, 02 Jan 2020 03:04:05 GMT"}
    moment = "2020-01-02T03:04:05+00:00"
    assert version_of(headers, 3) == FileVersion(3, '"a"', moment)
    assert version_of({"x-amz-version-id": "v"}, None) == FileVersion(version="v")
    assert version_of({"x-goog-generation": "7"}, None) == FileVersion(version="7")
    assert version_of({"x-amz-version-id": "null"}, None) == FileVersion()
    assert Reply(says=FileVersion(1, "", moment)).tag == moment
    assert Reply(says=FileVersion(1, '"a"', moment)).tag == '"a"'


def test_the_size_of_a_whole_file():
    assert total_of({"Content-Length": "5"}, 200) == 5
    assert total_of({"Content-Length": "5", "Content-Encoding": "gzip"}, 200) is None
    assert total_of({"Content-Range": " bytes 0-4/50 ", "Content-Length": "5"}, 206) == 50
    assert total_of({"Content-Range": "bytes */50"}, 416) == 50
    assert total_of({"Content-Range": "bytes 0-4/*"}, 206) is None
    assert total_of({"Content-Length": "five"}, 200) is None
    assert total_of({"Content-Length": "٥"}, 200) is None


@given(st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)))
def test_dates_come_back(moment):
    told = moment.replace(microsecond=0, tzinfo=UTC).isoformat()
    assert iso_date(http_date(told)) == told


def test_no_date_is_none():
    assert (http_date(""), iso_date(""), iso_date("yesterday")) == ("", "", "")


def test_a_date_to_wait_for():
    later = datetime.now(UTC) + timedelta(seconds=100)
    assert 90 < retry_after({"Retry-After": format_datetime(later, usegmt=True)}) <= 100
    assert retry_after({"Retry-After": "Thu, 02 Jan 2020 03:04:05 GMT"}) == 0
    assert retry_after({"Retry-After": " 12 "}) == 12
    assert retry_after({"Retry-After": "-12"}) == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'Error { code=404; message="no \\"such\\" thing"; }', 'no \\"such\\" thing'),
        (b"<Error><Code>X</Code><Message>No  such key</Message></Error>", "No such key"),
        (b"<p><b>Message</b> out &amp; over</p>", "out & over"),
        (b"plain words\n over two lines", "plain words over two lines"),
        (b"<html>a page</html>", ""),
        (b"", ""),
        (b"x" * 1000, "x" * 300),
        (b"a" * 16_384 + b'message="late"', "a" * 300),
    ],
)
def test_words_of_a_failure(body, words):
    assert words_of(body) == words


@pytest.mark.parametrize("body", [b"<!DOCTYPE html>", b"  \n<HTML lang=en>", b"<!doctype HTML"])
def test_a_page_is_no_data(body):
    with pytest.raises(Trouble) as caught:
        no_page(body)
    assert caught.value.kind is TroubleKind.PAGE


@pytest.mark.parametrize("body", [b"", b"<xml>", b"CDF\x01", b" " * 64 + b"<html>"])
def test_data_are_no_page(body):
    no_page(body)


def test_ranges_are_written():
    assert range_header(None, 5) == "bytes=0-4"
    assert range_header(None, None) == "bytes=0-"
    assert Plan().done
