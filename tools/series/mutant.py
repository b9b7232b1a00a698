#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads the defects in tools/series/mutants.

  mutant.py names [GLOB...]     the names of those that match
  mutant.py get NAME KEY        a field; empty if it has none
  mutant.py apply NAME TREE     plant it in a kernel tree
  mutant.py tests NAME...       the tests that have to catch them
  mutant.py coverage            fails if a rule of the series has no mutant

A file NAME.mutant has a text that says what is wrong, fields, and the change:

  Breaks: RULE...       what it stands for: Documentation/series-review.rst defines them;
                        those that need a mutant are RULES below
  Tests: NAME...        one of these has to fail ...
  Check: NAME           ... or this one of tools/series/check.sh
  Survives: WHY         nothing can notice, or nothing does
  File: PATH
  In: NAME              the function, struct or enum that is changed
  ---
  lines as in a diff: " " context, "-" goes, "+" comes; "@@" between two changes

The lines that go, with their context, have to be there exactly once.  A rule for
which nothing can be planted is in the file `unplanted`, with the reason.
"""
import fnmatch
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent / "mutants"
FIELD = re.compile(r"(Breaks|Tests|Check|Survives|File|In): (.+)")
# Hazards, invariants, and the rows of the table of errnos
RULES = [f"H{n}" for n in range(1, 14)] + [f"I{n}" for n in range(1, 9)] + [
    "ENOTTY-no-sev", "EINVAL-no-launch", "EFAULT-arguments", "EINVAL-length-flags-type",
    "EINVAL-uaddr", "EINVAL-2M", "EINVAL-gpa", "EINVAL-slot", "EBUSY", "EINVAL-content",
    "EIO", "EFAULT-accepted"]


@dataclass
class Mutant:
    name: str
    fields: dict[str, str] = field(default_factory=dict)
    hunks: list[tuple[list[str], list[str]]] = field(default_factory=list)

    def get(self, key: str) -> str:
        return self.fields.get(key, "")


def fail(message: str) -> None:
    sys.exit(f"mutant.py: {message}")


def hunk(name: str, lines: list[str]) -> tuple[list[str], list[str]]:
    if not lines or any(line[:1] not in (" ", "-", "+") for line in lines):
        fail(f"{name}: a change consists of lines that begin with ' ', '-' or '+'")
    return ([line[1:] for line in lines if line[0] != "+"],
            [line[1:] for line in lines if line[0] != "-"])


def read(name: str) -> Mutant:
    path = HERE / f"{name}.mutant"
    if not path.exists():
        fail(f"there is no {path.name}")
    head, _, change = path.read_text().partition("\n---\n")
    mutant = Mutant(name)
    for line in head.splitlines():
        if match := FIELD.fullmatch(line):
            mutant.fields[match[1]] = match[2].strip()
    if not mutant.get("Breaks") or not mutant.get("File") or not mutant.get("In"):
        fail(f"{name} lacks Breaks:, File: or In:")
    if sum(bool(mutant.get(key)) for key in ("Tests", "Check", "Survives")) != 1:
        fail(f"{name} needs one of Tests:, Check: and Survives:")
    mutant.hunks = [hunk(name, part.splitlines()) for part in change.rstrip("\n").split("\n@@\n")]
    return mutant


def names() -> list[str]:
    return sorted(path.stem for path in HERE.glob("*.mutant"))


def block(lines: list[str], name: str) -> range:
    """Where the definition of name is: up to the first brace in column 0."""
    word = re.compile(rf"[A-Za-z].*(?<!\w){re.escape(name)}(?!\w)")
    for start, line in enumerate(lines):
        if not word.match(line):
            continue
        head = next(n for n in range(start, len(lines)) if lines[n].endswith(("{", ";")) or lines[n] == "{")
        if not lines[head].endswith(";"):
            end = next(n for n in range(head, len(lines)) if lines[n].startswith("}"))
            return range(start, end + 1)
    fail(f"does not apply: no {name}")
    return range(0)


def apply(mutant: Mutant, tree: Path) -> None:
    path = tree / mutant.get("File")
    lines = path.read_text().split("\n")
    for old, new in mutant.hunks:
        where = block(lines, mutant.get("In"))
        found = [n for n in where if lines[n:n + len(old)] == old]
        if len(found) != 1:
            fail(f"{mutant.name} does not apply: {mutant.get('In')} of {mutant.get('File')} has its "
                 f"lines {len(found)} times: {old[0].strip()}")
        lines[found[0]:found[0] + len(old)] = new
    path.write_text("\n".join(lines))


def unplanted() -> dict[str, str]:
    lines = (HERE / "unplanted").read_text().splitlines()
    return dict(line.split(None, 1) for line in lines if line and not line.startswith(("#", " ")))


def coverage() -> None:
    seen = {rule for name in names() for rule in read(name).get("Breaks").split()}
    if strange := seen - set(RULES) - {rule for rule in seen if re.fullmatch(r"[URT]\d+|S6", rule)}:
        fail(f"unknown rules: {' '.join(sorted(strange))}")
    if missing := [rule for rule in RULES if rule not in seen | set(unplanted())]:
        fail(f"no mutant stands for: {' '.join(missing)}")


def main() -> None:
    verb, *words = sys.argv[1:] or [""]
    if verb in ("-h", "--help", ""):
        print(__doc__)
    elif verb == "names":
        print(*[name for name in names() if not words or
                any(fnmatch.fnmatchcase(name, glob) for glob in words)], sep="\n")
    elif verb == "get":
        print(read(words[0]).get(words[1]))
    elif verb == "apply":
        apply(read(words[0]), Path(words[1]))
    elif verb == "tests":
        print(*sorted({test for name in words for test in read(name).get("Tests").split()}),
              sep="\n")
    elif verb == "coverage":
        coverage()
    else:
        fail(f"no verb is called {verb!r}")


if __name__ == "__main__":
    main()
