"""Rounds of measurements: every round asks all tools once, in another order, so that a slow minute hits all alike."""

import random
import shutil
import sys

from . import answers
from .measure import Failed
from .tools import Place


class Rounds:
    """What is measured, and the figures so far, as they stand in the results."""

    def __init__(self, measure, report, work, curtail):
        self.measure, self.report, self.work, self.curtail = measure, report, work, curtail
        self.random = random.Random(1)
        self.problems = []
        # By how much the amounts of each contender were off at most.
        self.off = {}

    def place(self, key):
        return Place(self.report, self.work / key, self.curtail)

    def shuffled(self, values):
        values = list(values)
        return self.random.sample(values, len(values))

    def ingest(self, fills, rounds):
        """Stores the report with every tool; the last round's copies stay. Fills that fail are left out."""
        runs = {key: [] for key in fills}
        for number in range(rounds):
            for fill in self.shuffled(fills.values()):
                place = self.place(fill.key)
                shutil.rmtree(place.folder, ignore_errors=True)
                place.folder.mkdir(parents=True)
                try:
                    run = self.measure.run(fill.command(place))
                except Failed as error:
                    self.problem(fill.title, "ingest", error)
                    if fill.key == "curtail":
                        raise
                    runs.pop(fill.key)
                    fills = {key: kept for key, kept in fills.items() if key != fill.key}
                    continue
                say(f"ingest {number + 1}/{rounds}: {fill.title} {run.seconds:.2f} s")
                runs[fill.key].append(taken(run))
        return runs

    def cold(self, contenders, questions, right, rounds):
        """Asks every question in a process of its own."""
        runs = {}
        for number in range(rounds):
            for question in questions:
                for contender in self.shuffled(contenders):
                    run = self.asked(contender, question, right, 1)
                    if run:
                        took = run.seconds * 1000
                        say(f"cold {number + 1}/{rounds}: {question.key} {contender.title} {took:.0f} ms")
                        cell(runs, contender, question).append(taken(run) | {"round": number})
        return runs

    def warm(self, contenders, questions, right, rounds, times):
        """Asks every question `times` in one process, after once that does not count."""
        runs = {}
        for number in range(rounds):
            for question in questions:
                for contender in self.shuffled(one for one in contenders if one.seconds):
                    run = self.asked(contender, question, right, times + 1)
                    if run:
                        seconds = [float(text) for text in contender.seconds.findall(run.stderr)][1:]
                        best = min(seconds) * 1000
                        say(f"warm {number + 1}/{rounds}: {question.key} {contender.title} {best:.1f} ms")
                        cell(runs, contender, question).append({"seconds": seconds, "peak": run.peak, "round": number})
        return runs

    def asked(self, contender, question, right, times):
        """A process that asks a question, if every one of its answers is right."""
        what = f"{question.key} {'cold' if times == 1 else 'warm'}"
        try:
            run = self.measure.run(*contender.command(self.place(contender.fill), question, times))
            given = answers.parsed(run.stdout)
            if len(given) != times:
                raise answers.Wrong(f"{len(given)} answers instead of {times}")
            for rows in given:
                off = answers.check(question, rows, right[question.key], contender.exact)
                self.off[contender.key] = max(self.off.get(contender.key, 0), float(off))
            return run
        except (Failed, answers.Wrong) as error:
            self.problem(contender.title, what, error)
            return None

    def starts(self, commands, rounds):
        """How long the programs take that do next to nothing, once they are in the page cache."""
        runs = {title: [] for title in commands}
        for command in commands.values():
            self.measure.run(command)
        for _ in range(rounds):
            for title, command in commands.items():
                runs[title].append(taken(self.measure.run(command)))
        return runs

    def problem(self, title, what, error):
        """Notes what went wrong; the figure is left out."""
        say(f"{title}, {what}: {error}")
        known = {"tool": title, "what": what, "problem": str(error)[-500:]}
        if known not in self.problems:
            self.problems.append(known)


def taken(run):
    """The figures of a run as results have them."""
    return {"seconds": run.seconds, "cpu": run.cpu, "peak": run.peak}


def cell(runs, contender, question):
    return runs.setdefault(question.key, {}).setdefault(contender.key, [])


def say(text):
    print(text, file=sys.stderr, flush=True)
