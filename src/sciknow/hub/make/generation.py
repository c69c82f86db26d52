"""A generation: what it shall hold, and how it is written."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import sciknow.graph as graph
from sciknow.clock import stamp
from sciknow.errors import SciknowError
from sciknow.files import write_atomic, writing
from sciknow.hub.make.documents import documents_of
from sciknow.hub.make.harvested import read_harvests
from sciknow.hub.make.merge import merge
from sciknow.hub.make.quads import quads_of
from sciknow.hub.make.source import read_content
from sciknow.hub.make.trial import try_generation
from sciknow.hub.store.archive import archive_inputs
from sciknow.hub.store.folder import HubFolder
from sciknow.hub.store.manifest import FORMAT, Manifest, digest_files, home_of
from sciknow.hub.store.paths import PACKAGE_SOURCE, packaged_source, user_hub
from sciknow.hub.store.records import Stored, write_records
from sciknow.hub.store.state import GRAPH, MERGED, RECORDS, SEARCH
from sciknow.model import Concept
from sciknow.model.plain import to_plain
from sciknow.progress import Progress, silent
from sciknow.search import (
    Document,
    Embedder,
    EmbeddingCache,
    build_index,
    index_digest,
    load_embedder,
)
from sciknow.version import __version__
from sciknow.vocab import Sector

if TYPE_CHECKING:
    from sciknow.graph import Quad

_ID_DIGITS = 32


def build_generation(
    source: Path | str | None,
    target: Path | str | None,
    *,
    sectors: Sequence[Sector | str] | None = None,
    model: str | Embedder | None = None,
    archive: bool = True,
    progress: Progress | None = None,
) -> HubFolder:
    """Build a hub's new generation from a folder and what was harvested, and serve it.

    What is given is what `sciknow.build_hub` is given.

    Returns
    -------
    HubFolder
        The hub's folder.
    """
    packaged = source is None
    origin = packaged_source() if source is None else Path(source)
    folder = HubFolder(Path(target) if target else user_hub() if packaged else origin)
    report = progress or silent
    report("read", 0, 1)
    wanted = [Sector(name) for name in sectors or ()]
    harvests = read_harvests(folder.archive, wanted)
    own = read_content(origin, may_lack=bool(harvests))
    if wanted:
        own = own.of_sectors(wanted)
    merged = merge(own, harvests)
    content = merged.content
    report("read", 1, 1)
    plan = Plan(
        kind="catalog",
        source=_source(origin, folder, packaged),
        objects=[*content.datasets, *content.concepts, *content.publications, *content.agents],
        documents=documents_of(content),
        sectors=tuple(sorted({str(d.sector) for d in content.datasets if d.sector})),
        merged=merged.into,
        counts={
            "datasets": len(content.datasets),
            "publications": len(content.publications),
            "concepts": len(content.concepts),
            "agents": len(content.agents),
        }
        | ({"sources": len(harvests)} if harvests else {}),
        quads=quads_of(merged),
        concepts={item.id: item for item in content.concepts},
    )
    path = make(folder, plan, load_embedder(model, verify=True), report)
    if archive:
        with writing(folder.archive):
            archive_inputs(folder.archive, origin, content.files(), path.name)
    return folder


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a generation shall hold."""

    kind: str
    source: str
    objects: Sequence[Stored]
    documents: Sequence[Document]
    counts: Mapping[str, int]
    sectors: tuple[str, ...] = ()
    quads: Sequence[Quad] | None = None
    concepts: Mapping[str, Concept] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)


def make(folder: HubFolder, plan: Plan, embedder: Embedder, report: Progress) -> Path:
    """Write the generation of a plan and serve it; one that is there already is served again."""
    inputs = {
        "format": str(FORMAT),
        "source": plan.source,
        "records": _records_digest(plan.objects),
        "graph": graph.canonical_digest(plan.quads) if plan.quads is not None else "",
        "model": embedder.digest,
        "search": index_digest(plan.documents, embedder, plan.concepts),
    }
    if home := _home(folder, plan.source):
        inputs["home"] = home
    identifier = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()
    identifier = identifier[:_ID_DIGITS]
    with writing(folder.root), folder.building() as scratch:
        known = folder.whole(identifier)
        if known is not None and _opens(folder, known, embedder):
            folder.serve(known)
            return known
        _fill(scratch, plan, embedder, report)
        Manifest(
            id=identifier,
            kind=plan.kind,
            created=stamp(),
            sciknow=__version__,
            source=plan.source,
            home=home,
            inputs=inputs,
            model={
                "name": embedder.name,
                "digest": embedder.digest,
                "dimensions": embedder.dimensions,
            },
            sectors=plan.sectors,
            counts=plan.counts,
            files=digest_files(scratch),
        ).write(scratch)
        try_generation(folder, scratch, embedder)
        return folder.publish(scratch, identifier)


def _fill(scratch: Path, plan: Plan, embedder: Embedder, report: Progress) -> None:
    """Write the records, the index and the graph of a plan into a new folder."""
    report("records", 0, 1)
    write_records(scratch / RECORDS, plan.objects)
    report("records", 1, 1)
    build_index(
        scratch / SEARCH,
        plan.documents,
        embedder=embedder,
        cache=EmbeddingCache(),
        concepts=plan.concepts,
        progress=report,
    )
    if plan.quads is not None:
        report("graph", 0, 1)
        graph.write_store(scratch / GRAPH, plan.quads)
        report("graph", 1, 1)
    if plan.merged:
        write_atomic(scratch / MERGED, json.dumps(plan.merged, ensure_ascii=False, indent=1))


def _opens(folder: HubFolder, generation: Path, embedder: Embedder) -> bool:
    """Tell whether a generation whose files are whole serves; one that does not is built anew."""
    try:
        try_generation(folder, generation, embedder)
    except SciknowError:
        return False
    return True


def _source(origin: Path, folder: HubFolder, packaged: bool) -> str:
    """Return how the manifest names the source: relative to a generation where one holds it."""
    if packaged or origin.resolve() == packaged_source().resolve():
        return PACKAGE_SOURCE
    generation = folder.generations.resolve() / "x"
    root = folder.root.resolve()
    if origin.resolve().is_relative_to(root):
        return os.path.relpath(origin.resolve(), generation)
    return str(origin.resolve())


def _home(folder: HubFolder, source: str) -> str:
    """Return what a hub that was built from a folder outside it is known by."""
    if not Path(source).is_absolute():
        return ""
    folder.root.mkdir(parents=True, exist_ok=True)
    return home_of(folder.root)


def _records_digest(objects: Sequence[Stored]) -> str:
    digest = hashlib.sha256()
    for item in objects:
        line = json.dumps([type(item).__name__, to_plain(item)], sort_keys=True)
        digest.update(line.encode() + b"\n")
    return digest.hexdigest()
