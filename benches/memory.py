#!/usr/bin/env python3
"""Peak memory of an ingest and of queries under --memory-limit, as the system counts it (maximum resident set size).

    benches/memory.py target/release/curtail --rows 2000000 --limit 256MiB 512MiB 1GiB

Makes a report of so many line items (or takes --report), ingests it at each limit, runs the queries below at each limit, and
prints one line each: what, limit, peak, share of the limit, seconds.
"""

import argparse
import os
import pathlib
import re
import subprocess
import tempfile
import time

QUERIES = {
    "cost by service": "SELECT service, sum(unblended_cost) FROM costs GROUP BY 1",
    "ten dearest resources": "SELECT resource_id, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 2 DESC LIMIT 10",
    "group by line item": "SELECT identity_line_item_id, count(*), sum(line_item_unblended_cost) FROM cur GROUP BY 1",
    "sort of five columns": "SELECT line_item_resource_id, line_item_usage_start_date, line_item_usage_type,"
    " line_item_operation, line_item_unblended_cost FROM cur ORDER BY 5 DESC, 1, 2",
    "everything": "SELECT * FROM costs",
}

UNITS = {"MiB": 1 << 20, "GiB": 1 << 30}


def size(text):
    number, unit = re.fullmatch(r"(\d+)(MiB|GiB)", text).groups()
    return int(number) * UNITS[unit]


def measured(what, limit, command):
    """Runs a command; prints its peak and how long it took, or that it gave up."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    peak = usage.ru_maxrss << 10
    code = os.waitstatus_to_exitcode(status)
    process.returncode = code
    seconds = time.monotonic() - began
    told = "" if code == 0 else " | gave up: " + error.splitlines()[0][:80]
    share = peak / size(limit)
    print(f"| {what} | {limit} | {peak / (1 << 20):.0f} MiB | {share:.2f} | {seconds:.1f} s{told} |", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("binary", type=pathlib.Path)
    arguments.add_argument("--rows", type=int, default=2_000_000)
    arguments.add_argument("--report", type=pathlib.Path, help="an existing report instead of a generated one")
    arguments.add_argument("--limit", nargs="+", default=["256MiB", "512MiB", "1GiB"])
    options = arguments.parse_args()
    binary = options.binary.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        report = options.report
        if report is None:
            report = folder / "report"
            generate = [binary, "-q", "generate", "--out", report, "--rows", str(options.rows), "--month", "2026-10"]
            subprocess.run(generate, check=True, stdout=subprocess.DEVNULL)
        print("| what | limit | peak | of the limit | time |\n|---|--:|--:|--:|--:|")
        for limit in options.limit:
            store = folder / f"store-{limit}"
            base = [binary, "-q", "--store", store, "--memory-limit", limit]
            measured("ingest", limit, [*base, "ingest", report])
            for what, query in QUERIES.items():
                measured(what, limit, [*base, "sql", query, "-o", folder / "result.parquet"])
            subprocess.run(["rm", "-rf", store, folder / "result.parquet"], check=True)


main()
