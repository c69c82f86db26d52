"""The archive: every file that went into a build, once, with a receipt for each build."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path

from sciknow.files import sha256_file, sync_file, sync_folder, write_atomic


def archive_inputs(archive: Path, source: Path, files: Iterable[Path], receipt: str) -> None:
    """Keep input files by their digest, and write which file had which digest.

    Parameters
    ----------
    archive : Path
        The hub's archive folder.
    source : Path
        The folder that the files lie below.
    files : iterable of Path
        The files that went into the build.
    receipt : str
        Name of the receipt: the generation's id.
    """
    objects = archive / "objects"
    objects.mkdir(parents=True, exist_ok=True)
    entries = {}
    for path in sorted(files):
        digest = sha256_file(path)
        kept = objects / digest
        if not kept.exists() or sha256_file(kept) != digest:  # torn when the power went
            scratch = objects / f".{digest}.part"
            shutil.copyfile(path, scratch)
            sync_file(scratch)
            scratch.replace(kept)
        entries[path.relative_to(source).as_posix()] = digest
    sync_folder(objects)
    body = json.dumps({"source": str(source), "files": entries}, ensure_ascii=False, indent=1)
    write_atomic(archive / "receipts" / f"{receipt}.json", body)
    sync_folder(archive)
    sync_folder(archive.parent)
