"""Registries whose records are files: the Registry of Open Data on AWS, Earth Engine's catalogue.

The first is a folder of YAML; the second a public repository of Jsonnet, as a checkout or a bare
git folder, evaluated by rjsonnet (an extra of the scripts) as its publisher does.
"""

from __future__ import annotations

import json
import posixpath
import re
import subprocess
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from knowledge.record import Record

AWS = "https://github.com/awslabs/open-data-registry/blob/main/datasets/"
EARTH_ENGINE = "https://github.com/google/earthengine-catalog/blob/main/"
_URL = re.compile(r"https?://[^\s)\]>\"']+[^\s)\]>\"'.,;]")
_DOI = re.compile(r"10\.\d{4,9}/[^\s)\]>\"']+[^\s)\]>\"'.,;]")


class OpenDataRegistry:
    """The YAML files of the Registry of Open Data on AWS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.missing = "" if (folder / "datasets").is_dir() else f"no folder {folder}/datasets"

    def covers(self, source: str) -> bool:
        """Tell whether a source is a record of this registry."""
        return source.startswith(AWS)

    def record(self, source: str) -> Record | None:
        """Return the record behind a source; None where it is not in the folder."""
        file = self.folder / "datasets" / source.removeprefix(AWS)
        if not file.is_file():
            return None
        text = file.read_text(encoding="utf-8")
        plain = yaml.safe_load(text)
        resources = [item for item in plain.get("Resources", ()) if isinstance(item, dict)]
        closed = [item for item in resources if _closed(item)]
        buckets = {_bucket(item.get("ARN", "")) for item in resources} - {""}
        told = " ".join(strings(plain))
        return Record(
            where=source,
            text=told,
            title=str(plain.get("Name", "")),
            license=str(plain.get("License", "")),
            addresses=frozenset(_URL.findall(told)) | buckets,
            restricted=bool(resources) and len(closed) == len(resources),
        )

    def publications(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield (file name, publication) of every record."""
        for file in sorted((self.folder / "datasets").glob("*.yaml")):
            plain = yaml.safe_load(file.read_text(encoding="utf-8"))
            for item in (plain.get("DataAtWork") or {}).get("Publications") or ():
                yield file.name, item


def strings(value: Any) -> Iterator[str]:
    """Yield every text in a plain value."""
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif value is not None:
        yield str(value)


def _closed(resource: dict[str, Any]) -> bool:
    return bool(resource.get("RequesterPays") or resource.get("ControlledAccess"))


def _bucket(arn: str) -> str:
    place = str(arn).removeprefix("arn:aws:s3:::").removeprefix("arn:aws-cn:s3:::")
    return "s3://" + place.split("/")[0] if place != str(arn) else ""


class EarthEngineCatalog:
    """The Jsonnet files of Earth Engine's catalogue."""

    def __init__(self, repository: Path) -> None:
        self.git = ["git", "--git-dir", str(repository)]
        if (repository / ".git").exists():
            self.git = ["git", "-C", str(repository)]
        self.missing = self._lacking(repository)

    def _lacking(self, repository: Path) -> str:
        if not repository.exists():
            return f"no repository {repository}"
        try:
            self.jsonnet = import_module("rjsonnet")
        except ImportError:
            return "rjsonnet is not installed"
        return ""

    @cached_property
    def _files(self) -> dict[str, list[str]]:
        listed = self._run("ls-tree", "-r", "--name-only", "HEAD") or ""
        found: dict[str, list[str]] = {}
        for path in listed.splitlines():
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def _run(self, *arguments: str) -> str | None:
        done = subprocess.run([*self.git, *arguments], capture_output=True, text=True, check=False)
        return done.stdout if done.returncode == 0 else None

    def _import(self, folder: str, name: str) -> tuple[str, str]:
        beside = posixpath.normpath(posixpath.join(folder, name))
        for path in (beside, *self._files.get(posixpath.basename(name), ())):
            if (text := self._run("show", f"HEAD:{path}")) is not None:
                return path, text
        raise RuntimeError(f"{name} is not in the repository")

    def covers(self, source: str) -> bool:
        """Tell whether a source is a record of this registry."""
        return source.startswith(EARTH_ENGINE)

    def record(self, source: str) -> Record | None:
        """Return the record behind a source; None where it is not in the repository."""
        path = source.removeprefix(EARTH_ENGINE)
        text = self._run("show", f"HEAD:{path}")
        if text is None:
            return None
        try:
            evaluated = self.jsonnet.evaluate_snippet(path, text, import_callback=self._import)
        except RuntimeError:
            return None
        return earth_engine_record(source, json.loads(evaluated))


def earth_engine_record(source: str, plain: dict[str, Any]) -> Record:
    """Read a record of Earth Engine's catalogue (STAC with its own terms)."""
    extent, summaries = plain.get("extent", {}), plain.get("summaries", {})
    boxes = extent.get("spatial", {}).get("bbox", [])
    start, end = (extent.get("temporal", {}).get("interval") or [[None, None]])[0]
    bands = summaries.get("eo:bands") or []
    spacing = [*(summaries.get("gsd") or ()), *(band.get("gsd") for band in bands)]
    interval = plain.get("gee:interval") or {}
    told = " ".join(strings(plain))
    terms = " ".join([str(plain.get("license", "")), str(plain.get("gee:terms_of_use", ""))])
    return Record(
        where=source,
        text=told,
        title=str(plain.get("title", "")),
        license="" if terms.strip() in ("proprietary", "various") else terms,
        addresses=frozenset(_URL.findall(told)),
        box=tuple(map(float, boxes[0])) if len(boxes) == 1 else None,
        start=str(start or "")[:10],
        meters=tuple(float(item) for item in spacing if item),
        step=_interval(interval) if interval.get("type") == "cadence" else "",
        doi=str(plain.get("sci:doi", "")),
        units={band["name"]: str(band.get("gee:units", "")) for band in bands},
        end=str(end or "")[:10],
    )


def _interval(interval: dict[str, Any]) -> str:
    number, unit = interval["interval"], interval["unit"]
    letters = {"minute": "M", "hour": "H", "day": "D", "week": "W", "month": "M", "year": "Y"}
    return f"P{'T' if unit in ('minute', 'hour') else ''}{number}{letters[unit]}"
