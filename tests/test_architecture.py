"""The rooms and their arrows: imports point downwards only, and there is no cycle."""

import ast
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from sciknow.formats import installed_formats

SOURCE = Path(__file__).parents[1] / "src" / "sciknow"
LEVELS = [
    {
        "errors",
        "killable",
        "vocab",
        "_html",
        "_lazy",
        "clock",
        "database",
        "digest",
        "files",
        "net",
        "pattern",
        "progress",
        "text",
        "version",
        "words",
    },
    {"model"},
    {"axes", "formats", "place", "rdf", "show"},
    {"wire"},
    {
        "alignment",
        "availability",
        "catalogs",
        "readers",
        "graph",
        "harvest",
        "search",
        "ledger",
        "preservation",
    },
    {"hub"},
    {"demo"},
    {"cli"},
    {"__main__"},
]
BOTTOM = LEVELS[0]  # these may use each other
LEVEL = {room: number for number, rooms in enumerate(LEVELS) for room in rooms}
ONLY_PLACE = {
    "rdflib": {"graph", "rdf"},
    "pyoxigraph": {"graph", "rdf"},
    "pyshacl": {"graph"},
    "intake": {"catalogs"},
    "tantivy": {"search"},
    "onnxruntime": {"search"},
    "sentence_transformers": {"search"},
    "tokenizers": {"search"},
    "zarr": {"readers"},
    "fsspec": {"readers", "wire"},
    "kerchunk": {"readers"},
    "cf_xarray": {"alignment"},
    "pyproj": {"axes", "readers"},
    "bibtexparser": {"ledger"},
    "citeproc": {"ledger"},
    "rocrate": {"ledger"},
    "click": {"cli"},
}


def modules():
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        name = ".".join(("sciknow", *parts)).removesuffix(".__init__")
        yield name, path, ast.parse(path.read_text())


def imported(tree):
    """Yield (name, whether it runs at import time) for every import in a module."""
    checking = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for child in block.body
        for node in ast.walk(child)
    }
    inside = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        at_import = id(node) not in checking and id(node) not in inside
        if isinstance(node, ast.Import):
            yield from ((alias.name, at_import) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import: {ast.unparse(node)}"
            yield node.module, at_import
            if node.module == "sciknow" or node.module.startswith("sciknow."):
                yield from ((f"{node.module}.{alias.name}", at_import) for alias in node.names)


MODULES = list(modules())
NAMES = {name for name, _, _ in MODULES}


def room(name):
    return name.split(".")[1] if name.count(".") else ""


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=[name for name, *_ in MODULES])
def test_imports_point_downwards(name, path, tree):
    own = room(name)
    if own in ("", "testing"):
        return
    for target, _ in imported(tree):
        if target.startswith("sciknow."):
            other = room(target)
            downwards = LEVEL[other] < LEVEL[own] or {other, own} <= BOTTOM
            assert other == own or downwards, f"{name} imports {target}"
        assert target != "sciknow", f"{name} imports the package root"


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=[name for name, *_ in MODULES])
def test_heavy_libraries_stay_in_their_room(name, path, tree):
    for target, _ in imported(tree):
        allowed = ONLY_PLACE.get(target.split(".")[0])
        assert allowed is None or room(name) in allowed | {"testing"}, f"{name} imports {target}"


PARTS = ["language", "wish", "embed", "index", "rank"]
"""The parts of the search, each of which imports only those before it."""


@pytest.mark.parametrize("part", PARTS)
def test_the_parts_of_the_search_point_one_way(part):
    for name, _, tree in MODULES:
        if name.startswith(f"sciknow.search.{part}."):
            for target, _ in imported(tree):
                later = [f"sciknow.search.{other}" for other in PARTS[PARTS.index(part) + 1 :]]
                assert not target.startswith(tuple(later)), f"{name} imports {target}"


def test_there_is_no_import_cycle():
    arrows = {
        name: {
            target
            for target, at_import in imported(tree)
            if at_import
            and target in NAMES
            and target != name
            # a package's __init__ gathers its own modules; they never import it back
            and not name.startswith(target + ".")
        }
        for name, _, tree in MODULES
    }
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(MODULES)


SIGNATURES = {"sciknow.hub.hub": 930}
"""Modules that are signatures and docstrings only, and may be longer."""


def test_no_cycle_hides_in_late_or_type_only_imports():
    arrows = {
        name: {
            target
            for target in [name for name, _ in imported(tree)] + literal_imports(tree)
            if target in NAMES and target != name and not name.startswith(target + ".")
        }
        for name, _, tree in MODULES
    }
    assert len(list(TopologicalSorter(arrows).static_order())) >= len(MODULES)


LATE = {
    "sciknow._lazy": "the lazy names of packages",
    "sciknow.catalogs.intake_objects": "a format names Intake's classes",
    "sciknow.cli.main": "a command's module is imported when the command is called",
    "sciknow.hub.hub": "a verb is imported when it is called",
    "sciknow.readers.registry": "a format names its reader, which is imported when it is asked for",
}
"""The only modules that import our own code inside functions, and why."""


