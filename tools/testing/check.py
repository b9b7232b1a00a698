#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boots L1 and runs the declared tests there, and host scripts here.

  tools/testing/check.py                            the tests of `make check`
  tools/testing/check.py --tier quick               those of `make check-quick`
  tools/testing/check.py --tests 'x86/svm_*,rseq*'  by name
  tools/testing/check.py --tier full --profile exact
  tools/testing/check.py --tier full --anew

A run of all of `make check-full` that is interrupted goes on where it was, if the
checkout is as it was.  Exit status: 0 all as declared, 1 failures, 2 bad lists or arguments,
130 interrupted.  The lists are in tools/testing/lists, see kvm.list.
"""
import argparse
import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True      # the checkout stays as it is

from harness import kept, lists, manifest, schedule, selection
from harness.config import REPO, Config
from harness.report import Report
from harness.verdict import KNOWN, PASS

RUNS_KEPT = 10


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    option = parser.add_argument
    option("--tier", choices=("quick", "check", "full"), default="check")
    option("--tests", default="", metavar="GLOB,...", help="only these; named tests always run")
    option("--profile", choices=("fast", "exact"), default="", help="instead of the lists' choice")
    option("--jobs", type=int, default=2, metavar="N", help="boots and scripts at once (2)")
    option("--anew", action="store_true", help="forget what an interrupted run has seen")
    option("--list", action="store_true", help="show what would run")
    option("--record", action="store_true",
           help="write the tests and how many subtests passed to the lists' manifest")
    option("--verbose", action="store_true", default=os.environ.get("V") == "1",
           help="show subtests of all tests")
    option("--build", type=Path, default=Path(os.environ.get("O") or REPO / "build"),
           help="build directory ($O, else build/)")
    place = parser.add_argument_group("for the harness's own tests")
    place.add_argument("--lists", type=Path, default=REPO / "tools/testing/lists")
    place.add_argument("--built", type=Path, metavar="MANIFEST")
    place.add_argument("--results", type=Path)
    place.add_argument("--boot", type=Path, default=REPO / "tools/boot.sh")
    place.add_argument("--kernel", type=Path)
    place.add_argument("--boot-timeout", type=float, default=120)
    place.add_argument("--grace", type=float, default=15)
    args = parser.parse_args()
    if args.jobs < 1:
        parser.error("--jobs must be at least 1")
    return args


def new_run(results: Path) -> Path:
    """A directory for this run's logs; the oldest ones go."""
    name = time.strftime("%Y%m%d-%H%M%S")
    run_dir = results / f"{name}-{os.getpid()}"
    run_dir.mkdir(parents=True)
    runs = sorted(path for path in results.iterdir() if path.is_dir() and path.name[0] == "2")
    for path in runs[:-RUNS_KEPT]:
        shutil.rmtree(path, ignore_errors=True)
    latest = results / f"latest.{os.getpid()}"
    latest.symlink_to(run_dir.name)
    latest.rename(results / "latest")
    return run_dir


def show(selected: list[lists.Test]) -> None:
    for test in selected:
        print(f"{test.group or 'host'}\t{test.name}\t{test.verdict}\t{test.reason}")


def save_durations(path: Path, report: Report) -> None:
    known = json.loads(path.read_text()) if path.exists() else {}
    known.update({result.name: round(result.seconds, 2)
                  for result in report.results.values() if result.status in (PASS, KNOWN)})
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    temporary.rename(path)


def resume(args: argparse.Namespace, results: Path, report: Report,
           tests: list[lists.Test], groups: dict[str, lists.Group]) -> list[lists.Test]:
    """What an interrupted run of everything has left to do."""
    if args.tier != "full" or args.tests or args.record:
        return tests
    name = f"full-{args.profile}.jsonl" if args.profile else "full.jsonl"
    state = kept.state_of(REPO)
    if state:
        state = f"{state} {json.dumps(kept.built(args.build, groups.values()))}"
    report.kept = kept.Kept(results / name, state, args.anew)
    settled = report.kept.settled(tests, groups, args.profile == "exact")
    if settled:
        print(f"goes on: {len(settled)} of {len(tests)} tests have a result ({results / name})")
    report.take_over(settled)
    return [test for test in tests if test.name not in settled]


def run(args: argparse.Namespace, declared: lists.Lists, selected: list[lists.Test],
        globs: list[str], problems: list) -> int:
    results = args.results or args.build / "results"
    durations = results / f"durations-{args.profile or 'lists'}.json"
    config = Config(build=args.build.absolute(), run_dir=new_run(results.absolute()),
                    boot=args.boot.absolute(), profile=args.profile, jobs=args.jobs,
                    kernel=args.kernel.absolute() if args.kernel else None,
                    boot_timeout=args.boot_timeout, grace=args.grace, verbose=args.verbose)
    report = Report(config)
    for problem in problems:
        report.add(problem)
    broken = {problem.name for problem in problems}
    sound = [test for test in selected if test.name not in broken]
    report.not_applicable = [test for test in sound if test.verdict == "not-applicable"]
    to_run = [test for test in sound if test.verdict != "not-applicable"]
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: config.stop.set())
    try:
        left = resume(args, results, report, to_run, declared.groups)
    except kept.InUse as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    built = kept.built(args.build, declared.groups.values())
    jobs = schedule.divide(config, declared.groups, left, durations)
    schedule.run_all(config, jobs, report.test, report.boot)
    report.replaced(built, kept.built(args.build, declared.groups.values()))
    failed = report.finish(to_run, declared.groups)
    save_durations(durations, report)
    if args.record:
        manifest.write(args.lists, declared, globs, list(report.results.values()))
    return 130 if config.stop.is_set() else int(bool(failed))


def main() -> int:
    args = arguments()
    globs = [glob for glob in args.tests.replace(",", " ").split() if glob]
    binaries = args.built or args.build / "selftests/kvm/MANIFEST"
    try:
        declared = lists.read(args.lists)
        built = selection.read_built(binaries)
        problems = selection.audit(declared, built, globs)
        if not args.record:
            problems += manifest.apply(args.lists, declared, globs)
        quick = selection.read_quick(args.lists, declared) if args.tier == "quick" else []
    except (lists.ListError, OSError) as error:
        print(f"check.py: {error}", file=sys.stderr)
        return 2
    if strange := selection.unmatched(declared, built or [], globs):
        print(f"check.py: no test is called {', '.join(strange)} (see --list)", file=sys.stderr)
        return 2
    selected = [test for test in declared.tests if selection.wanted(test, args.tier, globs, quick)]
    if args.list:
        show(selected)
        return 0
    if built is None and any(test.from_upstream for test in selected):
        print(f"check.py: {binaries} is missing: build the selftests first", file=sys.stderr)
        return 2
    return run(args, declared, selected, globs, problems)


if __name__ == "__main__":
    sys.exit(main())
