"""What is compared: ways to store a report (fills), and ways to ask what was stored (contenders)."""

import importlib
import pathlib
import re
import sys
from typing import Callable, NamedTuple

TOOLS = ("curtail", "duckdb", "polars", "clickhouse", "datafusion", "igzip")


class Place(NamedTuple):
    """Where things are: the report, the folder of one fill, and curtail's binary."""

    report: pathlib.Path
    folder: pathlib.Path
    curtail: pathlib.Path


class Fill(NamedTuple):
    """A way to store a report: `command(place)` is what does it."""

    key: str
    title: str
    command: Callable


class Contender(NamedTuple):
    """A way to ask what `fill` has stored.

    `command(place, question, runs)` is a command, and what it reads on standard input: it asks `runs` times in one
    process, writes each answer as CSV to standard output, and says how long each took on standard error, where `seconds`
    finds it. Without `seconds` it is asked in cold processes only.
    """

    key: str
    title: str
    fill: str
    command: Callable
    seconds: re.Pattern | None = re.compile(r"^seconds (\S+)$", re.MULTILINE)
    # Whether it adds up decimals: its answers must be right to the last digit.
    exact: bool = False
    # Whether it answers from line items, or may answer from what was added up before.
    rollups: bool = False


def module(tool):
    """The module of a tool."""
    return importlib.import_module(f"{__name__}.{tool}")


def worker(what, tool, variant, *more):
    """The command that has a Python library do something: see `compare.worker`."""
    return [sys.executable, "-m", "compare.worker", what, tool, variant, *map(str, more)]


class Library(NamedTuple):
    """What a Python library is asked to do, each as a command that `compare.worker` runs."""

    fill: Callable
    ask: Callable
    start: list


def library(tool, variant):
    """How to fill and how to ask with a Python library, as `Fill` and `Contender` want it."""

    def fill(place):
        return worker("fill", tool, variant, place.report, place.folder)

    def ask(place, question, runs):
        return worker("ask", tool, variant, place.folder, question.key, runs), None

    return Library(fill, ask, worker("start", tool, variant))


def fills(tools):
    """The fills of these tools, by their keys."""
    return {fill.key: fill for tool in tools for fill in module(tool).FILLS}


def contenders(tools):
    """The contenders of these tools, by their keys."""
    return {contender.key: contender for tool in tools for contender in module(tool).CONTENDERS}
