#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Launches SNP guests with 1, 2, 4 and 8 vCPUs, in direct mode and in KVM mode.

  tools/sweep/sweep.py                   on this machine if it has SEV-SNP, else on the model
  tools/sweep/sweep.py --counts 1,2      only these numbers of vCPUs

One ID block, signed once for what is predicted for direct mode, is offered to each
launch.  The last line says what was proven; the exit status is 0 if all of it was.
`make run` does this after building what it needs.
"""
import argparse
import json
import os
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True      # the checkout stays as it is
TOOLS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TOOLS / "testing"), str(TOOLS / "lib")]

import claims
import realhost
from harness.qmp import QmpError
from host import Host, HostError, Model, RealHost
from launches import Sweep
from table import NOTE, Screen

BOOT_PATIENCE = 600
PLACES = ("auto", "model", "host")
STARTS = {"list": "the firmware starts all CPUs, KVM has the list of APIC IDs",
          "plug": "CPUs are plugged when Linux is up, KVM has no list of APIC IDs"}


def count_list(text: str) -> list[int]:
    counts = [int(word) for word in text.split(",")]
    if sorted(set(counts)) != counts or counts[0] < 1 or counts[-1] > 255:
        raise ValueError(text)
    return counts


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = Path(os.environ.get("O") or TOOLS.parent / "build").absolute()
    parser.add_argument("--counts", type=count_list, default=[1, 2, 4, 8], metavar="N,...",
                        help="in rising order (1,2,4,8)")
    parser.add_argument("--boot-all", action="store_true",
                        help="in KVM mode boot guests with more than one vCPU, too")
    parser.add_argument("--on", choices=PLACES, default=os.environ.get("ON") or "auto",
                        help="where; default $ON")
    parser.add_argument("--build", type=Path, default=build, help="build directory ($O)")
    parser.add_argument("--json", type=Path, help="the result ($O/results/run.json)")
    args = parser.parse_args()
    if args.on not in PLACES:
        parser.error(f"ON={args.on}: it is one of: {' '.join(PLACES)}")
    args.json = args.json or args.build / "results/run.json"
    return args


def pick(on: str) -> type[Host]:
    if on == "auto":
        why = realhost.obstacle()
        if why:
            print(f"{why}; the host model is used", file=sys.stderr)
        on = "model" if why is not None else "host"
    return Model if on == "model" else RealHost


def introduce(host: Host, screen: Screen, result: dict) -> None:
    host.wait_ready(BOOT_PATIENCE)
    said = host.ask("host")
    result["host"] = {"kernel": dict(said).get("kernel", ""),
                      "enabled": [value for key, value in said if key == "enabled"],
                      "starts": dict(said).get("starts", "")}
    screen.say(f"host: {result['host']['kernel']}, on {host.name}")
    for text in result["host"]["enabled"]:
        screen.say(f"host: {text}")
    if starts := STARTS.get(result["host"]["starts"]):
        screen.say(f"direct: {starts}")


def run(host: Host, sweep: Sweep, screen: Screen) -> None:
    introduce(host, screen, sweep.result)
    sweep.sign_once()
    screen.header()
    host.progress = screen.progress
    for mode, vcpus in sweep.rows():
        started = time.monotonic()
        screen.begin(f"{mode}, {vcpus} vCPUs")
        row = sweep.row(mode, vcpus)
        row["seconds"] = round(time.monotonic() - started)
        sweep.result["rows"].append(row)
        screen.row(row)
    screen.say(NOTE)


def conclude(result: dict, path: Path) -> bool:
    judged = claims.judge(result)
    proven = all(claim.holds for claim in judged)
    result["claims"] = [{"claim": claim.text, "holds": claim.holds, "failures": claim.failures}
                        for claim in judged]
    result["proven"] = proven
    result["conclusion"] = claims.sentence(result, judged)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(json.dumps(result, indent=1) + "\n")
    temporary.rename(path)
    return proven


def main() -> int:
    args = arguments()
    log = args.build / "logs/run.console"
    args.json.unlink(missing_ok=True)
    started = time.monotonic()
    host = pick(args.on)(args.build, log)
    screen = Screen()
    try:
        sweep = Sweep(host, args.counts, args.boot_all)
        run(host, sweep, screen)
    except (HostError, QmpError) as error:
        screen.say(f"sweep.py: {error}; what was said last is in {log}")
        return 1
    except KeyboardInterrupt:
        screen.say("interrupted")
        return 130
    finally:
        host.close()
    sweep.result["seconds"] = round(time.monotonic() - started)
    proven = conclude(sweep.result, args.json)
    screen.say(f"\n{sweep.result['seconds']} seconds; in full: {args.json}")
    screen.say(sweep.result["conclusion"])
    return int(not proven)


if __name__ == "__main__":
    sys.exit(main())
