"""The report that all tools read, and its columns."""

import csv
import gzip
import json
import pathlib
import re
import subprocess
from typing import NamedTuple

from .questions import MONTH

# Line items of a month, at most: larger reports have more months, as a company's do that has been there for longer.
MONTHLY = 10_000_000
# From so many line items a month on, it is the bill of a larger organisation.
MEDIUM = 5_000_000

# Amounts as AWS's own Parquet files have them: rates and numbers of reservations are text there.
AMOUNTS = (
    "Amount",
    "Cost",
    "Factor",
    "Fee",
    "Value",
    "Quantity",
    "Discount",
    "Commitment",
    "ToDate",
    "ForUsage",
    "ForBillingPeriod",
)
AMOUNTS_TOO = ("ActualUsage", "ReservedUsage", "SplitUsage", "SplitUsageRatio")
TIMES = ("BillingPeriodStartDate", "BillingPeriodEndDate", "UsageStartDate", "UsageEndDate")
# Whatever their columns are called.
TEXTS = ("identity", "product", "resourceTags", "costCategory")


class Column(NamedTuple):
    """A column: as the report spells it, as Athena and the questions do, and its type."""

    header: str
    name: str
    kind: str


def arguments(rows, profile=None):
    """What `curtail generate` is given: as many months and as large an organisation as fit so many line items."""
    months = max(1, -(-rows // MONTHLY))
    profile = profile or ("medium" if rows // months >= MEDIUM else "small")
    given = ["--rows", str(rows), "--profile", profile]
    last = MONTH[0] * 12 + MONTH[1] - 1
    for month in range(last - months + 1, last + 1):
        given += ["--month", f"{month // 12}-{month % 12 + 1:02}"]
    return given


def generate(curtail, work, given):
    """Writes the report into `work/report`, unless the same is there already; returns the folder."""
    folder, told = work / "report", work / "report.json"
    if told.exists() and json.loads(told.read_text()) == given:
        return folder
    if folder.exists():
        raise SystemExit(f"{folder} holds another report; remove {work}, or take another --work")
    command = [curtail, "-q", "generate", "--out", folder, *given]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    told.write_text(json.dumps(given))
    return folder


def months(work):
    """The billing periods of the report."""
    given = json.loads((work / "report.json").read_text())
    return [value for flag, value in zip(given, given[1:]) if flag == "--month"]


def files(folder):
    """The report's data files, in the order in which they were written."""
    return sorted(str(file.resolve()) for file in pathlib.Path(folder).rglob("*.csv.gz"))


def columns(file):
    """The columns of a data file."""
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        header = next(csv.reader(text))
    taken, found = set(), []
    for cell in header:
        name = unique(athena(cell), taken)
        taken.add(name)
        found.append(Column(cell, name, kind(cell)))
    return found


class Group(NamedTuple):
    """Data files of one folder, which have the same columns: from month to month, tags and products come and go."""

    folder: str
    files: list
    columns: list


def groups(folder):
    """The report's files by their folders, in their order."""
    found = {}
    for file in files(folder):
        found.setdefault(str(pathlib.Path(file).parent), []).append(file)
    return [Group(parent, listed, columns(listed[0])) for parent, listed in found.items()]


def kinds(found):
    """All columns of several groups, by their names."""
    return {column.name: column.kind for group in found for column in group.columns}


def twins(found):
    """Columns that others differ from in nothing but case or punctuation: name to the names of the others.

    Where the first is empty, curtail takes the next one's value, as people who ask for a tag mean it. So do all here.
    """
    grouped = {}
    for column in found:
        grouped.setdefault(athena(column.header), []).append(column.name)
    return {name: others for name, (_, *others) in grouped.items() if others}


def athena(header):
    """The name that Athena gives a column: words in small letters, `_` between them."""
    words = re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", header)
    return re.sub(r"[^a-z0-9]+", "_", words).strip("_")


def unique(name, taken):
    """The name, or with a number if another column has it: tags that differ by nothing but case."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def kind(header):
    """The type of a column: amount, time or text."""
    family, _, short = header.partition("/")
    if family in TEXTS:
        return "text"
    if short in TIMES:
        return "time"
    return "amount" if short.endswith(AMOUNTS) or short in AMOUNTS_TOO else "text"
