"""``python -m sciknow`` is the command ``sciknow``."""

from sciknow.cli import main

main(prog_name="sciknow")
