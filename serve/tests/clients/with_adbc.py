"""adbc-driver-postgresql: Arrow tables over COPY in binary, and what is there."""

from decimal import Decimal

import adbc_driver_postgresql.dbapi as adbc
import pyarrow

from common import URI, WHERE, plain, raises

with adbc.connect(URI) as connection:
    objects = connection.adbc_get_objects(depth="all", db_schema_filter="public", table_name_filter="costs")
    (catalog,) = [found for found in objects.read_all().to_pylist() if found["catalog_db_schemas"]]
    (schema,) = catalog["catalog_db_schemas"]
    (table,) = schema["db_schema_tables"]
    columns = sorted(table["table_columns"], key=lambda column: column["ordinal_position"])
    names = [column["column_name"] for column in columns]
    assert (table["table_name"], table["table_type"]) == ("costs", "table"), table
    assert {"service", "unblended_cost", "usage_start"} <= set(names), names
    for depth in ("catalogs", "db_schemas", "tables"):
        assert connection.adbc_get_objects(depth=depth).read_all().num_rows > 0
    described = connection.adbc_get_table_schema("costs")
    assert described.names == names
    assert described.field("service").type == pyarrow.string()
    assert pyarrow.types.is_timestamp(described.field("usage_start").type)
    assert "table" in connection.adbc_get_table_types()

    with connection.cursor() as cursor:
        for answer in WHERE["answers"]:
            cursor.execute(answer["sql"])
            rows = cursor.fetch_arrow_table().to_pylist()
            assert len(rows) == len(answer["rows"]), answer["sql"]
            for row, wanted in zip(rows, answer["rows"]):
                # This driver hands numbers on as text.
                found = list(row.values())
                for value, one in zip(found, wanted):
                    if isinstance(one, (int, Decimal)) and isinstance(value, str):
                        value = Decimal(value)
                    assert plain(value) == plain(one), (answer["sql"], value, one)
        cursor.execute("SELECT count(*) FROM costs WHERE service = $1", ("AmazonEC2",))
        assert cursor.fetchone()[0] > 0
        schema = cursor.adbc_execute_schema("SELECT service, usage_date, provisional FROM costs")
        assert schema.types == [pyarrow.string(), pyarrow.date32(), pyarrow.bool_()], schema
        raises(lambda: cursor.execute("SELECT nothing FROM costs"), adbc.Error, "nothing")
    connection.rollback()
