"""A build that cannot write all its bytes says so and publishes nothing; the old hub serves on."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from amount import SOAK, lot
from small_source import write_source

import sciknow
from sciknow.hub import HubFolder
from sciknow.hub.make.trial import try_generation
from sciknow.search import load_embedder
from sciknow.search.arrays import open_array, save_array

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits on the size of files are POSIX's")
SIZES = 40 if SOAK else 5


@contextmanager
def limiter(**environment):
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("limiter.py"))]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
    ) as process:

        def ask(source, limit):
            process.stdin.write(f"{source} {limit}\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield ask
        process.stdin.close()


def serves(source):
    with sciknow.open_hub(source) as hub:
        assert hub.verify() == []
        assert hub.search("sea ice")[0].id in {"ice-monthly", "tides"}
        assert len(hub.graph) > 20
        return hub.dataset("sst-daily").description.en


@pytest.mark.sample
def test_a_limit_on_the_size_of_files_never_tears_a_generation(source):
    sciknow.build_hub(source).close()
    before = serves(source)
    files = HubFolder(source).current().rglob("*")
    sizes = sorted({path.stat().st_size for path in files if path.is_file()} - {0})
    random = lot("sizes")
    # a limit that cuts the last buffer of one file only is what was once not noticed
    limits = [size - 1 for size in random.sample(sizes, min(SIZES, len(sizes)))]
    limits += [random.randrange(1, sizes[-1]) for _ in range(SIZES // 4)]
    with limiter() as ask:
        for number, limit in enumerate(limits):
            write_source(source, change=f" {number}")
            answer = ask(source, limit)
            told = serves(source)
            if answer == "built":
                before = told
            assert answer == "built" or answer.startswith("refused"), (limit, answer)
            assert told == before
        write_source(source, change=" at last")
        assert ask(source, 0) == "built"
    assert "at last" in serves(source)


def small_disk(folder, size):
    """Mount a disk of a few bytes, where this may be done."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")


@pytest.mark.parametrize("size", ["2m", "3500k"])
def test_a_full_disk_never_tears_a_generation(tmp_path, size):
    disk = tmp_path / "disk"
    small_disk(disk, size)
    try:
        source = write_source(disk / "node")
        with limiter() as ask:
            answers = []
            for number in range(6):
                write_source(source, change=f" {number}")
                answers.append(ask(source, 0))
                if answers[-1] != "built":
                    break
            assert answers[-1].startswith("refused"), answers
            assert "room" in answers[-1]
        if "built" in answers:
            serves(source)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(7, dtype=np.int64),
        np.zeros((0, 8), np.uint8),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(20, dtype=np.float16)[::2],
        np.array([True, False]),
        np.float32(3),
    ],
)
def test_an_array_comes_back_as_it_was(tmp_path, array):
    save_array(tmp_path, "a", array)
    found = open_array(tmp_path, "a")
    assert found.dtype == np.asarray(array).dtype
    assert np.array_equal(found.reshape(np.shape(array)), array)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_an_array_onto_a_full_device_is_refused(tmp_path):
    (tmp_path / "a.npy").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        save_array(tmp_path, "a", np.arange(5))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("search/dataset/vectors.npy", "changed"),
        ("search/concept/store.sqlite", "missing"),
        ("records.sqlite", "missing"),
        ("graph/CURRENT", "changed"),
    ],
)
def test_a_generation_with_a_damaged_part_does_not_serve(copied, name, said):
    folder = HubFolder(copied)
    victim = folder.current() / name
    victim.unlink() if said == "missing" else victim.write_bytes(victim.read_bytes()[:-1])
    with pytest.raises(sciknow.IntegrityError, match=f"{name} is {said}"):
        try_generation(folder, folder.current(), load_embedder(None))


def damage_manifest(folder):
    (folder.current() / "manifest.json").write_bytes(b"{")


def damage_current(folder):
    (folder.root / "CURRENT").write_bytes(b"\xff\x00")


def remove_graph(folder):
    shutil.rmtree(folder.current() / "graph")


@pytest.mark.parametrize("damage", [damage_manifest, damage_current, remove_graph])
def test_a_hub_that_does_not_open_is_built_again(copied, damage):
    damage(HubFolder(copied))
    sciknow.build_hub(copied).close()
    serves(copied)
