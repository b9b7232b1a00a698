#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Bad input never harms the SNP host model (TAP).

Boots arch/snp-fuzz once for each kind of input: firmware commands, operands of
RMP instructions, VMCBs, VMSAs, all made from a seed.  After every 1,000 the
program launches guests and halts; the census then has to be what it was at the
beginning, and the counters have to agree with it, with each other and with what
the program has seen.  Instructions are counted, so that a seed repeats a run.

  tools/testing/selftest/test-snp-fuzz.py [count=2000] [seed=1] [KIND...]
"""
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from harness import census, process
from harness.config import REPO
from harness.qmp import QmpError
from held import Held
from tap_out import Tap

BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
QEMU = os.environ.get("L1_QEMU") or str(BUILD / "qemu-build/qemu-system-x86_64")
MARK_TIDY, MARK_LAUNCHED = 4, 5
BLOCK = 1000
PATIENCE = 1200.0       # for one block, on a busy machine
POLL = 0.02
KINDS = ("mailbox", "rmp", "vmcb", "vmsa")
SEEN = ("commands", "fuzzed", "rmpupdates", "psmashs", "exits", "elsewhere", "faults")

NEVER = ("FAIL_INUSE", "FAIL_SIZEMISMATCH", "FAIL_BADSTATE")  # of RMPUPDATE, without a guest
# Of a command whose parameters have not been looked at
FIRST = ("INVALID_COMMAND", "INVALID_PLATFORM_STATE", "INVALID_GUEST", "INVALID_ADDRESS")


class Boot(Held):
    """snp-fuzz, and what was seen of it at its marks."""

    def __init__(self, program: Path, kind: str, seed: int, count: int) -> None:
        super().__init__(PATIENCE, POLL)
        argv = [str(REPO / "tools/testing/arch/boot.sh"), "snp-fuzz", QEMU, str(program),
                "-append", f"{kind} {seed} {count}", "-icount", "shift=0,sleep=off",
                "-seed", str(seed), "-global", f"amd-psp.hold={1 << MARK_TIDY | 1 << MARK_LAUNCHED}",
                "-chardev", f"socket,id=qmp,fd={self.qmp.inherit()}",
                "-mon", "chardev=qmp,mode=control"]
        os.environ["BOOT_TIMEOUT"] = str(int(PATIENCE * (2 + count / BLOCK)))
        self.log = program.parent / f"{kind}.tap"
        self.start(argv, self.log, BUILD)
        self.launched: list[dict] = []
        self.tidy: list[tuple[dict, dict]] = []

    def look(self) -> None:
        self.model.wait(MARK_LAUNCHED)
        self.launched.append(self.model.read("census"))
        self.model.release()
        self.model.wait(MARK_TIDY)
        self.tidy.append((self.model.read("census"), self.model.read("counters")))
        self.model.release()

    def lines(self) -> list[str]:
        return process.lines_of(self.log)


def total(counts: dict) -> dict[str, int]:
    """NAME: number, of counters in two levels, whatever the first one says."""
    sums: dict[str, int] = {}
    for inner in counts.values():
        for name, number in inner.items():
            sums[name] = sums.get(name, 0) + number
    return sums


def seen(lines: list[str]) -> list[dict[str, dict[int, int]]]:
    """What the program counted up to each mark."""
    found: list[dict] = []
    current: dict = {}
    for line in lines:
        name, *words = line.removeprefix("# ").split() or [""]
        if line == "# seen":
            found.append(current)
            current = {}
        elif line.startswith("# ") and name in SEEN:
            current[name] = {int(code, 16): int(number)
                             for code, number in (word.split(":") for word in words)}
    return found


def names(path: str, pattern: str) -> dict[int, str]:
    """Numbers of the model's header, with the names that its counters have."""
    text = (REPO / "tools/snp-model" / path).read_text()
    return {int(value, 0): name for name, value in re.findall(pattern, text)}


STATUSES = names("fw/defs.h", r"X\((\w+), +(0x\w+)\)")
RESULTS = names("rmp/count.h", r"X\((\w+), +(\d+)\)")


def disagreements(told: dict, counters: dict) -> list[str]:
    """The program's numbers against the counters."""
    problems = []
    results = counters["rmp-results"]
    for what, numbers, known, models in (
            ("commands", told["commands"], STATUSES, total(counters["commands"])),
            ("RMPUPDATE", told["rmpupdates"], RESULTS, dict(results.get("RMPUPDATE", {}))),
            ("PSMASH", told["psmashs"], RESULTS, dict(results.get("PSMASH", {})))):
        mine = {known[code]: number for code, number in numbers.items()}
        if known is RESULTS and models.get("FAIL_PERMISSION", 0) > mine.get("FAIL_PERMISSION", 0):
            mine["FAIL_PERMISSION"] = models["FAIL_PERMISSION"]     # guests try it, too
        if mine != models:
            problems.append(f"{what}: the program has seen {mine}, the model counts {models}")
    exits = total(counters["exits"])
    mine = {f"{code:x}": n for code, n in told["exits"].items()}
    if any(exits.get(code, 0) < n for code, n in mine.items()) or \
            sum(exits.values()) != sum(mine.values()) + sum(told["elsewhere"].values()):
        problems.append(f"exits: the program has seen {mine} and {told['elsewhere']} more, "
                        f"the model counts {exits}")
    return problems


