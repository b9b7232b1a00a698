# SPDX-License-Identifier: GPL-2.0-only
"""Follows one boot through its frames: which test runs, what came of each."""
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .instrument import Instrument, Look
from .kmsg import Log, Record
from .lists import Test
from .protocol import ENDINGS, VERSION, Frame, ProtocolError

LEFT = "snp-agent: left "       # NAME, in the kernel's log


@dataclass
class Raw:
    """What is known about one test, before anybody judges it.

    how: exit, signal, timeout, noexec (from the agent), or why there is no end:
    panic, hung, died, agent, corrupt, mute, interrupted, norun.
    """
    how: str = "norun"
    value: int = 0
    seconds: float = 0.0
    output: bytearray = field(default_factory=bytearray)
    records: list[Record] = field(default_factory=list)
    lost: int = 0               # kernel log records
    left: int = 0               # processes it left behind
    names: list[str] = field(default_factory=list)      # theirs
    stuck: bool = False
    dropped: int = 0            # bytes of output beyond the agent's limit
    detail: str = ""
    console: list[str] = field(default_factory=list)
    look: Look | None = None    # on the SNP host model


class Session:
    def __init__(self, tests: list[Test], on_end: Callable[[Test, Raw], None]) -> None:
        self.tests = tests
        self.on_end = on_end
        self.instrument: Instrument | None = None
        self.index = 0                      # of the running or next test
        self.current: Raw | None = None     # the running test
        self.boot = Raw("exit")
        self.hello = False
        self.done = False
        self.tsc = 0
        self.log = Log()
        self.since = time.monotonic()       # of the last step forward

    def expects_within(self, boot: float, grace: float) -> float:
        """Seconds that may pass between the last step and the next."""
        if self.current:
            return self.tests[self.index].timeout + grace
        return grace if self.hello else boot

    def frame(self, frame: Frame) -> None:
        if frame.type not in ("out", "kmsg"):
            self.since = time.monotonic()
        if self.done or self.hello == (frame.type == "hello"):
            raise ProtocolError(f"a {frame.type} frame where none belongs")
        getattr(self, f"_{frame.type}")(frame)

    def _hello(self, frame: Frame) -> None:
        if frame.number("version") != VERSION:
            raise ProtocolError("the agent in the image speaks another version; rebuild it")
        if frame.number("tests") != len(self.tests):
            raise ProtocolError("the agent read another plan")
        self.hello = True

    def _begin(self, frame: Frame) -> None:
        due = self.tests[self.index].name if self.index < len(self.tests) else "none"
        if self.current or frame.id != due:
            raise ProtocolError(f"begin of {frame.id} where {due} was due")
        self.current = Raw()
        if self.instrument:
            self.current.look = Look()
            self.instrument.begin(self.tests[self.index], self.current.look)

    def _owner(self, frame: Frame) -> Raw:
        running = self.tests[self.index].name if self.current else "boot"
        if frame.id != running:
            raise ProtocolError(f"{frame.type} of {frame.id} while {running} was running")
        return self.current or self.boot

    def _out(self, frame: Frame) -> None:
        self._owner(frame).output += frame.payload

    def _kmsg(self, frame: Frame) -> None:
        owner = self._owner(frame)
        records, lost = self.log.parse(frame.payload)
        owner.records += records
        owner.lost += lost

    def _end(self, frame: Frame) -> None:
        raw = self._owner(frame)
        if raw is self.boot:
            raise ProtocolError("an end without a begin")
        raw.how = frame.fields().get("how", "")
        if raw.how not in ENDINGS:
            raise ProtocolError(f"unknown ending {raw.how!r}")
        raw.value = frame.number("value")
        raw.seconds = frame.number("us") / 1e6
        raw.left, raw.stuck = frame.number("left"), bool(frame.number("stuck"))
        raw.names = [record.text[len(LEFT):] for record in raw.records
                     if record.text.startswith(LEFT)]
        raw.dropped = frame.number("dropped")
        test = self.tests[self.index]
        if self.instrument and raw.look:
            self.instrument.end(test, raw.look)
        self.index, self.current = self.index + 1, None
        self.on_end(test, raw)

    def _done(self, frame: Frame) -> None:
        if self.current or self.index != len(self.tests):
            raise ProtocolError("done before the last test")
        if frame.number("tests") != len(self.tests):
            raise ProtocolError("done counts other tests")
        self.tsc = frame.number("tsc")
        self.done = True
