"""Has one Python library do one thing in a process of its own.

    python -m compare.worker fill <tool> <variant> <report> <folder>
    python -m compare.worker ask <tool> <variant> <folder> <question> <runs>
    python -m compare.worker start <tool> <variant>

`ask` writes each answer as CSV with a header, and on standard error how long each took until it was complete in memory.
"""

import csv
import sys
import time

from . import tools
from .questions import QUESTIONS


def ask(module, variant, folder, key, runs):
    """Asks a question so many times."""
    question = QUESTIONS[key]
    asker = module.Asker(variant, folder)
    prepared = asker.prepare(question)
    out = csv.writer(sys.stdout)
    for _ in range(int(runs)):
        began = time.perf_counter()
        answer = asker.ask(prepared)
        print("seconds", time.perf_counter() - began, file=sys.stderr)
        out.writerow([f"column {number}" for number, _ in enumerate(question.columns.split())])
        out.writerows(asker.rows(answer))


def main(what, tool, variant, *rest):
    module = tools.module(tool)
    if what == "fill":
        module.fill(variant, *rest)
    elif what == "ask":
        ask(module, variant, *rest)
    else:
        module.start()


if __name__ == "__main__":
    main(*sys.argv[1:])
