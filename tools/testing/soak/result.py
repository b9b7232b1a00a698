#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What guest-soak said, as JSON; called by tools/soak.sh."""
import argparse
import json
import re
from collections import Counter
from pathlib import Path

LINE = re.compile(r"^soak: \d+ (\S+) (ok|failed)$", re.M)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--commit", required=True)
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("log", type=Path)
    args = parser.parse_args()

    ends = LINE.findall(args.log.read_text(errors="replace"))
    kinds = Counter(kind for kind, _ in ends)
    good = sum(verdict == "ok" for _, verdict in ends)
    data = {"starts": args.starts, "failed": args.starts - good, "seed": args.seed,
            "commit": args.commit, "kinds": dict(sorted(kinds.items()))}
    args.json.parent.mkdir(parents=True, exist_ok=True)
    args.json.write_text(json.dumps(data, indent=1) + "\n")
    print(f"{good} of {args.starts} guests ended as they should, seed {args.seed}: {args.json}")


if __name__ == "__main__":
    main()
