"""What a query from outside may say: reading this hub's own graph, within stated limits.

The text is cut into SPARQL 1.1 tokens, so that a word inside a text, an IRI, a comment or a
variable's name never counts. Refused are SERVICE, LOAD, FROM and every update, and what would
drive the engine's recursive parser too deep: 10 kB of nested brackets end the process
otherwise. What passes still runs under limits of time, memory and rows (`sciknow.graph.pool`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from sciknow.errors import InvalidInput, LimitExceeded, SciknowError, UntrustedInput
from sciknow.graph.limit import MAX_IRI_BRACKETS, MAX_NESTING, MAX_OPERATORS, MAX_QUERY
from sciknow.model.parse import check_whole

_TOKEN = re.compile(
    r"""
    (?P<space>[\ \t\n]+ | \#[^\n]*)
  | (?P<text>'''(?:'{0,2}(?:[^'\\]|\\.))*''' | \"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
            | '(?!'')(?:[^'\\\n]|\\.)*' | "(?!"")(?:[^"\\\n]|\\.)*")
  | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
  | (?P<variable>[?$]\w+)
  | (?P<blank>_:[\w.\-]+)
  | (?P<language>@[A-Za-z]+(?:-+[A-Za-z0-9]+)*)
  | (?P<name>(?:[^\W\d_][\w.\-]{0,255}+(?<!\.))?:(?:[\w:.\-·]|%[0-9A-Fa-f]{2}|\\.)*)
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>[^\W\d]\w*)
  | (?P<escape>\\.)
  | (?P<operator><<\(? | \)?>> | \{\| | \|\} | \|\| | && | != | <= | >= | \^\^ | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_REACHING = ("SERVICE", "FROM", "LOAD")
_QUERY_REACHING = ("SERVICE", "FROM")
_UPDATING = frozenset(
    ("INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH", "USING")
)
_GROUPS = ("UNION", "OPTIONAL", "MINUS", "FILTER", "EXISTS", "LATERAL", "GRAPH", "SELECT")
_CLAUSES = frozenset((*_GROUPS, "BIND", "VALUES", "AS", "IN"))
_OPEN = {"(": "(", "{": "{", "[": "[", "<<": "<<", "<<(": "<<", "{|": "{|"}
_CLOSE = {")": "(", "}": "{", "]": "[", ">>": "<<", ")>>": "<<", "|}": "{|"}
_OPERATORS = frozenset(
    ("+", "-", "*", "/", "|", "||", "&&", "!", "^", "=", "!=", "<", ">", "<=", ">=", "^^")
)
_HIDING = re.compile(r"[(\[!^+*-]")


def check_query(query: str) -> str:
    """Check a query's text before it goes to the engine.

    Parameters
    ----------
    query : str
        SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE.

    Returns
    -------
    str
        The query with line ends as LF.

    Raises
    ------
    UntrustedInput
        For SERVICE, LOAD, FROM, FROM NAMED and every update.
    LimitExceeded
        For a text too long, brackets too deep or too many operators.
    InvalidInput
        For something that is no SPARQL token.

    Examples
    --------
    >>> check_query('SELECT ?service { ?service rdfs:label "no SERVICE here" } # FROM')
    'SELECT ?service { ?service rdfs:label "no SERVICE here" } # FROM'
    """
    if not isinstance(query, str):
        raise InvalidInput(f"a query of type {type(query).__name__}", hint="give SPARQL as text")
    check_whole(query, "the query")
    if len(query) > MAX_QUERY:
        raise LimitExceeded(
            f"the query has {len(query):,} characters, allowed are {MAX_QUERY:,}",
            hint="ask for less at a time",
        )
    text = query.replace("\r\n", "\n").replace("\r", "\n")
    scan = _Scan(text)
    for found in _TOKEN.finditer(text):
        scan.take(found.lastgroup or "", found[0], found.start())
    return text


def bind_values(query: str, values: Mapping[str, str]) -> str:
    """Put terms in the place of variables: a VALUES block at the head of the WHERE group.

    Parameters
    ----------
    query : str
        A query that `check_query` passed.
    values : mapping
        Variable's name → term as N-Triples writes it.

    Raises
    ------
    InvalidInput
        For a name that is no variable's.

    Examples
    --------
    >>> bind_values("SELECT ?l { ?c rdfs:label ?l }", {"c": "<urn:a>"})
    'SELECT ?l { VALUES (?c) { (<urn:a>) } ?c rdfs:label ?l }'
    """
    for name in values:
        if not re.fullmatch(r"\w+", name):
            raise InvalidInput(f"{name!r} is no variable", hint="name it without ? or $")
    place = _where(query)
    if not values or place is None:
        return query
    names = " ".join(f"?{name}" for name in values)
    block = f" VALUES ({names}) {{ ({' '.join(values.values())}) }}"
    return query[:place] + block + query[place:]


def _where(query: str) -> int | None:
    """Return the place behind the bracket that opens the WHERE group."""
    depth, construct = 0, False
    for found in _TOKEN.finditer(query):
        word = found[0].upper()
        if found.lastgroup == "word" and word == "CONSTRUCT":
            construct = True
        elif found.lastgroup == "word" and word == "WHERE":
            construct = False
        elif found[0] == "{":
            if depth == 0 and not construct:
                return found.end()
            depth += 1
        elif found[0] == "}":
            depth -= 1
            construct = construct and depth > 0
    return None


class _Scan:
    """The state of one pass over a query's tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.open: Counter[str] = Counter()
        self.operators = 0
        self.previous = ""

    def take(self, kind: str, token: str, start: int) -> None:
        """Judge one token."""
        if kind == "space":
            return
        if kind == "word":
            self._word(token.upper(), start)
        elif kind == "iri":
            self._iri(token, start)
        elif kind == "name":
            self._name(token, start)
        elif kind == "operator":
            self._operator(token, start)
        elif kind == "escape":
            raise self._error(InvalidInput, "a backslash", start, "write the character itself")
        self.previous = token

    def _word(self, word: str, start: int) -> None:
        # no keyword but these three contains them, and PEG parsers split run-together words
        if any(item in word for item in _REACHING):
            raise self._reaching(word, start)
        if word in _UPDATING:
            raise self._error(
                UntrustedInput,
                f"{word}: a query never changes the graph",
                start,
                "change the catalogue or the Turtle files and build anew",
            )
        if word in _CLAUSES:
            self._count(start)

    def _reaching(self, word: str, start: int) -> SciknowError:
        return self._error(
            UntrustedInput,
            f"{word}: a query reads this hub's own graph and nothing else",
            start,
            "every graph is part of the default graph; name one with GRAPH, and leave SERVICE, "
            "LOAD and FROM out",
        )

    def _name(self, token: str, start: int) -> None:
        prefix = token.partition(":")[0].upper()
        # a parser that sees no word boundary reads `SERVICEa:b` as SERVICE and `a:b`
        if any(item in prefix for item in _QUERY_REACHING):
            raise self._error(
                UntrustedInput,
                f"{token} can be read as SERVICE or FROM and a name",
                start,
                "call the prefix something else",
            )

    def _iri(self, token: str, start: int) -> None:
        # `?a<1)SERVICE?g#>` is a comparison to the parser and looks like an IRI to a lexer
        bracket = token.find(")")
        if len(_HIDING.findall(token)) > MAX_IRI_BRACKETS or (0 <= bracket < token.find("#")):
            raise self._error(
                InvalidInput,
                f"{token[:80]} can be read as an IRI and as a comparison",
                start,
                "put a space behind < where you compare, or percent-encode the brackets",
            )

    def _operator(self, token: str, start: int) -> None:
        if token in _OPEN:
            self.open[_OPEN[token]] += 1
            if self.open.total() > MAX_NESTING:
                raise self._error(
                    LimitExceeded,
                    f"more than {MAX_NESTING} brackets open at once",
                    start,
                    "nest less deeply",
                )
        elif token in _CLOSE:
            kind = _CLOSE[token]
            self.open[kind] = max(0, self.open[kind] - 1)
        elif token in _OPERATORS:
            self._count(start)
        elif token in "'\"":
            raise self._error(InvalidInput, "a text that does not end", start, "close the quotes")

    def _count(self, start: int) -> None:
        self.operators += 1
        if self.operators > MAX_OPERATORS:
            raise self._error(
                LimitExceeded,
                f"more than {MAX_OPERATORS:,} operators, path steps and clauses",
                start,
                "list values with VALUES or IN, or ask several queries",
            )

    def _error(self, kind: type[SciknowError], what: str, start: int, hint: str) -> SciknowError:
        line = self.text.count("\n", 0, start) + 1
        column = start - self.text.rfind("\n", 0, start)
        return kind(f"the query, line {line}, column {column}: {what}", hint=hint)
