"""Many processes read a hub while others build it anew: each sees one whole generation."""

import subprocess
import sys

import pytest
from amount import SOAK
from small_source import write_source

import sciknow
from sciknow.hub import HubFolder

READERS, BUILDS = (4, 30) if SOAK else (2, 3)
READER = """
import sys
from pathlib import Path
import sciknow

source, stop = sys.argv[1], Path(sys.argv[2])
seen = set()
while True:
    last = stop.exists()
    with sciknow.open_hub(source) as hub:
        before = hub.manifest.id
        told = hub.dataset("sst-daily").description.en
        hits = [hit.id for hit in hub.search("sea ice", limit=3)]
        assert hits[0] == "ice-monthly", hits
        assert hub.dataset("sst-daily").description.en == told
        assert hub.verify() == []
        assert hub.manifest.id == before
        seen.add(told)
    if last:
        break
print(len(seen))
"""


@pytest.mark.sample
def test_readers_see_whole_generations_while_others_are_built(source, tmp_path):
    sciknow.build_hub(source).close()
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", READER, str(source), str(stop)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    for number in range(BUILDS):
        sciknow.build_hub(write_source(source, change=f" {number}")).close()
    stop.touch()
    for reader in readers:
        told, wrong = reader.communicate(timeout=300)
        assert reader.returncode == 0, wrong
        assert 1 <= int(told) <= BUILDS + 1
    with sciknow.open_hub(source) as hub:
        assert hub.dataset("sst-daily").description.en.endswith(f" {BUILDS - 1}")
    HubFolder(source).prune(keep=1)
    assert len(list((source / "generations").iterdir())) == 2  # the present one, and one before
