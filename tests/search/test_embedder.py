"""Embedders: the default one and sentence-transformers models, by one contract."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from sciknow.digest import check_digest
from sciknow.errors import IntegrityError, InvalidInput, MissingDependency, NotFound
from sciknow.search import Index, build_index, document_of_text, load_embedder
from sciknow.search.arrays import unit
from sciknow.search.embed.model_folder import find_model
from sciknow.search.embed.onnx import PACKAGE, OnnxEmbedder
from sciknow.search.embed.weights import in_bytes
from sciknow.search.rank.meaning import LARGE, reader
from sciknow.testing.embedder import EmbedderTests
from sciknow.testing.index import IndexTests

MODEL = Path(find_spec(PACKAGE).origin).parent / "model"
"""The whole model as published; the package's own folder may hold the two files that it needs."""


@pytest.fixture(scope="module")
def transformer():
    pytest.importorskip("sentence_transformers")
    return load_embedder(MODEL)


class TestOnnx(EmbedderTests):
    @pytest.fixture
    def embedder(self):
        return load_embedder()


class TestBrisk(EmbedderTests):
    @pytest.fixture
    def embedder(self):
        return load_embedder().brisk()


class TestTransformer(EmbedderTests):
    @pytest.fixture
    def embedder(self, transformer):
        return transformer


class TestOnnxIndex(IndexTests):
    @pytest.fixture
    def embedder(self):
        return load_embedder()


def test_the_graph_gives_the_vectors_of_sentence_transformers(embedder, transformer):
    texts = ["sea ice", "Half-hourly precipitation, 0.1 degree.", "long text " * 300, "海冰", ""]
    ours, theirs = embedder.encode_documents(texts), transformer.encode_documents(texts)
    assert (ours * theirs).sum(axis=1).min() > 0.9999


QUESTIONS = [
    "sea ice",
    "half-hourly precipitation over Africa at 0.1 degree",
    "I'm training a model that forecasts river floods and need daily gauge records since 1980",
    "CO2",
]


def test_the_brisk_way_stays_near_the_exact_one(embedder):
    brisk = embedder.brisk()
    exact, tokens = embedder.encode_with_tokens(QUESTIONS)
    rows, own = brisk.encode_with_tokens(QUESTIONS)
    assert (exact * rows).sum(axis=1).min() > 0.999
    for mine, theirs in zip(own, tokens, strict=True):
        assert mine.ids.tolist() == theirs.ids.tolist()
        near = (unit(mine.vectors) * unit(theirs.vectors)).sum(axis=1)
        assert near.min() > 0.99
    assert brisk.digest == embedder.digest
    np.testing.assert_array_equal(embedder.encode_documents(QUESTIONS), exact)


def test_questions_read_briskly_do_not_depend_on_each_other(embedder):
    brisk, pair = embedder.brisk(), ["rice yields in Asia", "rain over the sea"]
    alone = np.concatenate([brisk.encode_queries([text]) for text in pair])
    np.testing.assert_array_equal(brisk.encode_queries(pair), alone)


def test_bytes_are_off_by_half_a_step_at_most():
    weight = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32)
    weight[3] = 0
    parts = in_bytes("w", weight)
    back = (parts["w.bytes"].T.astype(np.float32) - parts["w.middle"][:, None]) * parts["w.scale"][
        :, None
    ]
    assert (abs(back - weight) <= 0.5001 * parts["w.scale"][:, None]).all()


def test_a_large_collection_is_asked_briskly(folder, embedder, monkeypatch):
    index = Index.open(folder, embedder)
    assert reader(embedder, LARGE) is embedder
    question = index.read("sea ice")
    (exact,) = index.mean([question])
    monkeypatch.setattr("sciknow.search.rank.meaning.LARGE", 1)
    (brisk,) = index.mean([question])
    assert brisk.vector.tolist() == embedder.brisk().encode_queries(["sea ice"])[0].tolist()
    assert brisk.vector @ exact.vector > 0.999
    assert brisk.vector.tolist() != exact.vector.tolist()


def test_another_file_is_refused(tmp_path):
    shutil.copytree(MODEL, tmp_path / "model")
    weights = tmp_path / "model" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(IntegrityError, match="install it again"):
        OnnxEmbedder(tmp_path / "model")


def test_a_check_is_remembered_until_the_file_changes(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"one")
    digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    check_digest(path, digest)
    check_digest(path, digest)
    path.write_bytes(b"two")
    with pytest.raises(IntegrityError):
        check_digest(path, digest)
    with pytest.raises(NotFound):
        check_digest(tmp_path / "absent", digest)


