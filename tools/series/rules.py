#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds Documentation/series-review.rst to the repository.

  rules.py      prints what is wrong: a rule of the series (R, Q, I, U, H, N or T and a
                number) that is named somewhere and not defined there; a subtest that is
                named there and is in none of the series' selftests

Example: tools/series/rules.py && echo all is well
"""
import fnmatch
import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MAP = TOP / "Documentation/series-review.rst"
RULE = re.compile(r"\b[RQIUHNT]\d{1,2}\b")
# Elsewhere, U is also a fact about hardware that nobody could confirm, and R a register.
SPEAK_OF_RULES = ["Documentation/series-*.rst", "tools/series/mutants/*.mutant"]


def undefined(text: str) -> list[str]:
    defined = set()
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z]\d+(, [A-Z]\d+)?", line):
            defined.update(RULE.findall(line))
    return [f"{path.relative_to(TOP)}: {rule} is not defined in {MAP.name}"
            for pattern in SPEAK_OF_RULES for path in sorted(TOP.glob(pattern))
            for rule in sorted(set(RULE.findall(path.read_text())) - defined)]


def subtests() -> list[str]:
    """Names as the kselftest harness prints them, of all patches to Linux."""
    added = "\n".join(line[1:] for path in TOP.glob("patches/linux/*/*.patch")
                      for line in path.read_text().splitlines() if line.startswith("+"))
    variants: dict[str, list[str]] = {}
    for fixture, variant in re.findall(r"^FIXTURE_VARIANT_ADD\((\w+), (\w+)\)", added, re.M):
        variants.setdefault(fixture, []).append(f".{variant}")
    return [f"{fixture}{variant}.{name}"
            for fixture, name in re.findall(r"^TEST_F\w*\((\w+), (\w+)", added, re.M)
            for variant in variants.get(fixture, [""])]


def unknown(text: str) -> list[str]:
    known = subtests()
    fixtures = {name.partition(".")[0] for name in known} | {"*"}
    named = re.findall(r"``([a-z_*]+)(\.[a-z0-9_.*]+)``", text)
    return [f"{MAP.name}: there is no subtest {fixture}{rest}" for fixture, rest in named
            if fixture in fixtures and not fnmatch.filter(known, fixture + rest)]


def main() -> int:
    if len(sys.argv) > 1:
        print(__doc__)
        return 0
    text = MAP.read_text()
    wrong = undefined(text) + unknown(text)
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
