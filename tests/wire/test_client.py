"""The client: bounds that hold, answers that are passed on, and questions that are asked again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import SimpleNamespace

import pytest
from servers.web import DataServer, Fault, free_port

from sciknow.errors import (
    IntegrityError,
    InvalidInput,
    LimitExceeded,
    SourceUnavailable,
    UntrustedInput,
)
from sciknow.files import sha256_bytes
from sciknow.wire import Absent, Budget, Client, Denied, Meter, Patience, Request, retry


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


def test_a_redirect_in_utf_8_is_followed(web, tmp_path):
    (tmp_path / "served" / "数据.json").write_bytes(b"{}")
    location = f"{web.url}/数据.json".encode().decode("latin-1")
    web.faults.append(Fault("redirect", match="^/old", location=location))
    assert Client().get(f"{web.url}/old").body == b"{}"


def test_a_redirect_into_a_private_network(web, public_name):
    public = web.url.replace("127.0.0.1", public_name)
    port = web.url.rpartition(":")[2]
    for private in (
        web.url,
        "http://10.1.2.3/",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        f"http://127.1:{port}/a.json",
        f"http://2130706433:{port}/a.json",
    ):
        web.faults[:] = [Fault("redirect", location=private)]
        with pytest.raises(UntrustedInput, match="private network"):
            Client().get(f"{public}/a.json")
    assert len(web.hits) == 6  # those of the public name alone


def test_a_redirect_to_nowhere(web):
    web.faults.append(Fault("redirect", location="http://[bad"))
    with pytest.raises(SourceUnavailable, match="leads to no address"):
        Client().get(f"{web.url}/a.json")


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


def test_a_secret_does_not_follow_to_another_host(web, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
    with DataServer(tmp_path / "served") as other:
        web.faults.append(Fault("redirect", match="^/away", location=f"{other.url}/headers"))
        web.faults.append(Fault("redirect", match="^/here", location=f"{web.url}/headers"))
        secret = {"Authorization": "Bearer x", "X-Api-Key": "Bearer", "Accept": "text/turtle"}
        client = Client(headers=secret)
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


def test_a_server_that_asks_to_wait_too_long_is_quoted(web):
    web.faults.append(Fault("status", status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(SourceUnavailable, match=r"429.*asks to wait 3,600 s") as caught:
        Client(deadline=30).get(f"{web.url}/a.json")
    assert "tried" not in str(caught.value)
    assert len(web.hits) == 1


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


def paged(web, **names: str):
    """Let a server have pages that name the next one."""
    for name, following in names.items():
        body = f'{{"name": "{name}", "next": "{following}"}}'.encode()
        web.answers[f"/{name}"] = lambda _, body=body: ("application/json", body)


def following(page):
    return page.json()["next"] or None


def test_pages_come_one_after_the_other_and_only_when_they_are_wanted(web):
    paged(web, one="two", two="three", three="")
    walk = Client().pages(f"{web.url}/one", following)
    assert next(walk).json()["name"] == "one"
    assert len(web.hits) == 1
    assert [page.json()["name"] for page in walk] == ["two", "three"]


def test_pages_that_lead_back_end_with_an_error(web):
    paged(web, one="two", two="one")
    walk = Client().pages(f"{web.url}/one", following)
    assert [next(walk).url, next(walk).url] == [f"{web.url}/one", f"{web.url}/two"]
    with pytest.raises(SourceUnavailable, match="ring, after 2"):
        next(walk)
    assert len(web.hits) == 2


def test_a_page_may_ask_with_another_body_or_header(web):
    asked = Request(f"{web.url}/echo", method="POST", headers={"Content-Type": "a"}, body=b"1")

    def more(page):
        last = int(page.body[-1:])
        told = {"Content-Type": "b"}
        return Request("/echo", {}, "POST", told, b"%d" % (last + 1)) if last < 3 else None

    assert [page.body for page in Client().pages(asked, more)] == [b"a: 1", b"b: 2", b"b: 3"]


def test_a_next_page_goes_where_a_redirect_may_and_hears_no_secret_elsewhere(
    web, tmp_path, monkeypatch
):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
    client = Client(headers={"X-Api-Key": "secret", "Accept": "text/turtle"})
    with DataServer(tmp_path / "served") as other:
        for at, told in ((other.url, False), (web.url, True)):
            pages = list(
                client.pages(
                    f"{web.url}/a.json",
                    lambda page, at=at: None if "headers" in page.url else f"{at}/headers",
                )
            )
            assert b"text/turtle" in pages[1].body
            assert (b"secret" in pages[1].body) is told
    for nowhere in ("file:///etc/passwd", "s3://a/b", "http://user:word@a/"):
        with pytest.raises(UntrustedInput):
            list(client.pages(f"{web.url}/a.json", lambda _, nowhere=nowhere: nowhere))


def test_a_next_page_does_not_lead_into_a_private_network(web, public_name):
    public = web.url.replace("127.0.0.1", public_name)
    with pytest.raises(UntrustedInput, match="private network"):
        list(Client().pages(f"{public}/a.json", lambda _: f"{web.url}/a.json"))
    assert len(web.hits) == 1


def test_a_pace_is_kept_between_requests_and_costs_no_deadline(web, monkeypatch):
    now, slept = [100.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(retry, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: now[0]))
    client = Client(every=90, deadline=60)
    for _ in range(3):
        client.get(f"{web.url}/a.json")
    now[0] += 1000
    client.get(f"{web.url}/a.json")
    assert slept == [0, 90, 90, 0]


def test_a_file_is_saved_whole_with_its_digests(web, tmp_path):
    client, target = Client(headers={"X-Api-Key": "k"}), tmp_path / "new" / "big"
    record = client.save(f"{web.url}/big", target)
    assert target.read_bytes() == bytes(3_000_000)
    assert (record.path, record.size, record.url) == ("big", 3_000_000, f"{web.url}/big")
    assert record.sha256 == sha256_bytes(bytes(3_000_000))
    assert (client.meter.requests, client.meter.bytes) == (1, 3_000_000)
    assert [item.name for item in target.parent.iterdir()] == ["big"]
    assert b"X-Api-Key: k" in Client().get(f"{web.url}/headers", headers={"X-Api-Key": "k"}).body


def test_a_file_that_breaks_is_gone_on_with(web, tmp_path):
    web.faults.append(Fault("cut", times=1))
    client = Client()
    assert client.save(f"{web.url}/big", tmp_path / "big").size == 3_000_000
    assert [hit.range for hit in web.hits] == ["", "bytes=1500000-"]
    assert (client.meter.retries, client.meter.bytes) == (1, 3_000_000)


def test_a_file_that_is_not_wanted_whole_is_not_there(web, tmp_path):
    with pytest.raises(LimitExceeded):
        Client(budget=Budget(1_000_000)).save(f"{web.url}/big", tmp_path / "big")
    with pytest.raises(IntegrityError, match="other bytes"):
        Client().save(f"{web.url}/a.json", tmp_path / "a", sha256="0" * 64)
    assert not (tmp_path / "big").exists()
    assert not (tmp_path / "a").exists()


def test_a_file_hears_secrets_of_its_own_host_alone(web, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_PRIVATE", "127.0.0.1")
    with DataServer(tmp_path / "served") as other:
        web.faults.append(Fault("redirect", match="^/away", location=f"{other.url}/headers"))
        client = Client(headers={"X-Api-Key": "secret"})
        client.save(f"{web.url}/away", tmp_path / "away")
        client.save(f"{web.url}/headers", tmp_path / "here")
    assert "secret" not in (tmp_path / "away").read_text()
    assert "secret" in (tmp_path / "here").read_text()


def test_json_is_posted(web):
    assert Client().post(f"{web.url}/echo", {"limit": 5}).body == b'application/json: {"limit": 5}'


def test_a_client_is_shared_by_threads_and_loses_no_count(web):
    client = Client()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.get(f"{web.url}/a.json"), range(80)))
    assert (client.meter.requests, client.meter.bytes) == (80, 80 * 11)
