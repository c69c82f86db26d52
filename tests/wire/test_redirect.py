"""The way of one request: how it asks, what it carries, where the address has moved for good."""

from __future__ import annotations

import pytest

from sciknow.errors import UntrustedInput
from sciknow.net import MAX_REDIRECTS
from sciknow.wire.redirect import Hops
from sciknow.wire.trouble import Trouble

HEADERS = {
    "Authorization": "a", "Cookie": "b", "X-Api-Key": "c", "Proxy-Authorization": "d",
    "Accept": "e", "accept-encoding": "f", "Accept-Language": "g", "Content-Type": "h",
    "If-Modified-Since": "i", "If-None-Match": "j", "If-Range": "k", "RANGE": "l",
}  # fmt: skip


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_how_it_asks_afterwards(status, method):
    way = Hops("https://a.org/x/y", method)
    assert way.follow(status, {"Location": "../z"})
    turned = method == "POST" and status in {301, 302, 303}
    assert (way.at, way.method) == ("https://a.org/z", "GET" if turned else method)


@pytest.mark.parametrize("status", [200, 206, 300, 304, 305, 306, 309, 404])
def test_an_answer_that_leads_nowhere(status):
    way = Hops("https://a.org/")
    assert not way.follow(status, {"Location": "/b"})
    assert (way.at, way.count) == ("https://a.org/", 0)
    assert not way.follow(302, {})


def test_it_has_moved_for_good_as_far_as_every_step_says_so():
    way = Hops("https://a.org/1")
    for status, moved in ((301, 2), (308, 3), (302, 3), (301, 3)):
        way.follow(status, {"Location": f"/{way.count + 2}"})
        assert way.moved == f"https://a.org/{moved}"
    first = Hops("https://a.org/1")
    first.follow(307, {"Location": "/2"})
    assert first.moved == ""


def test_steps_are_counted():
    way = Hops("https://a.org/")
    for _ in range(MAX_REDIRECTS):
        assert way.follow(302, {"Location": "/"})
    with pytest.raises(Trouble, match="more than 5 redirects"):
        way.follow(302, {"Location": "/"})


@pytest.mark.parametrize(
    ("at", "all_of_them"),
    [
        ("https://a.org/b", True),
        ("https://A.org/b", True),
        ("https://a.org:8443/", False),
        ("https://b.a.org/", False),
        ("https://b.org/", False),
    ],
)
def test_what_is_carried(at, all_of_them):
    way = Hops("https://a.org/")
    way.at = at
    wanted = {key: value for key, value in HEADERS.items() if value >= "e"}
    assert way.carried(HEADERS) == (HEADERS if all_of_them else wanted)
    assert Hops(at, home="https://a.org/").carried(HEADERS) == way.carried(HEADERS)


def test_a_step_up_to_https_is_another_host():
    way = Hops("http://a.org/")
    way.follow(301, {"Location": "https://a.org/"})
    assert "X-Api-Key" not in way.carried(HEADERS)


@pytest.mark.parametrize(
    "target", ["http://a.org/", "ftp://b.org/", "https://10.0.0.1/", "https://u:p@b.org/"]
)
def test_where_nobody_goes(target):
    with pytest.raises(UntrustedInput):
        Hops("https://a.org/").lead(target)


def test_addresses_in_latin_1_stay_what_they_are():
    way = Hops("https://a.org/")
    way.lead("/caf\xe9")  # no UTF-8
    assert way.at == "https://a.org/caf%C3%A9"
    way.lead("/数据")  # decoded already
    assert way.at == "https://a.org/%E6%95%B0%E6%8D%AE"
