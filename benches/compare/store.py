"""The Parquet files of curtail's store, as its Delta log names them."""

import json
import pathlib
import urllib.parse


def line_items(folder):
    """The current files of the table of line items in the store of `folder`."""
    table = pathlib.Path(folder) / "store/line_items"
    files = {}
    for entry in sorted((table / "_delta_log").glob("*.json")):
        for line in entry.read_text().splitlines():
            action = json.loads(line)
            if "add" in action:
                files[action["add"]["path"]] = True
            if "remove" in action:
                files.pop(action["remove"]["path"], None)
    return [str(table / urllib.parse.unquote(path)) for path in files]
