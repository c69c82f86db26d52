"""``sciknow lab`` starts a real JupyterLab that serves the notebooks."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.soak
def test_jupyterlab_serves_the_notebooks(tmp_path):
    port = free_port()
    arguments = ["--no-browser", "--allow-root", "--IdentityProvider.token="]
    process = subprocess.Popen(
        [sys.executable, "-m", "sciknow", "lab", f"--port={port}", *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"JUPYTER_PLATFORM_DIRS": "1", "HOME": str(tmp_path)},
    )
    address = f"http://127.0.0.1:{port}/api/contents/01-ask-and-open.ipynb?content=0"
    deadline = time.monotonic() + 120
    try:
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    assert b'"type": "notebook"' in answer.read().replace(b'":"', b'": "')
                    return
            except OSError:
                assert process.poll() is None, process.stderr.read().decode()
                assert time.monotonic() < deadline
                time.sleep(0.3)
    finally:
        process.terminate()
        process.stderr.close()
        process.wait(timeout=30)
