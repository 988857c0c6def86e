"""Whether an answer is right."""

import csv
import io
from decimal import Decimal

# How far the answers of tools that add up doubles may be from the truth: a millionth, or a billionth of
# a larger amount.
ABSOLUTE = Decimal("1e-6")
RELATIVE = Decimal("1e-9")


class Wrong(Exception):
    """An answer that is not right."""


def parsed(text):
    """The answers in `text`, each CSV with the same header: one for every time that the question was asked."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    answers = []
    for row in rows:
        if row == rows[0]:
            answers.append([])
        else:
            answers[-1].append(row)
    return answers


def check(question, rows, right, exact):
    """Fails unless `rows` answer the question as `right` does; returns by how much amounts are off at most."""
    values = sum(kind != "text" and kind != "day" for kind in question.columns.split())
    kinds = question.columns.split()
    for row in rows:
        if len(row) != len(kinds):
            raise Wrong(f"{row} has {len(row)} columns instead of {len(kinds)}")
    found = [(key(row[:-values], kinds), [number(cell) for cell in row[-values:]]) for row in rows]
    true = {tuple(row[:-values]): [Decimal(cell) for cell in row[-values:]] for row in right}
    wanted = min(question.limit or len(true), len(true))
    if len(found) != wanted:
        raise Wrong(f"{len(found)} rows instead of {wanted}")
    if len({group for group, _ in found}) != len(found):
        raise Wrong("groups come twice")
    off = Decimal(0)
    for group, cells in found:
        if group not in true:
            raise Wrong(f"{group} is nothing that the report has")
        for kind, here, there in zip(kinds[-values:], cells, true[group]):
            off = max(off, distance(group, kind, here, there, exact))
    if question.ordered:
        ranked(found, true, exact)
    return off


def key(cells, kinds):
    """The group of a row: empty text and NULL are one, a day is the first ten characters of a time."""
    return tuple(cell[:10] if kind == "day" else cell for cell, kind in zip(cells, kinds))


def number(cell):
    """An amount or a count; the sum of nothing is no number."""
    if cell == "":
        raise Wrong("an amount is NULL")
    return Decimal(cell)


def distance(group, kind, here, there, exact):
    """How far two amounts are from each other, if that is allowed."""
    off = abs(here - there)
    allowed = 0 if exact or kind == "count" else max(ABSOLUTE, abs(there) * RELATIVE)
    if off > allowed:
        raise Wrong(f"{here} instead of {there} for {' '.join(group) or 'all'}")
    return off


def ranked(found, true, exact):
    """Fails unless rows come by their last value, highest first, and are the highest that there are."""
    best = sorted((cells[-1] for cells in true.values()), reverse=True)
    for (group, cells), there in zip(found, best):
        off = abs(cells[-1] - there)
        if off > (0 if exact else max(ABSOLUTE, abs(there) * RELATIVE)):
            raise Wrong(f"{' '.join(group)} is out of order")
