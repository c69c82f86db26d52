"""Catalogues that ask for what they must not get, or are broken: one function writes each.

Run as a script: reads every folder below the given one under an audit hook, and prints as JSON
what each raised and what the interpreter was made to do meanwhile.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

KWARGS = 'kwargs: {args: ["{data(first-zarr-data)}"], engine: zarr, chunks: {}}'
URL = 'url: "s3://bucket/first.zarr", storage_options: {anon: true}'
READER = "reader: intake.readers.readers:XArrayDatasetReader"
DATATYPE = "datatype: intake.readers.datatypes:Zarr"
ENTRIES_END = "    user_parameters: {}\nuser_parameters: {}\n"
CALLS = ("env(HOME)", "shell(touch canary)", "import(canary:touch)", "func(canary:touch)")

Case = tuple[str, Callable[[str], str | bytes], str, str]


def swap(old: str, new: str) -> Callable[[str], str]:
    """Return an edit that replaces one text, which must be there."""

    def edit(text: str) -> str:
        if text.count(old) < 1:
            raise ValueError(f"{old!r} is not in the sound catalogue")
        return text.replace(old, new, 1)

    return edit


def bomb(text: str) -> str:
    """Return nine levels of nine aliases each."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return text + "\n".join(lines) + "\n"


def url(address: str) -> Callable[[str], str]:
    """Return an edit that makes the data lie elsewhere."""
    return swap(URL, f'url: "{address}"')


def parameter(content: str) -> Callable[[str], str]:
    """Return an edit that declares a parameter for the file."""
    return swap(ENTRIES_END, f"    user_parameters: {{}}\nuser_parameters:\n  p: {content}\n")


OPTIONS = "intake.readers.user_parameters:OptionsUserParameter"

