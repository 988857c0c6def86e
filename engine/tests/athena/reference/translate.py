"""Trino's SQL as DuckDB's: what sqlglot does, and what it is known to get wrong or leave out.

Every correction says what it corrects. They change the parsed statement before sqlglot writes it down.
"""

import csv
import pathlib
import re

import sqlglot
from sqlglot import exp

# Columns of text in reports of line items.
with open(pathlib.Path(__file__).parent / "columns.csv") as file:
    TEXTS = {row["column"] for row in csv.DictReader(file) if row["table"] == "line_items" and row["type"] == "varchar"}


def translate(statement):
    statement = statement.copy()
    for correct in CORRECTIONS:
        # From the leaves up, so that what stands within something corrected is corrected too.
        for node in reversed(list(statement.walk())):
            parent, key, index = node.parent, node.arg_key, node.index
            corrected = correct(node)
            if corrected is node:
                continue
            if parent is None:
                statement = corrected
            else:
                parent.set(key, corrected, index)
    return statement.sql(dialect="duckdb")


def labels(statement, found):
    """Labels of the outermost SELECT: DuckDB names expressions after their text, Athena `_colN`."""
    select = statement
    while isinstance(select, (exp.SetOperation, exp.Subquery)):
        select = select.this
    if not isinstance(select, exp.Select) or any(one.is_star for one in select.expressions):
        return found
    named = (exp.Alias, exp.Column)
    return [one.alias_or_name if isinstance(one, named) else f"_col{at}" for at, one in enumerate(select.expressions)]


def ordered_both_ways(statement, columns):
    """The statement with all its columns as further sort keys, upwards and downwards; None if it sorts nothing."""
    if not statement.args.get("order"):
        return None
    both = []
    for descending in (False, True):
        one = statement.copy()
        for at in range(columns):
            key = exp.Ordered(this=exp.Literal.number(at + 1), desc=descending, nulls_first=False)
            one.args["order"].append("expressions", key)
        both.append(one)
    return both


def call(name, *arguments):
    return exp.Anonymous(this=name, expressions=list(arguments))


def is_integer(node):
    if isinstance(node, (exp.Paren, exp.Neg)):
        return is_integer(node.this)
    if isinstance(node, exp.Cast):
        return node.to.is_type("int", "bigint")
    return isinstance(node, exp.Literal) and node.is_int or isinstance(node, (exp.Count, exp.CountIf))


def has_interval(node):
    return any(True for _ in node.find_all(exp.Interval))


def tables(node):
    """Databases and catalogs are whatever users call theirs."""
    if isinstance(node, exp.Table) and node.args.get("db") and node.db.lower() != "information_schema":
        node.set("db", None)
        node.set("catalog", None)
    return node


def products(node):
    """Amounts are decimals here and doubles in Athena: their products are doubles in both."""
    if isinstance(node, exp.Mul) and not has_interval(node) and not (is_integer(node.this) and is_integer(node.expression)):
        for side in ("this", "expression"):
            node.set(side, exp.cast(exp.paren(node.args[side], copy=False), "double"))
    return node


def concatenation(node):
    """`concat` with a NULL is NULL; DuckDB's leaves it out."""
    if type(node) is exp.Concat:
        parts = [exp.paren(one, copy=False) for one in node.expressions]
        whole = parts[0]
        for part in parts[1:]:
            whole = exp.DPipe(this=whole, expression=part)
        return exp.paren(whole, copy=False)
    return node


def elapsed(node):
    """`date_diff` counts whole units that have passed; DuckDB's function of this name counts boundaries."""
    if isinstance(node, exp.DateDiff):
        unit = exp.Literal.string(node.args["unit"].name.lower())
        sides = (exp.cast(exp.paren(node.args[side], copy=False), "timestamp") for side in ("expression", "this"))
        return call("DATE_SUB", unit, *sides)
    return node


def part(node):
    """`split_part` beyond the last part is NULL; DuckDB's is empty."""
    if isinstance(node, exp.SplitPart):
        return call("LIST_EXTRACT", call("STRING_SPLIT", node.this, node.args["delimiter"]), node.args["part_index"])
    return node


