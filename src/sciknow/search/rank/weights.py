"""How the parts of a score are put together: one sum, the same for every collection.

Each part is a number with a fixed scale, never stretched by what else was found, so that a hit's
score is the plain sum of what its words, its meaning, its concepts and its standing give. The
weights were set on the development sets described in ``docs/explanation/search.md``.
"""

from __future__ import annotations

WORDS = 0.0062
"""A point of BM25F."""
TITLE = 0.0084
"""A word that stands in the title, times its rarity, beyond its BM25F."""
MEANING = 0.667
"""Cosine of the two texts, with tokens at hand."""
MEANING_ALONE = 1.0
"""Cosine of the two texts, without tokens."""
TITLED = 0.5
"""How far the cosine of the whole text moves up to that of the title, where that is nearer."""
TOKENS = 0.015
"""A point of the comparison token by token."""
STANDING = 0.04
"""Logarithm of how many records name this one."""
CONCEPT = 0.2
"""A concept that the question names and the record is about."""
CONCEPT_DECAY = 0.6
"""What each step up the hierarchy leaves of it."""
SILENCE = 0.04
"""Taken away for each filter about which the record says nothing."""
COMPANY = 1.0
"""Nearness to the best hits of the same question (pseudo-relevance feedback) …"""
CROWD = 0.7
"""… less this part of the nearness to just any of them, which favours records of all trades."""
BEST = 6
"""How many hits are taken as the best …"""
SHARPNESS = 15.0
"""… weighted by the exponential of their scores times this."""
CROWD_SIZE = 5
"""Nearest neighbours among the hits that tell how crowded a record's place is."""
PURPOSE = 0.5
"""What a word counts that tells what something is wanted for, not what is wanted."""
PREFERRED = 0.002
"""Given for each: opening, being current, being open; so little that only equals change places."""
ON_THEME = 0.6
"""Cosine with the theme from which the words of a constraint vote whole; below it, by its share."""
SCALE = 1 / 2
"""Brings the sum into 0 to 1."""
POOL = 100
"""Records that words and meaning each put forward."""
CLOSE = 64
"""The best of those are compared token by token."""
FITS = 0.15
"""Given for each constraint in plain words that a record is known to meet."""
LENIENCE = 1.5
"""How much milder it is to miss a part than to miss the whole."""
MISSES = 0.6
"""Taken away for each that it is known not to meet."""
