"""Make the samples of this version: one of each thing that a user keeps, for later ones to read.

A hub, a lockfile, a ledger, a preserved bag, an RO-Crate, an availability history and a cache, made
by the public verbs. Run it once for a release, on the commit that is released::

    python scripts/make_samples.py [FOLDER [PORT]]

It writes tests/samples/<version>/, or FOLDER/<version>/, and replaces what is there. The same
version makes the same content again (the hub's generation has the same id), but for times and the
engines' own files. What has many small files is packed.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "hub"))

from checked_source import write_checked
from small_source import write_source

import sciknow as sk
from sciknow.model import LangString

SAMPLES = Path(__file__).resolve().parents[1] / "tests" / "samples"
PORT = 18431  # addresses stand in a cache's keys and in a history, so they are always the same
QUESTION = "海冰 逐月"
OPENED = {"ice-monthly": {"period": ("1979", "1979")}, "levels": {}}
TABLE = "time,level\n2000-01-01,1.5\n2000-02-01,2.5\n2000-03-01,4.0\n"
PACKED = ("hub", "cache")


class Quiet(SimpleHTTPRequestHandler):
    """Serve files without a word."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def make_source(folder: Path, url: str) -> None:
    """Write the hub's source: two datasets beside the catalogue, one that is gone."""
    tables = {"levels": "{CATALOG_DIR}/data/levels.csv", "lost": f"{url}/lost.csv"}
    write_checked(folder, tables, {})
    (folder / "catalogs" / "data" / "levels.csv").write_text(TABLE)


def served_ice(url: str) -> sk.Dataset:
    """Return the card of the Zarr store that is served while the samples are made."""
    way = sk.Distribution(id="served-ice-zarr", access_url=f"{url}/ice.zarr", reader="zarr")
    return sk.Dataset(id="served-ice", title=LangString("Served ice"), distributions=(way,))


def make_kept(place: Path, hub: sk.Hub, url: str) -> dict[str, object]:
    """Open, lock, pack, preserve and check; return what a later version must find again."""
    with sk.session(file=place / "openings.jsonl") as book:
        for identifier, part in OPENED.items():
            hub.open(identifier, **part)
        sk.lock(place / "study.lock", book, hub=hub)
        sk.crate(place / "study", name="冰 & ice", authors="Jane Frost", license="CC0-1.0", hub=hub)
    hub.preserve("levels", place / "bags")
    hub.preserve("ice-monthly", place / "bags", period=("1979", "1979"))
    sk.audit(place / "bags")
    checked = hub.check(*OPENED, "lost", history=place / "history.sqlite")
    with sk.session():
        hub.open(served_ice(url), cache=place / "cache" / "bytes").load()
        ice = hub.open("ice-monthly").load()
    return {
        "question": QUESTION,
        "hits": [hit.dataset.id for hit in hub.search(QUESTION)],
        "graph": len(hub.graph),
        "ice": float(ice["siconc"].sum()),
        "outcomes": {row.dataset.id: str(row.latest.outcome) for row in checked if row.latest},
    }


def make_all(place: Path, port: int) -> None:
    """Make every sample below a folder."""
    os.environ["SCIKNOW_CACHE"] = str(place / "cache")
    url = f"http://127.0.0.1:{port}"
    make_source(place / "hub", url)
    write_source(place / "served")
    handler = partial(Quiet, directory=str(place / "served" / "catalogs" / "data"))
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with sk.build_hub(place / "hub") as hub:
            facts = {"version": sk.__version__, "url": url, "generation": hub.manifest.id}
            facts |= make_kept(place, hub, url)
        server.shutdown()
    shutil.rmtree(place / "served")
    text = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True)
    (place / "facts.json").write_text(text + "\n")
    for name in PACKED:
        pack(place / name)


def pack(folder: Path) -> None:
    """Put a folder into an archive of the same bytes for the same files, and remove it."""

    def plain(item: tarfile.TarInfo) -> tarfile.TarInfo:
        item.uid = item.gid = 0
        item.uname = item.gname = ""
        item.mtime = int(item.mtime)
        return item

    with tarfile.open(folder.with_name(folder.name + ".tar.xz"), "w:xz", preset=9) as archive:
        archive.add(folder, folder.name, filter=plain)
    shutil.rmtree(folder)


def main(target: Path, port: int) -> None:
    scratch = Path(tempfile.gettempdir()) / f"sciknow-samples-{port}"  # ledgers hold its name
    shutil.rmtree(scratch, ignore_errors=True)
    make_all(scratch / sk.__version__, port)
    shutil.rmtree(target / sk.__version__, ignore_errors=True)
    shutil.copytree(scratch / sk.__version__, target / sk.__version__)
    shutil.rmtree(scratch)
    print(f"wrote {target / sk.__version__}")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(Path(given[0]) if given else SAMPLES, int(given[1]) if given[1:] else PORT)
