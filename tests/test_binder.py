"""Binder gets our environment: repo2docker reads it, and it holds what the package needs."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FIXED = {
    "jupyterlab",
    "xarray",
    "dask",
    "intake",
    "rdflib",
    "sentence-transformers",
    "pytest",
}


def canonical(requirement):
    name = re.match(r"[A-Za-z0-9._-]+", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [item for item in environment["dependencies"] if isinstance(item, str)]
    pip = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    return {canonical(item) for item in [*conda, *pip]}


def test_binder_environment_is_a_link_to_the_root_file():
    link = ROOT / "binder" / "environment.yml"
    assert link.is_symlink()
    assert link.resolve() == (ROOT / "environment.yml").resolve()


def test_the_environment_holds_every_requirement(packages):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    needed = project["dependencies"] + extras["lab"] + extras["models"]
    assert {canonical(item) for item in needed} <= packages
    assert packages >= FIXED


def test_repo2docker_makes_a_dockerfile_with_our_environment():
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug"]
    result = subprocess.run(
        [*command, "--user-id", "1000", "--user-name", "jovyan", str(ROOT)],
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    dockerfile = result.stdout + result.stderr
    assert re.search(r"^COPY .*binder/environment\.yml", dockerfile, re.MULTILINE)
    assert re.search(r'env update .*--file "binder/environment\.yml"', dockerfile)
    assert "RUN ./binder/postBuild" in dockerfile
