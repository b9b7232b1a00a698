# SPDX-License-Identifier: GPL-2.0-only
"""The lists' manifest: each declared test, and how many of its subtests pass.

A list cannot tell that a line is gone from it, nor a test that it runs less than
it did.  So both are written down beside the lists, one "NAME PASSES" a line, by
check.py --record; what changes there is seen by whoever reads the change.
"""
import os
from pathlib import Path

from .lists import ListError, Lists, matches
from .verdict import Result

NAME = "manifest"
HEAD = """# SPDX-License-Identifier: GPL-2.0-only
#
# Every test of the lists and how many of its subtests pass: check.py --record
# writes this.  0 is also what a test has that prints no TAP.
"""


def read(directory: Path) -> dict[str, int]:
    passes = {}
    for number, line in enumerate((directory / NAME).read_text().splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        words = line.split()
        if len(words) != 2 or not words[1].isdigit() or words[0] in passes:
            raise ListError(f"{NAME}:{number}: not one line \"NAME PASSES\" for each test: {line}")
        passes[words[0]] = int(words[1])
    return passes


def apply(directory: Path, lists: Lists, globs: list[str]) -> list[Result]:
    """Tells the tests what has to pass; returns what is in one place and not the other."""
    passes = read(directory)
    for test in lists.tests:
        test.passes = passes.get(test.name)
    declared = {test.name for test in lists.tests}
    gone = [Result(name, "lists", "MISSING", "in the manifest, but in no list")
            for name in sorted(set(passes) - declared)]
    new = [Result(name, "lists", "UNLISTED", "not in the manifest: check.py --record "
                  f"--tests {name} runs it and puts it there")
           for name in sorted(declared - set(passes))]
    return [result for result in gone + new if matches(result.name, globs)]


def write(directory: Path, lists: Lists, globs: list[str], results: list[Result]) -> None:
    """
    Takes over the numbers of those results that are as declared, and forgets who is in
    no list any more: of the tests that were asked for.  Who did not run has no number.
    """
    path = directory / NAME
    passes = read(directory) if path.exists() else {}
    declared = {test.name for test in lists.tests}
    for name in [name for name in passes if name not in declared and matches(name, globs)]:
        del passes[name]
    passes.update({result.name: result.passed for result in results
                   if result.name in declared and not result.failed})
    for test in lists.tests:
        if test.verdict == "not-applicable" and matches(test.name, globs):
            passes.setdefault(test.name, 0)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(HEAD + "".join(f"{name} {number}\n"
                                        for name, number in sorted(passes.items())))
    temporary.rename(path)
