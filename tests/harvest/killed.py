"""Harvests a source in forked children that kill themselves with SIGKILL at a chosen moment.

Reads lines ``<folder> <address> <protocol> <event>`` or ``… <seconds>s`` from standard input; for
each, a child harvests and dies at that file-system event or after that time. Answers ``killed``, or
the number of events of a harvest that was not killed.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from sciknow.harvest.archive import Archive
from sciknow.harvest.registry import installed_protocols
from sciknow.harvest.run import harvest
from sciknow.model.receipt import Asked

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove"}


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def child(folder, address, protocol, moment, answer):
    count = 0
    limit = 0 if moment.endswith("s") else int(moment)

    def watch(event, arguments):
        nonlocal count
        if event in EVENTS and arguments and str(arguments[0]).startswith(folder):
            count += 1
            if count == limit:
                die()

    if moment.endswith("s"):
        threading.Timer(float(moment[:-1]), die).start()
    sys.addaudithook(watch)
    asked = Asked(source="case", address=address, protocol=protocol, size=10)
    harvest(asked, Archive(Path(folder)))
    os.write(answer, str(count).encode())
    os._exit(0)


def main():
    installed_protocols()
    for line in sys.stdin:
        reading, writing = os.pipe()
        number = os.fork()
        if number == 0:
            os.close(reading)
            child(*line.split(), writing)
        os.close(writing)
        _, status = os.waitpid(number, 0)
        answer = os.read(reading, 100).decode()
        os.close(reading)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else answer or "failed", flush=True)


if __name__ == "__main__":
    main()
