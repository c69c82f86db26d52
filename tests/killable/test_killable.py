"""Processes that hang, die, eat memory or lose their parent: nobody waits and nothing is left."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from sciknow.killable import pool as module
from sciknow.killable import serve
from sciknow.killable.pool import Ended, Late, Pool, Process

JOB = Path(__file__).with_name("job.py")
TIME = {"seconds": 20}


@pytest.fixture
def pool():
    made = Pool(lambda: Process(JOB), kept=2)
    yield made
    made.close()


def gone_soon(pid, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").exists():
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("size", [0, 1, 1 << 16, 5_000_000])
def test_head_and_bytes_go_there_and_back(pool, size):
    data = os.urandom(size)
    head, found = pool.ask({"said": "冰 \ud800"}, data, seconds=20)
    assert (head["said"], found) == ("冰 \ud800", data[::-1])


def test_the_job_gets_its_arguments_and_says_hello():
    process = Process(JOB, ["a", "b c"])
    assert process.hello["arguments"] == ["a", "b c"]
    assert process.hello["pid"] == process.process.pid
    process.stop()
    assert not process.alive


def test_a_warm_process_is_asked_again_and_idle_ones_are_few():
    pool = Pool(lambda: Process(JOB), kept=1)
    first = pool.ask({}, seconds=20)[0]["pid"]
    assert pool.ask({}, seconds=20)[0]["pid"] == first
    asking = [
        threading.Thread(target=pool.ask, args=({"do": "sleep", "time": 0.3},), kwargs=TIME)
        for _ in range(3)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(pool._idle) == 1
    pool.close()
    assert pool._idle == []
    assert gone_soon(first)


@pytest.mark.parametrize("do", ["spin", "sleep"])
def test_what_hangs_is_killed_and_the_next_is_answered(pool, do):
    pid = pool.ask({}, seconds=20)[0]["pid"]
    with pytest.raises(Late):
        pool.ask({"do": do, "time": 60}, seconds=0.3)
    assert gone_soon(pid)
    assert pool.ask({}, b"ab", seconds=20)[1] == b"ba"


def test_a_process_that_does_not_read_is_killed_in_time(pool):
    process = Process(JOB)
    os.kill(process.process.pid, signal.SIGSTOP)
    with pytest.raises(Late):
        process.ask({}, bytes(10_000_000), seconds=0.5)
    assert not process.alive


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV", "SIGABRT"])
def test_what_dies_says_by_which_signal(pool, name):
    with pytest.raises(Ended) as caught:
        pool.ask({"do": "die", "signal": name}, seconds=20)
    assert caught.value.code == -getattr(signal, name)
    assert pool.ask({}, seconds=20)


def test_what_leaves_says_with_which_code(pool):
    with pytest.raises(Ended) as caught:
        pool.ask({"do": "exit", "code": 7}, seconds=20)
    assert caught.value.code == 7


def test_a_warm_process_that_was_killed_is_replaced(pool):
    pid = pool.ask({}, seconds=20)[0]["pid"]
    os.kill(pid, signal.SIGKILL)
    pool._idle[0].process.wait()
    assert pool.ask({}, seconds=20)[0]["pid"] != pid


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is counted on Linux")
def test_memory_is_limited_by_request(pool):
    eat = {"do": "eat", "size": 300 * 2**20}
    assert pool.ask(eat | {"memory": 100 * 2**20}, seconds=20)[0] == {"error": "memory"}
    assert pool.ask(eat | {"memory": 500 * 2**20}, seconds=20)[0] == {"size": 300 * 2**20}
    assert pool.ask(eat | {"memory": 100 * 2**20}, seconds=20)[0] == {"error": "memory"}


def test_what_a_library_prints_does_not_come_between(pool):
    assert pool.ask({"do": "print"}, b"xy", seconds=20)[1] == b"yx"


def test_a_job_that_fails_at_the_start_is_told():
    with pytest.raises(Ended) as caught:
        Process(JOB, ["fail"])
    assert caught.value.code == 3


def test_a_job_that_never_says_hello_is_given_up(monkeypatch):
    monkeypatch.setattr(module, "START", 0.5)
    with pytest.raises(Late):
        Process(JOB, ["hang"])


def test_an_interpreter_that_is_none_is_told():
    with pytest.raises(OSError, match="python"):
        Process(JOB, python="/nonexistent/python")


def test_an_interrupted_question_leaves_no_answer_for_the_next(pool, monkeypatch):
    pid = pool.ask({}, seconds=20)[0]["pid"]

    def interrupted(stream):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(serve, "read_frame", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.ask({"said": "first"}, seconds=20)
    assert gone_soon(pid)
    assert pool.ask({"said": "second"}, seconds=20)[0]["said"] == "second"


def test_no_more_run_at_once_than_are_allowed():
    started = []

    def start():
        started.append(Process(JOB))
        return started[-1]

    pool = Pool(start, kept=2, at_once=2)
    asking = [
        threading.Thread(target=pool.ask, args=({"do": "sleep", "time": 0.1},), kwargs=TIME)
        for _ in range(6)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(started) == 2
    pool.close()


PARENT = """
import sys, threading, time
from pathlib import Path
from sciknow.killable.pool import Pool, Process
pool = Pool(lambda: Process(Path(sys.argv[1])), kept=2)
pid = pool.ask({}, seconds=20)[0]["pid"]
if sys.argv[2] == "busy":
    ask = {"do": "spin"}
    threading.Thread(target=pool.ask, args=(ask,), kwargs={"seconds": 2.0}, daemon=True).start()
    time.sleep(0.3)
print(pid, flush=True)
time.sleep(0 if sys.argv[2] == "ends" else 60)
"""


@pytest.mark.parametrize("state", ["idle", "busy", "ends"])
def test_no_process_outlives_its_parent(state):
    command = [sys.executable, "-c", PARENT, str(JOB), state]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        if state != "ends":
            parent.kill()
    assert gone_soon(pid)


def test_a_forked_child_has_processes_of_its_own(pool):
    mine = pool.ask({}, seconds=20)[0]["pid"]
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            other = pool.ask({}, seconds=20)[0]["pid"]
            pool.close()
            os.write(writing, str(other != mine).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        assert pipe.read() == "True"
    assert pool.ask({}, seconds=20)[0]["pid"] == mine


def test_a_frame_that_is_cut_is_none(tmp_path):
    path = tmp_path / "frames"
    with path.open("wb") as stream:
        serve.write_frame(stream, {"a": 1}, b"data")
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with path.open("rb") as stream:
            assert serve.read_frame(stream) is None
    path.write_bytes(whole)
    with path.open("rb") as stream:
        assert serve.read_frame(stream) == ({"a": 1}, b"data")


def test_the_program_runs_without_the_package_and_without_limits(tmp_path):
    script = (
        "import sys; sys.modules['resource'] = None; sys.modules['sciknow'] = None\n"
        f"sys.argv = ['serve.py', {str(JOB)!r}]\n"
        f"exec(compile(open({serve.__file__!r}).read(), 'serve.py', 'exec'))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert serve.read_frame(process.stdout)[0]["arguments"] == []
        serve.write_frame(process.stdin, {"memory": 2**30, "seconds": 9.0}, b"ab")
        assert serve.read_frame(process.stdout)[1] == b"ba"
        process.stdin.close()
        assert process.wait(10) == 0
