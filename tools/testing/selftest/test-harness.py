#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the harness with tests, machines and lists that misbehave (TAP).

Runs check.py on the lists in planted/, whose lines say after "=>" what has to
be reported, and compares: every result, the exit status and the last line.
The unit tests (unit_*.py) run as well.

  tools/testing/selftest/test-harness.py [BOOT-PROGRAM]

Needs $O/initramfs/base.cpio, and what tools/boot.sh needs.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import cpio
from harness.config import REPO
from harness.process import lines_of
from tap_out import Tap
import interrupts

CHECK = HERE.parent / "check.py"
PLANTED = HERE / "planted"
BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
EXPECTED = re.compile(r"(?:#\s*)?(\S+)(\s+boot\b)?.*# => (\S+) ?(.*)$")
SUMMARY = re.compile(r"\d+ passed, \d+ failed, \d+ skipped$")


@dataclass
class Scenario:
    name: str                   # of the directory in planted/
    options: list[str] = field(default_factory=list)
    status: int = 1             # exit status of check.py

    def expected(self) -> dict[str, tuple[str, str]]:
        """Result name -> status and pattern."""
        found = {}
        for path in (PLANTED / self.name).glob("*.list"):
            for match in filter(None, map(EXPECTED.match, path.read_text().splitlines())):
                name = f"boot/{match[1]}" if match[2] else match[1]
                found[name] = (match[3], match[4])
        return found


FAKE = ["--boot", str(HERE / "fake-boot"), "--boot-timeout", "8", "--grace", "4"]
BOOT = ["--boot", sys.argv[1]] if sys.argv[1:] else []
SCENARIOS = [
    Scenario("boots", ["--grace", "12", *BOOT]),
    Scenario("ends", ["--grace", "4", *BOOT]),
    Scenario("fakes", [*FAKE, "--jobs", "8"]),
    Scenario("snp"),
    Scenario("audit"),
    Scenario("host"),
    Scenario("empty"),
]


def check(scenario: Scenario, work: Path) -> subprocess.CompletedProcess:
    directory = PLANTED / scenario.name
    manifest = directory / "MANIFEST"
    return subprocess.run(
        [str(CHECK), "--build", str(BUILD), "--lists", str(directory),
         "--built", str(manifest if manifest.exists() else "/dev/null"),
         "--results", str(work / scenario.name), *scenario.options],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)


def results(scenario: Scenario, work: Path) -> dict[str, dict]:
    path = work / scenario.name / "latest/results.json"
    return {row["name"]: row for row in json.loads(path.read_text())["results"]}


def compare(tap: Tap, scenario: Scenario, seen: dict[str, dict]) -> None:
    expected = scenario.expected()
    for name, (status, pattern) in expected.items():
        row = seen.get(name, {})
        text = f"{row.get('reason', '')} {' '.join(row.get('notes', []))}".strip()
        told = f"{row.get('status', 'no result')} {text}"
        tap.check(row.get("status") == status and re.search(pattern, text) is not None,
                  f"{scenario.name}: {name} is {status}", f"told: {told}\nwant: {pattern}")
    tap.equal(sorted(set(seen) - set(expected)), [], f"{scenario.name}: no other results")


def summary(tap: Tap, scenario: Scenario, output: str, status: int) -> None:
    wanted = [status for status, _ in scenario.expected().values()]
    good = {kind: wanted.count(kind) for kind in ("ok", "skip", "known", "n/a")}
    failed = len(wanted) - sum(good.values())
    lines = output.splitlines()
    tap.equal(lines[-1], f"{good['ok']} passed, {failed} failed, {good['skip']} skipped",
              f"{scenario.name}: last line")
    tap.check(lines[-2].startswith(f"known failures: {good['known']}"),
              f"{scenario.name}: line before it", lines[-2])
    tap.equal(len(list(filter(SUMMARY.match, lines))), 1, f"{scenario.name}: one summary")
    tap.equal(status, scenario.status, f"{scenario.name}: exit status")


