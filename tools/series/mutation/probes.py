# SPDX-License-Identifier: GPL-2.0-only
"""What can notice a mutant: subtests and tests, and which lines each of them reaches.

Measured once, and kept until the series or a test changes.
"""
import json
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import reach
from boots import REPO, TRY, Boot, Files, normal
from build import Builder
from generate import Mutant
from harness import lists, splats, tap
from harness.lists import Test
from harness.session import Raw
from harness.verdict import PASS, judge
from topic import JUDGES

FAST = "snp"                            # the group of the lists that has the fast ones
SHARED = "snp-faults"                   # the one of the others whose tests leave L1 as it was
NAMED = re.compile(r"ok \d+ ([\w.]+)$")
SUBTEST = re.compile(r"\w+\.[\w.]+")
LIMIT = 300


@dataclass
class Probe:
    name: str
    test: str                           # as the lists call it
    group: str
    argv: list[str]
    seconds: float
    lines: dict[str, list[int]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)   # splats that it brings by itself


@dataclass
class Map:
    """fast: in one boot, until one fails.  exact: with faults, for what is left.

    known: the lines that have a flag.
    """
    fast: list[Probe]
    exact: list[Probe]
    known: dict[str, list[int]]
    unsound: list[str]                  # fail without a mutant: judge nothing

    def reaching(self, probes: list[Probe], mutant: Mutant, lines: set[int]) -> list[Probe]:
        if mutant.file not in self.known:       # a header, whose functions have no flags
            return probes
        wanted = lines & set(self.known[mutant.file])
        return [probe for probe in probes if wanted & set(probe.lines.get(mutant.file, []))]

    def save(self, path: Path) -> None:
        temporary = path.with_suffix(".new")
        temporary.write_text(json.dumps(asdict(self), indent=1) + "\n")
        temporary.rename(path)


def load(path: Path) -> Map:
    data = json.loads(path.read_text())
    return Map([Probe(**row) for row in data["fast"]], [Probe(**row) for row in data["exact"]],
               data["known"], data["unsound"])


class Survey:
    """Runs all probes, each alone, with flags in the functions that have mutants."""

    def __init__(self, build: Path, builder: Builder, mutants: list[Mutant],
                 scratch: Path) -> None:
        self.build, self.scratch = build, scratch
        self.declared = lists.read(REPO / "tools/testing/lists")
        self.table = splats.read_table()
        self.unsound: list[str] = []
        self.flagged = {name: self._flagged(builder, name, mutants)
                        for name in {mutant.file for mutant in mutants} if name.endswith(".c")}
        built = builder.build({name: flags.text for name, flags in self.flagged.items()})
        if built.error:
            raise RuntimeError(f"with flags: {built.error}")
        self.files = Files()
        for module, data in built.modules.items():
            self.files.add(f"reach/{module}", data)

    @staticmethod
    def _flagged(builder: Builder, name: str, mutants: list[Mutant]) -> reach.Flagged:
        functions = {mutant.function for mutant in mutants if mutant.file == name}
        text = (builder.tree / name).read_text()
        return reach.flagged(text, f"reach_{Path(name).stem}", functions)

    def _boot(self, group: str, tests: list[Test]) -> dict[str, tuple[Test, Raw]]:
        """In as many boots as it takes."""
        results: dict[str, tuple[Test, Raw]] = {}

        def ended(test: Test, raw: Raw) -> bool:
            results[test.name] = test, raw
            return True

        rest = tests
        while rest:
            first = Test("load", "run", "", argv=[TRY, "load", "reach"])
            boot = Boot(self.build, self.declared.groups[group], self.files, self.scratch)
            rest = boot.run([first, *rest], ended, LIMIT)
        return results

    def _counted(self, test: Test, name: str, argv: list[str]) -> Test:
        return Test(name, "run", test.where, group=test.group, argv=[TRY, "reach", *argv],
                    timeout=LIMIT, expects=test.expects, faults=test.faults, leaks=test.leaks,
                    counts=test.counts)

    def _subtests(self, tests: list[Test]) -> list[Test]:
        """A test that prints TAP for each of its subtests, by those; else as it is."""
        counted = []
        for test, raw in self._boot(FAST, tests).values():
            names = [match[1] for line in tap.parse(raw.output.decode(errors="replace")).lines
                     if (match := NAMED.fullmatch(line)) and SUBTEST.fullmatch(match[1])]
            for name in names:
                alone = self._counted(test, f"{test.name}:{name}", [*test.argv, "-r", name])
                alone.expects = [replace(expect, count=0, most=max(expect.count, expect.most))
                                 for expect in test.expects]
                counted.append(alone)
            if not names and test.name != "load":
                counted.append(self._counted(test, test.name, test.argv))
        return counted

    def _probe(self, test: Test, raw: Raw) -> list[Probe]:
        text = raw.output.decode(errors="replace")
        messages = sorted({normal(f"kernel {kind}: {record.text}") for record in raw.records
                           if record.from_kernel and
                           (kind := splats.kind_of(record.text, self.table))})
        result = judge(test, raw, self.table)
        if result.status != PASS:
            self.unsound.append(f"{test.name}: {result.status} {result.reason}")
            return []
        return [Probe(test.name, test.name.split(":")[0], test.group, test.argv[2:],
                      round(raw.seconds, 2), reach.read(self.flagged, text), messages)]

    def _probes(self, group: str, tests: list[Test]) -> list[Probe]:
        results = self._boot(group, tests)
        return [probe for name, (test, raw) in results.items() if name != "load"
                for probe in self._probe(test, raw)]

    def map(self) -> Map:
        fast = [test for test in self.declared.tests
                if test.group == FAST and JUDGES.fast.fullmatch(test.name)]
        probes = self._probes(FAST, self._subtests(fast)), []
        for group in self.declared.groups.values():
            tests = [self._counted(test, test.name, test.argv) for test in self.declared.tests
                     if test.group == group.name and
                     JUDGES.exact.fullmatch(f"{group.where} {test.name}")]
            if tests:
                probes[1].extend(self._probes(group.name, tests))
        known = {file: sorted({line for lines in flags.lines for line in lines})
                 for file, flags in self.flagged.items()}
        return Map(*probes, known, self.unsound)
