"""The transport as an fsspec file system, for libraries that want one (pandas, pyarrow, dask)."""

from __future__ import annotations

from typing import Any

import fsspec
from fsspec.spec import AbstractFileSystem

from sciknow.errors import SciknowError
from sciknow.wire.rangefile import RangeFile
from sciknow.wire.transport import Transport

PROTOCOL = "sciknow"


class TransportFileSystem(AbstractFileSystem):
    """Read-only files of a transport; a path is the address after ``sciknow://``."""

    protocol = PROTOCOL
    cachable = False

    def __init__(self, transport: Transport, **storage_options: Any) -> None:
        super().__init__(transport=transport, **storage_options)
        self.transport = transport

    def __reduce__(self) -> tuple[Any, ...]:
        return TransportFileSystem, (self.transport,)

    def __dask_tokenize__(self) -> object:
        return ("sciknow-filesystem", self.transport.__dask_tokenize__())

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path).removeprefix(f"{PROTOCOL}://").rstrip("/")

    def unstrip_protocol(self, name: str) -> str:
        """Return the path with the protocol before it."""
        return f"{PROTOCOL}://{self._strip_protocol(name)}"

    def info(self, path: str, **kwargs: Any) -> dict[str, Any]:
        """Return name, size and type; a folder has at least one member."""
        url = self._strip_protocol(path)
        try:
            size = self.transport.run(self.transport.size(url))
        except SciknowError:
            if not self._members(url):
                raise
            return {"name": url, "size": 0, "type": "directory"}
        return {"name": url, "size": size, "type": "file"}

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> list[Any]:
        """Return the members of a folder."""
        url = self._strip_protocol(path)
        found = [
            {
                "name": f"{url}/{name}",
                "size": size or 0,
                "type": "directory" if size is None and "." not in name else "file",
            }
            for name, size in self._members(url).items()
        ]
        return found if detail else [item["name"] for item in found]

    def _members(self, url: str) -> dict[str, int | None]:
        try:
            return self.transport.run(self.transport.names(url))
        except SciknowError:
            return {}

    def _open(self, path: str, mode: str = "rb", **kwargs: Any) -> RangeFile:
        url = self._strip_protocol(path)
        return RangeFile(self.transport, url, self.transport.run(self.transport.size(url)))

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any
    ) -> bytes:
        """Return the bytes of a file or of a part of it."""
        return self.transport.run(self.transport.fetch(self._strip_protocol(path), start, end))


fsspec.register_implementation(PROTOCOL, TransportFileSystem, clobber=True)
