#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the series costs, from the results of the tests bench/*: table, JSON and plot.

example: series.py --results build/results/latest --json bench.json --plot bench.svg
"""
import argparse
import json
import re
import sys
from pathlib import Path

COST = re.compile(r"cost (\w+) (\d+)")
LAUNCHES = 4            # of one run of snp-bench
COUNTS = (1, 8, 64, 256, 512)
WITHOUT, WITH = "without", "with"
SINGLE = ("create_vcpu_plain", "create_vcpu_sev_es", "create_vcpu_snp", "kvm_run", "vmgexit",
          "ap_create")
LINES = ((WITHOUT, "kvm", "#888"), (WITH, "kvm", "#d60"), (WITH, "direct", "#06c"))
WIDTH, HEIGHT, MARGIN = 640, 400, 60


class Missing(Exception):
    pass


def costs(results: Path, name: str) -> dict[str, int]:
    log = results / "tests" / f"{name.replace('/', '-')}.log"
    if not log.exists():
        raise Missing(f"{log}: has {name} been run, and did it pass?")
    found = {key: int(value) for key, value in COST.findall(log.read_text(errors="replace"))}
    if not found:
        raise Missing(f"{log} has no costs")
    return found


def _sum(tree: object) -> int:
    return sum(map(_sum, tree.values())) if isinstance(tree, dict) else tree


def counts(results: Path, name: str) -> dict[str, int]:
    """Of one launch, VM teardown included."""
    path = results / "tests" / f"{name.replace('/', '-')}.snp.json"
    seen = json.loads(path.read_text())["counters"]
    return {"commands": _sum(seen["commands"]) // LAUNCHES,
            "launch_updates": _sum(seen["commands"]["SNP_LAUNCH_UPDATE"]) // LAUNCHES,
            "rmpupdates": _sum(seen["rmp-updates"]["RMPUPDATE"]) // LAUNCHES}


def read(results: Path) -> dict:
    data: dict = {"single": {kernel: costs(results, f"bench/{kernel}/single")
                             for kernel in (WITHOUT, WITH)}, "launch": {}}
    for kernel, mode, _ in LINES:
        data["launch"][f"{kernel} {mode}"] = {
            str(n): {**costs(results, f"bench/{kernel}/{mode}-{n}"),
                     **counts(results, f"bench/{kernel}/{mode}-{n}")} for n in COUNTS}
    return data


def ratios(data: dict) -> dict[str, float]:
    before, after = data["single"][WITHOUT], data["single"][WITH]
    found = {name: round(after[name] / before[name], 4) for name in SINGLE}
    found["create_vcpu"] = max(found[name] for name in SINGLE[:3])
    direct = data["launch"][f"{WITH} direct"]
    found["finish_512_to_1"] = round(direct["512"]["finish"] / direct["1"]["finish"], 2)
    locks = direct["512"]["locks"] - direct["1"]["locks"]
    found["finish_512_to_1_less_locks"] = round(
        (direct["512"]["finish"] - locks) / direct["1"]["finish"], 2)
    old, new = (data["launch"][f"{kernel} kvm"] for kernel in (WITHOUT, WITH))
    found["finish_kvm_512"] = round(new["512"]["finish"] / old["512"]["finish"], 4)
    return found


def table(data: dict) -> str:
    lines = [f"{'instructions':<22}{'without':>12}{'with':>12}{'ratio':>9}"]
    before, after = data["single"][WITHOUT], data["single"][WITH]
    lines += [f"{name:<22}{before[name]:>12}{after[name]:>12}{after[name] / before[name]:>9.4f}"
              for name in SINGLE]
    columns = ("finish", "locks", "create_all", "teardown", "update_page", "commands", "launch_updates",
               "rmpupdates")
    lines += ["", f"{'launch':<14}{'vCPUs':>6}" + "".join(f"{name:>15}" for name in columns)]
    for name, rows in data["launch"].items():
        lines += [f"{name:<14}{n:>6}" + "".join(f"{row.get(key, ''):>15}" for key in columns)
                  for n, row in rows.items()]
    return "\n".join(lines)


def plot(data: dict) -> str:
    """LAUNCH_FINISH against the number of vCPUs, both linear."""
    top = max(row["finish"] for rows in data["launch"].values() for row in rows.values())

    def at(n: int, value: int) -> str:
        x = MARGIN + (WIDTH - 2 * MARGIN) * n / COUNTS[-1]
        return f"{x:.0f},{HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * value / top:.0f}"

    shapes = [f'<polyline points="{at(0, top)} {at(0, 0)} {at(COUNTS[-1], 0)}" stroke="#000"/>']
    texts = [f'<text x="{MARGIN}" y="{MARGIN - 20}">instructions of LAUNCH_FINISH, '
             f'up to {top}</text>',
             f'<text x="{WIDTH - MARGIN}" y="{HEIGHT - 20}" text-anchor="end">'
             f'vCPUs, up to {COUNTS[-1]}</text>']
    for number, (kernel, mode, colour) in enumerate(LINES):
        rows = data["launch"][f"{kernel} {mode}"]
        points = " ".join(at(n, rows[str(n)]["finish"]) for n in COUNTS)
        dash = "4 4" if kernel == WITHOUT else "none"
        shapes.append(f'<polyline points="{points}" stroke="{colour}" stroke-dasharray="{dash}"/>')
        texts.append(f'<text x="{MARGIN + 20}" y="{MARGIN + 20 * number}" fill="{colour}">'
                     f'{kernel} the series, {mode} mode</text>')
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'font-family="sans-serif" font-size="14">\n'
            f'<g fill="none" stroke-width="2">\n' + "\n".join(shapes) + "\n</g>\n" +
            "\n".join(texts) + "\n</svg>\n")


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("results", "json", "plot"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    try:
        data = read(args.results)
    except Missing as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(table(data))
    kept = json.loads(args.json.read_text()) if args.json.exists() else {}
    kept["series"] = data
    kept.setdefault("ratios", {}).update(ratios(data))
    args.json.write_text(json.dumps(kept, indent=1) + "\n")
    args.plot.write_text(plot(data))
    return 0


if __name__ == "__main__":
    sys.exit(main())
