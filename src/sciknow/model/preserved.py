"""Files of a distribution as its source offers them, and as they were received."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What a source says of a file: what tells one version of it from another.

    Parameters
    ----------
    size : int or None
        Bytes; None where the source does not say.
    etag : str
        The validator, with its quotes; empty where there is none.
    modified : str
        ISO date and time of the last change, UTC; empty where the source does not say.
    version : str
        The object store's own name of the version; empty where it keeps none.
    """

    size: int | None = None
    etag: str = ""
    modified: str = ""
    version: str = ""

    @property
    def strong(self) -> bool:
        """Whether equal states mean equal bytes, as far as the source can be believed."""
        return bool(self.etag) and not self.etag.startswith("W/") and self.size is not None

    def same(self, other: FileVersion) -> bool:
        """Tell whether nothing speaks against both being of one version.

        Examples
        --------
        >>> FileVersion(3, '"a"').same(FileVersion(None, '"a"'))
        True
        >>> FileVersion(3).same(FileVersion(4))
        False
        """
        pairs = (
            (self.size, other.size),
            (self.etag, other.etag),
            (self.modified, other.modified),
        )
        return all(mine == theirs for mine, theirs in pairs if mine and theirs)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file of a distribution, where its source has it.

    Parameters
    ----------
    path : str
        Its place among the files of the distribution, parts joined by ``/``.
    url : str
        Where it is: an address, or an absolute local path.
    named : str
        What the catalogue calls the place, where that differs from `url` (local files).
    state : FileVersion
        What the source has said of it so far.
    optional : bool
        Whether it may be missing (a chunk that holds nothing but the fill value).
    """

    path: str
    url: str
    named: str = ""
    state: FileVersion = FileVersion()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """A file as it was received: where from, when, and its digests.

    Parameters
    ----------
    path : str
        Its place in the payload, without ``data/``.
    url : str
        Where it came from.
    size : int
        Bytes.
    sha256, sha512 : str
        Digests in hexadecimal digits.
    etag, modified : str
        What the source said of it then.
    retrieved : str
        ISO date and time, UTC.
    made : str
        How it was made where the source has no such file; empty for a file as it came.
    """

    path: str
    url: str
    size: int
    sha256: str
    sha512: str
    etag: str = ""
    modified: str = ""
    retrieved: str = ""
    made: str = ""

    @property
    def state(self) -> FileVersion:
        """What the source said of it."""
        return FileVersion(self.size, self.etag, self.modified)
