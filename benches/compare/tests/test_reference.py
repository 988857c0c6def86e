import gzip
import pathlib
import tempfile
import unittest

from compare import reference

# Line items with what they come to worked out by hand: type, cost, and what amortizing looks at.
HEADER = (
    "bill/BillingPeriodStartDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,"
    "lineItem/ResourceId,lineItem/UnblendedCost,lineItem/LineItemDescription,reservation/EffectiveCost,"
    "reservation/ReservationARN,reservation/UnusedAmortizedUpfrontFeeForBillingPeriod,reservation/UnusedRecurringFee,"
    "savingsPlan/SavingsPlanEffectiveCost,savingsPlan/TotalCommitmentToDate,savingsPlan/UsedCommitment,"
    "resourceTags/user:team,resourceTags/user:Team"
)
FIRST = """\
2026-10-01T00:00:00Z,1,Usage,2026-10-14T00:00:00Z,AmazonEC2,i-1,0.1,,,,,,,,,web,data
2026-10-01T00:00:00Z,1,Usage,2026-10-14T23:00:00Z,AmazonEC2,i-1,0.000000000000000002,,,,,,,,,,data
2026-10-01T00:00:00Z,1,SavingsPlanCoveredUsage,2026-10-15T00:00:00Z,AmazonEC2,i-2,12,,,,,,8,,,,
2026-10-01T00:00:00Z,1,SavingsPlanNegation,2026-10-15T00:00:00Z,AmazonEC2,,-12,,,,,,,,,,
2026-10-01T00:00:00Z,2,SavingsPlanRecurringFee,2026-10-15T00:00:00Z,ComputeSavingsPlans,,10,,,,,,,10,8,,
2026-10-01T00:00:00Z,2,DiscountedUsage,2026-10-15T00:00:00Z,AmazonRDS,db,0,,0.05,arn:r,,,,,,,
2026-10-01T00:00:00Z,2,RIFee,2026-10-01T00:00:00Z,AmazonRDS,,22.32,,,arn:r,14.86,22.29,,,,,
2026-10-01T00:00:00Z,2,Fee,2026-10-01T00:00:00Z,AmazonRDS,,175.2,,,arn:r,,,,,,,
"""
SECOND = """\
2026-09-01T00:00:00Z,2,Fee,2026-09-01T00:00:00Z,AmazonS3,,3,"Support, a fee",,,,,,,,,
2026-09-01T00:00:00Z,2,Refund,2026-09-01T00:00:00Z,ComputeSavingsPlans,,-5,Refund for one-time fee for Savings Plan ID x,,,,,,,,,
2026-09-01T00:00:00Z,2,Refund,2026-09-01T00:00:00Z,AmazonEC2,i-1,-1.0E-2,Refund,,,,,,,,,
"""


def by_hand():
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for name, rows in (("1", FIRST), ("2", SECOND)):
            files.append(pathlib.Path(folder) / f"{name}.csv.gz")
            files[-1].write_bytes(gzip.compress(f"{HEADER}\n{rows}".encode()))
        found = reference.answers(files)
    return {key: {tuple(row[:-1]): reference.Decimal(row[-1]) for row in rows} for key, rows in found.items()}


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.found = by_hand()

    def equals(self, key, wanted):
        self.assertEqual(self.found[key], {group: reference.Decimal(value) for group, value in wanted.items()})

    def test_costs(self):
        self.equals(
            "q1",
            {
                ("AmazonEC2",): "0.090000000000000002",
                ("ComputeSavingsPlans",): "5",
                ("AmazonRDS",): "197.52",
                ("AmazonS3",): "3",
            },
        )
        self.equals("q2", {("i-1",): "0.090000000000000002", ("i-2",): "12", ("db",): "0"})
        self.equals("q4", {("1",): "0.100000000000000002"})
        self.assertEqual(self.found["q3"]["2026-10-15", "1", "AmazonEC2"], 0)
        self.assertEqual(len(self.found["q3"]), 8)

    def test_amortized_cost(self):
        # 0.1 and a little, 8, 0; 10 - 8, 0.05, 14.86 + 22.29, 0, 3, 0, -0.01.
        self.equals("q5", {("1",): "8.100000000000000002", ("2",): "42.19"})

    def test_a_tag_s_twin_fills_in_for_it(self):
        self.equals("q6", {("web",): "0.1", ("data",): "0.000000000000000002", ("",): "205.51"})

    def test_counts_and_months(self):
        self.equals("q7", {("AmazonEC2",): 2, ("ComputeSavingsPlans",): 0, ("AmazonRDS",): 1, ("AmazonS3",): 0})
        self.equals("q8", {("8",): "207.620000000000000002"})
        self.equals(
            "q9", {("AmazonEC2",): "0.100000000000000002", ("ComputeSavingsPlans",): "10", ("AmazonRDS",): "197.52"}
        )


class Truth(unittest.TestCase):
    def test_contradictions_are_found(self):
        found = {"q1": [["S", "3"]], "q2": [["i", "3"]], "q3": [["2026-10-01", "a", "S", "3"]], "q5": [["a", "2"]]}
        found |= {"q6": [["", "3"]], "q8": [["1", "3"]]}

        def truth(cost="3", amortized="2"):
            sums = {"unblended_cost": cost, "amortized_cost": amortized, "rows": 1}
            by = {"day": "2026-10-01", "account": "a", "resource": "i"}
            overall = {
                "billing_period": "2026-10",
                "totals": sums,
                "by": {name: {"values": {value: sums}} for name, value in by.items()},
                "tags": {reference.TAG: {"values": {"(none)": sums}}},
            }
            return {"overall": overall, "periods": [overall]}

        self.assertEqual(reference.contradictions(found, truth()), [])
        self.assertEqual(reference.contradictions(found, truth(amortized="2.1")), ["amortized cost by account"])
        self.assertEqual(len(reference.contradictions(found, truth(cost="3.1"))), 5)
