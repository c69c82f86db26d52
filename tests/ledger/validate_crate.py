"""Validate a crate with the second validator, in a process and a cache of its own.

The validator fetches the JSON-LD context of the standard from the web. Here it is put into the
validator's own cache first, from the copy that the rocrate library ships, so no network is needed.

Prints, for each crate, a JSON list of the breaches of what the standard requires.

Usage: python validate_crate.py CACHE CRATE...
"""

import io
import json
import sys
from pathlib import Path

import requests
import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester
from urllib3 import HTTPResponse

CONTEXT = "https://w3id.org/ro/crate/1.3/context"


def answer(document):
    """Return the answer that the web would give for the context."""
    found = requests.Response()
    found.status_code, found.url = 200, CONTEXT
    found.headers["Content-Type"] = "application/ld+json"
    found.raw = HTTPResponse(io.BytesIO(document), headers=found.headers, status=200)
    found.request = requests.Request("GET", CONTEXT).prepare()
    found._content = document
    return found


def main(cache, *crates):
    document = (Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()
    HttpRequester.initialize_cache(cache_path=cache)
    HttpRequester().session.cache.save_response(answer(document))
    for crate in crates:
        settings = services.ValidationSettings(
            rocrate_uri=crate,
            profile_identifier="ro-crate-1.3",
            requirement_severity=models.Severity.REQUIRED,
            skip_availability_check=True,
            cache_path=cache,
            offline=True,
        )
        result = services.validate(settings)
        issues = result.get_issues(models.Severity.REQUIRED)
        print(json.dumps([f"{issue.check.identifier} {issue.message}" for issue in issues]))


if __name__ == "__main__":
    main(*sys.argv[1:])
