"""moto's S3 on 127.0.0.1, with the content of a folder in a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer


@contextmanager
def object_server(folder: Path, bucket: str = "data") -> Iterator[str]:
    """Start moto's S3, fill a bucket from a folder, and yield the endpoint's URL."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}),
    )
    try:
        client.create_bucket(Bucket=bucket, ACL="public-read")
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                key = path.relative_to(folder).as_posix()
                client.put_object(Bucket=bucket, Key=key, Body=path.read_bytes(), ACL="public-read")
        yield endpoint
    finally:
        client.close()
        server.stop()
