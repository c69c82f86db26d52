"""What the bytes and the structure behind a distribution were, at one moment.

A fingerprint holds digests, never data. It is taken by `sciknow.readers`, kept in a lockfile and
compared by `sciknow.ledger`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sciknow.model.plain import Count


class Strength(StrEnum):
    """How much of the bytes a fingerprint has seen."""

    WHOLE = "whole"
    """Every byte: equal fingerprints are equal data."""
    PART = "part"
    """Every value of the locked part; all metadata, and a fixed sample of the rest."""
    SAMPLED = "sampled"
    """All metadata, and a fixed sample of the data: a change elsewhere is not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """One file.

    Parameters
    ----------
    name : str
        Its name below the distribution's address; empty where the address is the file itself.
    size : int
        In bytes.
    sha256 : str
        Of all its bytes; empty where only ranges were read.
    ranges : mapping of str to str
        ``start-end`` (end excluded) → SHA-256 of that range.
    etag, version : str
        The server's validator and the object store's version, where it states them.
    modified : str
        When it was last changed, as the server or the file system says.
    prefix : str
        SHA-256 of as many bytes as the file had when it was locked, where it has grown since.
    """

    name: str = ""
    size: Count = 0
    sha256: str = ""
    ranges: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    version: str = ""
    modified: str = ""
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableState:
    """One variable or column, as it is stored.

    Parameters
    ----------
    name : str
        With the path of its group before it.
    dtype : str
        Type of the stored values, byte order aside.
    dims : tuple of str
        Names of its dimensions.
    shape : tuple of int
        Its length along each.
    attrs : mapping
        Its attributes; long ones as a digest.
    layout : str
        Digest of how it is chunked and packed; empty where that is not known.
    values : str
        Digest of its stored values; empty where `chunks` has them.
    chunks : mapping of str to str
        Key → digest of the chunk's bytes; empty for one that is not there (fill values).
    """

    name: str
    dtype: str = ""
    dims: tuple[str, ...] = ()
    shape: tuple[Count, ...] = ()
    attrs: Mapping[str, object] = field(default_factory=dict)
    layout: str = ""
    values: str = ""
    chunks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a distribution was at one moment.

    Parameters
    ----------
    strength : Strength
        How much of the bytes was seen.
    metadata : str
        Digest of the metadata documents, order and white space aside; empty for plain files.
    attrs : mapping
        Attributes of the whole; long ones as a digest.
    variables : tuple of VariableState
        Sorted by name.
    files : tuple of FileState
        The files, or a sample of many.
    listing : str
        Digest of the names of a set of files.
    count : int
        How many files the set has.
    modified : str
        The latest known moment at which something in it was changed.
    snapshot : str
        Id of the version, in a store that keeps every version and never changes one.
    part : tuple of VariableState
        What the locked selection takes: shapes and values of the part alone.
    """

    strength: Strength
    metadata: str = ""
    attrs: Mapping[str, object] = field(default_factory=dict)
    variables: tuple[VariableState, ...] = ()
    files: tuple[FileState, ...] = ()
    listing: str = ""
    count: Count = 0
    modified: str = ""
    snapshot: str = ""
    part: tuple[VariableState, ...] = ()
