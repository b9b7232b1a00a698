#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Say what a run of a kernel tree's tests came to, beside the run of a pristine kernel.

    compare.py VERSION RESULTS... [--tests GLOB,...] [--brief] [--record] [--reference DIR]

RESULTS are results.json files of tools/testing/check.py.  DIR, by default
tools/testing/reference, has a file for each version that was run as it was released; a
tree is compared with that of its own version, else with the nearest older one.
--record writes that file.  --brief is for a run that is not done yet.

Exit status: 0 nothing is worse than there, 1 something is, 2 bad arguments.
"""
import argparse
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

sys.dont_write_bytecode = True
REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools/testing"))

from harness.lists import matches
from harness.report import printable
from harness.verdict import FINE, PASS, SKIP

# How much went wrong: a test that ends by itself leaves the others a machine.
RANKS = {status: 0 for status in FINE} | {"FAIL": 1, "TIMEOUT": 2}
LOST = 3
SKIPPED = re.compile(r"#\s*SKIP\b", re.IGNORECASE)
HEAD = """# SPDX-License-Identifier: GPL-2.0-only
#
# Linux {}, as it was released: NAME VERDICT SUBTESTS-PASSED SUBTESTS-SKIPPED REASON.
# Written by tools/check-tree.sh --record.
"""


@dataclass(frozen=True)
class Row:
    status: str
    passed: int = 0
    skipped: int = 0
    reason: str = ""

    def __str__(self) -> str:
        counts = [f"{number} {word}" for number, word in
                  ((self.passed, "passed"), (self.skipped, "skipped")) if number]
        return self.status + (f" ({', '.join(counts)})" if counts else "")

    @property
    def failed(self) -> bool:
        return self.status not in FINE

    @property
    def rank(self) -> int:
        return RANKS.get(self.status, LOST)

    @property
    def complaints(self) -> int:
        """How many reasons a failure has: beside its own, each message of the kernel."""
        return len(self.reason.split("; ")) if self.failed else 0

    def same(self, other: "Row") -> bool:
        return (self.status, self.passed, self.skipped, self.complaints) == \
            (other.status, other.passed, other.skipped, other.complaints)

    def worse_than(self, other: "Row") -> bool:
        if self.rank != other.rank:
            return self.rank > other.rank
        if self.failed:
            # How far a test came that did not end says how fast the machine is.
            return self.complaints > other.complaints or \
                (self.status == "FAIL" and self.passed < other.passed)
        return (self.status == SKIP and other.status == PASS) or \
            self.passed < other.passed or self.skipped > other.skipped


def read_results(paths: list[Path]) -> dict[str, Row]:
    rows = {}
    for path in paths:
        for result in json.loads(path.read_text())["results"]:
            if result["status"] != "n/a":
                skipped = sum(bool(SKIPPED.search(line)) for line in result["subtests"])
                rows[result["name"]] = Row(result["status"], result["passed"], skipped,
                                           printable(result["reason"]))
    return rows


def numbers(version: str) -> tuple[int, int]:
    match = re.match(r"(\d+)\.(\d+)", version)
    if not match:
        raise ValueError(f"{version!r} is no kernel version")
    return int(match[1]), int(match[2])


def nearest(directory: Path, version: str) -> Path | None:
    older = [path for path in directory.glob("*.*") if numbers(path.name) <= numbers(version)]
    return max(older, key=lambda path: numbers(path.name), default=None)


def read_reference(path: Path) -> tuple[str, dict[str, Row]]:
    """The version that was run, and its rows."""
    lines = path.read_text().splitlines()
    version = next(line.split()[2].rstrip(",") for line in lines if line.startswith("# Linux "))
    rows = {}
    for line in lines:
        if line and not line.startswith("#"):
            name, status, passed, skipped, *reason = line.split(None, 4)
            rows[name] = Row(status, int(passed), int(skipped), *reason)
    return version, rows


def write_reference(directory: Path, version: str, rows: dict[str, Row]) -> Path:
    path = directory / "{}.{}".format(*numbers(version))
    directory.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(version) + "".join(
        f"{name} {row.status} {row.passed} {row.skipped} {row.reason}".rstrip() + "\n"
        for name, row in sorted(rows.items())))
    return path


def table(rows: dict[str, Row], reference: dict[str, Row], title: str) -> None:
    width = max(map(len, rows), default=0)
    print(f"\n{'test':<{width}}  {'here':<26}  {title}")
    for name, row in sorted(rows.items()):
        there = str(reference[name]) if name in reference else "-"
        print(f"{name:<{width}}  {row!s:<26}  {there}")


def because(row: Row) -> str:
    return f": {row.reason}" if row.reason else ""


def differences(rows: dict[str, Row], reference: dict[str, Row], missing: list[str]) -> int:
    """Prints them; returns how many are for the worse.  Without a reference, failures are."""
    worse = 0
    for name, row in sorted(rows.items()):
        there = reference.get(name)
        if there and row.same(there):
            continue
        bad = row.worse_than(there) if there else row.failed
        if not reference and not bad:
            continue
        worse += bad
        was = f"; it was {there}{because(there)}" if there else ""
        print(f"  {'worse' if bad else 'other' if there else 'new':<6} {name}: "
              f"{row}{because(row)}{was}")
    for name in missing:
        print(f"  gone   {name}: this tree has no such test; it was {reference[name]}")
    return worse


def summary(rows: dict[str, Row], worse: int, recorded: str) -> None:
    failed = sum(row.failed for row in rows.values())
    skipped = sum(row.status == SKIP for row in rows.values())
    compared = f"{worse} worse than Linux {recorded}" if recorded else "nothing to compare with"
    print(f"{len(rows) - failed - skipped} passed, {failed} failed, {skipped} skipped; "
          f"{compared}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("version")
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--tests", default="")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--reference", type=Path, default=REPO / "tools/testing/reference")
    return parser.parse_args()


def main() -> int:
    args = arguments()
    rows = read_results(args.results)
    if args.record:
        print(f"written: {write_reference(args.reference, args.version, rows)}")
    path = nearest(args.reference, args.version)
    recorded, reference = read_reference(path) if path else ("", {})
    globs = args.tests.replace(",", " ").split()
    missing = [] if args.brief else [name for name in sorted(set(reference) - set(rows))
                                     if matches(name, globs)]
    if not args.brief:
        table(rows, reference, recorded or "nothing")
    if path:
        print(f"\nLinux {args.version}, compared with Linux {recorded} as it was released:")
    else:
        print(f"\nLinux {args.version}: nothing is recorded of this version or an older one")
    worse = differences(rows, reference, missing)
    summary(rows, worse, recorded)
    return int(worse > 0)


if __name__ == "__main__":
    sys.exit(main())
