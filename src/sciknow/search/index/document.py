"""What the index knows of a record: its text by field, and columns to filter by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sciknow.errors import InvalidInput
from sciknow.model import Agent, Concept, Dataset, Publication, Resolution, Variable
from sciknow.model.coverage import BBox
from sciknow.model.licence import canonical, reuse_of
from sciknow.model.parse import date_key
from sciknow.place.place import places_of
from sciknow.text import clean, has_han

KINDS = ("dataset", "publication", "concept", "variable")
FIELDS = (
    "title",
    "keywords",
    "variables",
    "concepts",
    "description",
    "publications",
    "publisher",
    "gloss",
)
"""Fields of text, in the order in which the index keeps them; ``gloss`` is made at build."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Another record that says something about this one.

    Parameters
    ----------
    id, title : str
        The other record, for example a publication.
    relation : str
        ``describes`` or ``uses``.
    """

    id: str
    title: str
    relation: str = "uses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A record as the index reads it.

    Parameters
    ----------
    id : str
        Identifier, unique among the records of its kind.
    kind : str
        One of `KINDS`.
    fields : mapping of str to str
        Field (one of `FIELDS`) → text, in either language or both.
    concepts : tuple of str
        Ids of the concepts that it is about.
    links : tuple of Link
        Publications that describe or use it.
    bbox : tuple of four floats, or None
        West, south, east, north.
    places : tuple of four floats each
        Boxes of the places that it names as its own; read where *bbox* is not known. They raise
        or lower it where a question names a place, and are never a reason to leave it out.
    start, end : int or None
        First and last day as YYYYMMDD; None where not known.
    grows : bool
        Whether an unknown end means that it still grows.
    meters : float or None
        Grid spacing.
    duration : str
        ISO 8601 duration between time steps.
    sectors, variables : tuple of str
        What can be filtered by; variables in every name they have.
    units : tuple of str
        Units of the variables, as the data write them.
    license : str
        SPDX identifier or URL.
    license_class : str
        ``open``, ``limited``, or empty where not known.
    access : str
        ``open``, ``registration``, ``restricted``, or empty where not known.
    publisher : str
        Agent's id.
    publisher_names : tuple of str
        Its names.
    openable, offline : bool
        Whether it opens lazily, and with no network.
    formats, languages : tuple of str
        Forms of the data (``zarr``, ``csv``), and languages that the record is written in.
    parent : str
        For a variable: the id of its dataset.
    metadata : mapping
        Kept and given back, never searched.
    """

    id: str
    kind: str = "dataset"
    fields: Mapping[str, str] = field(default_factory=dict)
    concepts: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    bbox: BBox | None = None
    places: tuple[BBox, ...] = ()
    start: int | None = None
    end: int | None = None
    grows: bool = False
    meters: float | None = None
    duration: str = ""
    sectors: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    license: str = ""
    license_class: str = ""
    access: str = ""
    publisher: str = ""
    publisher_names: tuple[str, ...] = ()
    openable: bool = False
    offline: bool = False
    formats: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    parent: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise InvalidInput("a document without an id", hint="give each record its own id")
        if self.kind not in KINDS:
            raise InvalidInput(f"{self.id}: kind {self.kind!r}", hint=f"one of {', '.join(KINDS)}")
        for name in self.fields:
            if name not in FIELDS:
                raise InvalidInput(f"{self.id}: field {name!r}", hint=f"one of {', '.join(FIELDS)}")

    @property
    def title(self) -> str:
        """The text of the title field."""
        return self.fields.get("title", "")


