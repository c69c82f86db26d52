"""Every hostile or broken catalogue is refused, says where and why, and has no effect."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("hostile", HERE / "hostile.py")
hostile = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(hostile)

CANARY = """\
from pathlib import Path
Path({path!r}).write_text("touched")
def touch(*args, **kwargs): return None
class Reader: pass
class Data: pass
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """Read all the cases in a process of their own, with a module that leaves a mark."""
    folder = tmp_path_factory.mktemp("hostile")
    hostile.write(folder, _sound())
    modules = tmp_path_factory.mktemp("modules")
    mark = modules / "mark"
    (modules / "canary.py").write_text(CANARY.format(path=str(mark)))
    answer = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / "hostile.py"), str(folder)],
        env={"PYTHONPATH": str(modules), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    left = {path.name for path in folder.iterdir()} - {name for name, *_ in hostile.CASES}
    return json.loads(answer.stdout), mark, left - {"secret.zarr", "x.zarr"}


def _sound() -> str:
    spec = importlib.util.spec_from_file_location("sound", HERE / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SOUND


@pytest.mark.parametrize("case", hostile.CASES, ids=[name for name, *_ in hostile.CASES])
def test_is_refused(outcome, case):
    name, _, kind, fragment = case
    raised, message = outcome[0][name]["raised"]
    assert raised == kind, message
    assert fragment in message
    assert message.startswith("case.yaml") or "/case.yaml" in message
    assert "allowed" in message or kind in ("not-found", "limit-exceeded")


@pytest.mark.parametrize("name", [name for name, *_ in hostile.CASES])
def test_check_tells_it_too(outcome, name):
    assert outcome[0][name]["problems"]


def test_nothing_happened(outcome):
    result, mark, left = outcome
    assert {name: item["seen"] for name, item in result.items() if item["seen"]} == {}
    assert not mark.exists()
    assert left == set()


def test_names_are_unique():
    names = [name for name, *_ in hostile.CASES]
    assert len(names) == len(set(names)) >= 40


def test_plain_intake_does_run_the_canary(tmp_path):
    """The mark can be left: plain Intake leaves it for one of these catalogues."""
    mark = tmp_path / "mark"
    (tmp_path / "canary.py").write_text(CANARY.format(path=str(mark)))
    edit = next(edit for name, edit, *_ in hostile.CASES if name == "preprocess")
    (tmp_path / "case.yaml").write_text(edit(_sound()))
    code = (
        "import intake\n"
        "catalog = intake.from_yaml_file('case.yaml')\n"
        "try: catalog['first-zarr']\n"
        "except Exception: pass\n"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=True,
        timeout=120,
    )
    assert mark.exists()
