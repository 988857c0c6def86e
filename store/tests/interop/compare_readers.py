"""Reads every Parquet file below a folder with pyarrow, Polars and DuckDB, and fails unless they agree on every value."""

import glob
import sys

import duckdb
import polars
import pyarrow.parquet


def plain(value):
    """Times without their zone: readers differ in how they name UTC."""
    return value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value


def main(folder):
    files = [file for file in glob.glob(f"{folder}/**/*.parquet", recursive=True) if "_delta_log" not in file]
    assert files, "there are no files"
    values = 0
    for file in files:
        table = pyarrow.parquet.read_table(file, partitioning=None)
        frame = polars.read_parquet(file, hive_partitioning=False)
        # As Arrow, since times with a zone need more than DuckDB otherwise.
        relation = duckdb.read_parquet(file, hive_partitioning=False).to_arrow_table()
        assert table.column_names == frame.columns == relation.column_names, file
        for name in table.column_names:
            expected = [plain(value) for value in table[name].to_pylist()]
            assert [plain(value) for value in frame[name].to_list()] == expected, (file, name, "Polars")
            assert [plain(value) for value in relation[name].to_pylist()] == expected, (file, name, "DuckDB")
            values += len(expected)
    print(len(files), values)


main(sys.argv[1])
