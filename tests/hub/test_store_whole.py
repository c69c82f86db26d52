"""A generation's files are held against their digests when a part is opened."""

import json
import os

import pytest
from amount import SOAK, lot

import sciknow
from sciknow import digest, search
from sciknow.hub import HubFolder

FLIPS = 1500 if SOAK else 150
QUESTIONS = ("monthly sea ice concentration", "海冰", "tide gauges at harbours")


@pytest.fixture(scope="module")
def embedder():
    return search.load_embedder(None)


def answers(folder, embedder):
    """Ask a hub in every part, and return all that it says."""
    with sciknow.open_hub(folder, embedder=embedder) as hub:
        found = [
            [(hit.id, hit.score, str(hit.why)) for hit in hub.search(text)] for text in QUESTIONS
        ]
        concepts = [(hit.id, hit.score) for hit in hub.search("ice", kind="concept")]
        facts = sorted(map(str, hub.graph.triples((None, None, None))))
        return repr((found, concepts, facts, list(hub), hub.manifest, hub.base))


def files_of(folder):
    generation = HubFolder(folder).current()
    below = sorted(path for path in generation.rglob("*") if path.is_file())
    return [folder / "CURRENT", *below]


def refusal(verb):
    """Return what a verb refuses with; nothing when it answers."""
    try:
        verb()
    except (sciknow.IntegrityError, sciknow.NotFound, sciknow.InvalidInput) as error:
        return str(error)
    return ""


@pytest.mark.sample
def test_no_flipped_byte_changes_an_answer_without_a_word(copied, embedder):
    right = answers(copied, embedder)
    files, random, silent = files_of(copied), lot("flips"), 0
    for _ in range(FLIPS):
        path = random.choice(files)
        whole = path.read_bytes()
        if not whole:
            continue
        torn = bytearray(whole)
        torn[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        path.write_bytes(torn)
        told = refusal(lambda: answers(copied, embedder) == right or pytest.fail("another answer"))
        assert not told or "build the hub again" in told, path
        silent += not told
        path.write_bytes(whole)
    assert silent < FLIPS / 4
    assert answers(copied, embedder) == right


def test_a_change_under_an_old_time_is_seen_although_the_file_was_checked(
    copied, embedder, monkeypatch
):
    monkeypatch.setattr(digest, "SETTLED", 0)
    right = answers(copied, embedder)
    assert answers(copied, embedder) == right
    victim = HubFolder(copied).current() / "search" / "dataset" / "words-count.npy"
    time, whole = victim.stat(), victim.read_bytes()
    victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 4]))
    os.utime(victim, ns=(time.st_atime_ns, time.st_mtime_ns))
    with pytest.raises(sciknow.IntegrityError, match=r"words-count\.npy is changed"):
        answers(copied, embedder)


def test_a_checked_file_is_not_hashed_again(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(digest, "SETTLED", 0)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_bytes(b"a")
    right = {"a": sciknow.files.sha256_bytes(b"a")}
    read = []
    hashed = digest.sha256_file
    monkeypatch.setattr(digest, "sha256_file", lambda path: read.append(path) or hashed(path))
    assert digest.unlike(folder, right) == digest.unlike(folder, right) == {}
    assert len(read) == 1
    assert digest.unlike(folder, right, afresh=True) == {}
    assert digest.unlike(folder, right | {"b": "0"}) == {"b": ""}
    assert digest.unlike(folder, {"a": "0"}) == {"a": right["a"]}
    for record in (tmp_path / "cache" / "digests").iterdir():
        for damage in (b"", b"[]", b"\xff", b'{"a": 3}'):
            record.write_bytes(damage)
            assert digest.unlike(folder, right) == {}


def test_only_the_latest_folders_are_remembered(tmp_path, monkeypatch):
    monkeypatch.setenv("SCIKNOW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(digest, "SETTLED", 0)
    monkeypatch.setattr(digest, "MAX_RECORDS", 3)
    for number in range(5):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "a").write_bytes(b"a")
        digest.unlike(folder, {"a": sciknow.files.sha256_bytes(b"a")})
    assert len(list((tmp_path / "cache" / "digests").iterdir())) == 3


def test_damage_is_looked_for_in_the_background_where_asked(copied):
    with sciknow.open_hub(copied, verify=True) as hub:
        hub._state.whole.watch().join()
        assert hub.dataset("tides").id == "tides"
        hub.search("ice")
        victim = HubFolder(copied).current() / "graph" / "CURRENT"
        victim.write_bytes(b"MANIFEST-000000\n")
        hub._state.whole.watch().join()
        for verb in (lambda: hub.search("ice"), lambda: hub.dataset("tides"), lambda: hub.graph):
            with pytest.raises(sciknow.IntegrityError, match=r"graph/CURRENT: changed"):
                verb()


VALUES = [None, True, 0, -1, 1e999, "", "\0", "../x", [], [1], {}, {"a": None}, {"a": ["b", "c"]}]


def ask(copied):
    with sciknow.open_hub(copied) as hub:
        repr(hub), hub.verify(), len(hub), hub.search("ice"), len(hub.graph)


@pytest.mark.parametrize("own", [True, False])
def test_every_json_type_at_every_key_of_a_manifest_is_read_or_refused(copied, own):
    path = HubFolder(copied).current() / "manifest.json"
    right = json.loads(path.read_bytes())
    if not own:  # as versions wrote it that gave it no digest
        right.pop("sha256")
    random = lot("manifest")
    for key in right:
        for value in VALUES if SOAK else random.sample(VALUES, 3):
            path.write_text(json.dumps(right | {key: value}))
            told = refusal(lambda: ask(copied))
            assert not told or "build" in told or "install" in told, (key, value)
            assert told or not own or value == right[key], (key, value)
    path.write_text(json.dumps(right))
    ask(copied)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"\0",
        b"a\0b",
        b"..",
        b"../..",
        b"/etc",
        b"a/b",
        b"x" * 5000,
        b"\x1b[2J",
    ],
)
def test_a_damaged_current_says_what_to_do(copied, content):
    (copied / "CURRENT").write_bytes(content)
    with pytest.raises(sciknow.SciknowError, match="build the hub again"):
        sciknow.open_hub(copied)


def test_a_folder_in_place_of_current_says_what_to_do(copied):
    (copied / "CURRENT").unlink()
    (copied / "CURRENT").mkdir()
    with pytest.raises(sciknow.IntegrityError, match="build the hub again"):
        sciknow.open_hub(copied)