def logs(tap: Tap, work: Path, output: str) -> None:
    """What tests print is kept as it was, and shown so that it fools nobody."""
    run = work / "boots/latest"
    for boot in ("boots/latest/boot-a", "boots/latest/boot-a.2", "boots/latest/boot-a.3",
                 "ends/latest/boot-b", "ends/latest/boot-b.2", "ends/latest/boot-b.3"):
        console = "\n".join(lines_of(work / f"{boot}.console"))
        tap.check("Linux version" in console, f"console log of boot {boot}", console[:200])
    megabyte = (run / "tests/megabyte.log").read_bytes()
    tap.equal(megabyte.count(b"0123456789abcde\n"), 65536, "a megabyte of output is whole")
    tap.check(bytes(range(256)) in (run / "tests/binary.log").read_bytes(),
              "binary output is whole", "")
    forged = (run / "tests/forge-frames.log").read_bytes()
    tap.check(b"\ndone boot 17\ntests=99 tsc=1234\n" in forged, "forged frames are output", "")
    tap.check("        | 99 passed, 0 failed, 0 skipped" in output.splitlines(),
              "a forged summary is shown as output", "")
    tap.check("\033" not in output, "no escape sequence reaches the terminal", "")


def looks(tap: Tap, work: Path) -> None:
    """What the SNP host model told of a test is kept next to its output."""
    kept = json.loads((work / "snp/latest/tests/model-clean.snp.json").read_text())
    tap.equal(kept["counters"]["commands"]["SNP_LAUNCH_UPDATE"], {"SUCCESS": 2},
              "what a test added to the counters is kept")
    kept = json.loads((work / "snp/latest/tests/model-leak.snp.json").read_text())
    tap.check(kept["before"] != kept["after"], "and the censuses around it", str(kept["faults"]))


def left_behind(tap: Tap, work: Path) -> None:
    """The host script that hung had started another process."""
    log = (work / "host/latest/tests/host-hang.log").read_text()
    group = int(re.search(r"^group (\d+)$", log, re.MULTILINE)[1])
    try:
        os.killpg(group, 0)
        gone = False
    except ProcessLookupError:
        gone = True
    tap.check(gone, "a script's processes are gone with it", f"process group {group}")


def units(tap: Tap) -> None:
    suite = unittest.defaultTestLoader.discover(str(HERE), "unit_*.py")
    outcome = unittest.TestResult()
    suite.run(outcome)
    for case, trace in outcome.failures + outcome.errors:
        tap.check(False, f"unit: {case}", trace)
    tap.check(outcome.testsRun > 20 and outcome.wasSuccessful(),
              f"unit: {outcome.testsRun} unit tests", "")


def make_part() -> None:
    programs = PLANTED / "boots/programs"
    files = {f"selftest/{path.name}": (cpio.EXECUTABLE, path.read_bytes())
             for path in sorted(programs.iterdir())}
    part = BUILD / "initramfs/harness.cpio"
    temporary = part.with_suffix(f".{os.getpid()}")
    temporary.write_bytes(cpio.archive(files))
    temporary.rename(part)


def work_directory() -> Path:
    """A new one; those of runs that are over go, also the one kept by a failure."""
    for path in BUILD.glob("harness-[0-9]*"):
        if not Path("/proc", path.name.split("-")[1]).exists():
            shutil.rmtree(path, ignore_errors=True)
    work = BUILD / f"harness-{os.getpid()}"
    work.mkdir()
    return work


def main() -> int:
    tap = Tap()
    if not (BUILD / "initramfs/base.cpio").exists():
        print("Bail out! $O/initramfs/base.cpio is missing: make initramfs")
        return 1
    make_part()
    work = work_directory()
    with ThreadPoolExecutor() as pool:
        runs = [pool.submit(check, scenario, work) for scenario in SCENARIOS]
        units(tap)
        interrupts.run(tap, CHECK, HERE / "fake-boot", work)
        for scenario, run in zip(SCENARIOS, runs):
            output = run.result().stdout.decode(errors="replace")
            (work / f"{scenario.name}.output").write_text(output)
            compare(tap, scenario, results(scenario, work))
            summary(tap, scenario, output, run.result().returncode)
    logs(tap, work, (work / "boots.output").read_text())
    left_behind(tap, work)
    looks(tap, work)
    return tap.finish(work)


if __name__ == "__main__":
    sys.exit(main())
