"""Commands to start with: lab, version."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from pathlib import Path

import click

from sciknow.cli.output import echo_fields, echo_json, json_option
from sciknow.errors import MissingDependency
from sciknow.version import __version__

_NAMED = ("xarray", "dask", "zarr", "intake", "rdflib", "pyoxigraph", "tantivy", "onnxruntime")


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def lab(arguments: tuple[str, ...]) -> None:
    """Start JupyterLab on the notebooks; all arguments are handed to it.

    \b
    Examples:
      sciknow lab
      sciknow lab --no-browser --port 8899
    """
    if find_spec("jupyterlab") is None:
        raise MissingDependency("JupyterLab is not installed", hint="pip install 'sciknow[lab]'")
    own = Path("notebooks")
    start = [] if not own.is_dir() else [f"--notebook-dir={own}"]
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", *start, *arguments])


@click.command()
@json_option
def version(as_json: bool) -> None:
    """Show the versions of sciknow, Python and the engines.

    \b
    Example:
      sciknow version
    """
    found = {"sciknow": __version__, "python": platform.python_version()}
    for name in _NAMED:
        try:
            found[name] = version_of(name)
        except PackageNotFoundError:
            found[name] = "missing"
    if as_json:
        echo_json(found)
    else:
        echo_fields(found.items())
