#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The SNP host model goes on while somebody looks at it all the time (TAP).

Boots arch/snp-launch, whose commands read a guest's page again and again, and asks
which faults are armed without a pause.  A command has the firmware's lock, who asks
has QEMU's: if each of them waited for the other's, both would for ever.

  tools/testing/selftest/test-snp-watched.py
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
PROGRAM = "snp-launch"
PATIENCE = 30.0
ENOUGH = 100            # looks, of some thousand on an idle machine


def watch(held: Held) -> int:
    """Until the program ends, and with it the connection; how often that was."""
    looks = 0
    try:
        while True:
            held.model.read("faults")
            looks += 1
    except QmpError:
        return looks


def main() -> int:
    tap = Tap()
    work = Path(tempfile.mkdtemp(prefix="watched.", dir=BUILD))
    program, log = work / PROGRAM, work / "tap"
    subprocess.run([REPO / "tools/testing/arch/build.sh", PROGRAM, program], check=True)
    held = Held(PATIENCE)
    os.environ["BOOT_TIMEOUT"] = str(int(2 * PATIENCE))
    held.start([str(REPO / "tools/testing/arch/boot.sh"), PROGRAM, QEMU, str(program),
                "-chardev", f"socket,id=qmp,fd={held.qmp.inherit()}",
                "-mon", "chardev=qmp,mode=control"], log, BUILD)
    looks = watch(held)
    try:
        status = held.finish()
    except subprocess.TimeoutExpired as error:
        status = str(error)
    wrong = [line for line in process.lines_of(log) if not line.startswith(("ok ", "1.."))]
    tap.check(status == 0, f"{PROGRAM} ends as it does when nobody looks",
              f"{status}\n" + "\n".join(wrong[-20:]))
    tap.check(looks >= ENOUGH, f"it was looked at {ENOUGH} times or more", f"{looks} times")
    return tap.finish(work)


if __name__ == "__main__":
    sys.exit(main())
