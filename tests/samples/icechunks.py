"""Icechunk repositories in a folder."""

import os

os.environ.setdefault("ICECHUNK_LOG", "error")  # it warns of local folders, which a test wants

import icechunk
import numpy as np
import zarr


def repository(folder):
    """Create a repository, or open the one that is there."""
    return icechunk.Repository.open_or_create(icechunk.local_filesystem_storage(str(folder)))


def commit(folder, ds, message="a commit", group=None, **options):
    """Write a dataset into the branch main and return the id of the snapshot."""
    session = repository(folder).writable_session("main")
    options = {"mode": "w", "consolidated": False, "zarr_format": 3} | options
    ds.to_zarr(session.store, group=group, **options)
    return session.commit(message)


def virtual_repository(folder, prefix, endpoint):
    """Create a repository of one array, whose two chunks lie at ``<prefix>a.bin``."""
    config = icechunk.RepositoryConfig.default()
    store = icechunk.s3_store(
        region="us-east-1", endpoint_url=endpoint, allow_http=True, anonymous=True,
        s3_compatible=True, force_path_style=True,
    )  # fmt: skip
    config.set_virtual_chunk_container(icechunk.VirtualChunkContainer(prefix, store))
    made = icechunk.Repository.create(icechunk.local_filesystem_storage(str(folder)), config)
    made.save_config()
    session = made.writable_session("main")
    zarr.group(session.store, zarr_format=3).create_array(
        "a", shape=(40,), chunks=(20,), dtype="f4", compressors=None, filters=None,
        dimension_names=["x"],
    )  # fmt: skip
    for number in (0, 1):
        place = {"offset": 80 * number, "length": 80}
        session.store.set_virtual_ref(f"a/c/{number}", f"{prefix}a.bin", **place)
    session.commit("two virtual chunks")
    return np.arange(40, dtype="<f4")
