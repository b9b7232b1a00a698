#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""`make guest` as somebody at a terminal sees it (TAP); needs what `make run` needs.

  tools/testing/selftest/test-guest-console.py            all cases
  tools/testing/selftest/test-guest-console.py refused    one of them
"""
import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]

from tap_out import Tap

GUEST = str(HERE.parents[1] / "guest.sh")
PATIENCE = 300.0
CTRL_A, CTRL_C = "\x01", "\x03"


class Terminal:
    """guest.sh on a terminal of its own."""

    def __init__(self, **variables: str) -> None:
        self.seen = ""
        self.pid, self.fd = pty.fork()
        if not self.pid:
            os.execve(GUEST, [GUEST], {**os.environ, "ON": "model", **variables})

    def read(self, deadline: float) -> bool:
        """False at the end, or when it is too late."""
        if not select.select([self.fd], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:         # the other end is closed
            return False
        self.seen += data.decode(errors="replace").replace("\r", "")
        return bool(data)

    def await_text(self, pattern: str) -> bool:
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.seen, re.MULTILINE):
            if not self.read(deadline):
                return False
        return True

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def status(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while self.read(deadline):
            pass
        if time.monotonic() > deadline:
            os.kill(self.pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.fd)
        return status


def shell(tap, cpus: int, **variables: str) -> Terminal | None:
    """A guest that has come up as far as its shell."""
    terminal = Terminal(VCPUS=str(cpus), **variables)
    what = " ".join([f"VCPUS={cpus}", *(f"{name}={value}" for name, value in variables.items())])
    up = terminal.await_text("^guest.done: shell$") and terminal.await_text("# ")
    tap.check(up, f"{what}: a shell comes up", terminal.seen[-2000:])
    if not up:
        terminal.type(CTRL_A + "x")
        terminal.status()
        return None
    tap.check("Ctrl-a x ends" in terminal.seen, f"{what}: how to leave is on the screen", terminal.seen)
    terminal.type("echo have $(nproc), $(cat /sys/devices/system/cpu/online).\n")
    wanted = "0" if cpus == 1 else f"0-{cpus - 1}"
    tap.check(terminal.await_text(f"^have {cpus}, {wanted}\\.$"), f"{what}: it has all CPUs",
              terminal.seen[-500:])
    return terminal


def direct(tap) -> None:
    if terminal := shell(tap, 4, VMSA="direct"):
        terminal.type("echo begin; sleep 1000\n")
        terminal.await_text("^begin$")
        time.sleep(1)           # a Ctrl-C throws away what the shell has yet to read
        terminal.type(CTRL_C)
        terminal.await_text("^\\^C")
        terminal.type("echo interrupted=$?\n")
        tap.check(terminal.await_text("^interrupted=130$"), "Ctrl-C is the guest's",
                  terminal.seen[-500:])
        terminal.type("exit\n")
        tap.equal(terminal.status(), 0, "exit ends guest and host")


def plain(tap) -> None:
    for mode in ("kvm", "direct"):
        if terminal := shell(tap, 1, VMSA=mode, FIRMWARE="plain"):
            terminal.type(CTRL_A + "x")
            tap.equal(terminal.status(), 0, f"VMSA={mode}: Ctrl-a x ends all")


def refused(tap) -> None:
    """OVMF.amdsev.fd boots nothing that no hash vouches for."""
    for mode in ("kvm", "direct"):
        terminal = Terminal(HASHES="off", VCPUS="1", VMSA=mode)
        what = f"HASHES=off VMSA={mode}"
        status = terminal.status()
        lines = [line for line in terminal.seen.splitlines() if line.startswith("guest.sh: error: ")]
        tap.check(status == 1 and len(lines) == 1 and "Use HASHES=on, or FIRMWARE=plain" in lines[0],
                  f"{what}: the firmware's refusal is reported in one line", terminal.seen[-2000:])
        tap.check("guest.kernel" not in terminal.seen, f"{what}: no kernel runs", terminal.seen)


def main() -> int:
    tap = Tap()
    cases = {case.__name__: case for case in (direct, plain, refused)}
    for name in sys.argv[1:] or cases:
        cases[name](tap)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
