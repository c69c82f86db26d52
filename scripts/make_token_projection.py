"""Make the small projection of the default model's token vectors.

Principal axes of the token vectors of English text in the dictionary's glosses, twenty glosses a
text: general English that ships with no collection. Vectors of 384 numbers become 64.

Run it with the ``build`` extra installed, after ``make_model_graph.py``::

    python scripts/make_token_projection.py src/sciknow/search/embed/minilm-tokens.npy
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from sciknow.search.arrays import unit
from sciknow.search.embed.onnx import OnnxEmbedder
from sciknow.search.language.bridge_build import dictionary

WIDTH = 64
TEXTS = 2_000
GLOSSES = 20


def main() -> None:
    """Write the projection, shape (384, 64), to the path given on the command line."""
    embedder = OnnxEmbedder()
    glosses = [glosses[0] for glosses in dictionary().values()]
    step = len(glosses) // (TEXTS * GLOSSES)
    chosen = glosses[:: max(step, 1)]
    total = np.zeros((384, 384))
    for place in range(TEXTS):
        text = ", ".join(chosen[place::TEXTS][:GLOSSES])
        rows = unit(embedder.states(text)).astype(np.float64)
        total += rows.T @ rows
    _, axes = np.linalg.eigh(total)
    axes = axes[:, ::-1][:, :WIDTH]
    axes *= np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(WIDTH)])  # eigh's sign is free
    np.save(Path(sys.argv[1]), axes.astype(np.float16))


if __name__ == "__main__":
    main()