def extracted(node):
    """`regexp_extract` without a match is NULL; DuckDB's is empty."""
    if isinstance(node, exp.RegexpExtract):
        group = node.args.get("group") or exp.Literal.number(0)
        found = call("REGEXP_EXTRACT_ALL", node.this, node.expression, group)
        return call("LIST_EXTRACT", found, exp.Literal.number(1))
    return node


def groups(node):
    """Groups of a match are `$1` in Trino, `\\1` in DuckDB."""
    if isinstance(node, exp.RegexpReplace) and isinstance(node.args.get("replacement"), exp.Literal):
        node.set("replacement", exp.Literal.string(re.sub(r"\$(\d)", r"\\\1", node.args["replacement"].name)))
    return node


def iso_week(node):
    """`%v`, the week of ISO 8601, is `%V` in DuckDB."""
    if isinstance(node, exp.TimeToStr) and isinstance(node.args.get("format"), exp.Literal):
        node.set("format", exp.Literal.string(node.args["format"].name.replace("%v", "%V")))
    return node


def names_of_types(node):
    """Trino writes names of types in small letters."""
    if isinstance(node, exp.Typeof) and not node.meta.get("done"):
        node.meta["done"] = True
        return exp.Lower(this=node)
    return node


def by_other(node):
    """`max_by` takes the row with the greatest key even if its value is NULL, which DuckDB's leaves out; of equal keys
    Trino takes any, and we the least value."""
    if isinstance(node, (exp.ArgMax, exp.ArgMin)) and not node.args.get("count"):
        value, key = node.this, node.expression
        counted = exp.case().when(exp.Not(this=exp.Is(this=key.copy(), expression=exp.null())), value.copy())
        greatest = isinstance(node, exp.ArgMax)
        keys = [exp.Ordered(this=key, desc=greatest, nulls_first=False), exp.Ordered(this=value, nulls_first=False)]
        return call("FIRST", exp.Order(this=counted, expressions=keys))
    return node


def row_values(node):
    """`VALUES ROW(1, 'a')` is a row of two columns; DuckDB takes it for one column of rows."""
    if isinstance(node, exp.Values):
        node.set("expressions", [row(one) for one in node.expressions])
    return node


def row(node):
    inner = node.expressions[0] if isinstance(node, exp.Tuple) and len(node.expressions) == 1 else node
    if isinstance(inner, exp.Struct) or isinstance(inner, exp.Anonymous) and inner.name.upper() == "ROW":
        return exp.Tuple(expressions=inner.expressions)
    return node


def size(node):
    """`cardinality` of a map: sqlglot takes everything for an array."""
    if isinstance(node, exp.ArraySize):
        maps = ("product", "resource_tags", "cost_category", "tags", "skupricedetails", "x_costcategories")
        kinds = ("HISTOGRAM", "MAP_AGG", "MAP_CONCAT", "MAP_FILTER", "MAP", "MAP_FROM_ENTRIES")
        of = node.this
        name = of.name.lower() if isinstance(of, exp.Column) else ""
        if name in maps or of.sql(dialect="trino").upper().startswith(kinds):
            return exp.cast(call("CARDINALITY", of), "bigint")
    return node


LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "EEEE": "%A", "MMMM": "%B"}


def joda(node):
    """`format_datetime` and `parse_datetime`, with Joda's letters."""
    functions = {"format_datetime": "STRFTIME", "parse_datetime": "STRPTIME"}
    if isinstance(node, exp.Anonymous) and node.name.lower() in functions:
        name, of, pattern = functions[node.name.lower()], *node.expressions
    elif isinstance(node, exp.ParseDatetime):
        name, of, pattern = "STRPTIME", node.this, node.args["format"]
    else:
        return node
    pattern = re.sub(r"(\w)\1+", lambda found: LETTERS[found.group(0)], pattern.name)
    return call(name, of, exp.Literal.string(pattern))


