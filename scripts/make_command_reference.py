"""Write docs/reference/commands.md from the commands' own help.

python scripts/make_command_reference.py
"""

from pathlib import Path

import click

from sciknow.cli.main import main

TARGET = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"


def reference() -> str:
    """Return the page: one section a command, its help as printed."""
    parts = ["# Commands\n\nMade from `--help` by `scripts/make_command_reference.py`.\n"]
    parts += [_section(name, command) for name, command in _walk(main, ())]
    return "\n".join(parts)


def _walk(group, prefix):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*prefix, name), command
        if isinstance(command, click.Group):
            yield from _walk(command, (*prefix, name))


def _section(name, command):
    title = "sciknow " + " ".join(name)
    whole = click.Context(main, **main.context_settings)  # commands inherit what it sets
    context = click.Context(
        command, parent=whole, info_name=title, max_content_width=88, terminal_width=88
    )
    return f"## `{title}`\n\n```text\n{command.get_help(context)}\n```\n"


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(reference())
