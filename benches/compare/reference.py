"""The right answers, worked out from the report's files with nothing but Python's csv, gzip and decimal.

    python -m compare.reference <report> <truth.json> <out.json>

No tool that is compared has a part in them. What the generator's `truth.json` tells as well is compared with it.
"""

import csv
import decimal
import gzip
import json
import multiprocessing
import sys
from collections import defaultdict
from decimal import Decimal

from . import report
from .questions import MONTH, QUESTIONS

# Enough for every sum to be exact: amounts have at most 18 places.
decimal.getcontext().prec = 60
decimal.getcontext().traps[decimal.Inexact] = True

PERIOD = f"{MONTH[0]}-{MONTH[1]:02}"
DAY = f"{PERIOD}-14"
TAG = "resource_tags_user_team"
# Resources that the reference keeps; the question asks for a hundred.
DEAREST = 1000


def tally(file):
    """What one data file adds to each answer: question to key to amount, and resources to their services."""
    columns = report.columns(file)
    at = {column.name: index for index, column in enumerate(columns)}
    team = [at[name] for name in (TAG, *report.twins(columns).get(TAG, ()))]
    sums = {key: defaultdict(Decimal) for key in QUESTIONS}
    rows, resources = 0, defaultdict(set)

    def amount(row, name):
        index = at.get(name)
        return Decimal(row[index]) if index is not None and row[index] else Decimal(0)

    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        reader = csv.reader(text)
        next(reader)
        for row in reader:
            cost = amount(row, "line_item_unblended_cost")
            account, service, resource = (
                row[at[name]]
                for name in ("line_item_usage_account_id", "line_item_product_code", "line_item_resource_id")
            )
            day = row[at["line_item_usage_start_date"]][:10]
            sums["q1"][service,] += cost
            if resource:
                sums["q2"][resource,] += cost
            resources[service].update([resource] if resource else [])
            sums["q3"][day, account, service] += cost
            if service == "AmazonEC2" and day == DAY:
                sums["q4"][account,] += cost
            sums["q5"][account,] += amortized(row, at, amount, cost)
            sums["q6"][next((row[index] for index in team if row[index]), ""),] += cost
            if row[at["bill_billing_period_start_date"]].startswith(PERIOD):
                rows += 1
                sums["q8"][()] += cost
                sums["q9"][service,] += cost
    return rows, sums, resources


def amortized(row, at, amount, cost):
    """The amortized cost of a line item, written anew from AWS's definition and not from curtail's formula."""
    kind = row[at["line_item_line_item_type"]]
    if kind == "SavingsPlanCoveredUsage":
        return amount(row, "savings_plan_savings_plan_effective_cost")
    if kind == "SavingsPlanRecurringFee":
        return amount(row, "savings_plan_total_commitment_to_date") - amount(row, "savings_plan_used_commitment")
    if kind in ("SavingsPlanNegation", "SavingsPlanUpfrontFee"):
        return Decimal(0)
    if kind == "DiscountedUsage":
        return amount(row, "reservation_effective_cost")
    if kind == "RIFee":
        upfront = amount(row, "reservation_unused_amortized_upfront_fee_for_billing_period")
        return upfront + amount(row, "reservation_unused_recurring_fee")
    if kind == "Fee" and row[at["reservation_reservation_a_r_n"]]:
        return Decimal(0)
    given_back = "Refund for one-time fee for Savings Plan ID"
    if (
        kind == "Refund"
        and row[at["line_item_product_code"]] == "ComputeSavingsPlans"
        and row[at["line_item_line_item_description"]].startswith(given_back)
    ):
        return Decimal(0)
    return cost


def answers(files):
    """The answer to each question, as rows of text; all resources of Q2 are kept up to `DEAREST`."""
    rows, sums, resources = 0, {key: defaultdict(Decimal) for key in QUESTIONS}, defaultdict(set)
    with multiprocessing.Pool() as pool:
        for more, added, seen in pool.imap_unordered(tally, files):
            rows += more
            for key, groups in added.items():
                for group, cost in groups.items():
                    sums[key][group] += cost
            for service, ids in seen.items():
                resources[service] |= ids
    found = {key: [[*group, f"{cost:f}"] for group, cost in groups.items()] for key, groups in sums.items()}
    found["q2"] = sorted(found["q2"], key=lambda row: -Decimal(row[1]))[:DEAREST]
    found["q7"] = [[service, str(len(ids))] for service, ids in resources.items()]
    found["q8"] = [[str(rows), *row] for row in found["q8"]]
    return found


def contradictions(found, truth):
    """Where the generator's own totals say something else."""
    overall = truth["overall"]
    last = next(period for period in truth["periods"] if period["billing_period"] == PERIOD)

    def told(values, measure="unblended_cost"):
        return {"" if key == "(none)" else key: Decimal(sums[measure] or 0) for key, sums in values["values"].items()}

    def ours(key):
        return {row[0]: Decimal(row[-1]) for row in found[key]}

    days = defaultdict(Decimal)
    for day, _, _, cost in found["q3"]:
        days[day] += Decimal(cost)
    resources = told(overall["by"]["resource"])
    resources.pop("", None)
    dearest = ours("q2")
    compared = {
        "rows and total of the month": (
            [Decimal(value) for value in found["q8"][0]],
            [last["totals"]["rows"], Decimal(last["totals"]["unblended_cost"])],
        ),
        "total": (sum(ours("q1").values()), Decimal(overall["totals"]["unblended_cost"])),
        "cost by day": (dict(days), told(overall["by"]["day"])),
        "amortized cost by account": (ours("q5"), told(overall["by"]["account"], "amortized_cost")),
        "cost by tag": (ours("q6"), told(overall["tags"][TAG])),
        "dearest resources": (
            {key: dearest[key] for key in dearest.keys() & resources.keys()},
            {key: resources[key] for key in dearest.keys() & resources.keys()},
        ),
    }
    wrong = [what for what, (here, there) in compared.items() if here != there]
    if len(dearest.keys() & resources.keys()) < min(100, len(resources)):
        wrong.append("which resources are dearest")
    return wrong


def main(folder, truth, out):
    """Writes the answers; fails if they contradict `truth`."""
    found = answers(report.files(folder))
    with open(truth) as file:
        wrong = contradictions(found, json.load(file))
    if wrong:
        raise SystemExit(f"the report's files and {truth} disagree: {', '.join(wrong)}")
    with open(out, "w") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
