"""What ships with the room: files that a wheel has to carry, and their sizes."""

from importlib.resources import files

import numpy as np
import pytest

from sciknow.search.embed.onnx import DIMENSIONS


@pytest.mark.parametrize(
    ("room", "name", "limit"),
    [
        ("sciknow.search.embed", "minilm.onnx", 200_000),
        ("sciknow.search.embed", "minilm-brisk.onnx", 200_000),
        ("sciknow.search.embed", "minilm-tokens.npy", 60_000),
        ("sciknow.search.language", "glossary.tsv", 200_000),
        ("sciknow.place", "places.tsv", 1_600_000),
        ("sciknow.place", "names.tsv", 1_000_000),
        ("sciknow.search.language", "bridge.sqlite", 8_000_000),
    ],
)
def test_data_is_there_and_small(room, name, limit):
    assert 0 < len((files(room) / name).read_bytes()) < limit


def test_the_projection_keeps_directions_apart():
    axes = np.load(str(files("sciknow.search.embed") / "minilm-tokens.npy")).astype(np.float64)
    assert axes.shape == (DIMENSIONS, 64)
    np.testing.assert_allclose(axes.T @ axes, np.eye(64), atol=5e-3)
