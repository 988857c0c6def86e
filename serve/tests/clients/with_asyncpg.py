"""asyncpg: binary results of every type that columns have, arrays among parameters."""

import asyncio
import datetime
from decimal import Decimal

import asyncpg

from common import URI, WHERE, same


async def main():
    connection = await asyncpg.connect(URI)
    for answer in WHERE["answers"]:
        rows = await connection.fetch(answer["sql"])
        same([tuple(row) for row in rows], answer["rows"], answer["sql"])
    day = datetime.datetime(2026, 9, 1, tzinfo=datetime.timezone.utc)
    counted = "SELECT count(*) FROM costs WHERE service = $1 AND unblended_cost > $2 AND usage_start >= $3"
    assert await connection.fetchval(counted, "AmazonEC2", Decimal("0.5"), day) >= 0
    async with connection.transaction(readonly=True):
        seen = 0
        async for _ in connection.cursor("SELECT service FROM costs", prefetch=100):
            seen += 1
    assert seen == await connection.fetchval("SELECT count(*) FROM costs")
    try:
        await connection.fetchval("SELECT count(*) FROM cur a CROSS JOIN cur b CROSS JOIN cur c WHERE a.line_item_usage_type || b.line_item_usage_type <> c.line_item_usage_type", timeout=0.5)
    except (asyncio.TimeoutError, asyncpg.QueryCanceledError):
        pass
    else:
        raise AssertionError("it was not stopped")
    assert await connection.fetchval("SELECT 1") == 1
    await connection.reset()
    await connection.close()


asyncio.run(main())
