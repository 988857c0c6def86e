#!/usr/bin/env python3
"""Reads a store with deltalake (through Arrow) and with Polars, and prints its totals as JSON.

    read_store.py STORE [KEY=VALUE ...]

STORE is a folder or an s3:// URL; KEY=VALUE are object store options such as AWS_ENDPOINT_URL=http://127.0.0.1:9000.

    {"line_items": [{"report": "a", "billing_period": "2026-10", "rows": 3, "cost": "1.25"}, ...], "focus": [...]}

and the same for `cost_explorer`, by payer_account_id and billing_period, and for `accounts`, by payer_account_id, which have no
cost, if the store has such tables.

`cost` is the exact sum of line_item_unblended_cost, billedcost or unblended_cost, null where no row has one. Exit status 1 if the two
readers differ in anything, or if a column cannot be read.

Needs: pip install deltalake polars pyarrow
"""

import decimal
import json
import sys

import polars
import pyarrow
from deltalake import DeltaTable
from deltalake.exceptions import TableNotFoundError

TABLES = {
    "line_items": (["report", "billing_period"], "line_item_unblended_cost"),
    "focus": (["report", "billing_period"], "billedcost"),
    "cost_explorer": (["payer_account_id", "billing_period"], "unblended_cost"),
    "accounts": (["payer_account_id"], None),
}
MONEY = pyarrow.decimal128(38, 18)


def text(amount):
    """An exact decimal as curtail prints it: all digits, no trailing zeros."""
    if amount is None:
        return None
    printed = format(amount, "f")
    printed = printed.rstrip("0").rstrip(".") if "." in printed else printed
    return "0" if printed in ("-0", "") else printed


def rows(keys, records):
    found = [
        dict(zip(keys, key)) | {"rows": count, "cost": text(cost)} for *key, count, cost in records
    ]
    return sorted(found, key=lambda row: [row[key] for key in keys])


def with_deltalake(table, keys, cost):
    if cost is None:
        grouped = table.to_pyarrow_table(columns=keys).group_by(keys).aggregate([([], "count_all")])
        return rows(
            keys,
            ((*(row[key] for key in keys), row["count_all"], None) for row in grouped.to_pylist()),
        )
    data = table.to_pyarrow_table(columns=[*keys, cost])
    if data.schema.field(cost).type != MONEY:
        raise SystemExit(f"{cost} is {data.schema.field(cost).type}, not {MONEY}")
    grouped = data.group_by(keys).aggregate([([], "count_all"), (cost, "sum")])
    return rows(
        keys,
        (
            (*(row[key] for key in keys), row["count_all"], row[f"{cost}_sum"])
            for row in grouped.to_pylist()
        ),
    )


def with_polars(location, options, keys, cost):
    total = polars.lit(None)
    if cost is not None:
        amount = polars.col(cost)
        total = polars.when(amount.count() > 0).then(amount.sum()).otherwise(None)
    data = polars.scan_delta(location, storage_options=options or None)
    grouped = data.group_by(keys).agg(polars.len().alias("rows"), total.alias("cost")).collect()
    return rows(keys, grouped.select(*keys, "rows", "cost").iter_rows())


def read_everything(table, location, options):
    """Every column of every file must be readable; a column that a file lacks is NULL in it."""
    names = [field.name for field in table.schema().fields]
    sample = table.to_pyarrow_dataset().head(1000)
    if sample.schema.names != names:
        raise SystemExit(f"{location}: Arrow shows other columns than the Delta schema")
    lazy = polars.scan_delta(location, storage_options=options or None).head(1000).collect()
    if sorted(lazy.columns) != sorted(names):
        raise SystemExit(f"{location}: Polars shows other columns than the Delta schema")


def main(arguments):
    if not arguments or any("=" not in option for option in arguments[1:]):
        raise SystemExit(__doc__)
    store, options = arguments[0].rstrip("/"), dict(option.split("=", 1) for option in arguments[1:])
    decimal.getcontext().prec = 60
    found = {}
    for name, (keys, cost) in TABLES.items():
        location = f"{store}/{name}"
        try:
            table = DeltaTable(location, storage_options=options or None)
        except TableNotFoundError:
            continue
        read_everything(table, location, options)
        found[name] = with_deltalake(table, keys, cost)
        polars_found = with_polars(location, options, keys, cost)
        if found[name] != polars_found:
            raise SystemExit(f"{location}: deltalake finds {found[name]}, Polars {polars_found}")
    if not found:
        raise SystemExit(f"{store}: no table")
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
