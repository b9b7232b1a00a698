# SPDX-License-Identifier: GPL-2.0-only
"""Looks at the SNP host model before and after each test (Documentation/snp-model.rst).

The machine halts where the agent begins and ends a test (agent/hold.c); then
the census is taken, and faults are armed or taken back.
"""
import time
from dataclasses import dataclass, field

from . import census
from .lists import Test
from .qmp import Qmp, QmpError

PSP = "/machine/snp-psp"
MARK_BEGIN, MARK_END = 1, 2
HOLD = 1 << MARK_BEGIN | 1 << MARK_END
POLL = 0.001


@dataclass
class Look:
    """What was seen of one test."""
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    counters: dict = field(default_factory=dict)    # first all, then what the test added
    unfired: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Instrument:
    """Follows the tests of one boot."""

    def __init__(self, qmp: Qmp, grace: float, poll: float = POLL) -> None:
        self.qmp = qmp
        self.grace = grace
        self.poll = poll

    def read(self, name: str) -> object:
        return self.qmp.command("qom-get", path=PSP, property=name)

    def write(self, name: str, value: object) -> None:
        self.qmp.command("qom-set", path=PSP, property=name, value=value)

    def wait(self, mark: int) -> None:
        end = time.monotonic() + self.grace
        while self.read("held") != mark:
            if time.monotonic() > end:
                raise QmpError(f"the machine does not halt at mark {mark}: rebuild the agent")
            time.sleep(self.poll)

    def release(self) -> None:
        self.write("held", 0)

    def begin(self, test: Test, look: Look) -> None:
        self.wait(MARK_BEGIN)
        look.before = self.read("census")
        look.counters = self.read("counters")
        for fault in test.faults:
            try:
                self.write("fault", fault)
            except QmpError as error:
                look.problems.append(str(error))
        self.release()

    def end(self, test: Test, look: Look) -> None:
        self.wait(MARK_END)
        look.after = self.read("census")
        look.counters = census.subtract(self.read("counters"), look.counters)
        look.unfired = self.read("faults")
        self.write("fault", "")
        self.release()
        look.problems += [f"fault did not fire: {fault}" for fault in look.unfired]
        look.problems += census.complaints(look.before, look.after, test.leaks,
                                              test.moves)
        look.problems += census.miscounts(look.counters, test.counts)
