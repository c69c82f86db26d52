"""What a format says of itself: the one value that its folder declares.

Everybody who needs a fact about a format asks here for it, through `sciknow.formats`. What reads
the format is named, not imported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.util import find_spec
from typing import Any

from sciknow.errors import InvalidInput, MissingDependency
from sciknow.model.content import DATA, Content
from sciknow.model.option import Parser

XARRAY_DATASET = "xarray:Dataset"
DASK_TABLE = "dask.dataframe:DataFrame"

ARRAYS = ("xarray", "dask", "numpy")
TABLES = ("pandas", "dask")
"""Libraries that whatever opens as arrays, or as a table, rests on."""


REFERENCE_URL = "reference://"
"""Address of a file system of references; which document holds them, its options say."""


class Form(StrEnum):
    """What a distribution of a format is."""

    FILE = "file"
    """One file, or several beside each other: they are copied and digested as they are."""
    FOLDER = "folder"
    """A folder, or a prefix of a store, with keys below it."""
    DOCUMENT = "document"
    """A document that leads to files elsewhere."""
    SERVICE = "service"
    """A server that makes each answer when it is asked."""


class Address(StrEnum):
    """How Intake's notation says where data of a format lie."""

    URL = "url"
    """An address, or several of one folder."""
    SERVICE = "service"
    """The address of a service, which has no query and no options of a store."""
    REFERENCES = "references"
    """``reference://``, with the document among the options of the store."""
    REPOSITORY = "repository"
    """The kind of a store, its arguments and a version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """How a catalogue in Intake's notation writes a format, so that plain Intake opens it too.

    Parameters
    ----------
    datatype, reader, output_instance : str
        The only Intake classes that may be named, as ``module:Class``.
    engine : str
        xarray's engine for plain Intake; empty for what is no array.
    address : Address
        How the data section says where the data lie.
    several : bool
        Whether it may list several addresses.
    when : callable, optional
        Tells by the address whether the data are of this format, where others have the datatype.
    group : str
        Argument of the datatype that must stay empty, since ``group`` stands in the entry.
    required : tuple of str
        Options that must be written, since plain Intake needs them.
    plain : mapping
        Options that must be written with just this value, for plain Intake; ours takes them for
        granted.
    beside : mapping
        Option → what must be written beside it, for plain Intake.
    elsewhere : tuple of str
        Options of the reader that have their place in the data section, or none at all.
    """

    datatype: str
    reader: str
    output_instance: str
    engine: str = ""
    address: Address = Address.URL
    several: bool = False
    when: Callable[[str], bool] | None = None
    group: str = ""
    required: tuple[str, ...] = ()
    plain: Mapping[str, object] = field(default_factory=dict)
    beside: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def intake_array(datatype: str, engine: str, **more: Any) -> Intake:
    """Return how Intake's own xarray reader is written for one of Intake's datatypes."""
    return Intake(
        datatype=f"intake.readers.datatypes:{datatype}",
        reader="intake.readers.readers:XArrayDatasetReader",
        output_instance=XARRAY_DATASET,
        engine=engine,
        **more,
    )


def intake_table(datatype: str, reader: str, **more: Any) -> Intake:
    """Return how one of Intake's own readers of dask tables is written."""
    return Intake(
        datatype=f"intake.readers.datatypes:{datatype}",
        reader=f"intake.readers.readers:{reader}",
        output_instance=DASK_TABLE,
        **more,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Format:
    """One format: how it is found, recognised, named, opened, cited and written in a catalogue.

    Parameters
    ----------
    name : str
        What a `Distribution.reader` says, and its entry point.
    reader : str
        What opens it, as ``module:Class``; it is imported when something is opened, not before.
    form : Form
        What a distribution of it is.
    route : str
        How it is read, in words that a plan shows.
    table : bool
        Whether it opens as a table; else as arrays.
    content : Content
        What the first bytes of a file, or of the first document of a store, must be.
    media_types : tuple of str
        What it is found by; the first is what a catalogue states.
    suffixes : tuple of str
        What it is found by where no media type is stated.
    options : mapping
        Option → parser of the value that a catalogue may give it; None where only a program may.
    requires : tuple of str
        Modules that its reader imports.
    install : str
        What to give to pip when one of them is missing.
    libraries : tuple of str
        Packages whose work it rests on, to be cited.
    words : tuple of str
        What people call it in a question, in small letters.
    family : str
        The shorter name that also stands for files like it; its own name where none does.
    intake : tuple of Intake
        How a catalogue writes it; empty where a catalogue cannot name it.
    asks : callable, optional
        ``(location, options)`` → what a probe asks for first (`sciknow.readers.probes.ask.Ask`);
        without it the address itself.
    reaches : callable, optional
        The first kilobyte of a file → how many bytes a whole one has at least, or None.
    """

    name: str
    reader: str
    form: Form
    route: str
    table: bool = False
    content: Content = DATA
    media_types: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    options: Mapping[str, Parser | None] = field(default_factory=dict)
    requires: tuple[str, ...] = ()
    install: str = ""
    libraries: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    family: str = ""
    intake: tuple[Intake, ...] = ()
    asks: Callable[[Any, Mapping[str, object]], Sequence[Any]] | None = None
    reaches: Callable[[bytes], int | None] | None = None

    @property
    def media_type(self) -> str:
        """The media type that a catalogue states; empty where it has none."""
        return self.media_types[0] if self.media_types else ""

    def has_ending(self, name: str) -> bool:
        """Tell whether a name ends as those of its files do, in small letters or capitals."""
        return name.lower().endswith(self.suffixes)

    def check_requirements(self) -> None:
        """Check that every module that its reader imports can be found.

        Raises
        ------
        MissingDependency
            Naming the modules and what to install.
        """
        missing = [module for module in self.requires if find_spec(module) is None]
        if missing:
            raise MissingDependency(
                f"the reader {self.name!r} needs {', '.join(missing)}, which is not installed",
                hint=f"pip install '{self.install}'",
            )

    def check_options(self, options: Iterable[str]) -> None:
        """Refuse options that its reader does not take.

        Raises
        ------
        InvalidInput
            Naming the option and those that are allowed.
        """
        if unknown := sorted(set(options) - set(self.options)):
            raise InvalidInput(
                f"the reader {self.name!r} takes no option {unknown[0]!r}",
                hint="it takes " + (", ".join(sorted(self.options)) or "none"),
            )

    def missing_bytes(self, head: bytes, size: int | None) -> int:
        """Return how many bytes a file lacks at least, by its first kilobyte and its size."""
        wanted = self.reaches(head) if self.reaches and size is not None else None
        return max(0, wanted - size) if wanted is not None and size is not None else 0
