"""What a query may be and may take: the same for Python, the command and every interface."""

from __future__ import annotations

TIMEOUT = 30.0
"""Seconds a query may take."""

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
