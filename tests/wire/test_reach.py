"""Whom requests may reach: an address out of data never leads inside, however it is spelled."""

from __future__ import annotations

from contextlib import suppress

import pytest
from servers.forbidden import SPELLINGS, counting_port
from servers.web import DataServer, Fault

from sciknow.errors import InvalidInput, UntrustedInput
from sciknow.wire import Absent, Client, Request, Transport
from sciknow.wire.reach import SETTING, Reach, place_of, public_addresses

ELSEWHERE = ("10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1")


def doors(url):
    """Return each way to ask for an address out of data, from the calling thread and the loop."""
    stranger = Transport(deadline=2, reach=Reach())
    return {
        "get": lambda: Client(reach=Reach(), deadline=2).get(url),
        "post": lambda: Client(reach=Reach(), deadline=2).post(url, b""),
        "pages": lambda: list(
            Client(reach=Reach(), deadline=2).pages(Request(url), lambda _: None)
        ),
        "read": lambda: stranger.read(url, 0, 4),
        "fetch": lambda: stranger.run(stranger.fetch(url, 0, 4)),
        "size": lambda: stranger.run(stranger.size(url)),
        "names": lambda: stranger.run(stranger.names(url)),
    }


@pytest.mark.parametrize("spelling", [name for name in SPELLINGS if "turning" not in name])
def test_an_address_out_of_data_reaches_nobody_inside(spelling, names):
    with counting_port() as (port, came):
        for name, ask in doors(f"http://{spelling}:{port}/a").items():
            with pytest.raises(UntrustedInput, match="private network"):
                ask()
            assert came == [], name


def test_a_name_is_connected_to_the_address_that_was_judged(names):
    with counting_port() as (port, came):
        with pytest.raises(UntrustedInput):  # the second try finds that it has turned
            Client(reach=Reach(), deadline=2).get(f"http://turning.example.org:{port}/a")
        assert came == []
    assert names[:1] == [("8.8.8.8", port)]


@pytest.mark.parametrize("spelling", SPELLINGS[:-1] + ELSEWHERE)
def test_a_redirect_from_an_own_address_reaches_nobody_inside(spelling, names, tmp_path):
    with counting_port() as (port, came), DataServer(tmp_path) as web:
        location = f"http://{spelling}:{port}/b".encode().decode("latin-1")
        web.faults.append(Fault("redirect", location=location))
        for start in (web.url, web.url.replace("127.0.0.1", "data.example.org")):
            own = Transport(deadline=2, reach=Reach.of(start))
            for ask in (
                lambda start=start: Client(deadline=2).get(f"{start}/a"),
                lambda start=start: list(
                    Client(deadline=2).pages(
                        f"{start}/a", lambda page: f"http://{spelling}:{port}/"
                    )
                ),
                lambda start=start, own=own: own.run(own.fetch(f"{start}/a", 0, 4)),
                lambda start=start, own=own: own.read(f"{start}/a", 0, 4),
            ):
                with pytest.raises(UntrustedInput, match="private network"):
                    ask()
        assert web.hits
        assert came == []


def test_what_the_user_named_is_asked_wherever_it_lies(names, tmp_path):
    (tmp_path / "a").write_bytes(b"0123")
    with DataServer(tmp_path) as web:
        for host in ("127.0.0.1", "data.example.org"):
            url = web.url.replace("127.0.0.1", host) + "/a"
            own = Transport(reach=Reach.of(url))
            assert own.run(own.fetch(url, 1, 3)) == b"12"
            assert own.read(url, 1, 3) == b"12"
            assert Client().get(url).body == b"0123"


def test_a_connection_of_the_user_s_own_serves_no_address_out_of_data(names, tmp_path):
    (tmp_path / "a").write_bytes(b"0123")
    with DataServer(tmp_path) as web:
        url = web.url.replace("127.0.0.1", "data.example.org") + "/a"
        own, stranger = Transport(reach=Reach.of(url)), Transport(reach=Reach())
        for way in (own, stranger, own):
            if way is own:
                assert way.run(way.fetch(url, 0, 1)) + way.read(url, 1, 2) == b"01"
                continue
            for ask in (
                lambda: stranger.run(stranger.fetch(url)),
                lambda: stranger.read(url, 0, 1),
            ):
                with pytest.raises(UntrustedInput):
                    ask()
        assert len(web.hits) == 4


@pytest.mark.parametrize(
    ("named", "fits"),
    [
        ("127.0.0.1", True),
        ("localhost, 127.0.0.0/8", True),
        ("127.0.0.1:{port}", True),
        ("127.0.0.1:1", False),
        ("10.0.0.0/8", False),
        ("", False),
    ],
)
def test_hosts_that_the_setting_names(named, fits, monkeypatch, tmp_path):
    (tmp_path / "a").write_bytes(b"0123")
    with DataServer(tmp_path) as web:
        monkeypatch.setenv(SETTING, named.format(port=web.url.rpartition(":")[2]))
        client = Client(reach=Reach())
        if fits:
            assert client.get(f"{web.url}/a").body == b"0123"
        else:
            with pytest.raises(UntrustedInput, match=SETTING):
                client.get(f"{web.url}/a")


def test_a_setting_that_names_no_network(monkeypatch):
    monkeypatch.setenv(SETTING, "10.0.0.0/40")
    with pytest.raises(InvalidInput, match=SETTING):
        Reach().owns("http://10.0.0.1/")


@pytest.mark.parametrize("door", ["get", "read", "fetch"])
def test_behind_a_proxy_hosts_are_judged_before_it_is_asked(door, names, tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"0123")
    with DataServer(tmp_path) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("no_proxy", "")
        for host in ("inner.example.org", "localhost", "127.1", "[::1]", "169.254.169.254"):
            with pytest.raises(UntrustedInput, match="private network"):
                doors(f"http://{host}/a")[door]()
        assert proxy.hits == []
        with suppress(Absent):
            doors("http://unknown.invalid/a")[door]()  # the proxy may know it
        assert len(proxy.hits) == 1


def test_places():
    assert place_of("https://A.org./x") == ("a.org", 443)
    reach = Reach.of("http://intra/", "no address", "s3://bucket/x")
    assert reach.owns("https://intra/y")
    assert not reach.owns("http://intra:8080/")
    assert Reach.of(anywhere=True).owns("http://10.0.0.1/")
    with pytest.raises(OSError, match=r"."):
        public_addresses("." * 300, 80)
