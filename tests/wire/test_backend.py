"""Who answers for an address."""

from __future__ import annotations

import pytest
from servers.web import DataServer

from sciknow.errors import UntrustedInput
from sciknow.net import Deadline
from sciknow.wire import Transport
from sciknow.wire.backend import Web, backend_for
from sciknow.wire.bucket import Bucket
from sciknow.wire.plain_s3 import PlainS3
from sciknow.wire.reach import Reach
from sciknow.wire.trouble import Trouble, TroubleKind

ELSEWHERE = {"endpoint_url": "http://127.0.0.1:9"}


@pytest.mark.parametrize(
    ("url", "options", "trusted", "kind"),
    [
        ("http://a.org/x", {}, False, Web),
        ("https://a.org/x", {"anon": False}, True, Web),
        ("s3://b/x", {}, False, Bucket),
        ("s3://b/x", ELSEWHERE, True, Bucket),
        ("s3://b/x", ELSEWHERE, False, PlainS3),
        ("gs://b/x", {}, False, Bucket),
        ("az://b/x", {"account_name": "abc"}, False, Bucket),
    ],
)
def test_who_answers(url, options, trusted, kind):
    found = backend_for(url, options, 5, trusted=trusted)
    assert type(found) is kind
    if kind is PlainS3:
        assert found.at(url) == "http://127.0.0.1:9/b/x"
    if kind is Bucket:
        assert (found.scheme, found.seconds) == (url.partition(":")[0], 5)


def test_nobody_answers_for_another_store_s_endpoint():
    with pytest.raises(UntrustedInput):
        backend_for("gs://b/x", ELSEWHERE, 5, trusted=False)


def test_a_web_server_is_asked_for_everything_but_whole_folders(tmp_path):
    (tmp_path / "a").write_bytes(b"0123456789")
    run = Transport().run
    with DataServer(tmp_path, listing=True) as server:
        url, web = f"{server.url}/a", Web(Reach.of(server.url))
        assert run(web.fetch(url, (1, 3), 10)).body == b"12"
        assert web.read(url, (2, 4), 10, Deadline.after(5)).body == b"23"
        assert run(web.head(url)).total == 10
        assert run(web.names(server.url)) == {"a": None}
        assert run(web.anything(server.url)) is True
        (tmp_path / "a").unlink()
        assert run(web.anything(server.url)) is False
        with pytest.raises(Trouble) as caught:
            run(web.files(server.url))
        assert caught.value.kind is TroubleKind.DENIED
