"""What the tests of clients share: where the server is, and what `curtail sql` answered to the same questions.

Every script takes the path of one JSON file: {"server": {"host", "port", "user", "password", "database", "flight", "token"},
"answers": [{"sql", "rows"}]}.
"""

import datetime
import json
import sys
from decimal import Decimal

with open(sys.argv[1], encoding="utf-8") as file:
    read = json.load(file, parse_float=Decimal)

# Rows come as objects, whose members are in the order of the columns.
answers = [{"sql": answer["sql"], "rows": [list(row.values()) for row in answer["rows"]]} for answer in read["answers"]]
WHERE = read["server"] | {"answers": answers}

HOST, PORT = WHERE["host"], WHERE["port"]
USER, PASSWORD, DATABASE = WHERE["user"], WHERE["password"], WHERE["database"]
CONNINFO = f"host={HOST} port={PORT} user={USER} password={PASSWORD} dbname={DATABASE}"
URI = f"postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{DATABASE}"


def plain(value):
    """A value in a form in which two clients' can be compared: numbers with all their digits."""
    match value:
        case bool() | None:
            return value
        case int() | Decimal():
            return format(Decimal(value).normalize() + 0, "f")
        case datetime.datetime():
            if value.tzinfo is not None:
                value = value.astimezone(datetime.timezone.utc)
            return value.strftime("%Y-%m-%dT%H:%M:%S.%f")
        case datetime.date():
            return value.isoformat()
        case dict():
            return {key: plain(inner) for key, inner in value.items() if inner is not None}
        case list() | tuple():
            return [plain(inner) for inner in value]
        case str() if len(value) == 20 and value[10] == "T" and value[19] == "Z":
            return plain(datetime.datetime.fromisoformat(value))
        case str() if value.startswith("{") and value.endswith("}"):
            return plain(json.loads(value, parse_float=Decimal))
    return value


def same(rows, expected, sql):
    """Fails unless the rows are the expected ones, to the last digit."""
    rows, expected = [plain(tuple(row)) for row in rows], [plain(row) for row in expected]
    assert len(rows) == len(expected), f"{sql}: {len(rows)} rows, {len(expected)} expected"
    for number, (row, wanted) in enumerate(zip(rows, expected)):
        assert row == wanted, f"{sql}, row {number}: {row} is not {wanted}"


def raises(call, kind, *words):
    """The error that a call must end with, which has these words in it."""
    try:
        call()
    except kind as error:
        for word in words:
            assert word in str(error), f"{word!r} is not in {error}"
        return error
    raise AssertionError(f"no {kind.__name__}")
