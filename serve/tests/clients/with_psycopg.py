"""psycopg 3: parameters, both formats, prepared statements, pipelines, cursors, transactions, cancellation."""

import asyncio
import threading
import time

import psycopg
from psycopg.rows import dict_row
from psycopg.types import TypeInfo

from common import CONNINFO, DATABASE, USER, WHERE, raises, same

with psycopg.connect(CONNINFO) as connection:
    assert connection.info.server_version >= 160000
    assert connection.info.parameter_status("client_encoding") in ("UTF8", "utf-8")
    for answer in WHERE["answers"]:
        for binary in (False, True):
            with connection.cursor(binary=binary) as cursor:
                cursor.execute(answer["sql"])
                same(cursor.fetchall(), answer["rows"], answer["sql"])

    # Parameters, in text and binary, and the same statement often enough to be prepared.
    counted = "SELECT count(*) FROM costs WHERE service = %s AND unblended_cost > %s AND usage_date >= %s"
    import datetime
    from decimal import Decimal

    given = ("AmazonEC2", Decimal("0.000000000000000001"), datetime.date(2026, 9, 1))
    (plain,) = connection.execute(
        "SELECT count(*) FROM costs WHERE service = 'AmazonEC2' AND unblended_cost > 0.000000000000000001"
        " AND usage_date >= DATE '2026-09-01'"
    ).fetchone()
    assert plain > 0
    for _ in range(7):
        assert connection.execute(counted, given).fetchone() == (plain,)
    assert connection.execute(counted, given, prepare=True, binary=True).fetchone() == (plain,)
    exact = Decimal("12345678901234567890.123456789012345678")
    for form in ("%t", "%b"):
        sent = connection.execute(f"SELECT {form}::numeric(38,18)", (exact,), binary=True).fetchone()
        assert sent == (exact,), sent
    assert connection.execute("SELECT count(*) FROM costs WHERE service = ANY(%s)", (["AmazonEC2", "none"],)).fetchone()[0] > 0

    # Columns are named as PostgreSQL names them, and a dictionary can be made of a row.
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SELECT count(*), sum(unblended_cost), max(usage_date), 1 FROM costs")
        assert list(cursor.fetchone()) == ["count", "sum", "max", "?column?"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT unblended_cost, usage_start, usage_date, provisional, service FROM costs LIMIT 0")
        types = [connection.adapters.types[column.type_code].name for column in cursor.description]
        assert types == ["numeric", "timestamptz", "date", "bool", "text"], types

    # A cursor on the server, and rows as they come.
    with connection.cursor(name="slowly") as cursor:
        cursor.itersize = 100
        cursor.execute("SELECT service, unblended_cost FROM costs")
        total = sum(1 for _ in cursor)
    assert total == connection.execute("SELECT count(*) FROM costs").fetchone()[0]

    with connection.pipeline():
        several = [connection.execute("SELECT count(*) + %s FROM costs", (number,)) for number in range(20)]
    assert [cursor.fetchone()[0] - total for cursor in several] == list(range(20))

    with connection.cursor() as cursor:
        assert sum(1 for _ in cursor.stream("SELECT service FROM costs")) == total

    with connection.cursor() as cursor:
        with cursor.copy("COPY (SELECT service, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 1) TO STDOUT") as copy:
            copied = [row for row in copy.rows()]
    wanted = connection.execute("SELECT service, sum(unblended_cost) FROM costs GROUP BY 1 ORDER BY 1").fetchall()
    from common import plain as compared

    assert [(service, compared(Decimal(cost))) for service, cost in copied] == [
        (service, compared(cost)) for service, cost in wanted
    ]

    # What a client asks about itself.
    assert connection.execute("SELECT current_database(), current_user, current_schema()").fetchone() == (DATABASE, USER, "public")
    assert TypeInfo.fetch(connection, "jsonb").oid == 3802
    assert TypeInfo.fetch(connection, "hstore") is None
    connection.commit()

    # An error ends the transaction until it is rolled back, as elsewhere.
    error = raises(lambda: connection.execute("SELECT nothing FROM costs"), psycopg.errors.UndefinedColumn, "nothing")
    assert error.diag.statement_position is not None
    raises(lambda: connection.execute("SELECT 1"), psycopg.errors.InFailedSqlTransaction)
    connection.rollback()
    raises(lambda: connection.execute("SELECT * FROM nowhere"), psycopg.errors.UndefinedTable, "nowhere")
    connection.rollback()
    raises(lambda: connection.execute("SELECT 1 +"), psycopg.errors.SyntaxError)
    connection.rollback()
    for write in ("INSERT INTO costs VALUES (1)", "DELETE FROM costs", "CREATE TABLE a (b int)", "DROP TABLE costs"):
        raises(lambda: connection.execute(write), psycopg.errors.ReadOnlySqlTransaction)
        connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)
    connection.commit()

    # Rows of a cursor are passed over, rows for a table are not taken.
    with connection.cursor("steps") as cursor:
        cursor.execute("SELECT value FROM generate_series(1, 100) AS t (value)")
        cursor.scroll(9)
        assert cursor.fetchone() == (10,)
    connection.commit()

    def copied_in():
        with connection.cursor().copy("COPY costs FROM STDIN") as copy:
            for _ in range(1000):
                copy.write_row(["a", "b"])

    raises(copied_in, psycopg.errors.ReadOnlySqlTransaction)
    connection.rollback()
    assert connection.execute("SELECT 1").fetchone() == (1,)

LONG = "SELECT count(*) FROM cur a CROSS JOIN cur b CROSS JOIN cur c WHERE a.line_item_usage_type || b.line_item_usage_type <> c.line_item_usage_type"

# Cancelled from another thread, the connection goes on.
with psycopg.connect(CONNINFO, autocommit=True) as connection:
    timer = threading.Timer(0.5, connection.cancel_safe)
    timer.start()
    raises(lambda: connection.execute(LONG), psycopg.errors.QueryCanceled)
    timer.join()
    assert connection.execute("SELECT 1").fetchone() == (1,)
    connection.execute("SET statement_timeout = '300ms'")
    raises(lambda: connection.execute(LONG), psycopg.errors.QueryCanceled)


async def cancelled():
    """A task that is cancelled stops its statement."""
    connection = await psycopg.AsyncConnection.connect(CONNINFO, autocommit=True)
    task = asyncio.create_task(connection.execute(LONG))
    await asyncio.sleep(0.5)
    task.cancel()
    try:
        await task
    except (asyncio.CancelledError, psycopg.errors.QueryCanceled):
        pass
    else:
        raise AssertionError("it was not cancelled")
    answer = await connection.execute("SELECT 1")
    assert await answer.fetchone() == (1,)
    await connection.close()


asyncio.run(cancelled())
