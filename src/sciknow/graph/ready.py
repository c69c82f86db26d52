"""The ready queries of a knowledge base, ``queries/*.rq``: listed, filled in, run.

Each file opens with comment lines (``# title:``, ``# title.zh:``, ``# answers:``,
``# parameter <name>: …``) and runs as it stands: every parameter has its default in a block
``VALUES ?<name> { … }``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from sciknow.errors import InvalidInput, NotFound
from sciknow.files import read_regular
from sciknow.rdf.prefix import PREFIXES
from sciknow.rdf.term import iri
from sciknow.vocab import XSD

_HEAD = re.compile(r"#\s*(title\.zh|title|answers|parameter\s+\w+)\s*:\s*(.*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value that a ready query takes.

    Parameters
    ----------
    name : str
        The variable, without ``?``.
    about : str
        What it is.
    default : str
        The value it has when none is given, as SPARQL writes it.
    """

    name: str
    about: str
    default: str


@dataclass(frozen=True, slots=True)
class ReadyQuery:
    """A query that ships with the knowledge base.

    Parameters
    ----------
    name : str
        The file's name without ``.rq``.
    title, title_zh : str
        What it finds.
    answers : str
        One sentence.
    parameters : tuple of Parameter
        What can be filled in.
    text : str
        The SPARQL text, defaults in place.
    """

    name: str
    title: str
    title_zh: str
    answers: str
    parameters: tuple[Parameter, ...]
    text: str

    def fill(self, **values: object) -> str:
        """Return the SPARQL text with values in place of the defaults.

        Parameters
        ----------
        **values : object
            By parameter: a text, a number, a date, or an IRI (whole, or with a known prefix)
            where the default is one.

        Raises
        ------
        NotFound
            For a parameter that the query does not have.
        InvalidInput
            For a value that does not fit.
        """
        text = self.text
        known = {parameter.name: parameter for parameter in self.parameters}
        for name, value in values.items():
            if name not in known:
                raise NotFound(
                    f"the query {self.name} has no parameter {name!r}",
                    hint=f"it has {', '.join(known) or 'none'}",
                )
            term = _term(value, known[name])
            found = _block(name).search(text)
            if found is not None:
                text = f"{text[: found.end(1)]}{term}{text[found.start(3) :]}"
        return text


def ready_queries(folder: Path) -> tuple[ReadyQuery, ...]:
    """List the ready queries of a knowledge base, sorted by name.

    Parameters
    ----------
    folder : Path
        The folder ``queries/``.

    Raises
    ------
    InvalidInput
        When a file lacks its title, or a parameter its default.
    """
    return tuple(_read(path) for path in sorted(folder.glob("*.rq")))


def _read(path: Path) -> ReadyQuery:
    try:
        text = read_regular(path, path.parent).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: {error}", hint="write it in UTF-8") from None
    heads = {" ".join(found[1].split()): found[2].strip() for found in _HEAD.finditer(text)}
    if not heads.get("title") or not heads.get("answers"):
        raise InvalidInput(
            f"{path}: no title or no answers", hint="open it with # title: and # answers:"
        )
    parameters = tuple(
        _parameter(path, key.partition(" ")[2], about, text)
        for key, about in heads.items()
        if key.startswith("parameter ")
    )
    return ReadyQuery(
        path.stem, heads["title"], heads.get("title.zh", ""), heads["answers"], parameters, text
    )


def _parameter(path: Path, name: str, about: str, text: str) -> Parameter:
    found = _block(name).search(text)
    if found is None:
        raise InvalidInput(
            f"{path}: the parameter {name} has no default",
            hint=f"write VALUES ?{name} {{ ... }} in the query",
        )
    return Parameter(name, about, found[2].strip())


def _block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(VALUES\s+\?{re.escape(name)}\s*\{{\s*)([^{{}}]*?)(\s*\}})")


def _term(value: object, parameter: Parameter) -> str:
    """Write a value as SPARQL, in the form that the default has."""
    default = parameter.default
    if "^^xsd:date" in default:
        return str(Literal(_day(value, parameter), datatype=NamedNode(XSD.date)))
    if default.startswith('"'):
        return str(Literal(str(value)))
    if default[:1].isdigit() or default[:1] in "-+.":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InvalidInput(f"{parameter.name}: {value!r} is no number", hint="give a number")
        return str(Literal(repr(float(value)), datatype=NamedNode(XSD.double)))
    prefix, _, rest = str(value).partition(":")
    known = PREFIXES.get(prefix)
    return str(iri(known + rest if known else str(value)))


def _day(value: object, parameter: Parameter) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise InvalidInput(
            f"{parameter.name}: {value!r} is no day", hint="write YYYY-MM-DD"
        ) from None
