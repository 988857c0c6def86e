"""Results as Markdown.

    python -m compare.render results.json
"""

import json
import sys

from .figures import Compared, mean, median, seconds
from .questions import QUESTIONS

LINE_ITEMS, ROLLUPS = "curtail", "curtail-rollups"


def markdown(results):
    """All of the results, as a document."""
    parts = [head(results), summary(results), ingest(results), rollups(results)]
    for title, mode in (("Warm", "warm"), ("Cold", "cold")):
        parts.append(misses(results, title, mode))
        parts.append(hits(results, title, mode))
    parts += [peaks(results), starts(results), exactness(results)]
    return "\n".join(part for part in parts if part)


def head(results):
    """What was measured, where and with what."""
    machine, report, load = results["machine"], results["report"], results["load"]
    lives = report["lifetimes"]
    stolen = load["after"]["steal_ticks"] - load["before"]["steal_ticks"]
    ingested = max(map(len, results["ingest"].values()))
    return f"""# {results["taken"][:10]}, {machine["cpus"]} vCPU: curtail and others, {report["rows"]:,} line items

What is measured and how: [docs/benchmark.md](../../docs/benchmark.md). Written by `{results["command"]}`
at commit `{results["commit"]}`.

- Machine: {machine["cpus"]} CPUs of {machine["cpu"]}, {machine["memory_gib"]} GiB, {machine["system"]},
  Linux {machine["kernel"]}, Python {machine["python"]};
  load {load["before"]["load"]:.1f} before and {load["after"]["load"]:.1f} after, {stolen} ticks stolen.
- Tools: {"; ".join(results["versions"].values())}.
- Report: `curtail generate {report["generate"]}`: {report["rows"]:,} line items, {report["columns"]} columns,
  {report["files"]} files, {report["bytes"] / 1e6:,.0f} MB of gzip; {lives["resources"]:,.0f} resources in the last month,
  which live for {lives["median_hours"]:,.0f} hours (median; mean {lives["mean_hours"]:,.0f}).
- Medians of {results["rounds"]} rounds of queries and {ingested} of ingest. All files in the page cache.
  Warm: {results["times"]} runs in one process a round, after one that does not count.
"""


def of_eight(results):
    return [key for key in results["questions"] if not QUESTIONS[key].extra]


def contenders(results, mode, without=(LINE_ITEMS, ROLLUPS)):
    """The contenders that have figures, in the order of the tools."""
    there = {key for cells in results[mode].values() for key in cells}
    return [key for key in results["contenders"] if key in there and key not in without]


def summary(results):
    """How many times as fast curtail is as each other contender: geometric means and the worst question."""
    modes = [
        ("line items, warm", "warm", LINE_ITEMS),
        ("line items, cold", "cold", LINE_ITEMS),
        ("rollups, warm", "warm", ROLLUPS),
        ("rollups, cold", "cold", ROLLUPS),
    ]
    rows = []
    for key in contenders(results, "cold"):
        rows.append([results["contenders"][key]])
        for _, mode, own in modes:
            rows[-1].append(compared(Compared(results[mode], key, own, of_eight(results))))
    table = grid(["curtail against", *(title for title, _, _ in modes)], rows)
    return f"""## In short

How many times as long as curtail the others take: geometric mean over {", ".join(of_eight(results)).upper()},
and in brackets the question where curtail does worst. Above 1 curtail is faster, below 1 the other is.

{table}"""


def compared(one):
    if one.mean is None:
        return ""
    question, ratio = one.worst
    missing = f"; {one.missing} missing" if one.missing else ""
    return f"**{times(one.mean)}** ({question.upper()} {times(ratio)}{missing})"


def ingest(results):
    """Wall time, CPU time, memory and size of each fill."""
    gzip = results["report"]["bytes"]
    own = median(run["seconds"] for run in results["ingest"]["curtail"])
    rows = []
    for key, runs in results["ingest"].items():
        wall, cpu, peak = (median(run[name] for run in runs) for name in ("seconds", "cpu", "peak"))
        row = [results["fills"][key], f"{wall:.2f}", f"{cpu:.2f}", f"{peak:,.0f}", times(wall / own)]
        if key in results["sizes"]:
            size = results["sizes"][key]["bytes"]
            row += [f"{size / 1e6:,.1f}", f"{size / gzip:.2f}"]
        rows.append(row)
    table = grid(["", "wall s", "CPU s", "peak MiB", "of curtail's", "MB", "of the gzip"], rows)
    of_rollups = results["sizes"]["curtail"]["rollups"]
    return f"""## Ingest and size

From the report's {gzip / 1e6:,.0f} MB of gzip to what can be asked. curtail also checks, sorts, adds up and commits:
{of_rollups / 1e6:.1f} MB of its store are rollups.

{table}"""


