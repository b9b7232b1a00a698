#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Say where unit tests differ between the host model and the machine without it.

    tools/tree/machines.py RESULTS

RESULTS is the results.json of a run of the lists that tools/tree/unit-tests.py makes.

Exit status: 0 no test is worse on the model, 1 some are, 2 bad arguments.
"""
import json
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from compare import Row, because, printable, read_results

MODEL, PLAIN = "unit/", "unit-plain/"
SHOWN = 10              # subtests of one test
NUMBER = re.compile(r"^(not ok|ok) \d+ - ")
VALUE = re.compile(r"0x[0-9a-f]+")     # often of a page or of random


def read_subtests(path: Path) -> dict[str, set[str]]:
    """Each test's lines of TAP, without their numbers and values."""
    return {result["name"]: {VALUE.sub("0x...", NUMBER.sub(r"\1: ", line))
                             for line in result["subtests"]}
            for result in json.loads(path.read_text())["results"] if result["status"] != "n/a"}


def failed_alone(subtests: dict[str, set[str]], name: str) -> set[str]:
    """The subtests that fail on the model and, if they run at all, not without it."""
    return {line for line in subtests[MODEL + name] - subtests[PLAIN + name]
            if line.startswith("not ok")}


def pairs(rows: dict[str, Row]) -> list[tuple[str, Row, Row]]:
    names = sorted(name[len(MODEL):] for name in rows if name.startswith(MODEL))
    return [(name, rows[MODEL + name], rows[PLAIN + name]) for name in names]


def show_subtests(lines: set[str], where: str) -> None:
    for line in sorted(lines)[:SHOWN]:
        print(f"      {where}: {printable(line)}")
    if len(lines) > SHOWN:
        print(f"      {where}: and {len(lines) - SHOWN} more")


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    path = Path(sys.argv[1])
    rows, subtests = read_results([path]), read_subtests(path)
    tests = pairs(rows)
    print(f"\n{'unit test':<42}  {'on the model':<28}  without it")
    for name, model, plain in tests:
        print(f"{name:<42}  {model!s:<28}  {plain}")
    different = [test for test in tests if not test[1].same(test[2]) or
                 subtests[MODEL + test[0]] != subtests[PLAIN + test[0]]]
    worse = [name for name, model, plain in tests
             if model.worse_than(plain) or failed_alone(subtests, name)]
    print("\nwhere they differ:" if different else "\nthey do not differ")
    for name, model, plain in different:
        print(f"  {name}: {model}{because(model)}; without the model {plain}{because(plain)}")
        show_subtests(subtests[MODEL + name] - subtests[PLAIN + name], "model")
        show_subtests(subtests[PLAIN + name] - subtests[MODEL + name], "without")
    print(f"{len(tests)} unit tests on both machines, {len(different)} differ, "
          f"{len(worse)} are worse on the model", flush=True)
    return int(bool(worse))


if __name__ == "__main__":
    sys.exit(main())
