# SPDX-License-Identifier: GPL-2.0-only
"""Tries what has survived on the debug kernel, each mutant in a boot of its own."""
from dataclasses import replace
from pathlib import Path

from boots import TRY, Boot, Files, Seen
from harness.lists import Test
from harness.session import Raw
from harness.verdict import judge
from probes import LIMIT, Map, Probe
from results import KILLED, Results
from trial import OVERHEAD, Pair, Trial, limit

GROUP = "debug"
SLOWER = 10     # than the kernel of all else
ENOUGH = 8      # probes: what this kernel notices needs no particular case


class DebugTrial(Trial):
    def __init__(self, build: Path, scratch: Path, surveyed: Map, kept: Results,
                 tree: Path) -> None:
        super().__init__(build, scratch, surveyed, kept, tree)
        self.killers: dict[str, Probe] = {}

    def _tests(self, modules: str, probes: list[Probe]) -> list[Test]:
        tests = [Test("load", "run", "", argv=[TRY, "load", modules], timeout=LIMIT)]
        return tests + [Test(probe.name, "run", "", argv=[TRY, "with", modules, *probe.argv],
                             timeout=LIMIT + SLOWER * limit(probe)) for probe in probes]

    def _boot(self, files: Files, tests: list[Test]) -> Seen:
        seen = Seen()

        def ended(test: Test, raw: Raw) -> bool:
            seen.seconds += raw.seconds
            raw.look = None             # L1 ends with this
            result = judge(test, raw, self.table)
            if result.failed:
                seen.killer, seen.how = test.name, result.reason
            return not seen.killer

        quiet = OVERHEAD + max(test.timeout for test in tests)
        Boot(self.build, self.declared.groups[GROUP], files, self.scratch).run(tests, ended, quiet)
        return seen

    def notices(self, pair: Pair) -> bool:
        """Whether something is noticed there."""
        probes = self.probes(self.map.fast, pair[0])[:ENOUGH]
        files = Files()
        for module, data in pair[1].modules.items():
            files.add(f"m/{module}", data)
        seen = self._boot(files, self._tests("m", probes))
        if seen.killer:
            self.killers.update({probe.name: probe for probe in probes
                                 if probe.name == seen.killer})
            self.add(pair, KILLED, replace(seen, killer=f"{GROUP}/{seen.killer}"))
        return bool(seen.killer)

    def confirm(self) -> None:
        """The original passes with all that has killed there."""
        if not self.killers:
            return
        seen = self._boot(Files(), self._tests("original", [*self.killers.values()]))
        if seen.killer:
            raise RuntimeError(f"on the debug kernel {seen.killer} fails without a mutant: {seen.how}")
