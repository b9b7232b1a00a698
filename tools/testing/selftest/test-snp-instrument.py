#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The SNP host model as an instrument: what it tells of a launch (TAP).

A known guest (programs/snp-launch) is launched, and looked at while it lives
and afterwards: counters and census have to be exactly what that launch is made
of.  Under the exact profile a machine that is halted again and again, and asked
meanwhile, does the same as one that is not.

  tools/testing/selftest/test-snp-instrument.py
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import census, process
from harness.config import REPO
from harness.instrument import HOLD, MARK_BEGIN, MARK_END
from harness.lists import Test
from harness.machine import plan
from harness.qmp import QmpError
from held import Held
from tap_out import Tap

BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
MARK_LOOK = 3
PATIENCE = 100.0
EXACT = ("--profile", "exact")      # also, that a busy build machine changes nothing
RESET_PAGE, VMSA_GPA = 0xfffff000, 0xfffffffff000
POLICY = 0x30000


class Boot(Held):
    """L1 running one program; its console and channel are in work/NAME.*."""

    def __init__(self, work: Path, name: str, command: list[str], *options: str,
                 hold: int = 0) -> None:
        super().__init__(PATIENCE)
        self.console, self.channel = work / f"{name}.console", work / f"{name}.channel"
        part = work / f"{name}.cpio"
        part.write_bytes(plan([Test("program", "run", "", timeout=60, argv=command)]))
        self.channel.touch()
        parts = [BUILD / "initramfs/base.cpio", BUILD / "initramfs/selftests.cpio", part]
        argv = [str(REPO / "tools/boot.sh"), "--snp", "--hold", str(hold),
                "--qmp", str(self.qmp.inherit()), "--append", "snp.mode=test",
                "--console", str(self.console), "--channel", str(self.channel),
                "--initrd", ",".join(map(str, parts)), *options]
        self.start(argv, work / f"{name}.qemu", BUILD)

    def at(self, mark: int, pause: float = 0.0) -> tuple[dict, dict]:
        """Census and counters at a mark; the machine goes on afterwards."""
        self.model.wait(mark)
        time.sleep(pause)
        seen = self.model.read("census"), self.model.read("counters")
        self.model.release()
        return seen


def launched(tap: Tap, before: dict, during: dict) -> None:
    """The census while the guest lives."""
    tap.equal(len(during["guests"]), 1, "there is one guest")
    guest = during["guests"][0]
    tap.equal((guest["kind"], guest["state"], guest["policy"], guest["vmsas"]),
              ("snp", "RUNNING", POLICY, 1), "it runs, with its policy and one VMSA")
    tap.equal(during["asids"], [guest["asid"]], "its ASID is in use")
    tap.check(int(guest["digest"], 16) != 0 and len(guest["digest"]) == 96,
              "it has a launch digest", guest["digest"])
    found = {(page["state"], page["asid"], page["gpa"], page["vmsa"], page["pages"])
             for page in during["pages"] if page not in before["pages"]}
    tap.equal(found, {("Context", 0, 0, True, 1), ("Firmware", 0, 0, False, 1),
                      ("Guest-Valid", guest["asid"], RESET_PAGE, False, 1),
                      ("Guest-Valid", guest["asid"], VMSA_GPA, True, 1)},
              "its pages are a context, one for requests, one of memory and a VMSA")
    contexts = [page["start"] for page in during["pages"] if page["state"] == "Context"]
    tap.equal(contexts, [guest["context"]], "the context is the guest's")


