# SPDX-License-Identifier: GPL-2.0-only
"""The lists' manifest: what it pins, and what recording takes over."""
import tempfile
import unittest
from pathlib import Path

from harness import lists, manifest
from harness.verdict import Result

LIST = "m boot\na run\nb full\nc not-applicable # why\n"


class Manifest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = Path(directory.name)
        (self.directory / "x.list").write_text(LIST)
        self.lists = lists.read(self.directory)

    def write(self, text: str) -> None:
        (self.directory / manifest.NAME).write_text(text)

    def apply(self, *globs: str) -> list[tuple[str, str]]:
        found = manifest.apply(self.directory, self.lists, list(globs))
        return [(result.name, result.status) for result in found]

    def record(self, *results: Result, globs: tuple[str, ...] = ()) -> dict[str, int]:
        manifest.write(self.directory, self.lists, list(globs), list(results))
        return manifest.read(self.directory)

    def test_pins(self):
        self.write("# a comment\na 3\nb 0\nc 0\n")
        self.assertEqual(self.apply(), [])
        self.assertEqual([test.passes for test in self.lists.tests], [3, 0, 0])

    def test_new_line(self):
        self.write("a 3\nc 0\n")
        self.assertEqual(self.apply(), [("b", "UNLISTED")])
        self.assertEqual(self.apply("a"), [])

    def test_line_that_is_gone(self):
        self.write("a 3\nb 0\nc 0\nd 2\n")
        self.assertEqual(self.apply(), [("d", "MISSING")])
        self.assertEqual(self.apply("a", "b"), [])

    def test_no_manifest_is_an_error(self):
        with self.assertRaises(OSError):
            self.apply()

    def test_bad_lines(self):
        for text in ("a\n", "a x\n", "a 1 2\n", "a 1\na 1\n"):
            self.write(text)
            with self.assertRaises(lists.ListError, msg=text):
                self.apply()

    def test_recording_takes_over_what_is_sound(self):
        self.write("a 3\nb 4\nc 0\n")
        self.assertEqual(self.record(Result("a", "m", "ok", passed=5),
                                     Result("b", "m", "FAIL", passed=1),
                                     Result("boot/m", "m", "ok")), {"a": 5, "b": 4, "c": 0})

    def test_recording_knows_the_lists(self):
        self.write("a 3\ngone 4\n")
        self.assertEqual(self.record(), {"a": 3, "c": 0})

    def test_recording_has_no_word_on_who_did_not_run(self):
        self.write("a 3\ngone 4\n")
        self.record(Result("a", "m", "ok", passed=4), globs=("a",))
        self.assertEqual(manifest.read(self.directory), {"a": 4, "gone": 4})
        self.assertEqual(self.apply(), [("gone", "MISSING"), ("b", "UNLISTED"),
                                        ("c", "UNLISTED")])


if __name__ == "__main__":
    unittest.main()
