"""32 clients at once, each with a bounded number of statements: none starved, none wrong."""

import threading

import psycopg

from common import CONNINFO, WHERE, same

CLIENTS, STATEMENTS = 32, 12
done, failed = [], []
begun = threading.Barrier(CLIENTS)


def client(number):
    try:
        with psycopg.connect(CONNINFO, autocommit=True) as connection:
            begun.wait(timeout=60)
            for turn in range(STATEMENTS):
                answer = WHERE["answers"][(number + turn) % len(WHERE["answers"])]
                with connection.cursor(binary=turn % 2 == 0) as cursor:
                    cursor.execute(answer["sql"])
                    same(cursor.fetchall(), answer["rows"], answer["sql"])
                done.append(number)
    except BaseException as error:  # whatever it is, the test must hear of it
        begun.abort()
        failed.append(f"client {number}: {error!r}")


threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(timeout=300)
assert not failed, "\n".join(failed)
assert sorted(done) == sorted(list(range(CLIENTS)) * STATEMENTS), "not all came to their end"