def counted(tap: Tap, launch: dict, end: dict) -> None:
    """What the launch, and then the end of the guest, added to the counters."""
    ok = {"SUCCESS": 1}
    tap.equal(launch["commands"],
              {"SNP_GCTX_CREATE": ok, "SNP_LAUNCH_START": ok, "SNP_ACTIVATE": ok,
               "SNP_LAUNCH_UPDATE": {"SUCCESS": 2}, "SNP_LAUNCH_FINISH": ok},
              "the launch's firmware commands")
    tap.equal(launch["launch-pages"], {"NORMAL": 1, "VMSA": 1}, "the pages it is made of")
    changes = {"RMPUPDATE": {"Hypervisor": {"Firmware": 2, "Pre-Guest": 2}},
               "firmware": {"Firmware": {"Context": 1}, "Pre-Guest": {"Guest-Valid": 2}}}
    tap.equal(launch["rmp-updates"], changes, "its RMP updates")
    tap.equal(launch["rmp-pages"], changes, "its pages, all of 4 KiB")
    tap.equal(launch["rmp-results"], {"RMPUPDATE": {"SUCCESS": 4}}, "results of RMPUPDATE")
    tap.equal(launch["exits"].get("snp", {}).get("403"), 1, "it exits by VMGEXIT once")
    exits = sum(launch["exits"]["snp"].values())
    tap.equal(launch["vmruns"], {"snp": exits}, "as many VMRUNs as exits")
    tap.equal(end["commands"], {"SNP_DECOMMISSION": ok, "SNP_PAGE_RECLAIM": {"SUCCESS": 2}},
              "the commands at the guest's end")
    tap.equal(end["rmp-updates"],
              {"RMPUPDATE": {"Reclaim": {"Hypervisor": 2}, "Guest-Valid": {"Hypervisor": 2}},
               "firmware": {"Context": {"Firmware": 1}, "Firmware": {"Reclaim": 2}}},
              "and its RMP updates")


def agree(tap: Tap, seen: dict, counters: dict, when: str) -> None:
    """Pages that went into a state and did not leave it are in it."""
    tap.equal(census.balance(counters, sum(seen["states"].values())), seen["states"],
              f"counters and census agree {when}")


def launch(tap: Tap, work: Path) -> None:
    kept = work / "counters.json"
    boot = Boot(work, "launch", ["/tests/snp-launch", "--look"], *EXACT,
                "--qemu-arg", "-global", "--qemu-arg", f"amd-psp.counters-file={kept}",
                hold=HOLD | 1 << MARK_LOOK)
    begin, counters = boot.at(MARK_BEGIN)
    during, at_look = boot.at(MARK_LOOK)
    end, at_end = boot.at(MARK_END)
    status = boot.finish()
    tap.equal(status, 0, "QEMU ends by itself")
    tap.check(b"seen: every step succeeds" in boot.channel.read_bytes(), "the guest ran",
              boot.channel.read_bytes().decode(errors="replace")[-500:])
    launched(tap, begin, during)
    counted(tap, census.subtract(at_look, counters), census.subtract(at_end, at_look))
    tap.equal(census.complaints(begin, end, []), [], "nothing is left afterwards")
    for seen, numbers, when in ((begin, counters, "before the launch"),
                                (during, at_look, "during it"), (end, at_end, "afterwards")):
        agree(tap, seen, numbers, when)
    written = json.loads(kept.read_text())
    tap.equal(written["commands"].get("SNP_LAUNCH_UPDATE"), {"SUCCESS": 2},
              "the counters are in a file at exit")


def halted(tap: Tap, work: Path) -> None:
    """Two boots that count instructions; one of them is halted, for long."""
    free = Boot(work, "free", ["/tests/snp-launch"], *EXACT)
    free.finish()
    held = Boot(work, "held", ["/tests/snp-launch"], *EXACT, hold=HOLD)
    held.at(MARK_BEGIN, 1.5)
    held.at(MARK_END, 0.3)
    held.finish()
    tap.check(b"seen: every step succeeds" in free.channel.read_bytes(),
              "the guest runs when instructions are counted", "")
    for kind in ("console", "channel"):
        one, other = (getattr(boot, kind).read_bytes() for boot in (free, held))
        tap.check(one == other, f"a halted machine has the same {kind}, to the instruction",
                  f"{len(one)} and {len(other)} bytes")


def main() -> int:
    tap = Tap()
    work = Path(tempfile.mkdtemp(prefix="instrument.", dir=BUILD))
    try:
        launch(tap, work)
        halted(tap, work)
    except (QmpError, subprocess.TimeoutExpired) as error:
        tap.check(False, "the machine answers and ends", str(error))
    return tap.finish(work)


if __name__ == "__main__":
    sys.exit(main())
