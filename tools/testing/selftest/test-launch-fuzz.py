#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""launch-fuzz finds the bugs of tools/testing/launch-fuzz/plants (TAP).

Each is planted in KVM's module, and has to be found in a boot of its own, in few calls.

  tools/testing/selftest/test-launch-fuzz.py [--seed=N] [--count=N] [NAME...]
"""
import re
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "launch-fuzz"), str(HERE)]

import l1
import planted
from tap_out import Tap

PLANTS = HERE.parent / "launch-fuzz/plants"
PATIENCE = 3600.0
FOUND = re.compile(r"launch-fuzz: (\d+:[\d.]+): (.*)$", re.M)
DIED = re.compile(r"(?:BUG: |Oops).*")
MARK = re.compile(r"launch-fuzz: (\d+:[\d.]+)$", re.M)
CALLS = re.compile(r"^# (\d+) calls:$", re.M)


def find(output: str) -> tuple[str, str]:
    """The recipe, and what was found.  What a machine dies of is found, too: the last
    recipe in its log is the one."""
    if found := FOUND.search(output):
        return found[1], found[2]
    if died := DIED.search(output):
        return MARK.findall(output[:died.start()])[-1], died[0]
    return "", ""


def judge(tap: Tap, plant: planted.Plant, output: str) -> None:
    recipe, said = find(output)
    tap.check(bool(said and re.search(plant.says, said)),
              f"{plant.name}, {plant.what}, is found", said or output[-3000:])
    calls = CALLS.search(output)
    print(f"# {recipe}, {calls[1] if calls else 'all'} calls: {said}", flush=True)


def main(words: list[str]) -> int:
    options = [word.replace("=", ",").split(",") for word in words if word.startswith("--")]
    names = [word for word in words if not word.startswith("--")]
    arguments = sum(options, []) or ["--seed", "1", "--count", "1000000"]
    tap = Tap()
    for plant in planted.read(PLANTS):
        if names and plant.name not in names:
            continue
        with tempfile.TemporaryDirectory(dir=l1.BUILD) as work:
            module = planted.build(plant, l1.BUILD / "linux", l1.BUILD / plant.kernel, Path(work))
        output = l1.run(plant.kernel, arguments, {"lib/modules/kvm-amd.ko": module}, PATIENCE)
        judge(tap, plant, output)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
