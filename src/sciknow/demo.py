"""The demo: two questions, one array, one plot, one citation.

Everything goes through the public API, so that the demo is also the shortest tour of it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np

from sciknow.hub import Hit, Hits, Hub, open_hub

if TYPE_CHECKING:
    import xarray as xr

QUESTIONS = ("how much carbon dioxide is in the air at Mauna Loa", "厄尔尼诺 海表温度 逐月")
"""What the demo asks: one question in each language."""


def run(folder: Path, hub_path: Path | None = None) -> Path:
    """Run the demo and return the path of the plot.

    Parameters
    ----------
    folder : Path
        Where the plot is written; made when missing.
    hub_path : Path, optional
        The hub to ask; the embedded one when left out.
    """
    with open_hub(hub_path) as hub:
        say(f"{hub!r}")
        found = [ask(hub, question) for question in QUESTIONS]
        hits = [next(hit for hit in hits if hit.dataset.offline) for hits in found]
        arrays = [load(hit) for hit in hits]
        path = folder / "demo.png"
        plot(hits, arrays, path)
        say(f"\nplot written to {path}")
        say("\nhow to cite it:\n")
        say(hub.cite(*(hit.dataset for hit in hits)).strip())
    return path


def say(text: str) -> None:
    """Print a line, whatever the terminal can show."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")


def ask(hub: Hub, question: str) -> Hits:
    """Ask one question and show the hits, and why the best one matched."""
    say(f"\n>>> hub.search({question!r}, offline=True)")
    hits = hub.search(question, offline=True, limit=3)
    say(repr(hits))
    say(f"why the first: {hits[0].why.summary}")
    return hits


def load(hit: Hit) -> xr.DataArray:
    """Open a hit lazily and return the first variable that its card names."""
    say(f"\n>>> ds = hit.open()   # {hit.id}")
    opened = hit.open(as_="dataset")
    array = opened[hit.dataset.variables[0].name]
    say(f"{array.name} {dict(array.sizes)} {type(array.data).__module__.split('.')[0]} array, "
        f"{array.nbytes:,} bytes, chunks {array.chunks}")  # fmt: skip
    yearly = array.groupby("time.year").mean()
    first, last = float(yearly[0]), float(yearly[-1])
    say(f"yearly mean {first:.2f} → {last:.2f} {array.attrs.get('units', '')}")
    return array


def plot(hits: list[Hit], arrays: list[xr.DataArray], path: Path) -> None:
    """Draw each array with its yearly mean, and write the picture.

    Parameters
    ----------
    hits : list of Hit
        What the arrays were found as.
    arrays : list of xarray.DataArray
        One-dimensional, over ``time``.
    path : Path
        The PNG to write.
    """
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    path.parent.mkdir(parents=True, exist_ok=True)
    figure, axes = plt.subplots(len(arrays), 1, figsize=(9, 3.1 * len(arrays)), dpi=130)
    for axis, hit, array in zip(axes, hits, arrays, strict=True):
        _panel(axis, hit, array)
    figure.tight_layout()
    figure.savefig(path, metadata={"Software": "sciknow"})
    plt.close(figure)


def _panel(axis: Any, hit: Hit, array: xr.DataArray) -> None:
    yearly = array.resample(time="YS").mean()
    axis.plot(array["time"], array, color="#9fb8cc", linewidth=0.8, label="as published")
    middle = yearly["time"] + np.timedelta64(182, "D")
    axis.plot(middle, yearly, color="#c0392b", linewidth=1.6, label="yearly mean")
    axis.set_title(hit.dataset.title.en, loc="left", fontsize=11, fontweight="bold")
    name = fill(str(array.attrs.get("long_name", array.name)), 28)
    axis.set_ylabel(f"{name}\n[{array.attrs.get('units', '')}]", fontsize=8)
    axis.grid(alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8, loc="upper left")
    axis.annotate(
        f"{hit.dataset.identifier}   {hit.dataset.license}",
        xy=(1, -0.16),
        xycoords="axes fraction",
        ha="right",
        fontsize=7,
        color="#666666",
    )
