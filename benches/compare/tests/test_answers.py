import unittest

from compare.answers import Wrong, check, parsed
from compare.questions import QUESTIONS

RIGHT = [["AmazonS3", "2.5"], ["AmazonEC2", "10.000000000000000001"], ["", "-1"]]
ROWS = [["AmazonEC2", "10.000000000000000001"], ["AmazonS3", "2.50"], ["", "-1"]]


def changed(at, row):
    rows = [list(one) for one in ROWS]
    rows[at] = row
    return rows


class CostByService(unittest.TestCase):
    def wrong(self, rows, exact=True):
        with self.assertRaises(Wrong):
            check(QUESTIONS["q1"], rows, RIGHT, exact)

    def test_the_right_answer_is_right(self):
        self.assertEqual(check(QUESTIONS["q1"], ROWS, RIGHT, exact=True), 0)

    def test_the_last_digit_counts_where_answers_are_exact(self):
        rows = changed(0, ["AmazonEC2", "10.000000000000000002"])
        self.wrong(rows)
        self.assertGreater(check(QUESTIONS["q1"], rows, RIGHT, exact=False), 0)

    def test_doubles_may_be_off_by_a_millionth(self):
        check(QUESTIONS["q1"], changed(1, ["AmazonS3", "2.5000009"]), RIGHT, exact=False)
        self.wrong(changed(1, ["AmazonS3", "2.5000011"]), exact=False)

    def test_rows_must_be_all_there_and_once(self):
        self.wrong(ROWS[:2])
        self.wrong([*ROWS, ["AmazonRDS", "0"]])
        self.wrong(changed(2, ROWS[1]))

    def test_groups_must_be_the_report_s(self):
        self.wrong(changed(2, ["NULL", "-1"]))

    def test_amounts_must_be_there(self):
        self.wrong(changed(2, ["", ""]))

    def test_rows_must_be_in_order(self):
        self.wrong([ROWS[1], ROWS[0], ROWS[2]])

    def test_columns_must_be_as_many(self):
        self.wrong(changed(0, ["AmazonEC2", "10.000000000000000001", "1"]))


class Others(unittest.TestCase):
    def test_the_dearest_are_the_dearest(self):
        right = [[f"i-{number}", str(number)] for number in range(150)]
        rows = [[f"i-{number}", str(number)] for number in range(149, 49, -1)]
        check(QUESTIONS["q2"], rows, right, exact=True)
        with self.assertRaises(Wrong):
            # All amounts are right, and one that is dearer is missing.
            check(QUESTIONS["q2"], [*rows[:-1], ["i-49", "49"]], right, exact=True)

    def test_any_of_equally_dear_ones_will_do(self):
        right = [[f"i-{number}", "1"] for number in range(150)]
        check(QUESTIONS["q2"], [[f"i-{number}", "1"] for number in range(49, 149)], right, exact=True)

    def test_days_may_be_times_and_come_in_any_order(self):
        right = [["2026-10-01", "1", "AmazonS3", "1"], ["2026-10-02", "1", "AmazonS3", "2"]]
        rows = [["2026-10-02T00:00:00Z", "1", "AmazonS3", "2"], ["2026-10-01 00:00:00", "1", "AmazonS3", "1"]]
        check(QUESTIONS["q3"], rows, right, exact=True)

    def test_counts_are_exact_even_if_amounts_are_not(self):
        check(QUESTIONS["q8"], [["5", "1.00000001"]], [["5", "1"]], exact=False)
        with self.assertRaises(Wrong):
            check(QUESTIONS["q8"], [["6", "1"]], [["5", "1"]], exact=False)

    def test_several_answers_are_told_apart_by_their_header(self):
        text = 'team,cost\n"a\nb",1\nteam,cost\n"a\nb",2\n'
        self.assertEqual(parsed(text), [[["a\nb", "1"]], [["a\nb", "2"]]])
        self.assertEqual(parsed(""), [])
