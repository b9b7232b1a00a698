#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""QEMU ends when it is told to, whatever its monitor is being asked (TAP).

Who reads the model's counters while a machine runs (tools/sweep, a user's own
program) can't know when that machine powers off.

  tools/testing/selftest/test-qmp-end.py
"""
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import process
from harness.config import REPO
from harness.qmp import Qmp, QmpError
from tap_out import Tap

BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
MACHINES = 200      # without patches/qemu/0027, two to four of them did not end well
PATIENCE = 5.0


def machine(monitor: Qmp) -> subprocess.Popen:
    qmp = monitor.inherit()
    argv = [str(BUILD / "qemu-build/qemu-system-x86_64"), "-L", str(BUILD / "firmware"),
            "-M", "q35", "-bios", "qboot.rom", "-nodefaults", "-display", "none",
            "-chardev", f"socket,id=qmp,fd={qmp}", "-mon", "chardev=qmp,mode=control"]
    with open(os.devnull, "wb") as output:
        return process.start(argv, output, BUILD, (qmp,))


def ask(monitor: Qmp) -> None:
    """Without a pause, until QEMU is gone."""
    try:
        while True:
            monitor.command("query-status")
    except QmpError:
        pass


def ends(delay: float) -> str:
    """How a machine ends that is asked all the time; "" if as it should."""
    monitor = Qmp(PATIENCE)
    qemu = machine(monitor)
    monitor.close_theirs()
    client = threading.Thread(target=ask, args=(monitor,))
    try:
        monitor.command("query-status")
        client.start()
        time.sleep(delay)
        qemu.terminate()
        status = qemu.wait(PATIENCE)
        return process.ending(status) if status else ""
    except subprocess.TimeoutExpired:
        return "still there"
    finally:
        process.kill_session(qemu)
        client.join()
        monitor.close()


def main() -> int:
    tap = Tap()
    seen = [ends(0.01 + number / 10000) for number in range(MACHINES)]
    tap.equal([why for why in seen if why], [],
              f"{MACHINES} machines that are told to end while they are asked")
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
