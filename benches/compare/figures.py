"""From rounds of measurements to the numbers of a table."""

import math
import statistics


def median(values):
    """The median, or nothing of nothing."""
    values = list(values)
    return statistics.median(values) if values else None


def seconds(run):
    """How long a run took: of several measured in one process, the median."""
    taken = run["seconds"]
    return statistics.median(taken) if isinstance(taken, list) else taken


def ratio(runs, own):
    """How many times as long as `own` these runs took: the median of rounds, in which both had the same noise."""
    mine = {run["round"]: seconds(run) for run in own}
    return median(seconds(run) / mine[run["round"]] for run in runs if run["round"] in mine)


def mean(values):
    """The geometric mean of what there is, or nothing."""
    values = [value for value in values if value]
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


class Compared:
    """How one contender did against another over several questions."""

    def __init__(self, table, key, own, questions):
        self.ratios = {
            question: ratio(table[question][key], table[question][own])
            for question in questions
            if key in table.get(question, {}) and own in table[question]
        }
        self.missing = len(questions) - len(self.ratios)

    @property
    def mean(self):
        """The geometric mean of the ratios."""
        return mean(self.ratios.values())

    @property
    def worst(self):
        """The question with the lowest ratio, and that ratio."""
        return min(self.ratios.items(), key=lambda one: one[1], default=None)
