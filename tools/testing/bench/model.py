#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""CPU time of L1 and its guests: with the model, without it, and with an older QEMU.

example: model.py --build build --pairs 5 --commit HEAD --json bench.json
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

BOOT = Path(__file__).resolve().parents[2] / "boot.sh"
PARTS = ("base", "guest", "snp-guest")
TIMEOUT = 900
STOCK, NEW, OLD = "stock", "model", "old-model"

# Name of the case, what L1 runs, what its console says if that went well
HOST = ("host", "true", "reboot: Power down")
PLAIN = ("plain", "snp-guest,--cpus,{n},--ordinary", "reboot: Power down")
KVM = ("snp-kvm", "snp-guest,--cpus,{n}", "report.verified: yes")
DIRECT = ("snp-direct", "snp-guest,--cpus,{n},--direct", "report.verified: yes")


def cases(old):
    """(where, name, vCPUs, program, proof)"""
    models = [NEW, OLD] if old else [NEW]
    for where in [STOCK, *models]:
        yield where, HOST[0], 0, HOST[1], HOST[2]
        for count in (1, 2, 4):
            yield where, PLAIN[0], count, PLAIN[1].format(n=count), PLAIN[2]
    for where in models:
        for name, program, proof in (KVM, DIRECT):
            for count in (1, 2, 4):
                yield where, name, count, program.format(n=count), proof


def cpu_time(args, where, program, proof):
    """Seconds of user and system time that one boot took."""
    log = args.build / "bench" / "console"
    command = [BOOT, "--mem", "6G", "--console", log, "--initrd",
               ",".join(str(args.build / "initramfs" / f"{part}.cpio") for part in PARTS),
               "--append", f"snp.mode=run snp.run={program}"]
    if where != STOCK:
        command.append("--snp")
    if where == OLD:
        command += ["--qemu", args.old]
    before = os.times()
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True, timeout=TIMEOUT)
    after = os.times()
    if proof not in log.read_text(errors="replace"):
        sys.exit(f"{program} on {where}: its console, {log}, does not say '{proof}'")
    return (after.children_user - before.children_user +
            after.children_system - before.children_system)


def measure(args):
    """The medians, by where, case and vCPUs, and all values."""
    runs = {}
    for number in range(args.pairs):
        for where, name, count, program, proof in cases(args.old):
            seconds = cpu_time(args, where, program, proof)
            runs.setdefault((where, name, count), []).append(round(seconds, 2))
            print(f"{number + 1}/{args.pairs}  {where:10} {name:10} {count or '':2}"
                  f" {seconds:8.2f} s", file=sys.stderr)
    return {key: statistics.median(values) for key, values in runs.items()}, runs


def ratios(median):
    """What the issue calls them; a guest's time is that of its boot less that of L1."""
    def guest(where, name, count):
        return median[where, name, count] - median[where, "host", 0]

    found = {"host_boot_on_off": median[NEW, "host", 0] / median[STOCK, "host", 0],
             "plain_guest_on_off": guest(NEW, "plain", 1) / guest(STOCK, "plain", 1)}
    for count in (1, 2, 4):
        plain = guest(STOCK, "plain", count)
        found[f"snp_to_plain_{count}"] = guest(NEW, "snp-kvm", count) / plain
        found[f"direct_to_plain_{count}"] = guest(NEW, "snp-direct", count) / plain
    if (OLD, "host", 0) in median:
        found["plain_new_to_old"] = guest(NEW, "plain", 1) / guest(OLD, "plain", 1)
        found["snp_new_to_old"] = guest(NEW, "snp-kvm", 1) / guest(OLD, "snp-kvm", 1)
    return {name: round(value, 3) for name, value in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--pairs", type=int, required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--old", help="a QEMU to compare with")
    args = parser.parse_args()

    median, runs = measure(args)
    result = {"commit": args.commit, "pairs": args.pairs, "ratios": ratios(median),
              "seconds": {" ".join(str(word) for word in key): values
                          for key, values in runs.items()}}
    for name, value in result["ratios"].items():
        print(f"{name:20} {value:6.3f}")
    # What series.py has put there stays.
    kept = json.loads(args.json.read_text()) if args.json.exists() else {}
    result["ratios"] = {**kept.get("ratios", {}), **result["ratios"]}
    args.json.write_text(json.dumps({**kept, **result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
