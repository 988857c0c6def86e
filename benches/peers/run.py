#!/usr/bin/env python3
"""Times curtail's ingest of a legacy gzip CSV report against other tools that turn the same files into Parquet.

    pip install -r benches/peers/requirements.txt
    apt install isal
    cargo build --release
    target/release/curtail generate --out /tmp/report --rows 2000000 --month 2026-10 --rows-per-file 1000001
    python benches/peers/run.py /tmp/report

Every tool runs as a process of its own, with the types of the columns given and zstd, on all cores; rounds alternate
between the tools, and medians are printed. curtail's time includes discovery, receipts, sorting, rollups, reading back and
the commit; the others only convert.
"""

import argparse
import csv
import glob
import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

AMOUNTS = ("Amount", "Cost", "Rate", "Factor", "Fee", "Value", "Units", "Quantity", "Discount", "Commitment", "ToDate")
TIMES = ("StartDate", "EndDate")


def kinds(header):
    """The type of each column: amount, time or text."""
    kind = {}
    for name in header:
        family, _, short = name.partition("/")
        text = family in ("identity", "product", "resourceTags", "costCategory") or short.endswith(("RateCode", "RateId", "Currency", "currency"))
        if not text and short in ("BillingPeriodStartDate", "BillingPeriodEndDate", "UsageStartDate", "UsageEndDate"):
            kind[name] = "time"
        elif not text and (short.endswith(AMOUNTS) or short in ("ActualUsage", "ReservedUsage", "SplitUsage", "SplitUsageRatio")):
            kind[name] = "amount"
        else:
            kind[name] = "text"
    # Seldom filled, and not numbers where they are.
    for name in ("reservation/NumberOfReservations", "reservation/UnitsPerReservation"):
        if name in kind:
            kind[name] = "text"
    return kind


def duckdb(files, out):
    import duckdb

    types = {"amount": "DECIMAL(38,18)" if os.environ.get("DECIMALS") else "DOUBLE", "time": "TIMESTAMP", "text": "VARCHAR"}
    kind = kinds(header(files[0]))
    # DuckDB does not tell names apart by case.
    taken, columns = set(), []
    for name in kind:
        unique = name if name.lower() not in taken else f"{name} 2"
        taken.add(unique.lower())
        columns.append(f"'{unique}': '{types[kind[name]]}'")
    columns = ", ".join(columns)
    listed = ", ".join(f"'{file}'" for file in files)
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"COPY (SELECT * FROM read_csv([{listed}], header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}})) TO '{out}/out.parquet' (FORMAT parquet, COMPRESSION zstd)"
    )


def polars(files, out):
    import polars

    types = {"amount": polars.Float64, "time": polars.String, "text": polars.String}
    kind = kinds(header(files[0]))
    frame = polars.scan_csv(files, schema={name: types[kind[name]] for name in kind})
    times = [name for name in kind if kind[name] == "time"]
    frame = frame.with_columns(polars.col(times).str.to_datetime("%Y-%m-%dT%H:%M:%SZ"))
    frame.sink_parquet(f"{out}/out.parquet", compression="zstd", compression_level=1)


def datafusion(files, out):
    import datafusion
    import pyarrow

    types = {"amount": pyarrow.float64(), "time": pyarrow.timestamp("us"), "text": pyarrow.string()}
    kind = kinds(header(files[0]))
    schema = pyarrow.schema([(name, types[kind[name]]) for name in kind])
    context = datafusion.SessionContext()
    folder = os.path.join(out, "in")
    os.makedirs(folder)
    for file in files:
        os.symlink(file, os.path.join(folder, os.path.basename(file)))
    context.register_csv("report", folder, schema=schema, has_header=True, file_extension=".csv.gz", file_compression_type="gzip")
    context.table("report").write_parquet(f"{out}/out", compression="zstd", compression_level=1)


def chdb(files, out):
    import chdb as clickhouse

    types = {"amount": "Nullable(Float64)", "time": "Nullable(DateTime)", "text": "Nullable(String)"}
    kind = kinds(header(files[0]))
    structure = ", ".join(f"`{name}` {types[kind[name]]}" for name in kind)
    pattern = os.path.join(os.path.dirname(files[0]), "*.csv.gz")
    structure = structure.replace("'", "\\'")
    clickhouse.query(
        f"SELECT * FROM file('{pattern}', CSVWithNames, '{structure}', 'gzip') INTO OUTFILE '{out}/out.parquet' FORMAT Parquet "
        "SETTINGS output_format_parquet_compression_method = 'zstd', date_time_input_format = 'best_effort'"
    )


def header(file):
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        return next(csv.reader(text))


TOOLS = {"duckdb": duckdb, "polars": polars, "datafusion": datafusion, "chdb": chdb}


def measure(command):
    """Wall seconds, CPU seconds and peak MiB of a command and of what it waits for."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    errors = process.stderr.read().decode(errors="replace")
    if status != 0:
        raise RuntimeError(f"{command}: {errors[-2000:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", help="a folder with one legacy report of gzip CSV files")
    parser.add_argument("--curtail", default="target/release/curtail")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tools", default="igzip,duckdb,polars,datafusion,chdb")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--out", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    files = sorted(os.path.abspath(file) for file in glob.glob(f"{arguments.report}/**/*.csv.gz", recursive=True))
    if arguments.only:
        TOOLS[arguments.only](files, arguments.out)
        return
    commands = {"curtail": None}
    commands.update((tool, None) for tool in arguments.tools.split(",") if tool)
    taken = {tool: [] for tool in commands}
    for _ in range(arguments.rounds):
        for tool in commands:
            out = tempfile.mkdtemp(prefix="peers-")
            if tool == "curtail":
                command = [arguments.curtail, "--store", f"{out}/store", "-q", "ingest", arguments.report]
            elif tool == "igzip":
                each = " & ".join(f"igzip -d -c '{file}' > /dev/null" for file in files)
                command = ["sh", "-c", f"{each} & wait"]
            else:
                command = [sys.executable, __file__, arguments.report, "--only", tool, "--out", out]
            try:
                taken[tool].append(measure(command))
            except RuntimeError as error:
                print(error, file=sys.stderr)
            written = sum(os.path.getsize(os.path.join(root, name)) for root, _, names in os.walk(out) for name in names)
            print(f"{tool}: {taken[tool][-1] if taken[tool] else 'failed'} {written / 1e6:.0f} MB", file=sys.stderr)
            shutil.rmtree(out)
    own = statistics.median(wall for wall, _, _ in taken["curtail"])
    print("| | wall s | CPU s | peak MiB | curtail is |\n|---|--:|--:|--:|--:|")
    for tool, runs in taken.items():
        if runs:
            wall, cpu, peak = (statistics.median(values) for values in zip(*runs))
            print(f"| {tool} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {wall / own:.2f}× |")


if __name__ == "__main__":
    main()
