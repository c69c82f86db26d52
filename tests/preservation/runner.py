"""Preserves one dataset in a process of its own: runner.py FOLDER READER URL [OPTIONS as JSON]."""

import json
import sys

import sciknow
from sciknow.model import Dataset, Distribution, LangString
from sciknow.wire import download, retry


def main(folder, reader, url, options="{}"):
    retry.PACE = 0.02
    download.STEP = 2**20
    place = Distribution(id="sea-way", access_url=url, reader=reader, options=json.loads(options))
    asked = Dataset(
        id="sea", title=LangString("Sea", ""), license="CC0-1.0", distributions=(place,)
    )
    with sciknow.open_hub() as hub:
        found = hub.preserve(asked, folder)
    print(json.dumps(found.to_dict()))


if __name__ == "__main__":
    main(*sys.argv[1:])
