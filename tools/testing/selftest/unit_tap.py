# SPDX-License-Identifier: GPL-2.0-only
"""The TAP reader, with the formats that kselftests print."""
import unittest

from harness import tap

HARNESS_H = """TAP version 13
1..2
# Starting 2 tests from 1 test cases.
#  RUN           global.one ...
#            OK  global.one
ok 1 global.one
#  RUN           global.two ...
# two.c:12:two:Expected 0 (0) == 1 (1)
# two: Test failed
#          FAIL  global.two
not ok 2 global.two
# FAILED: 1 / 2 tests passed.
# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:0 error:0
"""


class Reading(unittest.TestCase):
    def test_kselftest_harness(self):
        seen = tap.parse(HARNESS_H)
        self.assertEqual((seen.planned, seen.results, seen.error), (2, 2, ""))
        self.assertEqual(seen.failed, ["not ok 2 global.two"])

    def test_plan_at_the_end(self):
        seen = tap.parse("ok 1 - a\nok 2 - b\n1..2\n")
        self.assertEqual((seen.planned, seen.error, seen.failed), (2, "", []))

    def test_no_plan_is_no_tap(self):
        self.assertFalse(tap.parse("ok then\nok 1 a\n").present)

    def test_failure_without_plan_still_counts(self):
        self.assertEqual(tap.parse("not ok 1 a\n").failed, ["not ok 1 a"])

    def test_prose_is_no_result(self):
        seen = tap.parse("1..1\nok so far\nnot okay\nok 1 a\n")
        self.assertEqual((seen.results, seen.error), (1, ""))

    def test_skip_before_plan(self):
        for text in ("1..0 # SKIP - Requirement not met: sev\n", "1..0 # Skipped: no\n"):
            self.assertTrue(tap.parse(text).all_skipped, text)
            self.assertEqual(tap.parse(text).error, "")

    def test_plan_of_nothing_is_no_skip(self):
        seen = tap.parse("1..0\n")
        self.assertFalse(seen.all_skipped)
        self.assertIn("plans no test", seen.error)

    def test_all_and_some_skipped(self):
        self.assertTrue(tap.parse("1..2\nok 1 # SKIP a\nok 2 b # skip\n").all_skipped)
        seen = tap.parse("1..2\nok 1 # SKIP a\nok 2 b\n")
        self.assertEqual((seen.all_skipped, seen.skipped), (False, ["ok 1 # SKIP a"]))

    def test_bare_skip(self):
        for last in ("skipped", "SKIP", "# skipping: no hardware", "skip - no"):
            self.assertTrue(tap.parse(f"Random seed: 1\n{last}\n\n").all_skipped, last)
        for last in ("skipped 3 pages", "not skipped", "pass"):
            self.assertFalse(tap.parse(last + "\n").all_skipped, last)

    def test_expected_failures_and_todo(self):
        seen = tap.parse("1..3\nok 1 # XFAIL a\nnot ok 2 # TODO b\nok 3 # XPASS c\n")
        self.assertEqual((seen.failed, seen.error), ([], ""))

    def test_what_passed(self):
        text = "ok 1 a\nok 2 # SKIP\nok 3 # XFAIL\nnot ok 4 # TODO\nnot ok 5\nok 6 # XPASS\n"
        self.assertEqual(tap.parse("1..6\n" + text).passed, 1)
        self.assertEqual(tap.parse(text).passed, 0)

    def test_error_is_failure(self):
        self.assertEqual(len(tap.parse("1..1\nnot ok 1 # error a\n").failed), 1)

    def test_contradictions(self):
        for text, error in (("1..2\nok 1 a\n", "2 results planned, 1 printed"),
                            ("1..1\nok 1 a\nok 2 b\n", "1 results planned, 2 printed"),
                            ("1..2\nok 1 a\nok 1 b\n", "result 1 where 2 was due"),
                            ("1..1\n1..1\nok 1 a\n", "more than one plan line"),
                            ("1..1\nBail out! lost\n", "Bail out! lost")):
            self.assertEqual(tap.parse(text).error, error)

    def test_nested_results_are_not_ours(self):
        seen = tap.parse("1..1\n    not ok 1 inner\n    1..1\nok 1 outer\n")
        self.assertEqual((seen.failed, seen.error), ([], ""))
