"""How the parts of a score are put together: one sum, the same for every collection.

Each part is a number with a fixed scale, never stretched by what else was found, so that a hit's
score is the plain sum of what its words, its meaning, its concepts and its standing give. The
weights were set on the development sets described in ``docs/explanation/search.md``.
"""

from __future__ import annotations

WORDS = 0.2 / 30
"""A point of BM25F."""
MEANING = 0.5 / 0.75
"""Cosine of the two texts, with tokens at hand."""
MEANING_ALONE = 0.8 / 0.75
"""Cosine of the two texts, without tokens."""
TOKENS = 0.3 / 20
"""A point of the comparison token by token."""
STANDING = 0.015
"""Logarithm of how many records name this one."""
CONCEPT = 0.12
"""A concept that the question names and the record is about."""
CONCEPT_DECAY = 0.6
"""What each step up the hierarchy leaves of it."""
SILENCE = 0.04
"""Taken away for each filter about which the record says nothing."""
SCALE = 1 / 1.6
"""Brings the sum into 0 to 1."""
POOL = 100
"""Records that words and meaning each put forward."""
CLOSE = 64
"""The best of those are compared token by token."""
FITS = 0.04
"""Given for each constraint in plain words that a record is known to meet."""
MISSES = 0.08
"""Taken away for each that it is known not to meet."""
