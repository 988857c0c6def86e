"""SQLAlchemy, over both drivers: inspection, reflection, expressions, exact numbers, pandas."""

from decimal import Decimal

import pandas
import sqlalchemy
from sqlalchemy import types

from common import URI, WHERE, same

BUILT_IN = {"costs", "cur", "cur2", "focus", "cost_explorer", "accounts"}

for driver in ("psycopg2", "psycopg"):
    engine = sqlalchemy.create_engine(URI.replace("postgresql:", f"postgresql+{driver}:"))
    inspector = sqlalchemy.inspect(engine)
    assert inspector.default_schema_name == "public"
    assert {"public", "meta", "information_schema"} <= set(inspector.get_schema_names())
    assert set(inspector.get_table_names()) == BUILT_IN, inspector.get_table_names()
    assert inspector.get_view_names() == ["mine"]
    assert "periods" in inspector.get_table_names("meta")
    assert inspector.get_materialized_view_names() == []
    assert inspector.get_sequence_names() == []
    assert inspector.has_table("costs") and inspector.has_table("mine") and not inspector.has_table("nowhere")
    assert "SELECT" in inspector.get_view_definition("mine").upper()

    columns = {column["name"]: column for column in inspector.get_columns("costs")}
    kinds = {
        "service": types.TEXT,
        "usage_start": types.TIMESTAMP,
        "usage_date": types.DATE,
        "unblended_cost": types.NUMERIC,
        "provisional": types.BOOLEAN,
        "tags": types.JSON,
    }
    for name, kind in kinds.items():
        assert isinstance(columns[name]["type"], kind), (name, columns[name])
    assert (columns["unblended_cost"]["type"].precision, columns["unblended_cost"]["type"].scale) == (38, 18)
    assert columns["usage_start"]["type"].timezone
    for table in ("costs", "mine"):
        assert inspector.get_pk_constraint(table)["constrained_columns"] == []
        assert inspector.get_foreign_keys(table) == []
        assert inspector.get_indexes(table) == []
        assert inspector.get_unique_constraints(table) == []
        assert inspector.get_check_constraints(table) == []
        assert inspector.get_table_comment(table) == {"text": None}
    assert ("public", "costs") in {(schema or "public", name) for schema, name in inspector.get_multi_columns()}
    assert inspector.get_enums() == [] and inspector.get_domains() == []

    metadata = sqlalchemy.MetaData()
    costs = sqlalchemy.Table("costs", metadata, autoload_with=engine)
    everything = sqlalchemy.MetaData()
    everything.reflect(engine, views=True)
    assert BUILT_IN | {"mine"} == set(everything.tables), everything.tables
    with engine.connect() as connection:
        for answer in WHERE["answers"]:
            rows = connection.exec_driver_sql(answer["sql"].replace("%", "%%")).fetchall()
            same(rows, answer["rows"], answer["sql"])
        total = connection.execute(sqlalchemy.select(sqlalchemy.func.sum(costs.c.unblended_cost))).scalar_one()
        assert isinstance(total, Decimal)
        by_service = (
            sqlalchemy.select(costs.c.service, sqlalchemy.func.sum(costs.c.unblended_cost).label("cost"))
            .where(costs.c.service.is_not(None))
            .group_by(costs.c.service)
            .order_by(sqlalchemy.desc("cost"))
            .limit(1000)
        )
        rows = connection.execute(by_service).fetchall()
        assert len(rows) > 1 and all(isinstance(row.cost, Decimal) for row in rows)
        others = connection.execute(
            sqlalchemy.select(sqlalchemy.func.coalesce(sqlalchemy.func.sum(costs.c.unblended_cost), 0)).where(costs.c.service.is_(None))
        ).scalar_one()
        assert sum(row.cost for row in rows) + others == total

    frame = pandas.read_sql("SELECT service, count(*), sum(unblended_cost) AS cost FROM costs GROUP BY 1 ORDER BY 1", engine, coerce_float=False)
    assert list(frame.columns) == ["service", "count", "cost"]
    assert sum(frame["cost"]) == total
    parametrised = pandas.read_sql(
        sqlalchemy.text("SELECT count(*) AS n FROM costs WHERE service = :service"), engine, params={"service": "AmazonEC2"}
    )
    assert parametrised["n"][0] > 0
    assert len(pandas.read_sql_table("mine", engine, columns=["service"])) == frame["count"].sum()
    assert len(list(pandas.read_sql("SELECT * FROM costs LIMIT 250", engine, chunksize=100))) == 3
    engine.dispose()
