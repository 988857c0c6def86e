"""What the report and its copies take on disk, how long its resources live, and how much rollups shrink it."""

import csv
import hashlib
import io
import json
import pathlib
import re
import subprocess

from . import report
from .measure import environment
from .tools.curtail import base

# Resources that used something in the last month: how many, and for how many hours from first to last.
LIFETIMES = """
WITH lives AS (
    SELECT 1 + (to_unixtime(max(line_item_usage_start_date)) - to_unixtime(min(line_item_usage_start_date))) / 3600
        AS hours
    FROM cur
    WHERE billing_period = '2026-10' AND line_item_line_item_type = 'Usage' AND line_item_resource_id IS NOT NULL
    GROUP BY line_item_resource_id
)
SELECT count(*) AS resources, median(hours) AS median_hours, avg(hours) AS mean_hours FROM lives
"""


def of_report(work, place, right):
    """The report: what made it, rows, files, bytes of gzip, and lifetimes."""
    files = report.files(place.report)
    lives = rows(place, "sql", LIFETIMES, "--no-rollups")[0]
    return {
        "generate": " ".join(json.loads((work / "report.json").read_text())),
        "rows": json.loads((place.report / "truth.json").read_text())["overall"]["totals"]["rows"],
        "groups": {key: len(answer) for key, answer in right.items()},
        "files": len(files),
        "columns": len(report.columns(files[0])),
        "bytes": size(files),
        # The same arguments make the same report, which this tells.
        "truth": hashlib.sha256((place.report / "truth.json").read_bytes()).hexdigest(),
        "lifetimes": {name: float(value) for name, value in lives.items()},
    }


def of_fill(folder):
    """Bytes of what a fill stored, and of which are rollups."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {"bytes": size(files), "rollups": size(file for file in files if "rollups" in file.parts)}


def size(files):
    return sum(pathlib.Path(file).stat().st_size for file in files)


def rollups(place, questions):
    """Each rollup with how many line items a row of it stands for, and what answers each question."""
    listed = rows(place, "rollup", "list")
    together = {}
    for row in listed:
        one = together.setdefault(row["name"], {"rows": 0, "line_items": 0, "bytes": 0})
        for name in one:
            one[name] += int(row[name])
    return {"made": together, "answer": {question.key: source(place, question.sql) for question in questions}}


def source(place, sql):
    """Which rollups a question reads, or that it reads line items."""
    plan = said(place, "sql", "--explain", sql)
    found = set(re.findall(r"rollups/line_items/(\w+)/", plan))
    if re.search(r"(?<!rollups/)line_items/report=", plan):
        found.add("line items")
    return sorted(found)


def rows(place, *command):
    return list(csv.DictReader(io.StringIO(said(place, *command, "-f", "csv"))))


def said(place, *command):
    done = subprocess.run([*base(place), *command], check=True, capture_output=True, text=True, env=environment())
    return done.stdout
