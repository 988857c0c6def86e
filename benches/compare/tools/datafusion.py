"""DataFusion, which curtail asks with, from Python over Parquet that it writes: what curtail adds to it."""

import importlib.metadata

from .. import report
from ..questions import amortized, translated
from . import Contender, Fill, library

PERIOD = [("billing_period = '2026-10'", "bill_billing_period_start_date = timestamp '2026-10-01 00:00:00'")]
OWN = {"q8": PERIOD, "q9": PERIOD}


def fill(_variant, folder, out):
    import datafusion

    groups = report.groups(folder)
    kinds = report.kinds(groups)
    context = datafusion.SessionContext()
    selects = [rows(context, f"report{number}", group, kinds) for number, group in enumerate(groups)]
    frame = context.sql(" UNION ALL ".join(selects))
    frame.write_parquet(f"{out}/cur", compression="zstd", compression_level=1)


def rows(context, table, group, kinds):
    """The rows of a folder's files as SQL, with all columns of the report."""
    import pyarrow

    types = {"amount": pyarrow.float64(), "time": pyarrow.timestamp("us"), "text": pyarrow.string()}
    schema = pyarrow.schema([(column.name, types[column.kind]) for column in group.columns])
    gzip = {"file_extension": ".csv.gz", "file_compression_type": "gzip"}
    context.register_csv(table, group.folder, schema=schema, has_header=True, **gzip)
    there, twins = set(schema.names), report.twins(group.columns)

    def value(name):
        if name not in there:
            return "NULL"
        return f"coalesce({', '.join([name, *twins[name]])})" if name in twins else name

    return f"SELECT {', '.join(f'{value(name)} AS {name}' for name in kinds)} FROM {table}"


def start():
    import datafusion

    datafusion.SessionContext().sql("SELECT 1").collect()


class Asker:
    """A context that questions are asked of."""

    def __init__(self, _variant, folder):
        import datafusion

        self.context = datafusion.SessionContext()
        self.context.register_parquet("cur", f"{folder}/cur")
        costs = f"line_item_usage_account_id AS account_id, {amortized()} AS amortized_cost"
        self.context.sql(f"CREATE VIEW costs AS SELECT {costs} FROM cur").collect()

    def prepare(self, question):
        return translated(question, OWN)

    def ask(self, sql):
        return self.context.sql(sql).collect()

    def rows(self, answer):
        return (row.values() for batch in answer for row in batch.to_pylist())


def version(_curtail):
    return f"datafusion {importlib.metadata.version('datafusion')}"


def starts(_curtail):
    return {"datafusion": ("DataFusion in Python", library("datafusion", "parquet").start)}


FILLS = [Fill("datafusion", "DataFusion Parquet", library("datafusion", "parquet").fill)]
CONTENDERS = [Contender("datafusion", "DataFusion Parquet", "datafusion", library("datafusion", "parquet").ask)]
