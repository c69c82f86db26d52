"""``sciknow check`` as a user runs it: tables, JSON, the status page, exit codes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from checked_source import write_checked
from servers.web import DataServer, Fault

import sciknow


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "good.csv").write_text("a,b\n1,2\n")
    with DataServer(folder) as server:
        yield server


@pytest.fixture(scope="module")
def checked(web, tmp_path_factory):
    tables = {"good": f"{web.url}/good.csv", "other": f"{web.url}/other.csv"}
    folder = write_checked(tmp_path_factory.mktemp("cli-check") / "node", tables, {})
    sciknow.build_hub(folder).close()
    return folder


@pytest.fixture
def check(run, checked, tmp_path, web):
    web.faults.clear()

    def call(*arguments, code=0):
        history = ["--history", tmp_path / "history.sqlite"]
        return run("check", *arguments, *history, hub=checked, code=code)

    return call


def test_check_show_page_and_exit_codes(check, run, checked, web, tmp_path):
    result = check("good", "ice-monthly", "--page", tmp_path / "p.html", "--all")
    assert "2 ways (2 asked now): 2 ok" in result.stderr
    assert "good-csv" in result.stdout
    assert "数据可用性" in (tmp_path / "p.html").read_text()
    web.faults = [Fault("status", "good", 404)]
    result = check("good", code=1)
    assert "Error: 1 way fails and did not before: good-csv" in result.stderr
    assert "HTTP 404" in result.stdout
    check("good")  # it is no news any more
    assert "1 way fails: good-csv" in check("good", "--fail-on", "any", code=1).stderr
    check("good", "--fail-on", "never")
    known = json.loads(check("good", "--known", "--json").stdout)
    assert known["rows"][0]["outcome"] == "gone"
    assert known["rows"][0]["probes"] == 5


def test_json_goes_to_a_file_too(check, tmp_path):
    check("good", "other", "--output", tmp_path / "out.json")
    plain = json.loads((tmp_path / "out.json").read_text())
    assert plain["counts"] == {"ok": 1, "degraded": 0, "failing": 1, "unknown": 0}


def test_show_tells_the_latest_state(run, node, tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_HISTORY", str(tmp_path / "h.sqlite"))
    assert "checked" not in run("show", "ice-monthly").stdout
    run("check", "ice-monthly", "--deep")
    assert "checked       ice-monthly-zarr: answers just now" in run("show", "ice-monthly").stdout


def test_wrong_input_is_told(check, monkeypatch):
    assert "no sector 'sea'" in check("--sector", "sea", code=1).stderr
    assert "drop one" in check("--known", "--deep", code=1).stderr
    assert "did you mean good" in check("god", code=1).stderr
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    assert "offline" in check("good", code=1).stderr


def test_an_interrupt_says_how_to_go_on(checked, web, tmp_path):
    web.faults = [Fault("stall", "good")]
    web.reset()
    command = [sys.executable, "-m", "sciknow", "check", "good", "--hub", str(checked)]
    process = subprocess.Popen(
        [*command, "--history", str(tmp_path / "h.sqlite")],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        # heard also where the tests themselves run in the background, which has it ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while not web.hits:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "--max-age 3600" in said
    assert "Traceback" not in said
