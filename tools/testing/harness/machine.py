# SPDX-License-Identifier: GPL-2.0-only
"""One boot of L1: starts tools/boot.sh, follows the channel, says how it ended."""
import re
import subprocess
import time

from . import cpio, process, splats
from .config import Config
from .instrument import HOLD, Instrument
from .kmsg import Record
from .lists import Group, Test
from .protocol import Parser, ProtocolError
from .qmp import Qmp, QmpError
from .session import Raw, Session

POLL = 0.02
SLOWER = {"exact": 20}          # how much longer the clock on the wall may take
STAMP = re.compile(r"^\[ *\d+\.\d+\] ")
EXCERPT = 25
GONE = 1.0                      # seconds that a machine which went away has for that


def plan(tests: list[Test]) -> bytes:
    """The plan as an initramfs part (format: agent/plan.c)."""
    lines = ["\t".join([test.name, str(test.timeout), *test.argv]) + "\n" for test in tests]
    return cpio.archive({"plan": (cpio.REGULAR, "".join(lines).encode())})


class Machine:
    """run() boots once; then end and detail say how it ended.

    end: done, panic, hung, died, agent, corrupt, mute, interrupted.
    """

    def __init__(self, config: Config, group: Group, label: str, session: Session) -> None:
        self.config, self.group, self.session = config, group, session
        self.console, self.channel, self.qemu_log, self.plan = (
            config.run_dir / f"boot-{label}.{kind}"
            for kind in ("console", "channel", "qemu", "plan.cpio"))
        self.end, self.detail = "", ""
        self.problems: list[str] = []       # of the boot itself
        self.boot_seconds = 0.0
        self.profile = config.profile or group.profile
        self.slower = SLOWER.get(self.profile, 1)
        self.qmp = Qmp() if group.machine == "snp" else None

    def command(self) -> list[str]:
        parts = [self.config.part(name) for name in self.group.initrd] + [str(self.plan)]
        command = [str(self.config.boot), "--profile", self.profile,
                   "--cpus", str(self.group.cpus), "--mem", self.group.mem,
                   "--initrd", ",".join(parts),
                   "--append", f"snp.mode=test oops=panic {self.group.append}".strip(),
                   "--channel", str(self.channel), "--console", str(self.console)]
        kernel = self.config.kernel or (
            self.config.build / self.group.kernel if self.group.kernel else None)
        if kernel:
            command += ["--kernel", str(kernel)]
        if self.group.machine != "plain":
            command.append(f"--{self.group.machine}")
        if self.group.generation:
            command += ["--generation", self.group.generation]
        if self.qmp:
            command += ["--qmp", str(self.qmp.inherit()), "--hold", str(HOLD)]
        for arg in self.group.qemu_args:
            command += ["--qemu-arg", arg]
        return command

    def run(self) -> None:
        self.plan.write_bytes(plan(self.session.tests))
        self.channel.touch()
        started = time.monotonic()
        with open(self.qemu_log, "wb") as log:
            inherit = (self.qmp.inherit(),) if self.qmp else ()
            qemu = process.start(self.command(), log, self.config.build, inherit)
        if self.qmp:
            self.qmp.close_theirs()
            self.session.instrument = Instrument(self.qmp, self.config.grace * self.slower)
        try:
            self._follow(qemu, started)
        finally:
            process.kill_session(qemu)
            if self.qmp:
                self.qmp.close()
        self._explain(qemu.returncode)

    def _follow(self, qemu: subprocess.Popen, started: float) -> None:
        """Until QEMU ends by itself, or self.end tells why it has to."""
        parser = Parser()
        self.session.since = started
        with open(self.channel, "rb") as channel:
            while not self.end:
                ended = qemu.poll() is not None
                data = channel.read()
                self._feed(qemu, parser, data)
                if self.session.hello and not self.boot_seconds:
                    self.boot_seconds = time.monotonic() - started
                if ended and not data:
                    return
                limit = self.session.expects_within(self.config.boot_timeout, self.config.grace)
                if time.monotonic() - self.session.since > limit * self.slower:
                    self.end = "hung"
                elif self.config.stop.is_set():
                    self.end = "interrupted"
                elif not data:
                    time.sleep(POLL)

    def _feed(self, qemu: subprocess.Popen, parser: Parser, data: bytes) -> None:
        try:
            for frame in parser.feed(data):
                self.session.frame(frame)
            if self.session.done and parser.buffer:
                raise ProtocolError("bytes after the last frame")
        except ProtocolError as error:
            self.end, self.detail = "corrupt", f"channel: {error}"
        except QmpError as error:
            try:
                qemu.wait(GONE)     # then that is what ended it
            except subprocess.TimeoutExpired:
                self.end, self.detail = "mute", str(error)

    def _explain(self, status: int) -> None:
        lines = [STAMP.sub("", line) for line in process.lines_of(self.console)]
        panic = next((line for line in lines if "Kernel panic - not syncing" in line), "")
        agent = next((line for line in lines if "snp-init: the agent ended" in line), "")
        if self.session.done and self.end != "corrupt":
            self._after_the_end(lines, status)
            self.end = "done"
        elif self.end == "hung":
            self.detail = "no sign of life: " + (panic or "the machine hangs")
        elif not self.end:
            self.end = "panic" if panic else "agent" if agent else "died"
            self.detail = panic or agent or self._last_words(status)

    def _last_words(self, status: int) -> str:
        words = [line for line in process.lines_of(self.qemu_log) if line.strip()][-1:]
        return ": ".join([f"QEMU {process.ending(status)}", *words])

    def _after_the_end(self, lines: list[str], status: int) -> None:
        """All tests have ended; now the machine has to go down quietly."""
        if self.end == "hung":
            self.problems.append("did not power off")
        elif status and not self.end:
            self.problems.append(f"QEMU {process.ending(status)}")
        marks = [number for number, line in enumerate(lines) if line == "snp-agent: done boot"]
        late = [Record(0, 0, 0, line) for line in lines[marks[-1]:]] if marks else []
        self.problems += [f"at power-off: {complaint}" for complaint in
                          splats.complaints(late, self.group.expects_off, splats.read_table())]

    def excerpt(self) -> list[str]:
        """The console from the first splat of the running test on, or the test's end of it."""
        lines = [line for line in process.lines_of(self.console) if line.strip()]
        texts = [STAMP.sub("", line) for line in lines]
        start = max((n for n, text in enumerate(texts) if text.startswith("snp-agent: begin")),
                    default=0)
        found = splats.find(texts[start:], splats.read_table())
        if found:
            return lines[start + found[0][0]:][:EXCERPT]
        return lines[start:][-EXCERPT:]

    def stopped(self, raw: Raw | None) -> Raw:
        """The result of a test that was running, or never ran, when the boot ended."""
        raw, how = (raw, self.end) if raw else (Raw(), "norun")
        raw.how, raw.detail = how, self.detail
        raw.seconds = time.monotonic() - self.session.since if how != "norun" else 0.0
        raw.console = self.excerpt()
        return raw
