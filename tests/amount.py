"""How much a test does: a sample in ``make test``, ten times that and more in ``make soak``.

``SOAK`` holds the minutes of a soak, ``SEED`` what its shares are drawn by.
"""

import os
import random

SOAK = float(os.environ.get("SOAK", 0))
SEED = int(os.environ.get("SEED", 0))


def draws(few):
    """Return how many examples Hypothesis draws where `make test` draws a few."""
    return few * 10 if SOAK else few


def lot(name):
    """Return the random numbers of one test: other ones in each soak, the same in `make test`."""
    return random.Random(f"{SEED} {name}")


def share(moments, few, name):
    """Return a few of many moments in their order; in a soak every second, another half each time.

    The last one is always there, since that is where something is put in its place.
    """
    moments = list(moments)
    many = max(few, len(moments) // 2) if SOAK else few
    chosen = lot(name).sample(range(len(moments) - 1), min(many, len(moments)) - 1)
    return [moments[at] for at in [*sorted(chosen), len(moments) - 1]]
