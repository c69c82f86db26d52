"""Commands whose words nobody takes: a closed pipe, no stream at all, a full disk."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from amount import share

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams are closed by a POSIX shell")
COMMANDS = ("search ice --limit 3", "--help", "search ice --json", "nonsense")
STREAMS = ("| head -0", ">&- 2>&-", "2>&-", ">&-")
PAIRS = [(command, stream) for command in COMMANDS for stream in STREAMS]
SHELL = """
sciknow() { "$PYTHON" -m sciknow "$@"; }
"""


def run(line):
    done = subprocess.run(
        ["bash", "-c", SHELL + line],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHON": sys.executable, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.sample
@pytest.mark.parametrize(("command", "streams"), share(PAIRS, 4, "streams"))
def test_a_command_ends_quietly_where_nobody_listens(command, streams):
    _, said = run(f"sciknow {command} {streams}")
    assert "Traceback" not in said
    assert "Exception ignored" not in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("command", [COMMANDS[1], COMMANDS[2]])
def test_a_full_disk_is_one_line(command):
    code, said = run(f"sciknow {command} >/dev/full")
    assert (code, "Traceback" in said) == (1, False)
    assert said.strip().splitlines()[-1].startswith("Error: ")
    assert "No space left" in said
    _, said = run(f"sciknow {command} 2>/dev/full >/dev/null")
    assert "Traceback" not in said
