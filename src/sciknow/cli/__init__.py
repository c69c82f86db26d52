"""The command line: one module a group of commands, each imported when it is called.

Tables for people go to standard output, ``--json`` for programs too; progress and notes go to
standard error; a `SciknowError` is one line and exit code 1.
"""

from sciknow.cli.main import main

__all__ = ["main"]