@pytest.mark.parametrize("model", ["nobody/no-such-model", "no-such-model"])
def test_a_missing_model_says_how_to_get_it(model):
    with pytest.raises(MissingDependency, match=f"hf download {model}"):
        load_embedder(model)


def test_pickled_weights_and_models_with_code_are_refused(tmp_path, transformer):
    pickled = tmp_path / "pickled"
    shutil.copytree(MODEL, pickled, ignore=shutil.ignore_patterns("*.safetensors"))
    (pickled / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(InvalidInput, match="safetensors"):
        load_embedder(pickled)
    coded = tmp_path / "coded"
    shutil.copytree(MODEL, coded)
    config = json.loads((coded / "config.json").read_text())
    (coded / "config.json").write_text(json.dumps({**config, "auto_map": {"AutoModel": "x.Y"}}))
    with pytest.raises(InvalidInput, match="code of its own"):
        load_embedder(coded)


def test_the_models_own_prompts_are_used(tmp_path, transformer):
    folder = tmp_path / "prompted"
    shutil.copytree(MODEL, folder)
    path = folder / "config_sentence_transformers.json"
    config = {**json.loads(path.read_text()), "prompts": {"query": "query: ", "document": "doc: "}}
    path.write_text(json.dumps(config))
    prompted = load_embedder(folder)
    plain = transformer.encode_documents(["query: ice", "doc: ice"])
    np.testing.assert_allclose(prompted.encode_queries(["ice"])[0], plain[0], atol=1e-4)
    np.testing.assert_allclose(prompted.encode_documents(["ice"])[0], plain[1], atol=1e-4)
    assert prompted.digest != transformer.digest


def test_an_index_of_another_model_opens_with_it_alone(tmp_path, embedder, transformer):
    texts = [document_of_text("a", "Sea ice"), document_of_text("b", "Wheat")]
    build_index(tmp_path / "x", texts, embedder=transformer)
    assert Index.open(tmp_path / "x", transformer).search("frozen ocean").hits[0].id == "a"
    with pytest.raises(InvalidInput, match="was built with"):
        Index.open(tmp_path / "x", embedder)
    assert Index.open(tmp_path / "x").search("frozen ocean").hits[0].id == "a"


def test_a_model_that_reads_chinese_makes_the_bridge_step_back(tmp_path, transformer):
    from sciknow.search.embed.transformer import SentenceTransformerEmbedder

    native = SentenceTransformerEmbedder(MODEL, languages=["en", "zh"])
    build_index(tmp_path / "x", [document_of_text("a", "海冰")], embedder=native)
    assert Index.open(tmp_path / "x", native).read("海冰").english == "海冰"
    build_index(tmp_path / "y", [document_of_text("a", "海冰")], embedder=transformer)
    assert Index.open(tmp_path / "y", transformer).read("海冰").english == "sea ice"


def test_a_copy_in_the_hugging_face_cache_is_found_by_name(tmp_path, monkeypatch):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    place = tmp_path / "hub" / "models--sentence-transformers--mini"
    (place / "refs").mkdir(parents=True)
    (place / "refs" / "main").write_text("abc\n")
    with pytest.raises(MissingDependency, match="hf download mini"):
        find_model("mini")
    (place / "snapshots").mkdir()
    (place / "snapshots" / "abc").symlink_to(MODEL)
    for name in ("mini", "sentence-transformers/mini"):
        assert find_model(name) == place / "snapshots" / "abc"


@pytest.mark.parametrize("name", ["", " ", "/no/such/folder", "../x", "a/b/c", "https://x.org/a/b"])
def test_what_is_neither_a_folder_nor_a_name_is_told(name):
    with pytest.raises(MissingDependency, match="neither a folder"):
        load_embedder(name)


def test_what_is_no_model_is_told(tmp_path):
    with pytest.raises(InvalidInput, match="holds no model"):
        load_embedder(tmp_path)
    with pytest.raises(InvalidInput, match="int is no embedder"):
        load_embedder(5)


def test_a_missing_model_is_told_before_torch_is_imported():
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['sentence_transformers'] = None\n"
        "from sciknow.errors import MissingDependency\n"
        "from sciknow.search import load_embedder\n"
        "try: load_embedder('nobody/nothing')\n"
        "except MissingDependency as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "hf download nobody/nothing" in done.stdout, done.stderr


def test_the_default_needs_no_torch():
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None\n"
        "from sciknow.search import load_embedder\n"
        "print(load_embedder().encode_queries(['ice']).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "(1, 384)", done.stderr