def document_of(
    dataset: Dataset,
    concepts: Mapping[str, Concept],
    publications: Sequence[Publication] = (),
    agents: Mapping[str, Agent] | None = None,
) -> Document:
    """Return what the index reads of a dataset.

    Parameters
    ----------
    dataset : Dataset
        The record.
    concepts : mapping of str to Concept
        The hub's concepts by id, for labels and the way up.
    publications : sequence of Publication
        Those that describe or use this dataset.
    agents : mapping of str to Agent, optional
        The hub's agents by id, for their names.
    """
    publisher = (agents or {}).get(dataset.publisher)
    names = _agent_names(publisher) if publisher else ()
    themes = [concepts[name] for name in dataset.theme if name in concepts]
    return Document(
        id=dataset.id,
        fields=_texts(
            title=[text for _, text in dataset.title.items()],
            keywords=[word for _, word in dataset.keywords],
            variables=[name for item in dataset.variables for name in _variable_words(item)],
            concepts=[label for concept in themes for label in concept.labels()]
            + [str(label) for label in _broader_labels(themes, concepts)],
            description=[text for _, text in dataset.description.items()],
            publications=[text for item in publications for _, text in item.title.items()],
            publisher=[*names, *(text for _, text in dataset.spatial.name.items())],
        ),
        concepts=tuple(item.id for item in themes),
        links=tuple(_link(item, dataset.id) for item in publications),
        bbox=dataset.spatial.bbox,
        places=() if dataset.spatial.bbox else _places(dataset),
        start=date_key(dataset.temporal.start) if dataset.temporal.start else None,
        end=date_key(dataset.temporal.end, end=True) if dataset.temporal.end else None,
        grows=bool(dataset.temporal.start) and not dataset.temporal.end,
        meters=dataset.resolution.approximate_meters,
        duration=dataset.resolution.duration,
        sectors=tuple(map(str, dataset.all_sectors)),
        variables=_variable_names(dataset, themes),
        units=tuple(dict.fromkeys(item.units for item in dataset.variables if item.units)),
        license=canonical(dataset.license) or dataset.license,
        license_class=reuse_of(dataset.license),
        access=str(dataset.access_rights or ""),
        publisher=dataset.publisher,
        publisher_names=names,
        openable=dataset.openable,
        offline=dataset.offline,
        formats=formats_of(dataset),
        languages=tuple(tag for tag, _ in dataset.title.items()),
    )


def variables_of(dataset: Dataset, whole: Document) -> Iterator[Document]:
    """Yield a document for each variable of a dataset; coverage is the dataset's own."""
    for variable in dataset.variables:
        yield Document(
            id=f"{dataset.id}#{variable.name}",
            kind="variable",
            parent=dataset.id,
            fields=_texts(
                title=_variable_words(variable),
                concepts=[whole.fields.get("concepts", "")],
                description=[whole.title],
                publisher=[whole.fields.get("publisher", "")],
            ),
            concepts=whole.concepts,
            bbox=whole.bbox,
            places=whole.places,
            start=whole.start,
            end=whole.end,
            grows=whole.grows,
            meters=whole.meters,
            duration=whole.duration,
            sectors=whole.sectors,
            variables=(variable.name, *filter(None, [variable.standard_name])),
            units=tuple(filter(None, [variable.units])),
            license=whole.license,
            license_class=whole.license_class,
            access=whole.access,
            publisher=whole.publisher,
            publisher_names=whole.publisher_names,
            openable=whole.openable,
            offline=whole.offline,
            formats=whole.formats,
            languages=whole.languages,
            metadata={"units": variable.units, "name": variable.name},
        )


def document_of_publication(publication: Publication) -> Document:
    """Return what the index reads of a publication."""
    return Document(
        id=publication.id,
        kind="publication",
        fields=_texts(
            title=[text for _, text in publication.title.items()],
            keywords=publication.authors[:20],
            publisher=[publication.container],
        ),
        start=date_key(publication.issued) if publication.issued else None,
        end=date_key(publication.issued, end=True) if publication.issued else None,
    )


def document_of_concept(concept: Concept, concepts: Mapping[str, Concept]) -> Document:
    """Return what the index reads of a concept."""
    return Document(
        id=concept.id,
        kind="concept",
        fields=_texts(
            title=[text for _, text in concept.pref_label.items()],
            keywords=[label for _, label in concept.alt_labels],
            variables=[name.replace("_", " ") for name in concept.standard_names],
            concepts=[str(label) for label in _broader_labels([concept], concepts)],
            description=[text for _, text in concept.definition.items()],
        ),
        concepts=(concept.id,),
        variables=concept.standard_names,
    )


def document_of_text(
    id: str, title: str = "", text: str = "", metadata: Mapping[str, object] | None = None
) -> Document:
    """Return what the index reads of a plain text of other people's collections.

    Parameters
    ----------
    id, title, text : str
        The text and its name; title or text may be empty.
    metadata : mapping, optional
        Kept as it is; a list of strings under ``tags`` or ``keywords`` is searched as keywords,
        a number (also as text) under ``year`` becomes the year of issue.
    """
    more = dict(metadata or {})
    return Document(
        id=id,
        fields=_texts(title=[title], keywords=_tags(more), description=[text]),
        places=places_of((), title),
        start=_year(more.get("year"), 101),
        end=_year(more.get("year"), 1231),
        metadata=more,
    )