CASES: list[Case] = [
    # code and classes
    ("import-reader", swap(READER, "reader: canary:Reader"), "untrusted-input", "canary:Reader"),
    ("dotted-class", swap(READER, "reader: os.system"), "untrusted-input", "os.system"),
    ("builtins", swap(READER, "reader: builtins:eval"), "untrusted-input", "builtins:eval"),
    ("other-reader", swap("XArrayDatasetReader", "Retry"), "untrusted-input", "Retry"),
    ("pickle-reader", swap("XArrayDatasetReader", "NumpyText"), "untrusted-input", "NumpyText"),
    ("datatype", swap(DATATYPE, "datatype: canary:Data"), "untrusted-input", "canary:Data"),
    ("datatype-list", swap(DATATYPE, "datatype: [canary]"), "untrusted-input", "datatype"),
    ("service", swap(":Zarr", ":SQLQuery"), "untrusted-input", "SQLQuery"),
    ("output", swap("xarray:Dataset", "canary:Out"), "untrusted-input", "output_instance"),
    ("engine", swap("engine: zarr", "engine: canary"), "untrusted-input", "engine"),
    ("no-engine", swap("engine: zarr, ", ""), "untrusted-input", "engine"),
    ("engine-of-other", swap("engine: zarr", "engine: scipy"), "untrusted-input", "scipy"),
    ("func-kwarg", swap("chunks: {}", "chunks: {}, func: os.system"), "invalid-input", "func"),
    ("preprocess", swap("chunks: {}", 'chunks: {}, preprocess: "{func(canary:touch)}"'),
     "untrusted-input", "func(canary:touch)"),
    ("pipeline", swap(KWARGS, KWARGS[:-1] + ", steps: [[canary]]}"), "invalid-input", "steps"),
    ("args-object", swap('["{data(first-zarr-data)}"]', '["{import(canary:touch)}"]'),
     "untrusted-input", "import(canary:touch)"),
    ("args-url", swap('["{data(first-zarr-data)}"]', '["https://example.org"]'),
     "untrusted-input", "args"),
    ("args-two", swap('"{data(first-zarr-data)}"', '"{data(first-zarr-data)}", "x"'),
     "untrusted-input", "args"),
    ("args-missing", swap("data(first-zarr-data)", "data(other)"), "invalid-input", "other"),
    *((f"chunks-{call.split('(')[0]}", swap("chunks: {}", f'chunks: "{{{call}}}"'),
       "untrusted-input", call.split("(")[0]) for call in CALLS),
    *((f"url-{call.split('(')[0]}", url(f"s3://bucket/{{{call}}}"),
       "untrusted-input", call.split("(")[0]) for call in CALLS),
    ("pickle64", swap("chunks: {}", 'chunks: {}, group: "{pickle64(gASV)}"'),
     "untrusted-input", "pickle64"),
    ("attribute", url("s3://bucket/{CATALOG_DIR.__class__}"), "untrusted-input", "__class__"),
    ("undeclared", url("s3://bucket/{year}"), "invalid-input", "year"),
    ("half-brace", url("s3://bucket/{year"), "invalid-input", "braces"),
    ("catalog-path", url("{CATALOG_PATH}"), "invalid-input", "CATALOG_PATH"),
    # places
    ("etc-passwd", url("file:///etc/passwd"), "untrusted-input", "file:///etc/passwd"),
    ("absolute", url("/etc/passwd"), "untrusted-input", "/etc/passwd"),
    ("dot-dot", url("{CATALOG_DIR}/../secret.zarr"), "untrusted-input", "secret"),
    ("dot-dot-deep", url("{CATALOG_DIR}/data/../../secret"), "untrusted-input", "secret"),
    ("encoded", url("{CATALOG_DIR}/data/%2e%2e/secret"), "untrusted-input", "secret"),
    ("backslash", url(r"{CATALOG_DIR}/data\\..\\secret"), "untrusted-input", "secret"),
    ("hidden", url("{CATALOG_DIR}/.ssh/id"), "untrusted-input", ".ssh"),
    ("link-out", url("{CATALOG_DIR}/link/x.zarr"), "untrusted-input", "leads out"),
    ("link-below", url("{CATALOG_DIR}/linked.zarr"), "untrusted-input", "leads out"),
    ("not-there", url("{CATALOG_DIR}/data/absent.zarr"), "not-found", "absent"),
    ("chained", url("https://example.org/x::file:///etc/passwd"), "untrusted-input", "::"),
    ("simplecache", url("simplecache::https://example.org/x"), "untrusted-input", "simplecache"),
    ("memory", url("memory://x"), "untrusted-input", "memory://"),
    ("ssh", url("ssh://host/x"), "untrusted-input", "ssh://"),
    ("gdrive", url("gdrive://bucket/x"), "untrusted-input", "gdrive://"),
    ("gs-token", swap(URL, 'url: "gs://b/x", storage_options: {token: ya29.x}'),
     "invalid-input", "token"),
    ("gs-key", swap(URL, 'url: "gs://b/x", storage_options: {key: x}'), "untrusted-input", "key"),
    ("az-key", swap(URL, 'url: "az://b/x", storage_options: {account_name: abc, account_key: x}'),
     "untrusted-input", "account_key"),
    ("az-whose", swap(URL, 'url: "az://b/x", storage_options: {anon: true}'),
     "invalid-input", "account_name"),
    ("az-account", swap(URL, 'url: "az://b/x", storage_options: {account_name: a.evil.org/}'),
     "invalid-input", "account"),
    ("reference", url("reference://x"), "untrusted-input", "reference://"),
    ("password", url("https://me:secret@example.org/x"), "untrusted-input", "user name"),
    ("signed", url("https://example.org/x?X-Amz-Signature=abc"), "untrusted-input", "Signature"),
    ("pattern", url("s3://bucket/*.zarr"), "invalid-input", "pattern"),
    ("url-list", swap(URL, "url: [s3://a, s3://b]"), "invalid-input", "one address"),
    ("key-option", swap("anon: true", "key: AKIA, secret: s"), "untrusted-input", "key"),
    ("token-option", swap("anon: true", "token: t"), "untrusted-input", "token"),
    ("anon-false", swap("anon: true", "anon: false"), "invalid-input", "anon"),
    ("session", swap("anon: true", "session: canary"), "untrusted-input", "session"),
    ("endpoint", swap("anon: true", "endpoint_url: file:///etc"), "untrusted-input", "file:///etc"),
    ("http-option", swap(URL, 'url: "https://e.org/x", storage_options: {anon: true}'),
     "invalid-input", "only s3"),
    ("reference-file", swap(URL, 'url: "reference://", storage_options: '
                                 '{fo: "https://e.org/r.json", remote_protocol: file}'),
     "untrusted-input", "remote_protocol"),
    ("reference-local", swap(URL, 'url: "reference://", storage_options: {fo: "https://e.org/r", '
                                  'remote_protocol: https, remote_options: {asynchronous: true}, '
                                  'template_overrides: {u: "{CATALOG_DIR}/x"}}'),
     "untrusted-input", "template_overrides"),
    ("reference-token", swap(URL, 'url: "reference://", storage_options: {fo: "https://e.org/r", '
                                  "remote_protocol: s3, remote_options: {asynchronous: true, "
                                  "token: t}}"), "untrusted-input", "token"),
    ("reference-slow", swap(URL, 'url: "reference://", storage_options: {fo: "https://e.org/r", '
                                 "remote_protocol: s3}"), "invalid-input", "asynchronous"),
    ("reference-fo", swap(URL, 'url: "reference://", storage_options: {fo: "/etc/passwd"}'),
     "untrusted-input", "/etc/passwd"),
    # YAML itself
    ("python-tag", lambda text: text + "x: !!python/object/apply:os.system [touch canary]\n",
     "untrusted-input", "python/object/apply"),
    ("python-name", lambda text: text.replace("nobody", "!!python/name:os.system x"),
     "untrusted-input", "python/name"),
    ("local-tag", lambda text: text.replace("nobody", "!canary x"), "untrusted-input", "!canary"),
    ("str-tag", lambda text: text.replace("nobody", "!!str x"), "untrusted-input", "str"),
    ("tag-directive", lambda text: "%TAG ! tag:example.org,2000:\n---\n" + text,
     "untrusted-input", "%TAG"),
    ("alias-bomb", bomb, "invalid-input", "&"),
    ("merge", lambda text: text.replace("theme: [sea-ice]", "<<: {theme: [sea-ice]}"),
     "invalid-input", "<<"),
    ("two-documents", lambda text: text + "---\n" + text, "invalid-input", "second document"),
    ("duplicate-card", lambda text: text.replace("aliases:", "    first: {}\naliases:"),
     "invalid-input", "'first' a second time"),
    ("duplicate-key", swap("publisher: nobody", "publisher: nobody\n      publisher: me"),
     "invalid-input", "'publisher' a second time"),
    ("depth-flow", lambda text: text + "x: " + "[" * 100_000, "limit-exceeded", "levels"),
    ("depth-block", lambda text: text + "".join(f"{'  ' * n}x:\n" for n in range(400)),
     "limit-exceeded", "levels"),
    ("not-utf8", lambda text: text.replace("第一", "一").encode("gb18030"),
     "invalid-input", "UTF-8"),
    ("empty", lambda text: "", "invalid-input", "empty"),
    ("comment-only", lambda text: "# nothing\n", "invalid-input", "empty"),
    ("null-byte", lambda text: text.replace("nobody", "no\0body"), "invalid-input", "broken YAML"),
    ("broken", lambda text: text + "  : [}\n", "invalid-input", "broken YAML"),
    ("list", lambda text: "- 1\n- 2\n", "invalid-input", "mapping"),
    ("scalar", lambda text: "42\n", "invalid-input", "mapping"),
    ("huge", lambda text: "#" * (48 * 2**20 + 1), "limit-exceeded", "bytes"),
    ("many-nodes", lambda text: "[" + "a," * 3_000_001 + "]", "limit-exceeded", "nodes"),
    ("int-key", swap("theme: [sea-ice]", "theme: [sea-ice]\n      12: x"),
     "invalid-input", "the key 12"),
    ("null-key", swap("theme: [sea-ice]", "theme: [sea-ice]\n      ~: x"),
     "invalid-input", "the key None"),
    ("list-key", swap("theme: [sea-ice]", "theme: [sea-ice]\n      ? [a]\n      : x"),
     "invalid-input", "collection as key"),
    ("norway", swap("publisher: nobody", "publisher: no"), "invalid-input", "bool"),
    # the schema
    ("version-1", lambda text: "version: 1\nsources:\n  a: {driver: canary}\n",
     "invalid-input", "first form"),
    ("plugins", lambda text: "plugins: {source: [{module: canary}]}\n" + text,
     "invalid-input", "first form"),
    ("version-3", swap("version: 2", "version: 3"), "invalid-input", "version"),
    ("version-true", swap("version: 2", "version: true"), "invalid-input", "version"),
    ("unknown-top", lambda text: text + "exec: rm\n", "invalid-input", "exec"),
    ("unknown-head", swap("title: {en: Ocean", "import: x\n  title: {en: Ocean"),
     "invalid-input", "import"),
    ("unknown-card", swap("publisher:", "driver: x\n      publisher:"), "invalid-input", "driver"),
    ("unknown-data", swap("    kwargs: {url", "    driver: x\n    kwargs: {url"),
     "invalid-input", "driver"),
    ("unknown-entry", swap("    output_instance", "    driver: x\n    output_instance"),
     "invalid-input", "driver"),
    ("missing-top", swap("aliases: {first-zarr: first-zarr}\n", ""), "invalid-input", "aliases"),
    ("missing-card", swap("      publisher: nobody\n", ""), "invalid-input", "publisher"),
    ("missing-entry", swap("    output_instance: xarray:Dataset\n", ""),
     "invalid-input", "output_instance"),
    ("missing-chunks", swap(", chunks: {}", ""), "invalid-input", "chunks"),
    ("sector", swap("sector: ocean", "sector: atlantis"), "invalid-input", "atlantis"),
    ("wrong-type", swap("theme: [sea-ice]", "theme: sea-ice"), "invalid-input", "a list"),
    ("data-metadata", swap("    metadata: {}", "    metadata: {a: b}"), "invalid-input", "{}"),
    ("data-parameters", swap("    user_parameters: {}", "    user_parameters: {a: b}"),
     "invalid-input", "declare them for the file"),
    ("same-id", lambda text: text.replace("first-zarr-data", "first-zarr"),
     "invalid-input", "id of an entry"),
    ("no-alias", swap("aliases: {first-zarr: first-zarr}", "aliases: {}"),
     "invalid-input", "aliases"),
    ("other-alias", swap("{first-zarr: first-zarr}", "{x: first-zarr, first-zarr: first-zarr}"),
     "invalid-input", "aliases.x"),
    ("missing-way", swap("- id: first-zarr", "- id: other"), "invalid-input", "other"),
    ("twice", swap("- id: first-zarr\n", "- id: first-zarr\n        - id: first-zarr\n"),
     "invalid-input", "which first has too"),
    ("unused-entry", swap("        - id: first-zarr\n", "        - id: first-zarr\n".replace(
        "id: first-zarr", 'access_url: "https://e.org/x"')), "invalid-input", "no card names"),
    ("unused-data", swap("entries:\n", "  spare: {}\nentries:\n"),
     "invalid-input", "no entry reads"),
    ("media-type", swap("- id: first-zarr", "- id: first-zarr\n          media_type: text/csv"),
     "invalid-input", "media_type"),
    ("bidi-id", swap("    first:", '    "fir\u202est":'), "invalid-input", "an id of"),
    ("control-id", swap("    first:", '    "fir\\u0007st":'), "invalid-input", "an id of"),
    ("long-id", swap("    first:", f"    {'f' * 121}:"), "invalid-input", "an id of"),
    ("nan", swap("-180, -90, 180, 90", ".nan, -90, 180, 90"), "invalid-input", "float"),
    ("infinity", swap("-180, -90, 180, 90", "-.inf, -90, 180, 90"), "invalid-input", "float"),
    ("huge-float", swap("-180, -90", f"-1{'0' * 400}.0, -90"), "invalid-input", "float"),
    ("bbox", swap("-180, -90, 180, 90", "-180, -91, 180, 90"), "invalid-input", "latitudes"),
    ("bbox-text", swap("-180, -90, 180, 90", "west, -90, 180, 90"), "invalid-input", "number"),
    ("month-13", swap('"2020-02"', '"2020-13"'), "invalid-input", "date"),
    ("day-30", swap('"2020-02"', '"2020-02-30"'), "invalid-input", "date"),
    ("backwards", swap('"1979"', '"2021"'), "invalid-input", "starts before"),
    ("landing-page", swap("https://example.org/first\n", "javascript:alert(1)\n"),
     "invalid-input", "landing_page"),
    # parameters
    ("parameter-class", parameter("{cls: canary:Parameter, default: x}"),
     "untrusted-input", "canary:Parameter"),
    ("parameter-value", parameter(f'{{cls: "{OPTIONS}", dtype: str, description: d, default: z, '
                                  "options: [a, b]}"), "invalid-input", "one of a, b"),
    ("parameter-path", parameter(f'{{cls: "{OPTIONS}", dtype: str, description: d, '
                                 'default: "../x", options: ["../x"]}'), "invalid-input", "word"),
    ("parameter-env", parameter(f'{{cls: "{OPTIONS}", dtype: str, description: d, '
                                'default: "{env(HOME)}", options: ["{env(HOME)}"]}'),
     "invalid-input", "word"),
    ("parameter-dtype", parameter(f'{{cls: "{OPTIONS}", dtype: eval, description: d, default: a, '
                                  "options: [a]}"), "invalid-input", "eval"),
]  # fmt: skip


