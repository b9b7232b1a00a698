# SPDX-License-Identifier: GPL-2.0-only
"""Boots L1 with modules and runs entries of a plan there, through the harness."""
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPO / "tools/testing"))
from harness import cpio, splats                        # noqa: E402
from harness.config import Config                       # noqa: E402
from harness.lists import Group, Test                   # noqa: E402
from harness.machine import Machine                     # noqa: E402
from harness.protocol import Frame                      # noqa: E402
from harness.session import Raw, Session                # noqa: E402

TRY = "/mutation/in-l1"
SAID = re.compile(r"mutation: (probe|killed) (\S+) ?(.*)")


@dataclass
class Seen:
    """How an entry ended: killed by whom and how, or not.  whole: L1 is as before."""
    killer: str = ""
    how: str = ""
    seconds: float = 0.0
    whole: bool = True


@dataclass
class Files:
    """What is in /mutation."""
    files: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        script = Path(__file__).with_name("in-l1").read_bytes()
        self.files["mutation/in-l1"] = (cpio.EXECUTABLE, script)

    def add(self, name: str, data: bytes) -> None:
        self.files[f"mutation/{name}"] = (cpio.REGULAR, data)


def _last(raw: Raw, word: str) -> tuple[str, str]:
    """What L1 said last of a probe that ran, or killed; its kernel log has it."""
    said = [match for record in raw.records if (match := SAID.fullmatch(record.text))]
    return next(((match[2], match[3]) for match in reversed(said) if match[1] == word), ("", ""))


def splats_of(raw: Raw, known: set[str], table: list) -> list[str]:
    texts = [record.text for record in raw.records if record.from_kernel]
    found = [f"kernel {kind}: {texts[index]}" for index, kind in splats.find(texts, table)]
    return [text for text in found if normal(text) not in known]


def normal(text: str) -> str:
    """A message without the numbers that differ from run to run."""
    return re.sub(r"0x[0-9a-f]+|\b[0-9a-f]{6,}\b|\d+", "#", text)


def see(raw: Raw, known: set[str], table: list) -> Seen:
    """What came of `in-l1 try`."""
    killer, how = _last(raw, "killed")
    running, _ = _last(raw, "probe")
    problems = splats_of(raw, known, table)
    if raw.stuck:
        problems.append("a process cannot be killed")
    if raw.look:
        problems += raw.look.problems
    if raw.how not in ("exit", "signal"):
        problems.append(f"{raw.how} {raw.detail}".strip())
    if not killer and problems:
        killer, how = running or "load", problems[0]
    elif not killer and (raw.how == "signal" or raw.value):
        killer, how = running or "load", "hangs" if raw.how == "signal" else f"exit {raw.value}"
    return Seen(killer, how, raw.seconds, not problems and raw.how == "exit")


class Watched(Session):
    """Every frame is a sign of life, so that a machine that hangs need not be waited for
    as long as all of an entry's probes may take together."""

    def __init__(self, tests: list[Test], on_end: Callable[[Test, Raw], None],
                 quiet: float) -> None:
        super().__init__(tests, on_end)
        self.quiet = quiet          # seconds without a frame while an entry runs

    def expects_within(self, boot: float, grace: float) -> float:
        return self.quiet if self.current else super().expects_within(boot, grace)

    def frame(self, frame: Frame) -> None:
        super().frame(frame)
        self.since = time.monotonic()


class Boot:
    """One boot.  on_end says whether L1 is fit for what comes next."""

    def __init__(self, build: Path, group: Group, files: Files, scratch: Path) -> None:
        self.scratch = scratch
        scratch.mkdir(parents=True, exist_ok=True)
        part = scratch / "mutation.cpio"
        part.write_bytes(cpio.archive(files.files))
        self.group = replace(group, initrd=[*group.initrd, str(part)],
                             append=f"snp.modules=ccp,irqbypass {group.append}")
        self.config = Config(build=build, run_dir=scratch, jobs=1, grace=15.0,
                             stop=threading.Event())

    def run(self, tests: list[Test], on_end: Callable[[Test, Raw], bool],
            quiet: float) -> list[Test]:
        """Returns what has not been run."""
        def ended(test: Test, raw: Raw) -> None:
            if not on_end(test, raw):
                self.config.stop.set()

        # What QEMU has not yet replaced must not be taken for this boot's.
        for old in self.scratch.glob("boot-mutation.*"):
            old.unlink()
        session = Watched(tests, ended, quiet)
        machine = Machine(self.config, self.group, "mutation", session)
        machine.run()
        if machine.end == "done":
            return []
        if not session.hello:
            raise RuntimeError(f"L1 does not start: {machine.detail}: see {machine.console}")
        rest = tests[session.index:]
        if session.current and machine.end != "interrupted":
            on_end(rest.pop(0), machine.stopped(session.current))
        return rest
