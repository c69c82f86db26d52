"""The public names are exactly those of ``__all__``, and cheap to reach."""

import subprocess
import sys

import sciknow


def test_all_is_sorted_and_every_name_is_there():
    assert sciknow.__all__ == sorted(sciknow.__all__)
    for name in sciknow.__all__:
        assert getattr(sciknow, name) is not None
    assert dir(sciknow) == sciknow.__all__


def test_there_are_no_other_public_members():
    modules = {"errors", "version"} | {
        name for name in vars(sciknow) if f"sciknow.{name}" in sys.modules
    }
    helpers = {"annotations", "lazy_names", "TYPE_CHECKING"}
    public = {name for name in vars(sciknow) if not name.startswith("_")}
    assert public - modules - helpers == set(sciknow.__all__) - {"__version__"}


def test_public_classes_say_where_they_are_from():
    for name in sciknow.__all__:
        value = getattr(sciknow, name)
        assert getattr(value, "__module__", "sciknow").startswith("sciknow")


def test_import_loads_no_engine():
    engines = "torch xarray rdflib intake pandas numpy onnxruntime tantivy dask click"
    code = f"import sciknow, sys; print([m for m in '{engines}'.split() if m in sys.modules])"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
