"""Azure's object store on 127.0.0.1, with the content of a folder in a container."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from azure.storage.blob import BlobServiceClient

from servers.web import free_port

ACCOUNT = "devstoreaccount1"
KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The key of the emulator's only account, which its documentation prints."""


def azurite() -> str | None:
    """Return the command of Azure's emulator; None where it is not installed."""
    return os.environ.get("SCIKNOW_AZURITE") or shutil.which("azurite-blob")


@contextmanager
def azure_server(
    folder: Path, scratch: Path, container: str = "data", *, public: bool = True
) -> Iterator[str]:
    """Start Azurite, fill a container, and yield the address of its account."""
    port = free_port()
    command = [azurite(), "--blobPort", str(port), "--location", str(scratch), "--silent"]
    process = subprocess.Popen(
        [*command, "--skipApiVersionCheck", "--disableTelemetry"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}/{ACCOUNT}"
    try:
        _wait(endpoint)
        where = f"BlobEndpoint={endpoint};AccountName={ACCOUNT};AccountKey={KEY}"
        with BlobServiceClient.from_connection_string(where) as service:
            access = "container" if public else None
            made = service.create_container(container, public_access=access)
            for name, path in _files(folder):
                made.upload_blob(name, path.read_bytes())
            made.close()
        yield endpoint
    finally:
        process.terminate()
        process.wait(20)


def _files(folder: Path) -> list[tuple[str, Path]]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path.relative_to(folder).as_posix(), path) for path in found]


def _wait(url: str) -> None:
    """Wait until something answers, whatever it says."""
    for _ in range(200):
        try:
            urlopen(url).close()
        except HTTPError:
            return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise TimeoutError(f"nothing answers at {url}")
