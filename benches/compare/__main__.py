"""Compares curtail with other tools on one generated report: `just compare`, or `python -m compare --help`."""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import sys

from . import machine, render, report, sizes, tools
from .measure import Measure, environment
from .questions import QUESTIONS, REPOSITORY
from .rounds import Rounds, say


def arguments(given=None):
    parser = argparse.ArgumentParser(prog="compare", description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000, help="line items of the report [2000000]")
    parser.add_argument("--profile", help="size of the organisation [by rows]")
    parser.add_argument("--tools", default=",".join(tools.TOOLS), help="whom to compare with [%(default)s]")
    parser.add_argument("--without", default="", help="fills or contenders to leave out, such as duckdb-decimals")
    parser.add_argument("--queries", default="", help="questions to ask, such as q1,q3 [all]")
    parser.add_argument("--rounds", type=int, default=5, help="rounds over all tools, cold and warm [5]")
    parser.add_argument("--ingest-rounds", type=int, help="rounds of ingest [as --rounds, at most 3]")
    parser.add_argument("--times", type=int, default=5, help="measured runs in one warm process [5]")
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "benches/results", help="where results go")
    parser.add_argument("--work", type=pathlib.Path, help="where the report and its copies lie [target/compare/ROWS]")
    parser.add_argument("--keep", action="store_true", help="leave the copies there; the report stays in any case")
    parser.add_argument("--strict", action="store_true", help="fail if any tool fails or answers wrongly")
    parser.add_argument(
        "--curtail", type=pathlib.Path, default=REPOSITORY / "target/release/curtail", help="[%(default)s]"
    )
    return parser.parse_args(given)


def chosen(options):
    """The fills and contenders that are asked for, and their tools' versions."""
    wanted = dict.fromkeys(["curtail", *filter(None, options.tools.split(","))])
    unknown = [tool for tool in wanted if tool not in tools.TOOLS]
    if unknown:
        raise SystemExit(f"unknown tool {', '.join(unknown)}; there are {', '.join(tools.TOOLS)}")
    versions = {}
    for tool in wanted:
        try:
            versions[tool] = tools.module(tool).version(options.curtail)
        except (ImportError, FileNotFoundError) as error:
            raise SystemExit(
                f"{tool} is not there ({error}): pip install -r benches/compare/requirements.txt"
            ) from None
    left_out = options.without.split(",")
    fills = {key: fill for key, fill in tools.fills(wanted).items() if key not in left_out}
    contenders = [one for one in tools.contenders(wanted).values() if one.fill in fills and one.key not in left_out]
    return fills, contenders, versions


def starts(fills, wanted, curtail):
    """Commands that start what is compared and do next to nothing, by their titles."""
    found = {}
    for tool in wanted:
        for key, (title, command) in tools.module(tool).starts(curtail).items():
            if key in fills:
                found[title] = command
    return found


def asked(options, months):
    """The questions that are asked for; those of one month out of several only of such a report."""
    keys = options.queries.split(",") if options.queries else list(QUESTIONS)
    unknown = [key for key in keys if key not in QUESTIONS]
    if unknown:
        raise SystemExit(f"unknown question {', '.join(unknown)}; there are {', '.join(QUESTIONS)}")
    return [QUESTIONS[key] for key in keys if options.queries or len(months) > 1 or not QUESTIONS[key].extra]


def right_answers(work, folder):
    """The right answers, worked out once for a report."""
    path = work / "reference.json"
    if not path.exists():
        say("working out the right answers")
        command = [sys.executable, "-m", "compare.reference", folder, folder / "truth.json", path]
        subprocess.run(command, check=True, env=environment())
    return json.loads(path.read_text())


def commit():
    """What is measured, and whether it was changed since."""
    command = ["git", "-C", REPOSITORY, "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def main():
    options = arguments()
    options.curtail = options.curtail.resolve()
    if not options.curtail.exists():
        raise SystemExit(f"{options.curtail} is not there: cargo build --release -p curtail")
    work = (options.work or REPOSITORY / f"target/compare/{options.rows}").resolve()
    work.mkdir(parents=True, exist_ok=True)
    fills, contenders, versions = chosen(options)
    say(f"generating {options.rows:,} line items")
    folder = report.generate(options.curtail, work, report.arguments(options.rows, options.profile))
    right = right_answers(work, folder)
    questions = asked(options, report.months(work))

    measure = Measure(work)
    rounds = Rounds(measure, folder, work, options.curtail)
    began = machine.load()
    results = {
        "taken": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "command": " ".join(["just compare", *sys.argv[1:]]),
        "commit": commit(),
        "machine": machine.describe(),
        "versions": versions,
        "memory_floor_mib": measure.floor,
        "rounds": options.rounds,
        "times": options.times,
        "starts": rounds.starts(starts(fills, versions, options.curtail), options.rounds),
        "ingest": rounds.ingest(fills, options.ingest_rounds or min(options.rounds, 3)),
    }
    stored = results["ingest"]
    contenders = [one for one in contenders if one.fill in stored]
    results |= {
        "report": sizes.of_report(work, rounds.place("curtail"), right),
        "sizes": {key: sizes.of_fill(work / key) for key in stored if key != "igzip"},
        "rollups": sizes.rollups(rounds.place("curtail"), questions),
        "fills": {key: fills[key].title for key in stored},
        "contenders": {one.key: one.title for one in contenders},
        "questions": {question.key: question.title for question in questions},
        "cold": rounds.cold(contenders, questions, right, options.rounds),
        "warm": rounds.warm(contenders, questions, right, options.rounds, options.times),
        "off": rounds.off,
        "problems": rounds.problems,
        "load": {"before": began, "after": machine.load()},
    }
    measure.close()
    write(options.out, results)
    if not options.keep:
        for key in fills:
            shutil.rmtree(work / key, ignore_errors=True)
    if options.strict and rounds.problems:
        raise SystemExit("some tools failed or answered wrongly")


def write(folder, results):
    """Writes the results as JSON and as Markdown beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{results['taken'][:10]}-compare-{results['machine']['cpus']}vcpu-{render.short(results['report']['rows'])}"
    (folder / f"{name}.json").write_text(lines(results))
    text = render.markdown(results)
    (folder / f"{name}.md").write_text(text)
    print(text)
    say(f"written to {os.path.relpath(folder / name)}.md and .json")


def lines(results):
    """Results as JSON, one line a part, times to the microsecond."""
    parts = (f" {json.dumps(key)}: {json.dumps(rounded(value), ensure_ascii=False)}" for key, value in results.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 6) if isinstance(value, float) and abs(value) > 1e-3 else value


if __name__ == "__main__":
    main()