def literal_imports(tree):
    """Return what `import_module` is called with; what is put together at run time as ``?``."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            name = node.args[0]
            found.append(name.value if isinstance(name, ast.Constant) else "?")
    return found


def is_late(tree):
    inside = [
        node
        for block in ast.walk(tree)
        if isinstance(block, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(block)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    named = [name for node in inside for name in ast.unparse(node).split()]
    named += literal_imports(tree)
    return any(name == "?" or name.split(".")[0] == "sciknow" for name in named)


def test_late_imports_of_our_own_are_few():
    late = {name for name, _, tree in MODULES if is_late(tree)}
    assert late == LATE.keys()


def test_a_hub_only_hands_on():
    """Each public verb of the hub is its signature, its docstring, and one call."""
    tree = next(tree for name, _, tree in MODULES if name == "sciknow.hub.hub")
    (hub,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    for verb in hub.body:
        if isinstance(verb, ast.FunctionDef):
            own = [node for node in verb.body if not isinstance(node, ast.ImportFrom)]
            own = own[1:] if ast.get_docstring(verb) else own
            assert len(own) <= 1, f"Hub.{verb.name} does more than hand on"


def test_every_room_has_a_level():
    rooms = {room(name) for name in NAMES} - {"", "testing"}
    assert rooms <= LEVEL.keys()


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=[name for name, *_ in MODULES])
def test_files_and_functions_stay_small(name, path, tree):
    most = SIGNATURES.get(name, 500)
    assert len(path.read_text().splitlines()) <= most
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            length = body[-1].end_lineno - body[0].lineno + 1 if body else 0
            assert length <= 60, f"{name}:{node.name} has {length} lines"


FORMATS = set(
    tomllib.loads((SOURCE.parents[1] / "pyproject.toml").read_text())["project"]["entry-points"][
        "sciknow.readers"
    ]
)


@pytest.mark.parametrize(("name", "path", "tree"), MODULES, ids=[name for name, *_ in MODULES])
def test_no_second_table_of_formats(name, path, tree):
    """A fact about a format has its home in the format's folder; nobody else lists them."""
    if name.startswith("sciknow.readers.formats."):
        return
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    known = installed_formats().values()
    assert len(FORMATS & texts) < 2, f"{name} lists {sorted(FORMATS & texts)}"
    media_types = {one for item in known for one in item.media_types} & texts
    assert not media_types, f"{name} names the media types {sorted(media_types)}"
    suffixes = {one for item in known for one in item.suffixes} & texts
    assert len(suffixes) < 2, f"{name} lists the endings {sorted(suffixes)}"
    compared = {
        item.value
        for node in ast.walk(tree)
        if isinstance(node, (ast.Compare, ast.MatchValue))
        for item in ast.walk(node)
        if isinstance(item, ast.Constant) and item.value in FORMATS
    }
    assert not compared, f"{name} asks for {sorted(compared)} by name"


def test_the_common_rooms_of_readers_import_no_format():
    for name, _, tree in MODULES:
        if name.startswith("sciknow.readers.") and not name.startswith("sciknow.readers.formats."):
            for target, _ in imported(tree):
                assert not target.startswith("sciknow.readers.formats."), f"{name}: {target}"


TESTS = Path(__file__).parent
WHOLE = {"architecture", "generated", "walk", "wheel"}
"""What tests of the whole house are named after."""


def nouns(folder):
    """Return the names of the modules and folders below a folder, private ones by their word."""
    found = [path for path in folder.rglob("*") if path.is_dir() or path.suffix == ".py"]
    return {folder.name, *(path.stem.strip("_") for path in found)}


@pytest.mark.parametrize("path", sorted(TESTS.rglob("test_*.py")), ids=lambda path: path.stem)
def test_a_test_file_is_named_after_what_it_tests(path):
    """So that one finds it: test_<module>, test_<folder>, or either with words behind it."""
    root, name = TESTS.parent, path.stem.removeprefix("test_")
    inside = path.relative_to(TESTS).parts[0]
    known = nouns(root / "scripts") | (
        nouns(SOURCE / inside)
        if path.parent != TESTS
        else WHOLE
        | {item.stem for item in (*SOURCE.iterdir(), *TESTS.iterdir(), SOURCE)}
        | {item.stem.strip("_") for item in (*SOURCE.iterdir(), *root.iterdir())}
    )
    assert any(name == noun or name.startswith(f"{noun}_") for noun in known), path.name


HOMES = {
    r"timespec=.seconds|datetime\.now\(UTC\)\.": {"clock"},
    r"Callable\[\[str, int, int\], None\]": {"progress"},
    r"user_cache_dir|user_data_dir|SCIKNOW_CACHE\"": {"files"},
    r"file_digest\(": {"files"},
    r"^LANGUAGES = ": {"words"},
    r"sciknow/\{__version__": {"net"},
    r"\.is_global|\.is_private\b": {"net"},
    r"10\\\.\\d|https?://(dx\.)?doi\.org|orcid\.org/|//ror\.org/": {"model.identifier"},
    r"spdx\.org|creativecommons\.org": {"model.licence"},
    r"MAX_ROWS = ": {"graph.limit"},
    r"html import escape": {"_html"},
    r"Content-Security-Policy": {"show.page"},
    r"subprocess\.Popen": {"killable.pool"},
    r"16 \* 1024|MAX_UNPACKED = 2": {"wire.budget"},
    r"503, 504": {"wire.answer"},
    r"msgspec\.convert": {"model.plain"},
}
"""What would be written where a fact gets a second home → the modules that are its home."""


@pytest.mark.parametrize("written", HOMES)
def test_a_fact_has_one_home(written):
    found = {
        name.removeprefix("sciknow.")
        for name, path, _ in MODULES
        if re.search(written, path.read_text(), re.MULTILINE)
    }
    assert found == HOMES[written]
