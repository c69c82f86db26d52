"""YAML text → plain values, with limits, and nothing that YAML can do beyond plain data.

Only mappings with text keys, lists, texts, numbers, booleans and null come out. Anchors, aliases,
merge keys, tags, duplicate keys and second documents are refused, before anything is built from
them. Spellings that YAML 1.1 turns into something a reader does not expect (``no``, ``0o17``,
``12:30:00``, ``.nan``) are refused too, so that plain Intake and sciknow read the same values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from sciknow.errors import InvalidInput, LimitExceeded, NotFound, SciknowError, UntrustedInput
from sciknow.files import read_regular
from sciknow.model.parse import Where, show

MAX_BYTES = 48 * 2**20
MAX_DEPTH = 12
MAX_NODES = 3_000_000

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = yaml.SafeLoader.yaml_implicit_resolvers
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?[0-9]+\.[0-9]*(?:[eE][-+][0-9]{1,3})?")
_LINES_TO_DEPTH = 3
_NO_KEY = object()
_CACHED = 40


@dataclass(slots=True)
class Document:
    """A YAML file as plain values, and the line on which each of its upper keys stands.

    Parameters
    ----------
    value : object
        Mappings, lists, texts, numbers, booleans and None.
    lines : dict
        Path of keys, at most three deep, → line number from 1.
    """

    value: object
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)


def read_bytes(path: Path, *, limit: int = MAX_BYTES) -> bytes:
    """Read a regular file of bounded size, which lies where it seems to.

    Raises
    ------
    NotFound
        When there is no file.
    UntrustedInput
        For a device, a pipe or a folder: reading one may never end; for a link out of its folder.
    LimitExceeded
        When the file is larger than *limit* bytes.
    """
    try:
        data = read_regular(path, path.parent, most=limit + 1)
    except FileNotFoundError:
        raise NotFound(f"{path}: there is no such file", hint="check the path") from None
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read ({error.strerror})") from None
    if len(data) > limit:
        raise LimitExceeded(
            f"{path}: found more than {limit:,} bytes, allowed are at most that many",
            hint="split the catalogue into several files",
        )
    return data


def read_document(path: Path) -> Document:
    """Read one YAML file as plain values; errors name the file."""
    return parse_document(read_bytes(path), Where(path.name))


def parse_document(data: bytes, where: Where) -> Document:
    """Parse YAML bytes into plain values.

    Raises
    ------
    InvalidInput
        For bytes that are not UTF-8, an empty or broken document, a duplicate key, an anchor.
    UntrustedInput
        For a tag: a tag names a type to be built.
    LimitExceeded
        For more depth or more nodes than any catalogue has.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise where.refuse(f"a byte that is not UTF-8 at {error.start:,}", "UTF-8 text") from None
    builder = _Builder(where)
    try:
        parser = _PARSER(text)
        try:
            builder.run(parser.get_event)
        finally:
            parser.dispose()
    except yaml.YAMLError as error:
        raise _broken(where, error) from None
    return Document(builder.root, builder.lines)


def _broken(where: Where, error: yaml.YAMLError) -> SciknowError:
    mark = getattr(error, "problem_mark", None)
    place = f" on line {mark.line + 1}" if mark else ""
    problem = getattr(error, "problem", None) or "characters that YAML does not allow"
    if "nesting depth" in problem:  # libyaml 0.2.6 and later count for themselves, ahead of us
        return LimitExceeded(
            f"{where}: found too many levels of nesting{place}, allowed are at most {MAX_DEPTH}"
        )
    return where.refuse(f"broken YAML{place} ({problem})", "YAML")


@lru_cache(maxsize=4096)
def _tag_of_short(text: str) -> str:
    return _tag_of(text)


def _tag_of(text: str) -> str:
    for tag, pattern in _RESOLVERS.get(text[:1], ()):
        if pattern.match(text):
            return tag.rpartition(":")[2]
    return "str"


def resolve(text: str) -> object:
    """Turn a plain (unquoted) scalar into its value.

    Raises
    ------
    ValueError
        For a spelling that YAML 1.1 takes for something else than it looks like.
    """
    tag = _tag_of_short(text) if len(text) <= _CACHED else _tag_of(text)
    if tag in ("str", "timestamp"):
        return text
    if tag == "null":
        return None
    if tag == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if tag == "int" and _INTEGER.fullmatch(text):
        return int(text)
    if tag == "float" and _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    raise ValueError(tag)


