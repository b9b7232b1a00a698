# SPDX-License-Identifier: GPL-2.0-only
"""Which tests a run consists of, and what is wrong with the lists."""
from pathlib import Path

from .lists import ListError, Lists, Test, matches
from .verdict import Result


QUICK = "quick"


def read_quick(directory: Path, lists: Lists) -> list[str]:
    """The globs of what the edit loop runs."""
    lines = (directory / QUICK).read_text().splitlines()
    globs = [line for line in lines if line and not line.startswith("#")]
    names = [test.name for test in lists.tests if test.verdict in ("run", "known-fail")]
    for glob in globs:
        if not any(matches(name, [glob]) for name in names):
            raise ListError(f"{QUICK}: `make check` runs no test that is called {glob}")
    return globs


def wanted(test: Test, tier: str, globs: list[str], quick: list[str] | None = None) -> bool:
    """A test that is named runs in every tier."""
    if globs or tier == "full":
        return matches(test.name, globs)
    return test.verdict != "full" and (tier != QUICK or matches(test.name, quick or [""]))


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
