"""Writes without end in forked children, to be killed with SIGKILL at any moment.

Reads ``start <verb> <folder>`` and ``kill`` from standard input; answers ``begun`` once the child
has written something, and ``killed``, or what ended the child before.
"""

import os
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import sciknow
import sciknow.hub.keep.bag
import sciknow.hub.make.build
import sciknow.hub.pin.lockfile
from sciknow.availability import History
from sciknow.harvest import run
from sciknow.harvest.archive import Archive
from sciknow.model.probe import Outcome, Probe
from sciknow.model.receipt import Asked
from sciknow.search import EmbeddingCache, load_embedder
from sciknow.testing.hostile import CkanDialect, HostileServer
from sciknow.wire.cache import Cache, Found


def build(folder):
    card = folder / "catalogs" / "ocean.yaml"
    whole = card.read_text()
    for number in count(int(datetime.now(UTC).timestamp() * 1e6)):
        changed = folder / "catalogs" / ".ocean.part"
        changed.write_text(whole.replace("Temperature of the sea", f"At {number} the sea", 1))
        changed.replace(card)
        yield
        sciknow.build_hub(folder).close()


def lock(folder):
    with sciknow.open_hub(folder) as hub:
        for number in count():
            yield
            mirrors = {"ice-monthly": [f"https://example.org/{number}" + "x" * (number % 50)]}
            sciknow.lock(folder / "x.lock", "ice-monthly", hub=hub, mirrors=mirrors)


def preserve(folder):
    with sciknow.open_hub(folder) as hub:
        for number in count():
            yield
            hub.preserve("ice-monthly", folder / "archive" / f"{os.getpid()}-{number}")


def cache(folder):
    kept = Cache(folder / "bytes", limit=3_000_000)
    for number in count():
        kept.put(str(number % 100), Found(str(number % 100).encode() * 20_000))
        yield


def history(folder):
    with History(folder / "history.sqlite") as kept:
        for number in count():
            kept.record(
                "a", "way", Probe(outcome=Outcome.OK, at=datetime.now(UTC), url="u", size=number)
            )
            yield


def embed(folder):
    kept, embedder = EmbeddingCache(folder / "vectors.sqlite"), load_embedder()
    for number in count():
        kept.encode(embedder, [f"{os.getpid()} text {number}"])
        yield


def harvest(folder):
    with HostileServer(CkanDialect()) as server:
        asked = Asked(source="case", address=server.address, protocol="ckan", size=10)
        for _ in count():
            yield
            run.harvest(asked, Archive(folder / "harvested"))


VERBS = {verb.__name__: verb for verb in (build, lock, preserve, cache, history, embed, harvest)}


def work(verb, folder, answer):
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        for number, _ in enumerate(VERBS[verb](Path(folder))):
            if number == 0:
                os.write(answer, b"begun")
    except BaseException as error:
        os.write(answer, f"failed {type(error).__name__}: {error}".encode()[:2000])
        os._exit(1)


def main():
    child = reading = 0
    for line in sys.stdin:
        order, *rest = line.split()
        if order == "start":
            reading, writing = os.pipe()
            child = os.fork()
            if child == 0:
                os.close(reading)
                work(*rest, writing)
            os.close(writing)
            print(os.read(reading, 2000).decode(), flush=True)
        else:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            told = os.read(reading, 2000).decode()
            os.close(reading)
            print("killed" if os.WIFSIGNALED(status) else told or "ended", flush=True)


if __name__ == "__main__":
    main()
