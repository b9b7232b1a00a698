# SPDX-License-Identifier: GPL-2.0-only
"""The summary, foreign output, and the logs of earlier runs."""
import contextlib
import io
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import check
from harness import kept
from harness.config import Config
from harness.lists import Group, Test
from harness.report import Report, printable
from harness.session import Raw
from harness.verdict import Result


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

    def test_a_build_that_changes_fails(self):
        with contextlib.redirect_stdout(io.StringIO()):
            self.report.replaced({"a": "1 2"}, {"a": "1 2"})
            self.assertEqual(self.report.results, {})
            self.report.replaced({"a": "1 2", "b": "1 2"}, {"a": "1 3", "b": "1 2", "c": "1 2"})
        self.assertEqual(self.report.results["build"].reason, "written while tests ran: a, c")

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


class Resuming(unittest.TestCase):
    """What the file of an interrupted run is believed."""
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = Path(directory.name, "full.jsonl")

    def keep(self, state: str) -> kept.Kept:
        found = kept.Kept(self.path, state, False)
        self.addCleanup(found.lock.close)
        return found

    def test_of_the_same_state(self):
        first = self.keep("s")
        first.add(Result("a", "m", "ok"))
        first.lock.close()
        self.assertEqual(list(self.keep("s").results), ["a"])

    def test_of_another_state(self):
        first = self.keep("s")
        first.add(Result("a", "m", "ok"))
        first.lock.close()
        self.assertEqual(self.keep("t").results, {})

    def test_a_line_that_was_cut(self):
        first = self.keep("s")
        first.add(Result("a", "m", "ok"))
        first.add(Result("b", "m", "ok"))
        first.lock.close()
        self.path.write_text(self.path.read_text()[:-9])
        second = self.keep("s")
        self.assertEqual(list(second.results), ["a"])
        second.add(Result("c", "m", "ok"))
        second.lock.close()
        self.assertEqual(list(self.keep("s").results), ["a", "c"])

    def test_two_at_once(self):
        self.keep("s")
        with self.assertRaises(kept.InUse):
            self.keep("s")

    def test_what_was_built(self):
        build = self.path.parent
        (build / "initramfs").mkdir()
        (build / "initramfs/base.cpio").write_text("a")
        first = kept.built(build, [Group("m")])
        self.assertEqual(list(first), ["initramfs/base.cpio"])
        (build / "initramfs/base.cpio").write_text("ab")
        self.assertNotEqual(kept.built(build, [Group("m")]), first)

    def test_strange_names_in_the_checkout(self):
        repository = self.path.parent
        for command in (["init", "-q"], ["-c", "user.name=a", "-c", "user.email=a@b", "commit",
                                         "-q", "--allow-empty", "-m", "a"]):
            subprocess.run(["git", "-C", repository, *command], check=True)
        plain = kept.state_of(repository)
        (repository / "\u00e4 b\n.txt").write_text("a")
        with_file = kept.state_of(repository)
        subprocess.run(["git", "init", "-q", repository / "inner"], check=True)
        (repository / "inner/c").write_text("c")
        self.assertNotIn("", {plain, with_file, kept.state_of(repository)})
        self.assertEqual(len({plain, with_file}), 2)


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
