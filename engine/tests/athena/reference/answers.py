#!/usr/bin/env python3
"""Works out the answers beside the queries with DuckDB, from the same data: see README.md.

    answers.py              checks that every answer is the one that stands in the file
    answers.py --write      writes them; also marks queries whose ORDER BY leaves rows that may change places
    answers.py WORD…        only queries whose path contains one of the words
"""

import argparse
import datetime
import decimal
import math
import pathlib
import sys

import duckdb
import sqlglot

from data import load
from translate import labels, ordered_both_ways, translate

ROOT = pathlib.Path(__file__).parent.parent
ANY_ORDER = "-- rows: any order"
BY_HAND = "-- answer: by hand"


def cell(value, data_type):
    """A value as the answers write it; README.md says how."""
    if value is None:
        return ""
    text = plain(value, data_type)
    if text == "" or any(mark in text for mark in ',"\n\r') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def plain(value, data_type=""):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"~{value!r}"
    if isinstance(value, decimal.Decimal):
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, datetime.datetime):
        text = value.strftime("%Y-%m-%d %H:%M:%S")
        return text + (f".{value.microsecond:06d}" if value.microsecond else "")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds():.0f} s"
    if isinstance(value, dict):
        if str(data_type).startswith("STRUCT"):
            return "{" + ", ".join(plain(one) for one in value.values()) + "}"
        return "{" + ", ".join(f"{plain(key)}: {plain(one)}" for key, one in sorted(value.items())) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(plain(one) for one in value) + "]"
    return str(value)


def rows(connection, sql):
    answer = connection.execute(sql)
    types = [column[1] for column in answer.description]
    return [[cell(value, kind) for value, kind in zip(row, types)] for row in answer.fetchall()]


def answer(connection, text):
    """The answer of the last statement, and whether its order is told by the query."""
    statements = [one for one in sqlglot.parse(text, read="trino") if one is not None]
    connection.execute("BEGIN")
    try:
        for statement in statements[:-1]:
            connection.execute(translate(statement))
        last = statements[-1]
        sql = translate(last)
        described = connection.execute(sql).description
        names = labels(last, [column[0] for column in described])
        both = ordered_both_ways(last, len(described))
        if both is None:
            found, total = rows(connection, sql), False
        else:
            found, other = (rows(connection, translate(one)) for one in both)
            total = found == other
            if sorted(found) != sorted(other):
                raise ValueError("rows that ORDER BY does not tell apart decide what LIMIT keeps")
        return names, found, total
    finally:
        connection.execute("ROLLBACK")


def alike(one, other):
    """Whether the rows are the same, but for their order and what sums of doubles lose."""
    return len(one) == len(other) and all(map(rows_alike, sorted(one), sorted(other)))


def rows_alike(one, other):
    return all(a == b or (a[:1] == b[:1] == "~" and math.isclose(float(a[1:]), float(b[1:]))) for a, b in zip(one, other))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("words", nargs="*")
    options = parser.parse_args()
    connection, other = duckdb.connect(), duckdb.connect()
    load(connection, ROOT)
    load(other, ROOT, backwards=True)
    files = sorted((ROOT / "queries").glob("*/*.sql"))
    chosen = [file for file in files if not options.words or any(word in str(file) for word in options.words)]
    bad = empty = by_hand = 0
    for file in chosen:
        name = file.relative_to(ROOT / "queries")
        text = file.read_text()
        if BY_HAND in text:
            by_hand += 1
            continue
        try:
            names, found, total = answer(connection, text)
            if not alike(found, answer(other, text)[1]):
                raise ValueError("the order of the rows in the tables decides what the answer is")
        except Exception as error:  # whatever DuckDB or sqlglot say
            bad += 1
            print(f"{name}: {type(error).__name__}: {str(error)[:1500]}")
            continue
        marked = text.startswith(ANY_ORDER)
        if options.write and marked == total:
            text = text.removeprefix(ANY_ORDER + "\n") if total else f"{ANY_ORDER}\n{text}"
            file.write_text(text)
            marked = not total
        if marked == total:
            bad += 1
            print(f"{name}: the order of its rows is {'' if total else 'not '}told")
        if marked:
            found.sort()
        if not found:
            empty += 1
            print(f"{name}: no rows")
        header = ",".join(cell(one, "") for one in names)
        content = "\n".join([header, *(",".join(row) for row in found)]) + "\n"
        target = file.with_suffix(".csv")
        if options.write:
            target.write_text(content)
        elif not target.exists() or target.read_text() != content:
            bad += 1
            print(f"{name}: another answer stands in the file")
    print(f"{len(chosen)} queries, {by_hand} by hand, {empty} without rows, {bad} wrong")
    sys.exit(bad > 0)


main()
