"""The prefixes that every query of a hub may use without declaring them."""

from __future__ import annotations

from sciknow.vocab import ID_BASE, NAMESPACES

_OWN = ("access", "agent", "concept", "dataset", "distribution", "graph", "publication", "scheme")

PREFIXES = {space.prefix: space.base for space in NAMESPACES} | {
    name: f"{ID_BASE}{name}:" for name in _OWN
}
"""Prefix → IRI, the standard vocabularies and the hub's own names."""
