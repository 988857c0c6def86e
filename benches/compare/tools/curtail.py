"""curtail: the store that `curtail ingest` makes, asked without its rollups and with them."""

import re
import subprocess

from . import Contender, Fill


def fill(place):
    return [*base(place), "ingest", place.report]


def ask(*flags):
    """Several statements in one process, each timed by curtail itself."""

    def command(place, question, runs):
        text = ";\n".join([question.sql] * runs)
        return [*base(place), "sql", "-F", "-", "-f", "csv", "--stats", *flags], text

    return command


def base(place):
    store = place.folder / "store"
    # A file of settings that does not exist: nobody's own count.
    return [place.curtail, "-q", "--config", store / "none.toml", "--store", store]


def version(curtail):
    return subprocess.run([curtail, "version"], check=True, capture_output=True, text=True).stdout.strip()


SECONDS = re.compile(r" in ([\d.]+) s; scanned ")

FILLS = [Fill("curtail", "curtail", fill)]
CONTENDERS = [
    Contender("curtail", "curtail, line items", "curtail", ask("--no-rollups"), SECONDS, exact=True),
    Contender("curtail-rollups", "curtail, rollups", "curtail", ask(), SECONDS, exact=True, rollups=True),
]


def starts(curtail):
    return {"curtail": ("curtail", [curtail, "version"])}
