"""Building a generation: from catalogues and Turtle, or from plain texts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sciknow.errors import InvalidInput
from sciknow.hub.archive import archive_inputs
from sciknow.hub.content import Content, read_content
from sciknow.hub.folder import HubFolder
from sciknow.hub.generation import GRAPH, RECORDS, SEARCH
from sciknow.hub.manifest import FORMAT, Manifest, digest_files
from sciknow.hub.paths import PACKAGE_SOURCE, packaged_source, user_hub
from sciknow.hub.records import write_records
from sciknow.hub.rooms import graph
from sciknow.ledger.book import now
from sciknow.model import Dataset, LangString
from sciknow.search import (
    Document,
    Embedder,
    EmbeddingCache,
    build_index,
    default_embedder,
    document_of,
    document_of_text,
    index_settings,
)
from sciknow.version import __version__
from sciknow.vocab import Sector

Progress = Callable[[str, int, int], None]
"""Called with (stage, done, total) while a build runs."""
