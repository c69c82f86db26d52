"""What a NetCDF file starts with, and how far a whole one reaches."""

from __future__ import annotations

HDF5 = b"\x89HDF\r\n\x1a\n"
CLASSIC = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
USER_BLOCK = 512
"""Where HDF5 may start instead of at 0 (HDF5 File Format Specification, section II.A)."""
HEAD = USER_BLOCK + len(HDF5)
"""As many first bytes tell what a file is."""

_END = {0: (13, 40), 1: (13, 44), 2: (9, 28), 3: (9, 28)}
"""Version of a superblock → where it says how long an offset is, and where the file ends (for
offsets of eight bytes; HDF5 File Format Specification, section II.A)."""


def reaches(head: bytes) -> int | None:
    """Return how many bytes an HDF5 file must have, by its first ones; None where not told.

    Examples
    --------
    >>> reaches(HDF5 + bytes([2, 8, 8, 0]) + bytes(16) + (2048).to_bytes(8, "little") + bytes(16))
    2048
    >>> reaches(b"CDF\\x01")
    """
    if not head.startswith(HDF5) or len(head) < 52 or head[8] not in _END:
        return None
    width, end = _END[head[8]]
    return int.from_bytes(head[end : end + 8], "little") if head[width] == 8 else None
