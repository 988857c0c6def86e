"""ClickHouse, in process (chdb): a MergeTree as its users lay one out, sorted by what is asked for."""

import importlib.metadata

from .. import report
from ..questions import amortized, translated
from . import Contender, Fill, library

# Few different texts, which it keeps as dictionaries, in all columns but these.
UNIQUE = ("identity_line_item_id", "line_item_resource_id")
TYPES = {"amount": "Float64", "time": "DateTime('UTC')", "text": "LowCardinality(String)"}
EMPTY = "''"
ORDER = "line_item_product_code, line_item_usage_account_id, line_item_usage_start_date"

# Empty text is no NULL here, and its own table has no column of the billing period.
PERIOD = [("billing_period = '2026-10'", "bill_billing_period_start_date = toDateTime('2026-10-01 00:00:00', 'UTC')")]
THERE = "line_item_resource_id != ''"
CHANGES = {
    "q2": [("line_item_resource_id is not null", THERE)],
    "q4": [(f"timestamp '2026-10-{day} 00:00:00'", f"toDateTime('2026-10-{day} 00:00:00', 'UTC')") for day in (14, 15)],
    "q7": [("count(distinct line_item_resource_id)", f"uniqExactIf(line_item_resource_id, {THERE})")],
    "q8": PERIOD,
    "q9": PERIOD,
}


def structure(kinds):
    return ", ".join(f"`{name}` {'String' if name in UNIQUE else TYPES[kind]}" for name, kind in kinds.items())


def first_of(names):
    """The first of texts that is not empty."""
    *some, last = names
    return f"multiIf({''.join(f'{name} != {EMPTY}, {name}, ' for name in some)}{last})"


def insert(group):
    """What reads the files of a folder into the table."""
    kinds = report.kinds([group])
    typed = structure(kinds).replace("'", "\\'")
    twins = report.twins(group.columns)
    merged = ", ".join(f"{first_of([name, *others])} AS {name}" for name, others in twins.items())
    return (
        f"INSERT INTO curtail.cur ({', '.join(kinds)}) SELECT *{f' REPLACE ({merged})' if merged else ''} "
        f"FROM file('{group.folder}/*.csv.gz', CSV, '{typed}', 'gzip') "
        "SETTINGS date_time_input_format = 'best_effort', input_format_csv_skip_first_lines = 1"
    )


def fill(_variant, folder, out):
    from chdb import session

    groups = report.groups(folder)
    ask = session.Session(f"{out}/clickhouse").query
    ask("CREATE DATABASE curtail ENGINE = Atomic")
    ask(f"CREATE TABLE curtail.cur ({structure(report.kinds(groups))}) ENGINE = MergeTree ORDER BY ({ORDER})")
    costs = f"line_item_usage_account_id AS account_id, {amortized()} AS amortized_cost"
    ask(f"CREATE VIEW curtail.costs AS SELECT {costs} FROM curtail.cur")
    for group in groups:
        ask(insert(group))


def start():
    import chdb

    chdb.query("SELECT 1")


class Asker:
    """A session that questions are asked of."""

    def __init__(self, _variant, folder):
        from chdb import session

        self.session = session.Session(f"{folder}/clickhouse")
        self.session.query("USE curtail")

    def prepare(self, question):
        return translated(question, CHANGES)

    def ask(self, sql):
        return self.session.query(sql, "CSV")

    def rows(self, answer):
        import csv

        return csv.reader(str(answer).splitlines())


def version(_curtail):
    return f"chdb {importlib.metadata.version('chdb')}"


def starts(_curtail):
    return {"clickhouse": ("ClickHouse in Python", library("clickhouse", "table").start)}


FILLS = [Fill("clickhouse", "ClickHouse MergeTree", library("clickhouse", "table").fill)]
CONTENDERS = [Contender("clickhouse", "ClickHouse MergeTree", "clickhouse", library("clickhouse", "table").ask)]
