"""Whether this machine has any way out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import pytest

from sciknow.wire import has_route, network


@pytest.mark.parametrize("families", [{socket.AF_INET}, {socket.AF_INET6}, set()])
def test_one_family_is_enough(families, monkeypatch):
    class Probe(socket.socket):
        def connect(self, address):
            if self.family not in families:
                raise OSError("unreachable")

    monkeypatch.setattr(network, "getproxies", dict)
    monkeypatch.setattr(socket, "socket", Probe)
    assert has_route() is bool(families)


def test_a_machine_without_a_way_out_is_known(monkeypatch):
    code = "from sciknow.wire.network import has_route; print(has_route())"
    command = ["unshare", "-rn", sys.executable, "-c", code]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine")
    bare = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    answer = subprocess.run(command, capture_output=True, text=True, env=bare, check=False)
    if "unshare" in answer.stderr:
        pytest.skip("this machine allows no network namespace")
    assert answer.stdout == "False\n"
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert has_route()
