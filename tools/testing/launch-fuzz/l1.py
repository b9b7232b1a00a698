# SPDX-License-Identifier: GPL-2.0-only
"""Runs launch-fuzz in a machine of its own, which may die of it."""
import os
import tempfile
from pathlib import Path

from harness import process
from harness.config import REPO
from harness.cpio import EXECUTABLE, REGULAR, archive

BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
PROGRAM = "tests/launch-fuzz"
PARTS = {"kernel": ("base", "selftests"), "kernel-debug": ("base", "selftests", "debug")}
# KASAN says something only once otherwise; grace periods are most of what a VM's end takes;
# and that guests asked for their end is not worth the time.
APPEND = "loglevel=6 oops=panic snp.mode=run kasan_multi_shot rcupdate.rcu_expedited=1 snp.run="


def run(kernel: str, words: list[str], files: dict[str, bytes], patience: float) -> str:
    """What is on the console.  files: what L1 has besides, or instead of its own."""
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        work = Path(name)
        (work / "part.cpio").write_bytes(archive({
            path: (EXECUTABLE if path.startswith("tests/") else REGULAR, data)
            for path, data in files.items()}))
        parts = [str(BUILD / f"initramfs/{part}.cpio") for part in PARTS[kernel]]
        argv = [str(REPO / "tools/boot.sh"), "--snp", "--mem", "6G",
                "--kernel", str(BUILD / kernel / "vmlinux"),
                "--initrd", ",".join([*parts, str(work / "part.cpio")]),
                "--console", str(work / "console"),
                "--append", APPEND + ",".join([f"/{PROGRAM}", *words])]
        with open(work / "log", "wb") as log:
            machine = process.start(argv, log, BUILD)
        try:
            machine.wait(patience)
        except Exception:
            pass
        finally:
            process.kill_session(machine)
        return "\n".join(process.lines_of(work / "log") + process.lines_of(work / "console"))