def unnested(node):
    """`UNNEST(map) AS t (k, v)` and `UNNEST(array, array) AS t (a, b)`: DuckDB unnests one list at a time."""
    alias = node.args.get("alias") if isinstance(node, exp.Unnest) else None
    if not alias or len(alias.columns) != 2 or node.args.get("offset"):
        return node
    if len(node.expressions) == 1:
        text = "SELECT e.key AS {}, e.value AS {} FROM (SELECT UNNEST(MAP_ENTRIES(MARK_0)) AS e)"
    else:
        text = "SELECT UNNEST(MARK_0) AS {}, UNNEST(MARK_1) AS {}"
    select = sqlglot.parse_one(text.format(*alias.columns), read="duckdb")
    for column in list(select.find_all(exp.Column)):
        if column.name.startswith("MARK_"):
            column.replace(node.expressions[int(column.name[5:])].copy())
    return exp.Lateral(this=exp.Subquery(this=select), alias=exp.TableAlias(this=alias.this))


def made_map(node):
    """`map_agg`, which DuckDB does not have."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "map_agg":
        return call("MAP", *(call("LIST", one) for one in node.expressions))
    return node


def any_match(node):
    """`any_match(array, lambda)`, which DuckDB does not have."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "any_match":
        return exp.GT(this=call("LEN", call("LIST_FILTER", *node.expressions)), expression=exp.Literal.number(0))
    return node


def counted_true(node):
    """`count_if` of no rows is 0; DuckDB's is NULL where sqlglot makes a sum of it."""
    if isinstance(node, exp.CountIf):
        return call("COALESCE", call("SUM", exp.cast(exp.If(this=node.this.copy(), true=exp.Literal.number(1)), "int")), exp.Literal.number(0))
    return node


def position(node):
    """`array_position` is 0 of what is in no place; DuckDB's is NULL."""
    found = isinstance(node, exp.Anonymous) and node.name.lower() == "array_position"
    if found or type(node).__name__ == "ArrayPosition":
        arguments = node.expressions if found else [node.this, node.expression]
        return call("COALESCE", call("LIST_POSITION", *[one.copy() for one in arguments]), exp.Literal.number(0))
    return node


def times_as_text(node):
    """A timestamp as text has milliseconds; DuckDB's only what is not zero. Types are not known here, so columns are told by their names."""
    if isinstance(node, exp.Cast) and node.to.is_type("varchar", "text") and is_time(node.this):
        return exp.Anonymous(this="STRFTIME", expressions=[node.this, exp.Literal.string("%Y-%m-%d %H:%M:%S.%g")])
    return node


def is_time(node):
    if isinstance(node, exp.Column):
        return node.name.lower().endswith(("_start_date", "_end_date"))
    return isinstance(node, exp.TimestampTrunc) and is_time(node.this)


def json_of_map(node):
    """`json_format(CAST(map AS JSON))`: Trino writes the keys of a map in order."""
    if isinstance(node, exp.JSONFormat):
        inner = node.this
        if isinstance(inner, exp.Cast):
            inner = inner.this
        return exp.cast(call("JSON_OF_MAP", inner), "varchar")
    return node


def reported(node):
    """A column of a report's text, perhaps trimmed or in small letters, with `''` where it is NULL."""
    if isinstance(node, (exp.Trim, exp.Lower, exp.Upper)):
        inner = reported(node.this)
        if inner is None:
            return None
        node.set("this", inner)
        return node
    if isinstance(node, exp.Column) and node.name.lower() in TEXTS:
        return exp.Coalesce(this=node.copy(), expressions=[exp.Literal.string("")])
    return None


def empty_text(node):
    """What is compared with `''` is `''` where a report's text is empty, as in Athena over most reports; our tables have NULL."""
    def is_empty(one):
        return isinstance(one, exp.Literal) and one.is_string and one.name == ""

    if isinstance(node, (exp.EQ, exp.NEQ)):
        for side, other in (("this", "expression"), ("expression", "this")):
            if is_empty(node.args[other]) and (made := reported(node.args[side])):
                node.set(side, made)
    elif isinstance(node, exp.In) and any(map(is_empty, node.expressions)):
        node.set("this", reported(node.this) or node.this)
    elif isinstance(node, exp.Case) and node.this and any(is_empty(one.this) for one in node.args["ifs"]):
        node.set("this", reported(node.this) or node.this)
    return node


CORRECTIONS = [
    empty_text,
    tables, json_of_map, concatenation, elapsed, part, extracted, groups, iso_week, names_of_types, by_other,
    row_values, size, joda, unnested, made_map, any_match, counted_true, position, times_as_text,
    products,
]