class _Builder:
    """Builds values from parser events on a stack of its own, so that depth costs no recursion."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.root: object = None
        self.lines: dict[tuple[str, ...], int] = {}
        self.stack: list[Any] = []
        self.keys: list[Any] = []
        self.count = 0
        self.documents = 0

    def run(self, get_event: Callable[[], Any]) -> None:
        """Take every event up to the end of the stream."""
        handlers: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self.scalar,
            yaml.MappingStartEvent: self.start_mapping,
            yaml.SequenceStartEvent: self.start_list,
            yaml.MappingEndEvent: self.end,
            yaml.SequenceEndEvent: self.end,
            yaml.AliasEvent: self.alias,
            yaml.DocumentStartEvent: self.start_document,
        }
        while (event := get_event()) is not None:
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
            if isinstance(event, yaml.StreamEndEvent):
                break
        if not self.documents:
            raise self.where.refuse("an empty file", "a catalogue in YAML")

    def refuse(self, event: Any, found: str, allowed: str) -> InvalidInput:
        """Build an error that names the line and the keys down to the place."""
        return self.at(event).refuse(found, allowed)

    def at(self, event: Any) -> Where:
        """Say where an event stands: file and line, keys above it."""
        place = Where(f"{self.where.file} line {event.start_mark.line + 1}")
        for key in self.keys:
            if isinstance(key, str):
                place = place / key
        return place

    def start_document(self, event: Any) -> None:
        """Refuse a second document and directives."""
        self.documents += 1
        if self.documents > 1:
            raise self.refuse(event, "a second document", "one document a file")
        if event.tags:
            raise self.untrusted(event, "a %TAG directive", "no tags")

    def untrusted(self, event: Any, found: str, allowed: str) -> SciknowError:
        """Build the error for something that YAML could be made to do."""
        return UntrustedInput(f"{self.at(event)}: found {found}, allowed is {allowed}")

    def alias(self, event: Any) -> None:
        """Refuse an alias: a few of them stand for billions of nodes."""
        raise self.refuse(event, f"the alias *{show(event.anchor)}", "no aliases: write it out")

    def check(self, event: Any) -> None:
        """Count a node; refuse anchors and tags."""
        self.count += 1
        if self.count > MAX_NODES:
            raise LimitExceeded(f"{self.at(event)}: found more than {MAX_NODES:,} nodes")
        if event.anchor is not None:
            raise self.refuse(
                event, f"the anchor &{show(event.anchor)}", "no anchors: write it out"
            )
        if event.tag is not None:
            raise self.untrusted(event, f"the tag {show(event.tag)}", "no tags")

    def scalar(self, event: Any) -> None:
        """Take a key or a value."""
        self.check(event)
        value: object = event.value
        if event.implicit[0]:
            try:
                value = resolve(event.value)
            except ValueError as error:
                raise self.refuse(event, *_ambiguous(event.value, str(error))) from None
        if self.keys and self.keys[-1] is _NO_KEY:
            self.key(value, event)
        else:
            self.put(value)

    def key(self, value: object, event: Any) -> None:
        """Take a mapping's key: a text, once."""
        if not isinstance(value, str):
            raise self.refuse(event, f"the key {show(value)}", "a text as key: quote it")
        if value in self.stack[-1]:
            raise self.refuse(event, f"the key {show(value)} a second time", "each key once")
        self.keys[-1] = value
        if len(self.keys) <= _LINES_TO_DEPTH:
            self.lines[tuple(self.keys)] = event.start_mark.line + 1

    def put(self, value: object) -> None:
        """Place a finished or just started value into what holds it."""
        if not self.stack:
            self.root = value
        elif isinstance(self.stack[-1], dict):
            self.stack[-1][self.keys[-1]] = value
            self.keys[-1] = _NO_KEY
        else:
            self.stack[-1].append(value)

    def start_mapping(self, event: Any) -> None:
        """Open a mapping."""
        self.start(event, {}, _NO_KEY)

    def start_list(self, event: Any) -> None:
        """Open a list."""
        self.start(event, [], None)

    def start(self, event: Any, holder: Any, key: object) -> None:
        """Open a collection: check it, place it, and make it the innermost."""
        self.check(event)
        if len(self.stack) >= MAX_DEPTH:
            raise LimitExceeded(
                f"{self.at(event)}: found more than {MAX_DEPTH} levels of nesting, "
                "allowed are at most that many"
            )
        if self.keys and self.keys[-1] is _NO_KEY:
            raise self.refuse(event, "a collection as key", "a text as key")
        name = self.keys[-1] if self.keys else None
        self.put(holder)
        if self.keys and isinstance(self.stack[-1], dict):
            self.keys[-1] = name
        self.stack.append(holder)
        self.keys.append(key)

    def end(self, _event: Any) -> None:
        """Close the innermost collection."""
        self.stack.pop()
        self.keys.pop()
        if self.stack and isinstance(self.stack[-1], dict):
            self.keys[-1] = _NO_KEY


def _ambiguous(text: str, tag: str) -> tuple[str, str]:
    if tag == "merge":
        return "the merge key <<", "no merge keys: write it out"
    wanted = {
        "bool": "true or false, or the text in quotes",
        "int": "a decimal number of at most 18 digits, or the text in quotes",
        "float": "a finite number such as 0.25, or the text in quotes",
    }.get(tag, "the text in quotes")
    return f"{show(text)}, which YAML reads as {tag}", wanted
