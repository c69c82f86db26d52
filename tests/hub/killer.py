"""Builds a hub in forked children that kill themselves with SIGKILL at a chosen moment.

Reads lines ``<source> <event>`` or ``<source> <seconds>s`` from standard input; for each, a child
builds the source and dies at that file-system event or after that time. Answers with a line:
``killed``, or the number of events of a build that was not killed.
"""

import os
import signal
import sys
import threading

import sciknow
import sciknow.catalogs
import sciknow.graph.quads
import sciknow.graph.store
import sciknow.hub.make.build
import sciknow.ledger

EVENTS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def build(source, moment, answer):
    count = 0

    def watch(event, arguments):
        nonlocal count
        if event in EVENTS and arguments and str(arguments[0]).startswith(source):
            count += 1
            if count == limit:
                die()

    limit = 0
    if moment.endswith("s"):
        threading.Timer(float(moment[:-1]), die).start()
    else:
        limit = int(moment)
    sys.addaudithook(watch)
    sciknow.build_hub(source).close()
    os.write(answer, str(count).encode())
    os._exit(0)


def main():
    for line in sys.stdin:
        source, moment = line.split()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            build(source, moment, writing)
        os.close(writing)
        _, status = os.waitpid(child, 0)
        answer = os.read(reading, 100).decode()
        os.close(reading)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print("killed" if killed else answer or "failed", flush=True)


if __name__ == "__main__":
    main()
