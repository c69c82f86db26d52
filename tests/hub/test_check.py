"""The check of a whole hub against real servers: outcomes, history, networks, kills."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from checked_source import write_checked
from servers.web import DataServer, Fault, free_port

import sciknow
from sciknow.availability import History
from sciknow.model.probe import Outcome, Status
from sciknow.wire import retry

SLOW = 12


@pytest.fixture(scope="module")
def web(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    (folder / "good.csv").write_text("time,value\n2000-01-01,1\n")
    (folder / "page.html").write_text("<!DOCTYPE html><title>About</title>")
    for number in range(SLOW):
        (folder / f"slow{number}.csv").write_text("a,b\n1,2\n")
    with DataServer(folder) as server:
        yield server


@pytest.fixture(scope="module")
def node(web, tmp_path_factory, own_cache):
    tables = {"good": f"{web.url}/good.csv", "wrong": f"{web.url}/page.html"}
    tables |= {f"slow{number}": f"{web.url}/slow{number}.csv" for number in range(SLOW)}
    tables["lost"] = f"{web.url}/lost.csv"
    pages = {"site": f"{web.url}/page.html", "closed": f"http://127.0.0.1:{free_port()}/"}
    pages |= {"nowhere": "https://nowhere.invalid/a", "nobody": "https://nobody.invalid/b"}
    folder = write_checked(tmp_path_factory.mktemp("checked") / "node", tables, pages)
    sciknow.build_hub(folder).close()
    return folder


@pytest.fixture
def hub(node, web, monkeypatch):
    monkeypatch.setattr(retry, "PACE", 0.02)
    web.faults.clear()
    web.reset()
    with sciknow.open_hub(node) as opened:
        yield opened


@pytest.fixture
def history(tmp_path):
    return tmp_path / "deep" / "history.sqlite"


HERE = ("good", "wrong", "lost", "site", "closed", "ice-monthly")


def outcomes(found):
    return {row.dataset.id: str(row.latest.outcome) if row.latest else "" for row in found}


def test_each_way_is_told_apart_and_remembered(hub, history):
    found = hub.check(*HERE, history=history, deep=True)
    assert outcomes(found) == {
        "good": "ok",
        "wrong": "content",
        "lost": "gone",
        "site": "ok",
        "closed": "unreachable",
        "ice-monthly": "ok",
    }
    assert [row.dataset.id for row in found.failures] == ["wrong", "lost", "closed"]
    assert found.counts[Status.FAILING] == 3
    assert found.by_sector["ocean"] == {Status.OK: 1}
    assert found.broke == ()  # none was ever seen to answer
    again = hub.availability(*HERE, history=history)
    assert outcomes(again) == outcomes(found)
    assert not any(row.asked for row in again)
    assert "wrong" in repr(found)
    assert "wrong" in found._repr_html_()


def test_one_request_for_each_way(hub, web, history):
    hub.check("good", "site", history=history)
    assert sorted(hit.path for hit in web.hits) == ["/good.csv", "/page.html"]
    assert {hit.range for hit in web.hits} == {"bytes=0-1023"}


def test_what_breaks_is_new_once_and_mends(hub, web, history):
    assert hub.check("good", history=history).broke == ()
    web.faults = [Fault("status", "good", 403)]
    assert [row.name for row in hub.check("good", history=history).broke] == ["good-csv"]
    assert hub.check("good", history=history).broke == ()
    web.faults = []
    (row,) = hub.check("good", history=history).mended
    assert [str(item.outcome) for item in row.standing.probes] == [
        "ok",
        "forbidden",
        "forbidden",
        "ok",
    ]
    assert row.standing.since == row.standing.probes[-1].at


def test_a_sector_is_its_own_catalogue(hub, history):
    found = hub.availability(sector="meteorology", history=history)
    assert {row.sector for row in found} == {"meteorology"}
    assert {row.status for row in found} == {Status.UNKNOWN}
    with pytest.raises(sciknow.InvalidInput, match="no sector 'meteo'"):
        hub.check(sector="meteo", history=history)
    with pytest.raises(sciknow.NotFound, match="did you mean good"):
        hub.check("goood", history=history)


@pytest.mark.parametrize(
    "wrong", [{"workers": 0}, {"per_host": 99}, {"deadline": -1}, {"max_age": -1}]
)
def test_wrong_numbers_are_refused(hub, history, wrong):
    with pytest.raises(sciknow.InvalidInput):
        hub.check("good", history=history, **wrong)


def test_without_a_network_nothing_is_recorded(hub, history):
    with pytest.raises(sciknow.SourceUnavailable, match="seems to have no network"):
        hub.check("good", "nowhere", "nobody", history=history)
    found = hub.availability("good", "nowhere", "nobody", history=history)
    assert outcomes(found) == {"good": "ok", "nowhere": "", "nobody": ""}


def test_one_silent_host_alone_is_its_own_fault(hub, history):
    found = hub.check("nowhere", history=history)
    assert outcomes(found) == {"nowhere": "no-such-host"}


def test_without_a_way_out_one_silent_host_is_enough(node, history):
    code = CHECK.replace('f"slow{number}" for number in range(12)', '"nowhere"')
    command = ["unshare", "-rn", sys.executable, "-c", code, str(node), str(history), "0"]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare on this machine")
    bare = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    answer = subprocess.run(command, capture_output=True, text=True, env=bare, check=False)
    if "unshare" in answer.stderr:
        pytest.skip("this machine allows no network namespace")
    assert "seems to have no network" in answer.stderr


def test_what_broke_before_a_kill_is_still_news(hub, web, history):
    hub.check("good", history=history)
    web.faults = [Fault("status", "good", 404)]
    hub.check("good", history=history)  # recorded, and its report never seen
    found = hub.check("good", "site", history=history, max_age=3600)
    assert [row.name for row in found.broke] == ["good-csv"]
    assert [row.asked for row in found] == [False, True]


def test_offline_is_said_at_once(hub, web, history, monkeypatch):
    monkeypatch.setenv("SCIKNOW_OFFLINE", "1")
    with pytest.raises(sciknow.SourceUnavailable, match="offline"):
        hub.check("good", "ice-monthly", history=history)
    assert web.hits == []
    assert outcomes(hub.check("ice-monthly", history=history)) == {"ice-monthly": "ok"}


def test_without_a_history_nothing_is_written(hub, history, monkeypatch):
    monkeypatch.setenv("SCIKNOW_HISTORY", str(history))
    hub.check("good", history=False)
    assert not history.exists()
    hub.check("good")
    assert history.exists()
    hub.open("ice-monthly")
    (row,) = hub.check("ice-monthly")
    assert row.standing.last_opened is not None


def test_few_requests_at_a_time_for_one_host(hub, web, history):
    running, most, gate = 0, 0, threading.Lock()

    def answer(path):
        nonlocal running, most
        with gate:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with gate:
            running -= 1
        return "text/csv", b"a,b\n1,2\n"

    web.answers = {f"/slow{number}.csv": answer for number in range(SLOW)}
    slow = [f"slow{number}" for number in range(SLOW)]
    try:
        found = hub.check(*slow, history=history, workers=8, per_host=3)
    finally:
        web.answers = {}
    assert len(found.failures) == 0
    assert most == 3


CHECK = """
import sys, sciknow
with sciknow.open_hub(sys.argv[1]) as hub:
    names = [f"slow{number}" for number in range(12)]
    hub.check(*names, history=sys.argv[2], workers=2, per_host=2, max_age=float(sys.argv[3]))
