import itertools
import unittest

from compare import figures, report, tools
from compare.questions import QUESTIONS, amortized, translated
from compare.tools import clickhouse, datafusion, duckdb, polars


class Names(unittest.TestCase):
    def test_names_are_athena_s(self):
        for header, name in {
            "lineItem/UsageStartDate": "line_item_usage_start_date",
            "product/region": "product_region",
            "reservation/ReservationARN": "reservation_reservation_a_r_n",
            "resourceTags/user:Cost Center": "resource_tags_user_cost_center",
            "resourceTags/user:k8s.io/role": "resource_tags_user_k8s_io_role",
        }.items():
            self.assertEqual(report.athena(header), name)

    def test_kinds(self):
        kinds = {
            header: report.kind(header)
            for header in ("product/usageAmount", "lineItem/UnblendedRate", "savingsPlan/StartTime")
        }
        self.assertEqual(set(kinds.values()), {"text"})
        self.assertEqual(report.kind("lineItem/UsageStartDate"), "time")
        self.assertEqual(report.kind("reservation/UnusedAmortizedUpfrontFeeForBillingPeriod"), "amount")

    def test_reports_have_as_many_months_as_they_need(self):
        self.assertEqual(report.arguments(2_000_000), ["--rows", "2000000", "--profile", "small", "--month", "2026-10"])
        hundred = report.arguments(120_000_000)
        self.assertEqual(hundred.count("--month"), 12)
        self.assertEqual((hundred[5], hundred[-1]), ("2025-11", "2026-10"))


class Translations(unittest.TestCase):
    def test_each_finds_its_place(self):
        for changes in (duckdb.OWN, duckdb.STORE, clickhouse.CHANGES, datafusion.OWN):
            for key in changes:
                self.assertNotEqual(translated(QUESTIONS[key], changes), QUESTIONS[key].sql)
        with self.assertRaises(ValueError):
            translated(QUESTIONS["q1"], {"q1": [("nothing of the kind", "")]})

    def test_questions_are_all_asked(self):
        self.assertEqual(polars.QUESTIONS.keys(), QUESTIONS.keys())
        self.assertNotIn("{{", amortized())

    def test_keys_are_unique_and_fills_known(self):
        fills = [fill.key for tool in tools.TOOLS for fill in tools.module(tool).FILLS]
        contenders = [one.key for tool in tools.TOOLS for one in tools.module(tool).CONTENDERS]
        for keys in (fills, contenders):
            self.assertFalse([key for key, same in itertools.groupby(sorted(keys)) if len(list(same)) > 1])
        self.assertLessEqual({one.fill for one in tools.contenders(tools.TOOLS).values()}, set(fills))


class Figures(unittest.TestCase):
    def test_ratios_are_taken_within_rounds(self):
        own = [{"round": 0, "seconds": 1.0}, {"round": 1, "seconds": 10.0}, {"round": 2, "seconds": 1.0}]
        other = [{"round": 0, "seconds": 2.0}, {"round": 1, "seconds": 20.0}, {"round": 2, "seconds": [2.0, 9.0, 1.0]}]
        self.assertEqual(figures.ratio(other, own), 2)

    def test_means_are_geometric_and_name_the_worst(self):
        def cells(own, other):
            return {"own": [{"round": 0, "seconds": own}], "other": [{"round": 0, "seconds": other}]}

        table = {"q1": cells(1, 8), "q2": cells(1, 0.5), "q3": {"own": [{"round": 0, "seconds": 1}]}}
        compared = figures.Compared(table, "other", "own", ["q1", "q2", "q3"])
        self.assertAlmostEqual(compared.mean, 2)
        self.assertEqual(compared.worst, ("q2", 0.5))
        self.assertEqual(compared.missing, 1)
