# SPDX-License-Identifier: GPL-2.0-only
"""The host that launches guests: L1 on the model, or this machine.

Both run tools/guest/snp-serve, which takes a request a line and answers with lines
"NAME: VALUE".  Only the model can tell what its firmware has done.
"""
import os
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from harness import census, process
from harness.config import REPO
from harness.instrument import Instrument
from harness.qmp import Qmp

SETTLE = 10.0       # seconds for what a VM leaves to be taken back
QMP_PATIENCE = 30.0


class HostError(Exception):
    """The host is gone, or does not answer."""


class Host:
    """A running snp-serve: requests go in, answers come out."""

    def __init__(self, build: Path, log: Path) -> None:
        self.build, self.log = build, log
        self.buffer = b""
        self.progress: Callable[[str], None] = lambda text: None

    def _line(self, deadline: float) -> str:
        while b"\n" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.answers], [], [], left)[0]:
                raise HostError("the host does not answer")
            data = os.read(self.answers, 1 << 16)
            if not data:
                raise HostError("the host has ended")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def _until(self, last: str, patience: float) -> list[tuple[str, str]]:
        said, deadline = [], time.monotonic() + patience
        while (line := self._line(deadline)) != last:
            name, _, value = line.partition(": ")
            if name == "progress":
                self.progress(value)
            else:
                said.append((name, value))
        return said

    def wait_ready(self, patience: float) -> None:
        self._until("ready", patience)

    def ask(self, *words: object, patience: float = 300) -> list[tuple[str, str]]:
        try:
            self.requests.write((" ".join(map(str, words)) + "\n").encode())
            self.requests.flush()
        except OSError as error:
            raise HostError(f"the host has ended: {error}") from error
        return self._until("end", patience)

    def counters(self) -> dict | None:
        return None

    def left_since(self, before: dict | None) -> list[str] | None:
        return None

    def census(self) -> dict | None:
        return None

    def close(self) -> None:
        self.requests.close()
        process.kill_session(self.process)


class Model(Host):
    name = "the host model"

    def __init__(self, build: Path, log: Path) -> None:
        super().__init__(build, log)
        self.qmp = Qmp(QMP_PATIENCE)
        self.answers, theirs = os.pipe()
        parts = [str(build / f"initramfs/{part}.cpio") for part in ("base", "guest", "snp-guest")]
        argv = [str(REPO / "tools/boot.sh"), "--snp", "--mem", "6G", "--initrd", ",".join(parts),
                "--channel", f"/dev/fd/{theirs}", "--qmp", str(self.qmp.inherit()),
                "--append", "quiet snp.mode=run snp.run=snp-serve,--channel"]
        with open(log, "wb") as output:
            self.process = process.start(argv, output, build, (theirs, self.qmp.inherit()),
                                         subprocess.PIPE)
        os.close(theirs)
        self.qmp.close_theirs()
        self.requests = self.process.stdin
        self.instrument = Instrument(self.qmp, QMP_PATIENCE)

    def counters(self) -> dict:
        return self.instrument.read("counters")

    def census(self) -> dict:
        return self.instrument.read("census")

    def left_since(self, before: dict) -> list[str]:
        """What a guest has left behind; the kernel may take a moment to clean up."""
        deadline = time.monotonic() + SETTLE
        while left := census.complaints(before, self.census(), []):
            if time.monotonic() > deadline:
                break
            time.sleep(0.1)
        return left

    def close(self) -> None:
        super().close()
        self.qmp.close()
        os.close(self.answers)


class RealHost(Host):
    name = "this machine's own SEV-SNP"

    command = (str(REPO / "tools/on-host.sh"), "snp-serve")

    def __init__(self, build: Path, log: Path) -> None:
        super().__init__(build, log)
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                start_new_session=True, env={**os.environ, "O": str(build)})
        self.requests = self.process.stdin
        self.answers = self.process.stdout.fileno()