def write(folder: Path, sound: str) -> None:
    """Write every case into a folder of its own, with something outside to reach for."""
    for name, edit, _, _ in CASES:
        place = folder / name
        (place / "data").mkdir(parents=True)
        text = edit(sound)
        (place / "case.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    (folder / "secret.zarr").mkdir()
    (folder / "link-out" / "link").symlink_to(folder)
    (folder / "x.zarr").mkdir()
    (folder / "link-below" / "linked.zarr").mkdir()
    (folder / "link-below" / "linked.zarr" / "0").symlink_to("/etc/passwd")


WATCHED = (
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.fork",
    "socket.connect",
)


def main(folder: Path) -> None:
    """Read every case under an audit hook and print what happened."""
    import sciknow.catalogs as catalogs
    from sciknow.errors import SciknowError
    from sciknow.formats import installed_formats

    installed_formats()  # what is installed says which there are, whatever a catalogue holds
    seen: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_WRONLY
        if event in WATCHED or opened or (event == "import" and arguments[0] == "canary"):
            seen.append(f"{event} {arguments[0]!r}")

    sys.addaudithook(watch)
    result = {}
    for name, *_ in CASES:
        file = folder / name / "case.yaml"
        seen.clear()
        try:
            catalogs.read_file(file)
            raised = ["nothing", ""]
        except SciknowError as error:
            raised = [error.kind, str(error)]
        problems = [str(problem) for problem in catalogs.check_file(file)]
        result[name] = {"raised": raised, "problems": problems, "seen": list(seen)}
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
