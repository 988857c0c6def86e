"""Polars over Parquet that it writes, with its expressions."""

import datetime
import importlib.metadata

from .. import report
from ..questions import MONTH
from . import Contender, Fill, library


def fill(_variant, folder, out):
    import polars

    frame = polars.concat([rows(group) for group in report.groups(folder)], how="diagonal")
    frame.sink_parquet(f"{out}/cur.parquet", compression="zstd", compression_level=1)


def rows(group):
    """The rows of some files, with the types and names of their columns."""
    import polars

    types = {"amount": polars.Float64, "time": polars.String, "text": polars.String}
    frame = polars.scan_csv(group.files, schema={column.header: types[column.kind] for column in group.columns})
    frame = frame.rename({column.header: column.name for column in group.columns})
    times = [column.name for column in group.columns if column.kind == "time"]
    twins = report.twins(group.columns)
    merged = [polars.coalesce(name, *others).alias(name) for name, others in twins.items()]
    return frame.with_columns(polars.col(times).str.to_datetime("%Y-%m-%dT%H:%M:%SZ"), *merged)


def start():
    import polars

    polars.select(1)


class Asker:
    """A scan that questions are asked of."""

    def __init__(self, _variant, folder):
        import polars

        self.frame = polars.scan_parquet(f"{folder}/cur.parquet")

    def prepare(self, question):
        return QUESTIONS[question.key](self.frame)

    def ask(self, frame):
        return frame.collect()

    def rows(self, answer):
        return answer.iter_rows()


def cost():
    import polars

    return polars.col("line_item_unblended_cost").sum().alias("cost")


def highest(frame, by, measure=None):
    measure = cost() if measure is None else measure
    return frame.group_by(by).agg(measure).sort(measure.meta.output_name(), descending=True)


def q1(frame):
    return highest(frame, "line_item_product_code")


def q2(frame):
    import polars

    return highest(frame.filter(polars.col("line_item_resource_id").is_not_null()), "line_item_resource_id").head(100)


def q3(frame):
    import polars

    day = polars.col("line_item_usage_start_date").dt.truncate("1d")
    return frame.group_by(day, "line_item_usage_account_id", "line_item_product_code").agg(cost())


def q4(frame):
    import polars

    start, service = polars.col("line_item_usage_start_date"), polars.col("line_item_product_code")
    day = datetime.datetime(*MONTH, 14)
    asked = (service == "AmazonEC2") & (start >= day) & (start < day + datetime.timedelta(days=1))
    return highest(frame.filter(asked), "line_item_usage_account_id")


def q5(frame):
    return highest(frame, "line_item_usage_account_id", amortized().sum().alias("cost"))


def q6(frame):
    return highest(frame, "resource_tags_user_team")


def q7(frame):
    import polars

    resources = polars.col("line_item_resource_id").drop_nulls().n_unique().alias("resources")
    return highest(frame, "line_item_product_code", resources)


def of_month(frame):
    import polars

    return frame.filter(polars.col("bill_billing_period_start_date") == datetime.datetime(*MONTH, 1))


def q8(frame):
    import polars

    return of_month(frame).select(polars.len(), cost())


def q9(frame):
    return q1(of_month(frame))


def amortized():
    """The formula of `queries/sql/formulas/line_items/amortized.sql`."""
    import polars

    kind = polars.col("line_item_line_item_type")

    def amount(name):
        return polars.col(name).fill_null(0)

    unblended = amount("line_item_unblended_cost")
    reserved = polars.col("reservation_reservation_a_r_n").fill_null("") != ""
    given_back = (polars.col("line_item_product_code") == "ComputeSavingsPlans") & (
        polars.col("line_item_line_item_description").str.starts_with("Refund for one-time fee for Savings Plan ID")
    )
    return (
        polars.when(kind == "SavingsPlanCoveredUsage")
        .then(amount("savings_plan_savings_plan_effective_cost"))
        .when(kind == "SavingsPlanRecurringFee")
        .then(amount("savings_plan_total_commitment_to_date") - amount("savings_plan_used_commitment"))
        .when(kind.is_in(["SavingsPlanNegation", "SavingsPlanUpfrontFee"]))
        .then(0.0)
        .when(kind == "DiscountedUsage")
        .then(amount("reservation_effective_cost"))
        .when(kind == "RIFee")
        .then(
            amount("reservation_unused_amortized_upfront_fee_for_billing_period")
            + amount("reservation_unused_recurring_fee")
        )
        .when((kind == "Fee") & reserved)
        .then(0.0)
        .when((kind == "Refund") & given_back)
        .then(0.0)
        .otherwise(unblended)
    )


def version(_curtail):
    return f"polars {importlib.metadata.version('polars')}"


def starts(_curtail):
    return {"polars": ("Polars in Python", library("polars", "parquet").start)}


QUESTIONS = {"q1": q1, "q2": q2, "q3": q3, "q4": q4, "q5": q5, "q6": q6, "q7": q7, "q8": q8, "q9": q9}
FILLS = [Fill("polars", "Polars Parquet", library("polars", "parquet").fill)]
CONTENDERS = [Contender("polars", "Polars Parquet", "polars", library("polars", "parquet").ask)]
