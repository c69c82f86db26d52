"""The client: bounds that hold, answers that are passed on, and questions that are asked again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from servers.web import DataServer, Fault, free_port

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    LimitExceeded,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.wire import Absent, Budget, Client, Denied, Meter, Patience, retry


def test_a_document(web):
    client = Client()
    found = client.get(f"{web.url}/a.json")
    assert (found.status, found.body, found.url) == (200, b'{"page": 1}', f"{web.url}/a.json")
    assert found.headers["content-length"] == "11"
    assert (client.meter.requests, client.meter.retries, client.meter.bytes) == (1, 0, 11)


def test_head_brings_no_body(web):
    found = Client().head(f"{web.url}/big")
    assert (found.body, found.version.size) == (b"", 3_000_000)
    assert web.sent == 0


def test_only_what_is_newer_is_sent(web, tmp_path):
    known = Client().get(f"{web.url}/a.json").version
    assert known.etag
    again = Client().get(f"{web.url}/a.json", known=known)
    assert (again.unchanged, again.body, again.status) == (True, b"", 304)
    (tmp_path / "served" / "a.json").write_bytes(b'{"page": 2}')
    assert Client().get(f"{web.url}/a.json", known=known).body == b'{"page": 2}'


def test_a_question_that_is_posted(web):
    found = Client().post(f"{web.url}/echo", b"SELECT *", kind="application/sparql-query")
    assert found.body == b"application/sparql-query: SELECT *"


@pytest.mark.parametrize(("status", "asked"), [(307, "POST"), (308, "POST"), (303, "GET")])
def test_a_redirect_keeps_the_question_where_it_must(web, status, asked):
    target = f"{web.url}/echo" if asked == "POST" else f"{web.url}/a.json"
    web.faults.append(Fault("redirect", match="^/old", location=target, status=status))
    found = Client().post(f"{web.url}/old", b"q", kind="text/plain")
    assert web.hits[-1].method == asked
    assert found.url == target
    assert found.moved == (target if status == 308 else "")


def test_a_ring_of_redirects_ends(web):
    web.faults.append(Fault("redirect", match="^/ring", location=f"{web.url}/ring"))
    with pytest.raises(SourceUnavailable, match="more than 5 redirects"):
        Client().get(f"{web.url}/ring")
    assert len(web.hits) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/a", "http://a:b@c/"])
def test_a_redirect_to_where_nobody_goes(web, location):
    web.faults.append(Fault("redirect", location=location))
    with pytest.raises(UntrustedInput):
        Client().get(f"{web.url}/a.json")


def test_a_secret_does_not_follow_to_another_host(web, tmp_path):
    with DataServer(tmp_path / "served") as other:
        web.faults.append(Fault("redirect", match="^/away", location=f"{other.url}/headers"))
        web.faults.append(Fault("redirect", match="^/here", location=f"{web.url}/headers"))
        client = Client(headers={"Authorization": "Bearer x", "Accept": "text/turtle"})
        away, here = (client.get(f"{web.url}/{name}").body for name in ("away", "here"))
    assert b"Bearer" not in away
    assert b"text/turtle" in away
    assert b"Bearer" in here


@pytest.mark.parametrize("kind", ["status", "reset", "cut"])
def test_passing_trouble_is_ridden_out_and_counted(web, kind):
    web.faults.append(Fault(kind, times=2))
    client = Client()
    assert client.get(f"{web.url}/a.json").body == b'{"page": 1}'
    assert (client.meter.requests, client.meter.retries) == (3, 2)


def test_trouble_that_stays_ends_after_as_many_tries_as_are_wanted(web):
    web.faults.append(Fault("status", status=503))
    with pytest.raises(SourceUnavailable, match=r"503.*tried 2 times"):
        Client(patience=Patience(2, 0.01)).get(f"{web.url}/a.json")
    assert len(web.hits) == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Absent), (410, Absent), (401, Denied), (403, Denied)]
)
def test_what_is_not_to_be_had_is_asked_for_once(web, status, kind):
    web.faults.append(Fault("status", status=status))
    with pytest.raises(kind, match=str(status)):
        Client().get(f"{web.url}/a.json")
    assert len(web.hits) == 1


def test_a_failure_that_is_an_answer(web):
    web.faults.append(Fault("status", status=409))
    found = Client().get(f"{web.url}/a.json", accept={409})
    assert (found.status, found.body) == (409, b"sorry")


def test_a_server_that_asks_to_wait_is_obeyed(web, monkeypatch):
    slept = []
    monkeypatch.setattr(retry.time, "sleep", slept.append)
    for status in (429, 503):
        asked = {"Retry-After": "7"}
        web.faults.append(Fault("status", status=status, times=1, headers=asked))
        assert Client().get(f"{web.url}/a.json").status == 200
    assert [seconds for seconds in slept if seconds] == [7, 7]


def test_a_date_to_wait_for_is_understood(web):
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    web.faults.append(Fault("status", status=503, headers={"Retry-After": later}))
    with pytest.raises(SourceUnavailable, match="503"):
        Client(deadline=30).get(f"{web.url}/a.json")
    assert len(web.hits) == 1  # an hour is longer than the deadline: not even tried


@pytest.mark.parametrize("kind", ["stall", "drip"])
def test_the_deadline_is_one_for_all_tries(web, kind):
    web.faults.append(Fault(kind))
    with pytest.raises(SourceUnavailable, match=r"within 0\.5 s"):
        Client(deadline=0.5).get(f"{web.url}/a.json")


def test_the_limit_of_one_answer(web):
    with pytest.raises(SourceUnavailable, match=r"3,000,000 bytes"):
        Client(limit=1_000_000).get(f"{web.url}/big")


def test_the_limit_holds_where_no_length_is_said(web):
    with pytest.raises(SourceUnavailable, match="more than the 10,000 bytes"):
        Client(limit=10_000).get(f"{web.url}/endless")
    assert web.hits[-1].sent < 20_000_000


def test_a_budget_is_one_for_all_answers_and_cuts_in_the_middle(web):
    budget = Budget(1_000_000, over="{most} bytes are enough")
    client = Client(budget=budget)
    client.get(f"{web.url}/a.json")
    with pytest.raises(LimitExceeded, match="1,000,000 bytes are enough"):
        client.get(f"{web.url}/big")
    assert budget.spent < 3_000_000
    assert client.meter.retries == 0


def test_a_stream_comes_in_pieces_under_the_budget(web):
    with Client().stream(f"{web.url}/big") as coming:
        assert coming.answer.status == 200
        assert sum(map(len, coming.pieces)) == 3_000_000
    with (
        pytest.raises(LimitExceeded),
        Client(budget=Budget(500_000)).stream(f"{web.url}/big") as coming,
    ):
        for _ in coming.pieces:
            pass


def test_a_stream_that_breaks_is_told(web):
    web.faults.append(Fault("status", times=1))  # before it begins: tried again
    web.faults.append(Fault("cut", times=1))
    with (
        pytest.raises(IntegrityError, match="cut short"),
        Client().stream(f"{web.url}/big") as coming,
    ):
        for _ in coming.pieces:
            pass


def test_a_stream_of_what_is_not_there(web):
    with pytest.raises(Absent), Client().stream(f"{web.url}/none"):
        pass


def test_offline_nothing_is_asked_for(web, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    for ask in (Client().get, Client().head):
        with pytest.raises(SourceUnavailable, match="offline"):
            ask(f"{web.url}/a.json")
    assert web.hits == []


def test_nobody_there():
    with pytest.raises(SourceUnavailable, match=r"no connection.*tried 4 times"):
        Client().get(f"http://127.0.0.1:{free_port()}/a")


@pytest.mark.parametrize("url", ["s3://bucket/a", "file:///etc/passwd", "http://a:b@host/"])
def test_addresses_that_are_no_web_addresses(url):
    with pytest.raises(UntrustedInput):
        Client().get(url)


@pytest.mark.parametrize("deadline", [0, -1, "soon"])
def test_a_deadline_must_be_a_time(deadline):
    with pytest.raises(InvalidInput, match="deadline"):
        Client(deadline=deadline)


def test_several_clients_share_a_meter(web):
    meter = Meter()
    for _ in range(2):
        Client(meter=meter).get(f"{web.url}/a.json")
    assert (meter.requests, meter.bytes) == (2, 22)
