"""adbc-driver-flightsql and pyarrow.flight: Arrow tables, parameters, what is there, and who may ask."""

import datetime
from decimal import Decimal

import adbc_driver_flightsql.dbapi as adbc
import pyarrow
import pyarrow.flight

from common import PASSWORD, USER, WHERE, raises, same

URI = f"grpc://{WHERE['flight']}"
TOKEN = {"adbc.flight.sql.authorization_header": f"Bearer {WHERE['token']}"}
# The questions that all clients are asked are in PostgreSQL's SQL.
GENERIC = {"adbc.flight.sql.rpc.call_header.curtail-dialect": "generic"}


def connect(options):
    return adbc.connect(URI, db_kwargs=options, autocommit=True)


with connect(TOKEN | GENERIC) as connection, connection.cursor() as cursor:
    for answer in WHERE["answers"]:
        cursor.execute(answer["sql"])
        table = cursor.fetch_arrow_table()
        same([tuple(row.values()) for row in table.to_pylist()], answer["rows"], answer["sql"])

with connect(TOKEN) as connection:
    assert connection.adbc_get_info()["vendor_name"] == "curtail"
    assert set(connection.adbc_get_table_types()) == {"TABLE", "VIEW"}

    objects = connection.adbc_get_objects(depth="all", db_schema_filter="public", table_name_filter="costs")
    (catalog,) = objects.read_all().to_pylist()
    (schema,) = catalog["catalog_db_schemas"]
    (table,) = schema["db_schema_tables"]
    names = [column["column_name"] for column in table["table_columns"]]
    assert (catalog["catalog_name"], schema["db_schema_name"]) == ("curtail", "public")
    assert (table["table_name"], table["table_type"]) == ("costs", "TABLE"), table
    assert {"service", "unblended_cost", "usage_start"} <= set(names), names
    for depth in ("catalogs", "db_schemas", "tables"):
        assert connection.adbc_get_objects(depth=depth).read_all().num_rows == 1

    described = connection.adbc_get_table_schema("costs", db_schema_filter="public")
    assert described.names == names
    assert described.field("service").type == pyarrow.string()
    assert described.field("unblended_cost").type == pyarrow.decimal128(38, 18)
    assert pyarrow.types.is_map(described.field("tags").type)

    with connection.cursor() as cursor:
        cursor.execute("SELECT service, sum(unblended_cost) AS cost FROM costs GROUP BY service ORDER BY cost DESC, service")
        costs = cursor.fetchall()
        assert all(isinstance(cost, Decimal) for _, cost in costs), costs
        for service, cost in costs:
            cursor.execute("SELECT sum(unblended_cost) FROM costs WHERE service = ?", (service,))
            assert cursor.fetchall() == [(cost,)], service
        for value, sql in [
            (Decimal("0.01"), "SELECT count(*) FROM costs WHERE unblended_cost > ?"),
            (datetime.date(2020, 1, 1), "SELECT count(*) FROM costs WHERE usage_date > ?"),
            (datetime.datetime(2020, 1, 1), "SELECT count(*) FROM costs WHERE usage_start > ?"),
            (True, "SELECT count(*) FROM costs WHERE provisional <> ?"),
        ]:
            cursor.execute(sql, (value,))
            assert cursor.fetchone()[0] > 0, sql
        cursor.execute("SELECT count(*) FROM costs WHERE service = ?", (None,))
        assert cursor.fetchall() == [(0,)]

        schema = cursor.adbc_execute_schema("SELECT service, usage_date, unblended_cost FROM costs")
        assert schema.types == [pyarrow.string(), pyarrow.date32(), pyarrow.decimal128(38, 18)], schema

        cursor.execute(
            "SELECT a.n * 1000 + b.n AS n, CAST(0.000000000000000001 AS decimal(38, 18)) AS least "
            "FROM unnest(sequence(0, 299)) AS a(n) CROSS JOIN unnest(sequence(0, 999)) AS b(n)"
        )
        table = cursor.fetch_arrow_table()
        assert table.num_rows == 300_000
        assert sum(table["n"].to_pylist()) == sum(range(300_000))
        assert set(table["least"].to_pylist()) == {Decimal("0.000000000000000001")}

        raises(lambda: cursor.execute("SELECT nothing FROM costs"), adbc.Error, "nothing")
        raises(lambda: cursor.execute("SELECT * FROM cots"), adbc.Error, "did you mean `costs`?")
        raises(lambda: cursor.execute("DROP TABLE costs"), adbc.Error, "only reading is possible")
        two = pyarrow.table({"n": [1, 2]})
        raises(lambda: cursor.execute("SELECT ? + 1 AS n", two), adbc.Error, "2 rows of values")
        raises(lambda: cursor.executemany("SELECT ? + 1 AS n", two), adbc.Error, "send it as a query")
        raises(lambda: cursor.adbc_ingest("costs", two), adbc.Error, "curtail ingest")

        # Whoever does not read on is not served on.
        cursor.execute("SELECT a.usage_type FROM costs a CROSS JOIN costs b")
        assert cursor.fetchone()
        cursor.adbc_cancel()

# A password is exchanged for a token.
with connect({"username": USER, "password": PASSWORD}) as connection, connection.cursor() as cursor:
    cursor.execute("SELECT 1 AS one")
    assert cursor.fetchone() == (1,)
for wrong in (
    {"username": USER, "password": "guessed"},
    {"adbc.flight.sql.authorization_header": "Bearer guessed"},
    {},
):
    def ask(options=wrong):
        with connect(options) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")

    raises(ask, adbc.Error, "nauthenticated")

client = pyarrow.flight.connect(URI)
header = client.authenticate_basic_token(USER, PASSWORD)
options = pyarrow.flight.FlightCallOptions(headers=[header])
actions = {action.type for action in client.list_actions(options)}
assert {"CreatePreparedStatement", "CancelFlightInfo", "CloseSession"} <= actions, actions
raises(lambda: list(client.list_actions()), pyarrow.flight.FlightUnauthenticatedError, "a token is needed")
client.close()
