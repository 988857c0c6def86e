"""psycopg2: the simple protocol, which most Python tools still speak."""

import psycopg2
import psycopg2.extras

from common import CONNINFO, WHERE, raises, same

connection = psycopg2.connect(CONNINFO)
with connection, connection.cursor() as cursor:
    for answer in WHERE["answers"]:
        cursor.execute(answer["sql"])
        same(cursor.fetchall(), answer["rows"], answer["sql"])
    cursor.execute("SELECT service, count(*) AS n FROM costs WHERE service IN %s GROUP BY 1", (("AmazonEC2", "it's \\ none"),))
    assert [row[0] for row in cursor.fetchall()] == ["AmazonEC2"]
    cursor.execute("SELECT count(*) FROM costs WHERE service = ANY(%s)", (["AmazonEC2"],))
    assert cursor.fetchone()[0] > 0
    # Several statements at once: the last one's rows.
    cursor.execute("SELECT 1; SELECT 2")
    assert cursor.fetchone() == (2,)

with connection, connection.cursor("slowly", cursor_factory=psycopg2.extras.DictCursor) as cursor:
    cursor.itersize = 50
    cursor.execute("SELECT service, unblended_cost FROM costs")
    assert len(list(cursor)) > 50

with connection.cursor() as cursor:
    raises(lambda: cursor.execute("SELECT nothing FROM costs"), psycopg2.errors.UndefinedColumn, "nothing", "LINE 1")
    raises(lambda: cursor.execute("SELECT 1"), psycopg2.errors.InFailedSqlTransaction)
connection.rollback()
connection.set_session(readonly=True, autocommit=True)
with connection.cursor() as cursor:
    cursor.execute("SELECT 1")
    assert cursor.fetchone() == (1,)
connection.close()
