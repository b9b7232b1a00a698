#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A machine check while a guest runs is an exit if it is intercepted (TAP).

No program can cause one, so arch/snp-mce has its guest halt the machine at a mark
and run on, and the monitor injects the machine check then.

  tools/testing/selftest/test-snp-mce.py
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import process
from harness.config import REPO
from harness.qmp import QmpError
from held import Held
from tap_out import Tap

BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
QEMU = os.environ.get("L1_QEMU") or str(BUILD / "qemu-build/qemu-system-x86_64")
PATIENCE = 30.0
MARK_RUNS = 4
# CPU, bank; valid, uncorrected, enabled, context corrupt; in progress, RIP valid
MACHINE_CHECK = "mce 0 1 0xb200000000000000 0x5 0 0"


def main() -> int:
    tap = Tap()
    work = Path(tempfile.mkdtemp(prefix="mce.", dir=BUILD))
    program, log = work / "snp-mce", work / "tap"
    subprocess.run([REPO / "tools/testing/arch/build.sh", "snp-mce", program], check=True)
    held = Held(PATIENCE)
    held.start([str(REPO / "tools/testing/arch/boot.sh"), "snp-mce", QEMU, str(program),
                "-global", f"amd-psp.hold={1 << MARK_RUNS}",
                "-chardev", f"socket,id=qmp,fd={held.qmp.inherit()}",
                "-mon", "chardev=qmp,mode=control"], log, BUILD)
    try:
        held.model.wait(MARK_RUNS)
        held.model.release()
        said = held.qmp.command("human-monitor-command", **{"command-line": MACHINE_CHECK})
        status = held.finish()
    except (QmpError, subprocess.TimeoutExpired) as error:
        process.kill_session(held.qemu)
        said, status = "", str(error)
    lines = process.lines_of(log)
    tap.equal(said, "", "the monitor injects a machine check")
    tap.check(status == 0 and any(line.startswith("ok 1 - vm-4.01") for line in lines),
              "the guest's hypervisor is told", f"{status}\n" + "\n".join(lines[-20:]))
    return tap.finish(work)


if __name__ == "__main__":
    sys.exit(main())
