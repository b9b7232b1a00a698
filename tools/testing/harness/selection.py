# SPDX-License-Identifier: GPL-2.0-only
"""Which tests a run consists of, and what is wrong with the lists."""
from pathlib import Path

from .lists import Lists, Test, matches
from .verdict import Result


def wanted(test: Test, tier: str, globs: list[str]) -> bool:
    """A test that is named runs in every tier."""
    if not matches(test.name, globs):
        return False
    return tier == "full" or bool(globs) or test.verdict != "full"


def unmatched(lists: Lists, built: list[str], globs: list[str]) -> list[str]:
    names = [test.name for test in lists.tests] + built
    return [glob for glob in globs if not any(matches(name, [glob]) for name in names)]


def read_built(path: Path) -> list[str] | None:
    return path.read_text().split() if path.exists() else None


def audit(lists: Lists, built: list[str] | None, globs: list[str]) -> list[Result]:
    """Every upstream binary has to be in exactly one line, every name in one at most."""
    problems = {name: f"in {len(where)} list lines: {', '.join(where)}"
                for name, where in lists.doubles().items()}
    if built is not None:
        listed = {test.name: test.where for test in lists.tests if test.from_upstream}
        for name in set(built) - {test.name for test in lists.tests}:
            problems.setdefault(name, "built by upstream, but in no list")
        for name in set(listed) - set(built):
            problems.setdefault(name, f"listed in {listed[name]}, but upstream did not build it")
    return [Result(name, "lists", "MISSING" if "did not build" in reason else "UNLISTED"
                   if "no list" in reason else "FAIL", reason)
            for name, reason in sorted(problems.items()) if matches(name, globs)]
