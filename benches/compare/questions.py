"""The questions: Q1 to Q8 of `benches/queries`, and one that only reports of several months ask."""

import pathlib
import re
from typing import NamedTuple

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
FORMULAS = REPOSITORY / "queries/sql/formulas"

# What the questions ask about: the last month of every report, and a day of it.
MONTH = (2026, 10)


class Question(NamedTuple):
    """A question, and what a right answer looks like: `columns` are keys but for the last one, or two of `totals`."""

    key: str
    title: str
    file: str
    columns: str
    ordered: bool = True
    limit: int | None = None
    # Not one of the eight that means are taken of.
    extra: bool = False

    @property
    def sql(self):
        """The text that curtail answers."""
        return (REPOSITORY / "benches/queries" / self.file).read_text().strip()


QUESTIONS = {
    question.key: question
    for question in (
        Question("q1", "cost by service", "q1_cost_by_service.sql", "text amount"),
        Question("q2", "the hundred dearest resources", "q2_top_resources.sql", "text amount", limit=100),
        Question(
            "q3",
            "daily cost by account and service",
            "q3_daily_by_account_and_service.sql",
            "day text text amount",
            ordered=False,
        ),
        Question("q4", "one service on one day, by account", "q4_one_service_one_day.sql", "text amount"),
        Question("q5", "amortized cost by account", "q5_amortized_by_account.sql", "text amount"),
        Question("q6", "cost by a tag's value", "q6_cost_by_tag.sql", "text amount"),
        Question("q7", "distinct resources by service", "q7_distinct_resources.sql", "text count"),
        Question("q8", "rows and total of the month", "q8_rows_and_total.sql", "count amount", ordered=False),
        Question("q9", "cost by service of one month", "q9_month_by_service.sql", "text amount", extra=True),
    )
}


def amortized():
    """The formula of amortized cost as SQL over the columns of line items: curtail's own, for every tool."""

    def text(name):
        return re.sub(r"^\s*--.*\n", "", (FORMULAS / f"{name}.sql").read_text(), flags=re.MULTILINE).strip()

    return re.sub(r"\{\{([\w/]+)\}\}", lambda found: f"({text(found.group(1))})", text("line_items/amortized"))


def translated(question, changes):
    """A question's text with what a dialect spells differently; each change must find its place."""
    text = question.sql
    for here, there in changes.get(question.key, ()):
        if here not in text:
            raise ValueError(f"{question.file} does not say {here!r}: its translations need another look")
        text = text.replace(here, there)
    return text
