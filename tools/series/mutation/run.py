#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Builds, runs and judges mutants; called by mutants.sh, which explains the options."""
import argparse
import fnmatch
import hashlib
import json
import random
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import probes
import results
import topic
from build import Builder, Built
from debug import DebugTrial
from generate import Mutant, all_mutants, changed_lines, git
from trial import Trial

CHUNK = 16      # mutants of one boot


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    option = parser.add_argument
    for name in ("tree", "out", "build", "work"):
        option(f"--{name}", type=Path, required=True)
    option("--before", required=True)       # the commit in front of the topic
    option("--survey", action="store_true")
    option("--list", action="store_true")
    option("--piece", default="1/1")
    option("--only", default="")
    option("--sample", type=int, default=0)
    option("--seed", default="")            # the code's
    option("--again", action="store_true")
    option("--debug", action="store_true")
    option("--keep", type=Path)
    return parser.parse_args()


def selected(mutants: list[Mutant], args: argparse.Namespace) -> list[Mutant]:
    globs = args.only.replace(",", " ").split()
    chosen = [mutant for mutant in mutants if not globs or
              any(fnmatch.fnmatchcase(word, glob) for glob in globs
                  for word in (mutant.rule, mutant.function, mutant.id))]
    piece, count = map(int, args.piece.split("/"))
    chosen = chosen[piece - 1::count]
    if args.sample:
        seed = args.seed or git(args.tree, "rev-parse", "HEAD:arch/x86/kvm").strip()
        chosen = random.Random(seed).sample(chosen, min(args.sample, len(chosen)))
    return chosen


def _hash(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(parts)).hexdigest()[:16]


def key_of(args: argparse.Namespace) -> results.Key:
    code = git(args.tree, "rev-parse", "HEAD:arch/x86/kvm")
    return results.Key(_hash(code.encode(), (args.build / "series/kernel/.stamp").read_bytes()),
                       _hash((args.work / ".stamp-map").read_bytes()))


class Run:
    def __init__(self, args: argparse.Namespace, mutants: list[Mutant]) -> None:
        self.args, self.mutants = args, mutants
        self.results = results.Results(args.work / "results.jsonl", key_of(args))
        self.builder = Builder(args.tree, args.out)
        kind = DebugTrial if args.debug else Trial
        self.trial = kind(args.build, args.work / "boots", probes.load(args.work / "map.json"),
                          self.results, args.tree)
        self.twins: dict[str, str] = {}         # object code -> the mutant that has it

    def build(self, mutant: Mutant) -> Built | None:
        """None if that settles it."""
        begun = time.monotonic()
        built = self.builder.build_mutant(mutant)
        seconds = round(time.monotonic() - begun, 1)
        if built.error:
            self.results.add(mutant, "unbuildable", how=built.error, seconds=seconds)
        elif not built.digest:
            self.results.add(mutant, "equivalent", seconds=seconds)
        elif twin := self.twins.get(built.digest):
            self.results.add(mutant, results.DUPLICATE, by=twin, seconds=seconds)
        else:
            self.twins[built.digest] = mutant.id
            return built
        self.say(mutant)
        return None

    def say(self, mutant: Mutant) -> None:
        row = self.results.rows[mutant.id]
        print(f"{row['status']:<11} {mutant.id:<58} {row.get('by', '')} {row.get('how', '')}",
              flush=True)

    def judge(self, chunk: list[tuple[Mutant, Built]]) -> None:
        for mutant in self.trial.run(chunk):
            self.say(mutant)

    def run(self, names: set[str]) -> None:
        """Boots one chunk while the compiler works on the next one."""
        todo = [mutant for mutant in self.mutants
                if self.args.again or not self.results.settled(mutant, names)]
        self.twins = {} if self.args.again else self.results.twins()
        chunk: list[tuple[Mutant, Built]] = []
        with ThreadPoolExecutor(1) as pool:
            booted: Future | None = None
            for mutant in todo:
                if built := self.build(mutant):
                    chunk.append((mutant, built))
                if len(chunk) == CHUNK or mutant is todo[-1]:
                    if booted:
                        booted.result()
                    booted = pool.submit(self.judge, chunk)
                    chunk = []
            if booted:
                booted.result()

    def debug(self) -> None:
        """What survived, on a kernel that notices more."""
        for mutant in self.mutants:
            if self.results.rows.get(mutant.id, {}).get("status") != results.SURVIVED:
                continue
            built = self.builder.build_mutant(mutant)
            if not built.error and built.digest and self.trial.notices((mutant, built)):
                self.say(mutant)
        self.trial.confirm()


def report(run: Run, args: argparse.Namespace, everything: list[Mutant]) -> int:
    """Sums up all that is known, and objects to what was selected."""
    rows = run.results.of(everything)
    series = git(args.tree, "rev-parse", "HEAD").strip()
    data = results.summary(rows, len(everything), series, run.results.older(everything))
    text = json.dumps(data, indent=1) + "\n"
    path = args.build / "results" / f"{topic.own('mutants').name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    if args.keep and not data["missing"]:
        args.keep.write_text(text)
    print("\n" + results.table(data))
    chosen = run.results.of(run.mutants)
    problems = results.complaints(chosen, {mutant.id for mutant in everything})
    if len(chosen) < len(run.mutants):
        problems.append(f"{len(run.mutants) - len(chosen)} mutants have no result")
    for problem in problems:
        print(f"error: {problem}")
    print(f"{data['killed']} of {data['changed']} mutants that change the code are killed, "
          f"{len(data['survivors'])} survive, {data['missing']} have not been tried")
    return bool(problems)


def unreached(tree: Path, commits: list[str], found: probes.Map) -> list[str]:
    lines = []
    for name, known in found.known.items():
        reached = {line for probe in [*found.fast, *found.exact]
                   for line in probe.lines.get(name, [])}
        text = (tree / name).read_text().splitlines()
        missing = set(known) & changed_lines(tree, commits, name) - reached
        lines += [f"{name}:{line}: {text[line - 1].strip()}" for line in sorted(missing)]
    return lines


def main() -> int:
    args = arguments()
    commits = git(args.tree, "rev-list", "--reverse", f"{args.before}..HEAD").split()[:3]
    everything = all_mutants(args.tree, commits)
    if args.survey:
        survey = probes.Survey(args.build, Builder(args.tree, args.out), everything,
                               args.work / "survey")
        found = survey.map()
        found.save(args.work / "map.json")
        print("\n".join(["these fail without a mutant, and judge none:", *found.unsound]))
        print("\n".join(["no probe reaches these lines of the series:",
                         *unreached(args.tree, commits, found)]))
        return 0
    mutants = selected(everything, args)
    if args.list:
        for mutant in mutants:
            print(f"{mutant.id}\t{mutant.file}:{mutant.line}\t{mutant.before}\t{mutant.after}")
        return 0
    run = Run(args, mutants)
    if args.debug:
        run.debug()
    else:
        run.run({mutant.id for mutant in everything})
    return report(run, args, everything)


if __name__ == "__main__":
    sys.exit(main())
