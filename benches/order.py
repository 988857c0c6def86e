#!/usr/bin/env python3
"""Writes cli/order.txt: which functions answers run through, so that the linker puts them together.

A new process touches some 10,000 of the program's 300,000 functions, which lie all over 165 MB. Every 64 KiB of the file that it
touches are a page fault, and every page in them has to be mapped, and unmapped at the end: most of the time of a short answer.

What ran is counted by valgrind's callgrind, over the benchmarks' questions and some commands, on a report made for it. Functions that
more of them need come first. Names of functions depend on the compiler, on Cargo.lock and on features; those that are not in a program
are skipped when it is linked, so that an old list costs time and nothing else.
"""

import argparse
import collections
import pathlib
import re
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

HEADER = """\
# Functions that answers run through, those that more of them need first: made by `just order`, read by LLD (cli/build.rs).
"""

COMMANDS = [
    ["costs", "--by", "service"],
    ["costs", "--by", "account,day"],
    ["costs", "--by", "tag:team", "--metric", "amortized"],
    ["costs", "--by", "region", "--format", "csv"],
    ["resources"],
    ["queries", "run", "cost-by-service"],
    ["sql", "SELECT 1"],
    ["sql", "--format", "csv", "SELECT * FROM costs LIMIT 5"],
    [
        "sql",
        "SELECT date_format(line_item_usage_start_date, '%Y-%m-%d') AS day, split_part(line_item_usage_type, ':', 2) AS kind, "
        "round(sum(line_item_unblended_cost), 2) AS cost FROM cur "
        "WHERE year = '2026' AND line_item_line_item_type IN ('Usage', 'DiscountedUsage') GROUP BY 1, 2 ORDER BY cost DESC",
    ],
]


def ran(program, arguments, folder):
    """The names of the functions that one process runs through."""
    out = folder / "callgrind.out"
    grind = ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={out}", "--compress-strings=no", "--demangle=no"]
    subprocess.run(grind + [program] + arguments, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    names = set()
    with open(out, errors="replace") as lines:
        for line in lines:
            if line.startswith(("fn=", "cfn=")):
                # Recursion has a name of its own.
                names.add(re.sub(r"'\d+$", "", line.split("=", 1)[1].strip()))
    return names


def defined(program):
    """The address of each function of the program."""
    listed = subprocess.run(["nm", "--defined-only", program], check=True, capture_output=True, text=True).stdout
    parts = (line.split() for line in listed.splitlines())
    return {part[2]: int(part[0], 16) for part in parts if len(part) == 3 and part[1] in "tTwW"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="a release build")
    parser.add_argument("--rows", default="500000", help="line items of the report [default: %(default)s]")
    parser.add_argument("--out", default=ROOT / "cli" / "order.txt", type=pathlib.Path)
    given = parser.parse_args()
    program = str(pathlib.Path(given.program).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        store = ["--store", str(folder / "store")]
        report = str(folder / "report")
        subprocess.run([program, "generate", "--out", report, "--rows", given.rows, "--month", "2026-10"], check=True)
        subprocess.run([program, "ingest", report] + store, check=True)
        questions = [["sql", "-F", str(path)] for path in sorted((ROOT / "benches" / "queries").glob("*.sql"))]
        asked = questions + [question + ["--no-rollups"] for question in questions] + COMMANDS
        counts = collections.Counter()
        for arguments in asked:
            counts.update(ran(program, arguments + store, folder))
    addresses = defined(program)
    names = [name for name in counts if name in addresses]
    names.sort(key=lambda name: (-counts[name], addresses[name]))
    given.out.write_text(HEADER + "".join(name + "\n" for name in names))
    print(f"{len(names)} functions that {len(asked)} commands run through")


if __name__ == "__main__":
    main()