"""


def start(node, history, max_age=0.0):
    command = [sys.executable, "-c", CHECK, str(node), str(history), str(max_age)]
    return subprocess.Popen(command, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_killed_in_the_middle_and_run_again(hub, node, web, history):
    slow = [f"slow{number}" for number in range(SLOW)]
    web.faults = [Fault("stall", f"slow{number}.csv") for number in range(6, SLOW)]
    process = start(node, history)
    while len(web.hits) < 8:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    left = outcomes(hub.availability(*slow, history=history))
    # two were running; nothing else that was asked is lost
    assert [name for name, what in left.items() if what] == [f"slow{number}" for number in range(6)]
    web.faults = []
    web.reset()
    assert set(outcomes(hub.check(*slow, history=history, max_age=3600)).values()) == {"ok"}
    assert len(web.hits) == 6


def test_two_checks_at_once_write_one_history(hub, node, web, history):
    both = [start(node, history), start(node, history)]
    assert [process.wait(120) for process in both] == [0, 0]
    slow = [f"slow{number}" for number in range(SLOW)]
    found = hub.availability(*slow, history=history)
    assert {len(row.standing.probes) for row in found} == {2}
    with History(history) as kept:
        assert kept.compact(keep=1) == 0


def test_an_interrupt_leaves_what_was_asked(hub, web, history):
    web.faults = [Fault("status", "slow9", 503)]

    def stop(stage, done, total):
        if done == 3:
            raise KeyboardInterrupt

    slow = [f"slow{number}" for number in range(SLOW)]
    with pytest.raises(KeyboardInterrupt):
        hub.check(*slow, history=history, workers=1, per_host=1, progress=stop)
    found = hub.availability(*slow, history=history)
    assert sum(row.status is Status.OK for row in found) == 3


def test_outcomes_have_a_status_each():
    assert {outcome.status for outcome in Outcome} == set(Status) - {Status.UNKNOWN}
