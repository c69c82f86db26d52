"""A small hub, and commands run as a user's processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "hub"))


@pytest.fixture(scope="session")
def node(small_hub):
    return small_hub


@pytest.fixture
def run(node):
    def call(*arguments, hub=node, stdin=None, code=0):
        result = subprocess.run(
            [sys.executable, "-m", "sciknow", *map(str, arguments)],
            capture_output=True,
            text=True,
            input=stdin,
            env=os.environ | {"SCIKNOW_HUB": str(hub)},
            check=False,
        )
        assert result.returncode == code, result.stderr + result.stdout
        assert "Traceback" not in result.stderr
        return result

    return call
