"""The tables of the test's store, in DuckDB."""

import csv
import pathlib

REPOSITORY = pathlib.Path(__file__).parents[4]
TYPES = {"decimal": "DECIMAL(38, 18)", "timestamp": "TIMESTAMP", "map": "MAP(VARCHAR, VARCHAR)", "varchar": "VARCHAR"}
MAPS = {"product": "product_", "resource_tags": "resource_tags_", "cost_category": "cost_category_", "tags": "tags_"}


def value(column, kind):
    if kind == "map":
        pairs = f"list_transform(string_split({column}, ','), lambda e: string_split(e, '='))"
        entries = f"map_from_entries(list_transform({pairs}, lambda p: ROW(p[1], array_to_string(p[2:], '='))))"
        return f"CASE WHEN {column} IS NULL THEN NULL ELSE {entries} END"
    return f"CAST({column} AS {TYPES[kind]})"


def load(connection, root, backwards=False):
    """Makes `cur`, `cur2` and `focus` of ../data: documented columns that no row has are NULL."""
    connection.execute("SET TimeZone = 'UTC'")
    # One thread: sums of doubles come out the same in every run.
    connection.execute("SET threads = 1")
    known = {"line_items": {}, "focus": {}}
    with open(root / "reference" / "columns.csv") as file:
        for row in csv.DictReader(file):
            known[row["table"]][row["column"]] = row["type"]
    for table, names in (("line_items", ("legacy", "cur2")), ("focus", ("focus",))):
        columns = known[table]
        for file in (root / "data").glob("*.parquet"):
            if file.name.startswith(names):
                there = connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
                columns |= {row[0]: "varchar" for row in there if row[0] not in columns}
        parts = []
        for name in names:
            for file in sorted((root / "data").glob(f"{name}-*.parquet")):
                period = file.stem[-7:]
                there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()}
                cells = [
                    f"{value(key, kind) if key in there else f'CAST(NULL AS {TYPES[kind]})'} AS {key}"
                    for key, kind in columns.items()
                    if key != "source"
                ]
                if table == "line_items":
                    cells.append(f"'{'legacy-cur' if name == 'legacy' else 'cur2'}' AS source")
                    cells.append(f"'{period[:4]}' AS year, '{int(period[5:])}' AS month")
                cells.append(f"'{name}' AS report, '{period}' AS billing_period")
                parts.append(f"SELECT {', '.join(cells)} FROM '{file}'")
        name = "cur" if table == "line_items" else table
        connection.execute(f"CREATE TABLE {name} AS {' UNION ALL BY NAME '.join(parts)}")
        if backwards:
            connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {name} ORDER BY rowid DESC")
    connection.execute(cur2(known["line_items"]))
    connection.execute("CREATE MACRO json_of_map(m) AS to_json(map_from_entries(list_sort(map_entries(m))))")


def cur2(columns):
    """The view of the same name, by its own list of columns; those that it lacks are entries of its maps."""
    text = (REPOSITORY / "queries/sql/views/cur2.sql").read_text()
    flat = [line.strip(" ,") for line in text.splitlines() if line.startswith("    ")]
    cells = []
    for name in flat:
        if name in MAPS:
            prefix = MAPS[name]
            keys = [key for key in columns if key.startswith(prefix) and columns[key] == "varchar" and key not in flat]
            pairs = ", ".join(f"ROW('{key.removeprefix(prefix)}', {key})" for key in keys)
            entries = f"list_filter([{pairs}], lambda e: e[2] IS NOT NULL)" if keys else "[]"
            cells.append(f"CAST(map_from_entries({entries}) AS MAP(VARCHAR, VARCHAR)) AS {name}")
        elif name == "discount":
            cells.append("CAST(map_from_entries([]) AS MAP(VARCHAR, DECIMAL(38, 18))) AS discount")
        else:
            cells.append(name)
    # Data Exports partition by `billing_period`; crawled tables have `year` and `month` too.
    return f"CREATE TABLE cur2 AS SELECT {', '.join(cells)} FROM cur"
