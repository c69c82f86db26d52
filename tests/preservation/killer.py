"""Preserves or mends in forked children that kill themselves at a chosen file-system event.

Reads lines ``preserve <folder> <event>``, or ``mend <bag> <event>`` (from a folder ``good`` beside
it), and answers each with ``killed``, or the number of events of a run
that came to its end.
"""

import os
import signal
import sys
from importlib import import_module

import sciknow
from sciknow.model import Dataset, Distribution, LangString

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}
ROOMS = (
    "hub.keep.audit",
    "hub.keep.bag",
    "preservation.bag",
    "preservation.terms",
    "readers.copies.payload",
    "ledger",
)


def work(verb, folder, url, limit, answer):
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in EVENTS and arguments and str(arguments[0]).startswith(folder):
            count += 1
            if count == limit:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    if verb == "mend":
        sciknow.audit(folder, repair=True, mirrors=[f"{folder}/../../good"])
    else:
        preserve(folder, url)
    os.write(answer, str(count).encode())
    os._exit(0)


def preserve(folder, url):
    options = {"files": ["00.nc", "01.nc"]}
    place = Distribution(id="sea-way", access_url=url, reader="netcdf", options=options)
    asked = Dataset(
        id="sea", title=LangString("Sea", ""), license="CC0-1.0", distributions=(place,)
    )
    with sciknow.open_hub() as hub:
        hub.preserve(asked, folder)


def main(url):
    for room in ROOMS:
        import_module(f"sciknow.{room}")
    for line in sys.stdin:
        verb, folder, limit = line.split()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            work(verb, folder, f"{url}/x.nc", int(limit), writing)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        answer = os.read(reading, 100).decode()
        os.close(reading)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else answer or "failed", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
