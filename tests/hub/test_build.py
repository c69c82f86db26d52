"""Builds: same inputs, same id; one changed record, one embedding; nothing lost on bad input."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from small_source import write_source

import sciknow
from sciknow.hub import HubFolder
from sciknow.hub.make.validation import validate_source
from sciknow.hub.store.manifest import read_manifest


def test_two_builds_of_the_same_inputs_are_one_generation(source):
    first = sciknow.build_hub(source)
    second = sciknow.build_hub(source)
    assert first.manifest.id == second.manifest.id
    assert len(HubFolder(source).all()) == 1


def test_two_places_give_the_same_id(source, tmp_path):
    other = write_source(tmp_path / "other")
    assert sciknow.build_hub(source).manifest.id == sciknow.build_hub(other).manifest.id


def test_a_changed_record_makes_a_new_generation_and_embeds_only_itself(source):
    old = sciknow.build_hub(source)
    write_source(source, change=" measured anew each day")
    steps = []
    new = sciknow.build_hub(source, progress=lambda *step: steps.append(step))
    assert new.manifest.id != old.manifest.id
    assert len(HubFolder(source).all()) == 2
    embedded = [total for stage, _, total in steps if stage == "embed"]
    assert max(embedded) == 1, steps
    assert "anew" in new.dataset("sst-daily").description.en
    assert "anew" not in old.dataset("sst-daily").description.en


def test_bad_input_leaves_the_old_generation_serving(source):
    old = sciknow.build_hub(source).manifest.id
    catalog = source / "catalogs" / "ocean.yaml"
    catalog.write_text(catalog.read_text().replace("theme: [sea-ice]", "theme: [sea-snow]"))
    with pytest.raises(sciknow.InvalidInput, match="names the concept 'sea-snow'"):
        sciknow.build_hub(source)
    with sciknow.open_hub(source) as hub:
        assert hub.manifest.id == old
        assert hub.verify() == []


def test_a_node_without_a_knowledge_graph_is_told_what_is_missing(source):
    shutil.rmtree(source / "knowledge_graph")
    found = {item.what for item in validate_source(source)}
    assert any("names the agent 'testing-centre', which is not there" in line for line in found)
    with pytest.raises(sciknow.InvalidInput, match="names the agent 'testing-centre'"):
        sciknow.build_hub(source)


def test_the_manifest_names_every_file(built):
    generation = HubFolder(built).current()
    manifest = read_manifest(generation)
    assert manifest.counts == {"datasets": 3, "publications": 1, "concepts": 3, "agents": 1}
    assert manifest.sectors == ("ocean",)
    assert manifest.model["dimensions"] == 384
    for name, (_, size) in manifest.files.items():
        assert (generation / name).stat().st_size == size


@pytest.mark.parametrize(
    "damage", [b"", b"[]", b'{"format": 1}', b'{"format": 1, "files": {"a": ["b"]}}']
)
def test_a_damaged_manifest_is_said_to_be_damaged(source, damage):
    sciknow.build_hub(source).close()
    (HubFolder(source).current() / "manifest.json").write_bytes(damage)
    with pytest.raises(sciknow.IntegrityError, match="is damaged"):
        sciknow.open_hub(source)


@pytest.mark.parametrize("damage", ["change", "remove", "add"])
def test_verify_names_the_damaged_file(source, damage):
    sciknow.build_hub(source).close()
    generation = HubFolder(source).current()
    victim = generation / "records.sqlite"
    if damage == "change":
        content = bytearray(victim.read_bytes())
        content[-1] ^= 1
        victim.write_bytes(content)
    elif damage == "remove":
        victim.unlink()
    else:
        victim = generation / "extra.txt"
        victim.write_text("x")
    with sciknow.open_hub(source) as hub:
        (line,) = hub.verify()
    assert line.startswith(victim.name)


def test_a_damaged_generation_is_built_anew_beside_itself(source):
    sciknow.build_hub(source).close()
    (HubFolder(source).current() / "records.sqlite").write_bytes(b"broken")
    with sciknow.open_hub(source) as hub, pytest.raises(sciknow.IntegrityError):
        hub.dataset("tides")
    with sciknow.build_hub(source) as hub:
        assert hub.verify() == []
        assert hub.dataset("tides").id == "tides"


def test_the_archive_keeps_the_inputs_with_a_receipt(source):
    hub = sciknow.build_hub(source)
    (receipt,) = (source / "archive" / "receipts").glob("*.json")
    assert receipt.stem == hub.manifest.id
    files = json.loads(receipt.read_text())["files"]
    kept = source / "archive" / "objects" / files["catalogs/ocean.yaml"]
    assert kept.read_bytes() == (source / "catalogs" / "ocean.yaml").read_bytes()
    kept.write_bytes(b"")  # as a power cut may leave it
    sciknow.build_hub(source).close()
    assert kept.read_bytes() == (source / "catalogs" / "ocean.yaml").read_bytes()


def test_prune_keeps_the_current_generation(source):
    for number in range(3):
        write_source(source, change=f" {number}")
        sciknow.build_hub(source).close()
    folder = HubFolder(source)
    assert len(folder.prune(keep=1)) == 1
    assert len(folder.prune(keep=0)) == 1
    assert folder.all() == [folder.current()]


def test_a_node_holds_its_sector_only(source, tmp_path):
    (source / "catalogs" / "health.yaml").write_text(
        (source / "catalogs" / "ocean.yaml")
        .read_text()
        .split("aliases:")[0]
        .replace("sector: ocean", "sector: health")
        .replace("ice-monthly:", "beds:")
        .replace("sst-daily:", "doctors:")
        .replace("tides:", "nurses:")
        .replace("10.1234/ice", "10.1234/beds")
        .replace("      distributions:\n        - id: ice-monthly-zarr\n", "")
        + "aliases: {}\ndata: {}\nentries: {}\nuser_parameters: {}\n"
    )
    with sciknow.build_hub(source, tmp_path / "health", sectors=["health"]) as node:
        assert node.manifest.sectors == ("health",)
        assert sorted(dataset.id for dataset in node) == ["beds", "doctors", "nurses"]
    with sciknow.build_hub(source, tmp_path / "all") as hub:
        assert len(hub) == 6


READER = """
import os, sys
import sciknow

def ask(path):
    with sciknow.open_hub(path) as hub:
        hit = hub.search("海冰")[0]
        return hit.id, hit.open().siconc.shape, len(hub.graph) > 9, hub.verify()

ask(sys.argv[2])  # imports everything: the interpreter itself may lie where nobody may look
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
print(*ask(sys.argv[1]))
"""


def test_another_user_reads_a_read_only_hub(source, built, tmp_path_factory):
    sciknow.build_hub(source).close()
    for path in [*source.rglob("*"), source]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    parents = [folder for folder in source.parents if folder.name.startswith(("pytest-", "popen-"))]
    for parent in [source.parent, *parents]:
        parent.chmod(0o755)
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o777)
    environment = os.environ | {"HOME": str(home), "TMPDIR": str(home), "XDG_CACHE_HOME": str(home)}
    result = subprocess.run(
        [sys.executable, "-c", READER, str(source), str(built)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    for path in [source, *source.rglob("*")]:
        path.chmod(0o755)
    assert result.stdout == "ice-monthly (24, 4, 5) True []\n", result.stderr
