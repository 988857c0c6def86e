"""DuckDB: its native table, Parquet that it writes, and the very Parquet files of curtail's store.

Doubles are its fastest amounts, and what it takes them for if nobody says otherwise; with decimals it is exact.
"""

import importlib.metadata
import importlib.util
import pathlib

from .. import report, store
from ..questions import amortized, translated
from . import Contender, Fill, library

TYPES = {"amount": "DOUBLE", "time": "TIMESTAMP", "text": "VARCHAR"}
DECIMALS = {**TYPES, "amount": "DECIMAL(38, 18)"}

# Its own tables have no column of the billing period.
PERIOD = [("billing_period = '2026-10'", "bill_billing_period_start_date = TIMESTAMP '2026-10-01'")]
OWN = {"q8": PERIOD, "q9": PERIOD}
# Times of the store are instants, whose days DuckDB works out by a time zone's calendar: five times slower than so.
DAY = "date_trunc('day', line_item_usage_start_date)"
STORE = {
    "q3": [(DAY, "date_trunc('day', make_timestamp(epoch_us(line_item_usage_start_date)))")],
    "q4": [(f"timestamp '2026-10-{day} 00:00:00'", f"timestamptz '2026-10-{day} 00:00:00+00'") for day in (14, 15)],
}


def rows(folder, types):
    """The report's rows as SQL, in their order."""
    return " UNION ALL BY NAME ".join(rows_of(group, types) for group in report.groups(folder))


def rows_of(group, types):
    typed = ", ".join(f"'{column.name}': '{types[column.kind]}'" for column in group.columns)
    twins = report.twins(group.columns)
    merged = ", ".join(f"coalesce({', '.join([name, *others])}) AS {name}" for name, others in twins.items())
    csv = "header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"'"
    return (
        f"SELECT *{f' REPLACE ({merged})' if merged else ''} FROM read_csv({group.files}, {csv}, "
        f"timestampformat = '%Y-%m-%dT%H:%M:%SZ', columns = {{{typed}}})"
    )


def costs(source="cur"):
    """The view that Q5 asks."""
    columns = f"line_item_usage_account_id AS account_id, {amortized()} AS amortized_cost"
    return f"CREATE VIEW costs AS SELECT {columns} FROM {source}"


# What the worker does with the Python library.


def fill(variant, folder, out):
    import duckdb

    if variant == "parquet":
        with duckdb.connect() as connection:
            target = f"'{out}/cur.parquet' (FORMAT parquet, COMPRESSION zstd)"
            # The order is of no use to it there, and takes time.
            connection.execute("SET preserve_insertion_order = false")
            connection.execute(f"COPY ({rows(folder, TYPES)}) TO {target}")
        return
    types = DECIMALS if variant == "decimals" else TYPES
    with duckdb.connect(f"{out}/cur.duckdb") as connection:
        connection.execute(f"SET preserve_insertion_order = true; CREATE TABLE cur AS {rows(folder, types)}")
        connection.execute(costs())


def start():
    import duckdb

    duckdb.connect().execute("SELECT 1")


class Asker:
    """A connection that questions are asked of."""

    def __init__(self, variant, folder):
        import duckdb

        self.changes = STORE if variant == "store" else OWN
        if variant in ("doubles", "decimals"):
            self.connection = duckdb.connect(f"{folder}/cur.duckdb", read_only=True)
            return
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'; SET parquet_metadata_cache = true")
        if variant == "parquet":
            cur = union = f"read_parquet('{folder}/cur.parquet')"
        else:
            # A file of the store lacks the columns that are empty in all its rows. DuckDB misses them only where they
            # are asked for, and looking into every file first takes time.
            cur = f"read_parquet({store.line_items(folder)}, hive_partitioning = true)"
            union = cur.replace("true", "true, union_by_name = true")
        self.connection.execute(f"CREATE VIEW cur AS SELECT * FROM {cur}")
        self.connection.execute(costs(union))

    def prepare(self, question):
        return translated(question, self.changes)

    def ask(self, sql):
        return self.connection.execute(sql)

    def rows(self, answer):
        return answer.fetchall()


# The command line tool is a package, and has a version, of its own; it starts faster than Python.


def program():
    found = importlib.util.find_spec("duckdb_cli")
    return found and pathlib.Path(found.origin).parent / "duckdb"


def fill_by_program(place):
    text = f"SET preserve_insertion_order = true; CREATE TABLE cur AS {rows(place.report, TYPES)}; {costs()}"
    return [program(), "-bail", place.folder / "cur.duckdb", "-c", text]


def ask_by_program(place, question, _runs):
    text = translated(question, OWN)
    return [program(), "-bail", "-readonly", "-csv", "-nullvalue", "", place.folder / "cur.duckdb", "-c", text], None


def version(_curtail):
    python = importlib.metadata.version("duckdb")
    return f"duckdb {python}" + (f", duckdb-cli {importlib.metadata.version('duckdb-cli')}" if program() else "")


FILLS = [
    Fill("duckdb", "DuckDB table", library("duckdb", "doubles").fill),
    Fill("duckdb-decimals", "DuckDB table, decimals", library("duckdb", "decimals").fill),
    Fill("duckdb-parquet", "DuckDB Parquet", library("duckdb", "parquet").fill),
    Fill("duckdb-cli", "DuckDB command line, table", fill_by_program),
]
CONTENDERS = [
    Contender("duckdb", "DuckDB table", "duckdb", library("duckdb", "doubles").ask),
    Contender("duckdb-cli", "DuckDB command line, table", "duckdb-cli", ask_by_program, seconds=None),
    Contender(
        "duckdb-decimals", "DuckDB table, decimals", "duckdb-decimals", library("duckdb", "decimals").ask, exact=True
    ),
    Contender("duckdb-store", "DuckDB on curtail's Parquet", "curtail", library("duckdb", "store").ask, exact=True),
    Contender("duckdb-parquet", "DuckDB Parquet", "duckdb-parquet", library("duckdb", "parquet").ask),
]


def starts(_curtail):
    return {
        "duckdb": ("DuckDB in Python", library("duckdb", "start").start),
        "duckdb-cli": ("DuckDB command line", [program(), "-c", "SELECT 1"]),
    }