def rollups(results):
    """What rollups there are, and which one answers what."""
    made = [
        [name, f"{one['rows']:,}", f"{one['line_items'] / max(one['rows'], 1):.1f}", f"{one['bytes'] / 1e6:.1f}"]
        for name, one in results["rollups"]["made"].items()
    ]
    answer = [
        [f"{key.upper()}, {results['questions'][key]}", ", ".join(found)]
        for key, found in results["rollups"]["answer"].items()
    ]
    return f"""## Rollups

{grid(["rollup", "rows", "line items a row", "MB"], made)}
Without `--no-rollups`, curtail reads:

{grid(["question", "read"], answer, left=2)}"""


def misses(results, title, mode):
    """Times from line items: no tool has added anything up before."""
    keys = [LINE_ITEMS, *contenders(results, mode)]
    return f"""## {title}, from line items, ms

{asked(results, mode, keys, LINE_ITEMS)}"""


def hits(results, title, mode):
    """Times with rollups, beside what the same questions take without."""
    keys = [ROLLUPS, LINE_ITEMS, *(key for key in ("duckdb", "duckdb-cli") if key in contenders(results, mode))]
    return f"""## {title}, with rollups, ms

{asked(results, mode, keys, ROLLUPS)}"""


def asked(results, mode, keys, own):
    """A row per question, a column per contender, and how they compare with `own`."""
    table = results[mode]
    rows = []
    for question, title in results["questions"].items():
        cells = table.get(question, {})
        row = [f"{question.upper()}, {title}"]
        for key in keys:
            found = median(map(seconds, cells.get(key, ())))
            row.append("–" if found is None else f"{found * 1000:.1f}")
        rows.append(row)
    eight = of_eight(results)
    means = [mean(median(map(seconds, table.get(question, {}).get(key, ()))) for question in eight) for key in keys]
    rows.append(["geometric mean of Q1–Q8", *("–" if value is None else f"{value * 1000:.1f}" for value in means)])
    ratios = [Compared(table, key, own, eight).mean for key in keys]
    rows.append(["of curtail's", *("–" if value is None else times(value) for value in ratios)])
    return grid(["", *(results["contenders"][key] for key in keys)], rows)


def peaks(results):
    """Peak memory of the cold processes."""
    keys = contenders(results, "cold", without=())
    rows = []
    for question, title in results["questions"].items():
        cells = results["cold"].get(question, {})
        row = [f"{question.upper()}, {title}"]
        for key in keys:
            found = median(run["peak"] for run in cells.get(key, ()))
            row.append("–" if found is None else f"{found:,.0f}")
        rows.append(row)
    return f"""## Peak memory, cold, MiB

{grid(["", *(results["contenders"][key] for key in keys)], rows)}
As the system counts it (maximum resident set size); none counts less than {results["memory_floor_mib"]:.0f} MiB here.
"""


def starts(results):
    """What a process takes that does next to nothing."""
    rows = [
        [title, f"{median(map(seconds, runs)) * 1000:.0f}", f"{median(run['peak'] for run in runs):,.0f}"]
        for title, runs in results["starts"].items()
    ]
    return f"""## Starting

A process that starts, loads the tool and does next to nothing; part of every cold time above.

{grid(["", "ms", "MiB"], rows)}"""


def exactness(results):
    """How right the answers were."""
    rows = [
        [title, f"{results['off'][key]:.0e}" if results["off"][key] else "exact"]
        for key, title in results["contenders"].items()
        if key in results["off"]
    ]
    return f"""## Answers

Every answer of every run was compared with the right one before its time counted. Amounts were off by at most:

{grid(["", "USD"], rows)}{problems(results)}"""


def problems(results):
    """What failed, and answers that were wrong."""
    if not results["problems"]:
        return "\nNothing failed, and no answer was wrong.\n"
    rows = [
        [one["tool"], one["what"], " ".join(one["problem"].split()).replace("|", "\\|")] for one in results["problems"]
    ]
    return f"""
What failed or was wrong, and is left out of all tables:

{grid(["", "when", "what"], rows, left=3)}"""


def times(value):
    return f"{value:.2f}×" if value < 10 else f"{value:.0f}×"


def short(rows):
    """A number of line items for a file's name: 2m, 200k."""
    for size, unit in ((1_000_000, "m"), (1000, "k")):
        if rows >= size and rows % size == 0:
            return f"{rows // size}{unit}"
    return str(rows)


def grid(header, rows, left=1):
    """A Markdown table whose first columns are text and the others numbers."""
    width = len(header)
    rule = ["---" if number < left else "--:" for number in range(width)]
    lines = [header, rule, *([*row, *[""] * (width - len(row))] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    with open(sys.argv[1]) as results_file:
        print(markdown(json.load(results_file)))
