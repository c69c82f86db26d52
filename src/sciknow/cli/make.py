"""Commands that make and check hubs: build, validate, verify, hub."""

from __future__ import annotations

from pathlib import Path

import click

from sciknow.cli.output import (
    Progress,
    copies_option,
    echo,
    echo_fields,
    echo_json,
    echo_table,
    hub_option,
    json_option,
    note,
)
from sciknow.cli.pin import verify_lock
from sciknow.errors import IntegrityError, InvalidInput
from sciknow.hub import (
    HubFolder,
    build_hub,
    embedded_hub,
    open_hub,
    packaged_source,
    validate_source,
)
from sciknow.hub.store.manifest import read_manifest
from sciknow.text import counted
from sciknow.vocab import Sector


@click.command()
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path), help="The hub's folder; SOURCE.")
@click.option("--sector", "sectors", multiple=True, help="Build a node of this sector; repeatable.")
@click.option("--model", help="A sentence-transformers model: a folder or a hub name.")
@click.option("--embedded", is_flag=True, help="Make the hub that ships inside the package.")
def build(
    source: Path | None,
    target: Path | None,
    sectors: tuple[str, ...],
    model: str | None,
    embedded: bool,
) -> None:
    """Build a generation from a folder with catalogs/ and knowledge_graph/, and serve it.

    \b
    Examples:
      sciknow build .
      sciknow build . --sector ocean --to /data/ocean-node
    """
    for name in sectors:
        if name not in set(Sector):
            raise InvalidInput(f"no sector {name!r}", hint="one of " + ", ".join(Sector))
    if embedded:
        source, target = packaged_source(), embedded_hub()
    with Progress() as progress:
        hub = build_hub(
            source,
            target,
            sectors=[Sector(name) for name in sectors] or None,
            model=model,
            archive=not embedded,
            progress=progress,
        )
    if embedded:
        HubFolder(hub.path).prune(keep=0)  # a wheel carries one generation
    note(f"{hub!r} in {hub.path}")


@click.command()
@click.argument("source", required=False, type=click.Path(path_type=Path))
@click.option("--warnings", is_flag=True, help="List also what is poor rather than wrong.")
@json_option
def validate(source: Path | None, warnings: bool, as_json: bool) -> None:
    """Check every record of a folder against the rules and the shapes.

    Prints each violation with the record and the mend; exit code 1 when there is one.

    \b
    Example:
      sciknow validate .
    """
    found = validate_source(source or packaged_source())
    wrong = [item for item in found if item.severity == "violation"]
    shown = found if warnings else wrong
    if as_json:
        echo_json([item.to_dict() for item in shown])
    else:
        for item in shown:
            echo(str(item))
    if wrong:
        raise InvalidInput(f"{len(wrong)} violations")
    note(f"no violations, {len(found)} warnings" + ("" if warnings else " (--warnings lists them)"))


@click.command()
@click.argument("lockfile", required=False, type=click.Path(path_type=Path))
@click.option(
    "--hub",
    "hub_path",
    is_flag=False,
    flag_value="",
    default=None,
    help="Folder of the hub; the embedded one when left out.",
)
@copies_option
@json_option
def verify(
    lockfile: Path | None, copies: tuple[Path, ...], hub_path: str | None, as_json: bool
) -> None:
    """Tell whether locked data are unchanged; without a lockfile, whether a hub's files are.

    Exit code 1 when something has changed or is gone.

    \b
    Examples:
      sciknow verify sciknow.lock
      sciknow verify --hub
      sciknow verify --hub /data/ocean-node
    """
    folder = Path(hub_path) if hub_path else None
    if lockfile is not None:
        return verify_lock(lockfile, folder, copies, as_json)
    _verify_hub(folder, as_json)


def _verify_hub(folder: Path | None, as_json: bool) -> None:
    with open_hub(folder) as hub:
        damages = hub.verify()
        if as_json:
            echo_json({"ok": not damages, "damages": damages})
        else:
            for line in damages:
                echo(line)
        if damages:
            raise IntegrityError(
                f"{counted(len(damages), 'damaged file')} in {hub.path}", hint="build it again"
            )
        note(f"{counted(len(hub.manifest.files), 'file')} whole: {hub!r}")


@click.group()
def hub() -> None:
    """Look at a hub's generations and remove old ones.

    \b
    Examples:
      sciknow hub info
      sciknow hub prune --hub /data/ocean-node --keep 1
    """


@hub.command()
@hub_option
@json_option
def info(hub_path: Path | None, as_json: bool) -> None:
    """Show what a hub holds and its generations.

    \b
    Example:
      sciknow hub info
    """
    with open_hub(hub_path) as opened:
        manifest, folder = opened.manifest, HubFolder(opened.path)
        rows = [
            (
                "*" if path.name == folder.current().name else "",
                path.name,
                read_manifest(path).created,
            )
            for path in folder.all()
        ]
        if as_json:
            plain = {
                "path": str(opened.path),
                "id": manifest.id,
                "kind": manifest.kind,
                "created": manifest.created,
                "sectors": manifest.sectors,
                "counts": manifest.counts,
                "model": manifest.model,
                "generations": [{"name": name, "created": created} for _, name, created in rows],
            }
            echo_json(plain)
            return
        echo_fields(
            [
                ("path", opened.path),
                ("generation", manifest.id),
                ("created", manifest.created),
                ("holds", manifest.holds),
                ("sectors", ", ".join(manifest.sectors)),
                ("model", f"{manifest.model.get('name')} {str(manifest.model.get('digest'))[:12]}"),
                ("files", counted(sum(size for _, size in manifest.files.values()), "byte")),
            ]
        )
        echo_table(("", "generation", "created"), rows)


@hub.command()
@click.option("--keep", default=1, show_default=True, help="Old generations to keep.")
@hub_option
def prune(hub_path: Path | None, keep: int) -> None:
    """Remove old generations; the current one always stays.

    \b
    Example:
      sciknow hub prune --hub /data/ocean-node --keep 0
    """
    if keep < 0:
        raise InvalidInput(f"--keep {keep} is negative", hint="0 keeps the current generation only")
    with open_hub(hub_path) as opened:
        gone = HubFolder(opened.path).prune(keep)
    note(f"removed {len(gone)} generations" + "".join(f"\n  {name}" for name in gone))
