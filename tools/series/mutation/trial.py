# SPDX-License-Identifier: GPL-2.0-only
"""Tries mutants in L1: many in one boot, first the fast probes, then those with faults."""
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from boots import REPO, TRY, Boot, Files, Seen, normal, see
from build import Built
from generate import Mutant, git
from harness import lists, splats
from harness.lists import Test
from harness.session import Raw
from harness.verdict import judge
from probes import FAST, SHARED, Map, Probe
from results import KILLED, SURVIVED, Results
from source import Source

SLACK, SLOWER = 8, 8        # a probe hangs after SLACK seconds and SLOWER times its own
OVERHEAD = 30
ATTEMPTS = 3                # at a boot whose kills the original does not confirm
FEW = 6                     # boots that are worth it for one line
FIRST, LAST = "first", "last"
# Of snp/failslab, if the page that an RMP update takes to split the direct map is what
# failed: whether it takes one depends on what has run before.
ANYTIME = {normal("kernel rmp: SEV-SNP: Failed to split direct map for PFN 0x1, ret: -12")}
Pair = tuple[Mutant, Built]


def limit(probe: Probe) -> int:
    return SLACK + int(probe.seconds * SLOWER)


class Trial:
    def __init__(self, build: Path, scratch: Path, surveyed: Map, kept: Results,
                 tree: Path) -> None:
        self.build, self.scratch, self.map, self.results, self.tree = \
            build, scratch, surveyed, kept, tree
        self.declared = lists.read(REPO / "tools/testing/lists")
        self.table = splats.read_table()
        self.sources: dict[str, Source] = {}

    # ---- which probes

    def _lines(self, mutant: Mutant) -> set[int]:
        """Those of the mutation; where gcov knows none of them, those of the function."""
        if mutant.file not in self.sources:     # the work tree's is being mutated
            text = git(self.tree, "show", f"HEAD:{mutant.file}")
            self.sources[mutant.file] = Source(text)
        source = self.sources[mutant.file]
        lines = {line for start, end, _ in mutant.edits
                 for line in range(source.line_of(start), source.line_of(end) + 1)}
        known = set(self.map.known.get(mutant.file, []))
        if lines & known:
            return lines
        for function in source.functions:
            body = function.body
            first, last = (source.line_of(source.tokens[at].start)
                           for at in (body.first, body.last))
            if first <= mutant.line <= last:
                return set(range(first, last + 1))
        return known

    def probes(self, kind: list[Probe], mutant: Mutant) -> list[Probe]:
        """Who has killed in this function comes first, then the cheapest."""
        kills = self.results.kills_in(mutant.function)
        found = self.map.reaching(kind, mutant, self._lines(mutant))
        return sorted(found, key=lambda probe: (-kills[probe.name], probe.seconds))

    def _exact_probes(self, mutant: Mutant) -> list[Probe]:
        """Those that need a boot each last, and only if they are few."""
        found = self.probes(self.map.exact, mutant)
        shared = [probe for probe in found if probe.group == SHARED]
        own = [probe for probe in found if probe.group != SHARED]
        return shared + (own if len({probe.group for probe in own}) <= FEW else [])

    # ---- the fast ones

    def run(self, chunk: list[Pair]) -> Iterator[Mutant]:
        """Yields the mutants as they are settled."""
        rest, unconfirmed = chunk, 0
        while rest:
            seen, rest, confirmed = self._boot_fast(rest)
            unconfirmed += not confirmed
            if unconfirmed == ATTEMPTS:
                raise RuntimeError("probes fail without a mutant as well: see the last boot")
            for pair, what in seen:
                self._settle(pair, what)
                yield pair[0]

    def _entry(self, name: str, probes: list[Probe]) -> tuple[Test, str]:
        rows, total = [], OVERHEAD
        for probe in probes:
            rows.append(f"{limit(probe)} {probe.name} {' '.join(probe.argv)}\n")
            total += limit(probe)
        return Test(name, "run", "", argv=[TRY, "try", name], timeout=total), "".join(rows)

    def _files(self, pairs: dict[str, Pair]) -> tuple[Files, list[Test]]:
        """The original comes first, as SNP is initialized but once, and last."""
        files, tests = Files(), [Test(FIRST, "run", "", argv=[TRY, "try", FIRST])]
        files.add(f"{FIRST}/probes", b"")
        for name, (mutant, built) in pairs.items():
            test, rows = self._entry(name, self.probes(self.map.fast, mutant))
            tests.append(test)
            files.add(f"{name}/probes", rows.encode())
            for module, data in built.modules.items():
                files.add(f"{name}/{module}", data)
        confirm = sum(sorted(test.timeout for test in tests)[-1:])
        tests.append(Test(LAST, "run", "", argv=[TRY, "confirm", LAST], timeout=confirm))
        return files, tests

    def _boot_fast(self, chunk: list[Pair]) -> tuple[list[tuple[Pair, Seen]], list[Pair], bool]:
        """What was seen, what needs another boot, and whether the original passes."""
        pairs = {f"m{number}": pair for number, pair in enumerate(chunk)}
        files, tests = self._files(pairs)
        every: dict[str, Seen] = {}
        known = ANYTIME | {message for probe in self.map.fast for message in probe.messages}

        def ended(test: Test, raw: Raw) -> bool:
            if test.name == FIRST:
                raw.look = None
            every[test.name] = see(raw, known, self.table)
            if test.name == FIRST and every[FIRST].killer:
                raise RuntimeError(f"the original: {every[FIRST]}: see {self.scratch}")
            return every[test.name].whole

        quiet = OVERHEAD + max(map(limit, self.map.fast))
        Boot(self.build, self.declared.groups[FAST], files, self.scratch).run(tests, ended, quiet)
        doubtful = every[LAST].killer if LAST in every else ""
        sound = [(pairs[name], seen) for name, seen in every.items()
                 if name in pairs and (not doubtful or seen.killer != doubtful)]
        done = {pair[0].id for pair, _ in sound}
        return sound, [pair for pair in chunk if pair[0].id not in done], not doubtful

    def _settle(self, pair: Pair, seen: Seen) -> None:
        if seen.killer:
            self.add(pair, KILLED, seen)
        elif self._exact_probes(pair[0]):
            self._run_exact(pair)
        else:
            self.add(pair, SURVIVED, seen)

    def add(self, pair: Pair, status: str, seen: Seen) -> None:
        if status == SURVIVED:
            every = self.probes([*self.map.fast, *self.map.exact], pair[0])
            seen.how = f"{len(every)} probes reach it"
        self.results.add(pair[0], status, by=seen.killer, how=seen.how,
                         seconds=round(seen.seconds, 1), digest=pair[1].digest)

    # ---- those that make firmware fail

    def _run_exact(self, pair: Pair) -> None:
        """A boot per group: the plan is part of what makes the n-th command the n-th."""
        order = {test.name: number for number, test in enumerate(self.declared.tests)}
        # What leaves an ASID in use, on purpose, comes late in the list.
        probes = sorted(self._exact_probes(pair[0]), key=lambda probe: order[probe.test])
        seen = Seen()
        for group in dict.fromkeys(probe.group for probe in probes):
            if not seen.killer:
                self._boot_exact(pair[1], group, seen,
                                 [probe for probe in probes if probe.group == group])
        self.add(pair, KILLED if seen.killer else SURVIVED, seen)

    def _boot_exact(self, built: Built, group: str, seen: Seen, probes: list[Probe]) -> None:
        declared = {test.name: test for test in self.declared.tests}
        files = Files()
        for module, data in built.modules.items():
            files.add(f"m/{module}", data)
        tests = [Test("load", "run", "", argv=[TRY, "load", "m"])]
        tests += [replace(declared[probe.test], argv=[TRY, "with", "m", *probe.argv],
                          timeout=limit(probe)) for probe in probes]
        if group == SHARED:
            tests.append(Test("unload", "run", "", argv=[TRY, "unload", "m"]))

        def ended(test: Test, raw: Raw) -> bool:
            seen.seconds += raw.seconds
            if test.name in ("load", "unload"):
                raw.look = None         # SNP's being on or off is no leak
            result = judge(test, raw, self.table)
            if result.failed:
                seen.killer, seen.how = test.name, result.reason
            return not seen.killer

        quiet = OVERHEAD + max(map(limit, probes))
        Boot(self.build, self.declared.groups[group], files, self.scratch).run(tests, ended, quiet)
