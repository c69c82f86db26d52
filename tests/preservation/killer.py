"""Preserves two files in forked children that kill themselves at a chosen file-system event.

Reads lines ``<folder> <event>`` and answers each with ``killed``, or the number of events of a run
that came to its end.
"""

import os
import signal
import sys
from importlib import import_module

import sciknow
from sciknow.model import Dataset, Distribution, LangString

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
ROOMS = ("hub.preserving", "preservation.bag", "preservation.terms", "readers.payload", "ledger")


def preserve(folder, url, limit, answer):
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in EVENTS and arguments and str(arguments[0]).startswith(folder):
            count += 1
            if count == limit:
                os.kill(os.getpid(), signal.SIGKILL)

    options = {"files": ["00.nc", "01.nc"]}
    place = Distribution(id="sea-way", access_url=url, reader="netcdf", options=options)
    asked = Dataset(
        id="sea", title=LangString("Sea", ""), license="CC0-1.0", distributions=(place,)
    )
    sys.addaudithook(watch)
    with sciknow.open_hub() as hub:
        hub.preserve(asked, folder)
    os.write(answer, str(count).encode())
    os._exit(0)


def main(url):
    for room in ROOMS:
        import_module(f"sciknow.{room}")
    for line in sys.stdin:
        folder, limit = line.split()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            preserve(folder, f"{url}/x.nc", int(limit), writing)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        answer = os.read(reading, 100).decode()
        os.close(reading)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else answer or "failed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
