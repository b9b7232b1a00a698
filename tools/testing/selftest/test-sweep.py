#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests what `make run` and `make guest` are made of (TAP).

  tools/testing/selftest/test-sweep.py                   without any host, in seconds
  tools/testing/selftest/test-sweep.py --run [--counts 1,2]
                                         a sweep on the model, and the sums of its result
"""
import argparse
import os
import sys
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
REPO = HERE.parents[2]
sys.path[:0] = [str(HERE), str(REPO / "tools/sweep"), str(REPO / "tools/testing"),
                str(REPO / "tools/lib")]

import sweep_claims
import sweep_host
import sweep_sums
import sweep_values
from tap_out import Tap


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--counts", default="1,2,4,8")
    args = parser.parse_args()
    build = Path(os.environ.get("O") or REPO / "build").absolute()
    tap = Tap()
    if args.run:
        sweep_sums.run(tap, build, args.counts)
    else:
        for part in (sweep_claims, sweep_host, sweep_values):
            part.run(tap)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
