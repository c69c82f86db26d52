"""What a probe asks of a Parquet table."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from sciknow.model.content import Content, Magic
from sciknow.readers.probes.ask import Ask
from sciknow.readers.protocol import Location

CONTENT = Content("Parquet", (Magic(b"PAR1"), Magic(b"PARE")))
SUFFIXES = (".parquet", ".pq", ".geoparquet")


def asks(location: Location, options: Mapping[str, object]) -> list[Ask]:
    """Ask for the file, or for a listing of the folder of files."""
    if location.path is not None:
        folder = location.path.is_dir()
    else:
        path = urlsplit(location.url).path.lower()
        folder = not path.endswith((*SUFFIXES, ".parq"))
    return [Ask(location.url, listing=True)] if folder else [Ask(location.url, CONTENT)]