def formats_of(dataset: Dataset) -> tuple[str, ...]:
    """Return the forms that a dataset's data come in: by reader, else by media type, each once."""
    ways = dataset.distributions
    names = [way.reader or way.media_type.rpartition("/")[2].partition(";")[0] for way in ways]
    short = [re.sub(r"^(x-|vnd\.(apache\.)?)|\+json$", "", name.strip().lower()) for name in names]
    return tuple(dict.fromkeys(name for name in short if name and name != "octet-stream"))


def _places(dataset: Dataset) -> tuple[BBox, ...]:
    names = [text for _, text in dataset.spatial.name.items()]
    return places_of(names, " \n".join(text for _, text in dataset.title.items()))


def _tags(metadata: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for name in ("tags", "keywords"):
        value = metadata.get(name)
        if isinstance(value, (list, tuple)):
            found += [item for item in value if isinstance(item, str)]
    return found


def _year(value: object, day: int) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"\s*[0-9]{4}\s*", value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000:
        return value * 10_000 + day
    return None


def _texts(**parts: Iterable[str]) -> dict[str, str]:
    joined = {
        name: " \n".join(dict.fromkeys(clean(part).strip() for part in values if part))
        for name, values in parts.items()
    }
    return {name: text for name, text in joined.items() if text}


def _variable_words(variable: Variable) -> list[str]:
    words = [variable.standard_name.replace("_", " "), *(t for _, t in variable.long_name.items())]
    return [word for word in words if word] + [variable.name]


def _variable_names(dataset: Dataset, themes: Sequence[Concept]) -> tuple[str, ...]:
    own = [name for item in dataset.variables for name in (item.name, item.standard_name) if name]
    labels = [text for item in dataset.variables for _, text in item.long_name.items()]
    stands = set(own)
    labels += [
        label for item in themes if stands & set(item.standard_names) for label in item.labels()
    ]
    return tuple(dict.fromkeys([*own, *labels]))


def _broader_labels(start: Sequence[Concept], concepts: Mapping[str, Concept]) -> Iterator[str]:
    """Yield the preferred labels of every concept above, nearest first, each once."""
    seen, level = {item.id for item in start}, list(start)
    while level:
        above = [concepts[name] for item in level for name in item.broader if name in concepts]
        level = [item for item in above if item.id not in seen]
        seen |= {item.id for item in level}
        for item in level:
            yield from (text for _, text in item.pref_label.items())


def _agent_names(agent: Agent) -> tuple[str, ...]:
    names = [
        *agent.name.items(),
        *(pair for other in agent.alternate_names for pair in other.items()),
    ]
    return tuple(text for _, text in names)


def _link(publication: Publication, dataset: str) -> Link:
    relation = "describes" if dataset in publication.describes else "uses"
    return Link(id=publication.id, title=str(publication.title), relation=relation)


def embedded_text(document: Document) -> str:
    """Return the text that the sentence model reads: the title, then the description.

    English lines come first where a record has both languages: the default model reads English.
    """
    lines = [line for name in ("title", "description") for line in _lines(document, name)]
    english = [line for line in lines if not has_han(line)]
    if document.kind != "dataset" or not english:
        lines += _lines(document, "keywords")
        english = [line for line in lines if not has_han(line)]
    return ". ".join(english or lines)


def titled_text(document: Document) -> str:
    """Return a record's title as the sentence model reads it: its English lines, where any."""
    lines = _lines(document, "title")
    return ". ".join([line for line in lines if not has_han(line)] or lines)


def _lines(document: Document, name: str) -> list[str]:
    return [line.strip() for line in document.fields.get(name, "").split(" \n") if line.strip()]


def resolution_words(resolution: Resolution) -> str:
    """Return a resolution in words, as people would ask for it."""
    parts = []
    if resolution.degrees is not None:
        parts.append(f"{resolution.degrees:g} degree")
    if resolution.meters is not None:
        far = resolution.meters >= 1000
        parts.append(f"{resolution.meters / 1000:g} km" if far else f"{resolution.meters:g} m")
    return " ".join(parts)
