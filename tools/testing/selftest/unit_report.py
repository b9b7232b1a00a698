# SPDX-License-Identifier: GPL-2.0-only
"""The summary, foreign output, and the logs of earlier runs."""
import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import check
from harness.config import Config
from harness.lists import Test
from harness.report import Report, printable
from harness.session import Raw


class Reporting(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.run_dir = Path(directory.name)
        self.report = Report(Config(self.run_dir, self.run_dir))
        self.tests = [Test(name, "run", "here", group="m") for name in ("a", "b", "c")]

    def finish(self) -> list[str]:
        with contextlib.redirect_stdout(io.StringIO()) as output:
            for test in self.tests[:2]:
                raw = Raw("exit", value=1 if test.name == "b" else 0)
                raw.output += b"x\n3 passed, 0 failed, 0 skipped\n\x1b[2J\n"
                self.report.test(test, raw)
            self.report.finish(self.tests, {})
        return output.getvalue().splitlines()

    def test_a_test_without_result_fails(self):
        lines = self.finish()
        self.assertEqual(lines[-1], "1 passed, 2 failed, 0 skipped")
        self.assertIn("  NOTRUN   c: did not run", lines)

    def test_only_one_summary(self):
        self.assertEqual([line for line in self.finish() if line.startswith("3 passed")], [])

    def test_files(self):
        self.finish()
        names = sorted(str(path.relative_to(self.run_dir)) for path in self.run_dir.rglob("*.*"))
        self.assertEqual(names, ["results.json", "results.tsv", "tests/a.log", "tests/b.log",
                                 "tests/c.log"])

    def test_printable(self):
        self.assertEqual(printable("a\x1b[2Jb\x00\u202ec"), "a\\x1b[2Jb\\x00\\x202ec")
        self.assertLess(len(printable("x" * 5000)), 250)


class Keeping(unittest.TestCase):
    def test_ten_runs(self):
        with tempfile.TemporaryDirectory() as directory:
            for second in range(13):
                with mock.patch("time.strftime", return_value=f"20260101-0000{second:02}"):
                    last = check.new_run(Path(directory))
            kept = sorted(path.name for path in Path(directory).iterdir())
            self.assertEqual(len(kept), 11)
            self.assertEqual(kept[0], f"20260101-000003-{os.getpid()}")
            self.assertEqual((Path(directory) / "latest").resolve(), last.resolve())
