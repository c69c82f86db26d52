"""What a query may be and may take: the same for Python, the command and every interface."""

from __future__ import annotations

from sciknow.errors import InvalidInput

TIMEOUT = 30.0
"""Seconds a query may take."""

LONGEST = 1e9
"""Seconds that stand for no limit."""

MAX_ROWS = 100_000
"""Rows an answer may have."""

MAX_MEMORY = 512 * 2**20
"""Bytes a query may take beyond what the open store takes."""

MAX_QUERY = 100_000
"""Characters of a query."""

MAX_NESTING = 64
"""Brackets of all kinds open at once."""

MAX_OPERATORS = 1_500
"""Operators, path steps and clauses of a query, all together: each may cost a recursion."""

MAX_IRI_BRACKETS = 16
"""Brackets and operators inside one IRI."""


def check_limits(*, timeout: object, max_rows: object, max_memory: object) -> None:
    """Make sure that limits are numbers above zero; as long as one likes is a number, too.

    Raises
    ------
    InvalidInput
        For texts, nothing, not-a-number, zero and less; for parts of a row or a byte.
    """
    named = {"timeout": timeout, "max_rows": max_rows, "max_memory": max_memory}
    for name, value in named.items():
        whole = (int,) if name != "timeout" else (int, float)
        if isinstance(value, bool) or not isinstance(value, whole) or not value > 0:
            raise InvalidInput(
                f"{name}={value!r}: it must be above zero, "
                f"and a {'whole ' if len(whole) == 1 else ''}number",
                hint="leave it out",
            )
