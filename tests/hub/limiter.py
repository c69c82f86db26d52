"""Builds a hub in forked children that may not write files above a size, or not onto a full disk.

Reads lines ``<source> <bytes>`` from standard input; answers each with ``built``, ``refused``
and the message, or the kind of a foreign error.
"""

import os
import resource
import sys

import sciknow
import sciknow.graph.store
import sciknow.hub.make.build


def build(source, limit):
    if limit:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        sciknow.build_hub(source).close()
    except sciknow.SciknowError as error:
        return f"refused {error}"
    except BaseException as error:
        return f"foreign {type(error).__name__} {error}"
    return "built"


def main():
    for line in sys.stdin:
        source, limit = line.split()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.write(writing, build(source, int(limit)).encode()[:4000])
            os._exit(0)
        os.close(writing)
        answer = os.read(reading, 4096).decode(errors="replace")
        os.waitpid(child, 0)
        os.close(reading)
        print(" ".join(answer.split()) or "died", flush=True)


if __name__ == "__main__":
    main()