def unbalanced(seen_now: dict, counters: dict) -> list[str]:
    balance = census.balance(counters, sum(seen_now["states"].values()))
    if balance == seen_now["states"]:
        return []
    return [f"pages by counters {balance}, by census {seen_now['states']}"]


def check_blocks(tap: Tap, kind: str, boot: Boot, digest: str) -> None:
    before = boot.tidy[0][0]
    told = seen(boot.lines())
    tap.equal(len(told), len(boot.tidy), f"{kind}: the program says what it has seen at each mark")
    for number, (during, (after, counters)) in enumerate(zip(boot.launched, boot.tidy)):
        problems = census.complaints(before, after, []) + unbalanced(after, counters)
        if number < len(told):
            problems += disagreements(told[number], counters)
        guests = [(guest["kind"], guest["state"], guest["digest"]) for guest in during["guests"]]
        if guests != [("snp", "RUNNING", digest)]:
            problems.append(f"the guests at the launch are {guests}")
        if number < len(boot.tidy) - 1 and not problems:
            continue
        tap.check(not problems, f"{kind}: after block {number} census and counters agree, "
                  "and a guest has the known digest", "\n".join(problems))


def share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def deep_enough(kind: str, added: dict, fuzzed: dict[int, int]) -> list[str]:
    """What is too little: input that is always refused at once proves nothing."""
    problems = []

    def least(what: str, part: int, whole: int, wanted: float) -> None:
        print(f"# {kind}: {what}: {part} of {whole}, {share(part, whole):.0%}")
        if share(part, whole) < wanted:
            problems.append(f"{what}: {part} of {whole}, wanted {wanted:.0%}")

    if kind == "mailbox":
        commands = added["commands"]
        done = [name for name, counts in commands.items() if counts.get("SUCCESS")]
        deep = sum(n for code, n in fuzzed.items() if STATUSES[code] not in FIRST)
        least("commands that succeed", fuzzed.get(0, 0), sum(fuzzed.values()), 0.15)
        least("commands that get past the first checks", deep, sum(fuzzed.values()), 0.4)
        least("kinds of command that succeed", len(done), len(commands), 0.6)
        least("statuses that come", len(fuzzed), len(STATUSES), 0.4)
    elif kind == "rmp":
        least("RMPUPDATEs that succeed", fuzzed.get(0, 0), sum(fuzzed.values()), 0.3)
        least("results that come", len(fuzzed), len(RESULTS) - len(NEVER), 1)
        least("PSMASHs that succeed", added["rmp-results"]["PSMASH"].get("SUCCESS", 0),
              sum(added["rmp-results"]["PSMASH"].values()), 0.02)
    else:
        for guest, codes in added["exits"].items():
            least(f"VMRUNs of a guest of kind {guest} that enter it",
                  added["vmruns"].get(guest, 0), sum(codes.values()), 0.3)
    return problems


def run(tap: Tap, program: Path, kind: str, seed: int, count: int) -> None:
    boot = Boot(program, kind, seed, count)
    blocks = -(-count // BLOCK)
    try:
        for _ in range(blocks + 1):
            boot.look()
        status = boot.finish()
    except (QmpError, subprocess.TimeoutExpired) as error:
        process.kill_session(boot.qemu)
        status = str(error)
    wrong = [line for line in boot.lines() if not line.startswith(("ok ", "1.."))
             and not line.startswith(tuple(f"# {name}" for name in SEEN))]
    tap.check(status == 0, f"{kind}: {count} from seed {seed}, and all launches in between",
              f"{status}\n" + "\n".join(wrong[-40:]))
    if not boot.tidy:
        return
    digest = next(line.split()[2] for line in boot.lines() if line.startswith("# digest "))
    check_blocks(tap, kind, boot, digest)
    added = census.subtract(boot.tidy[-1][1], boot.tidy[0][1])
    few = deep_enough(kind, added, seen(boot.lines())[-1]["fuzzed"])
    tap.check(not few, f"{kind}: enough of it gets past the first checks", "\n".join(few))
    print(f"# {kind}: {total(added['commands'])} {added['rmp-results']} {added.get('exits', {})} "
          f"{added.get('vmruns', {})}")


def main() -> int:
    words = dict(word.split("=") for word in sys.argv[1:] if "=" in word)
    kinds = [word for word in sys.argv[1:] if "=" not in word] or KINDS
    tap = Tap()
    work = Path(tempfile.mkdtemp(prefix="fuzz.", dir=BUILD))
    program = work / "snp-fuzz"
    subprocess.run([REPO / "tools/testing/arch/build.sh", "snp-fuzz", program], check=True)
    for kind in kinds:
        run(tap, program, kind, int(words.get("seed", 1)), int(words.get("count", 2000)))
    return tap.finish(work)


if __name__ == "__main__":
    sys.exit(main())
