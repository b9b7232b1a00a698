# SPDX-License-Identifier: GPL-2.0-only
"""Runs launch-fuzz, or makes a sequence shorter by booting L1 for each trial.

fuzz.py KERNEL [OPTION...]
fuzz.py KERNEL --minimise RECIPE|FILE [--shows REGEX]
"""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import l1

PATIENCE = 86400.0
TRIAL = 600.0           # a boot and one sequence; what takes longer hangs
SHOWS = r"^not ok 1 |Kernel panic|Call Trace:|^Bail out!"
RECIPE = re.compile(r"\d+:[\d.]+")
DONE = re.compile(r"^(not )?ok 1 ", re.M)
SEQUENCE = "sequence"


def lines_of(what: str) -> list[str]:
    """Of a file, or of a recipe, which the program itself prints on any machine."""
    if not RECIPE.fullmatch(what):
        text = Path(what).read_text()
    else:
        text = subprocess.run([str(program()), "--show", what], check=True, text=True,
                              capture_output=True).stdout
    return [line for line in text.splitlines() if line and line[0] != "#"]


def program() -> Path:
    """For this machine: L1's is in the initramfs."""
    path = l1.BUILD / "launch-fuzz"
    sources = sorted((l1.REPO / "tools/testing/programs/launch-fuzz").glob("*.c"))
    subprocess.run(["gcc", "-std=gnu11", "-O2", "-pthread", f"-I{l1.REPO}/include", "-isystem",
                    str(l1.BUILD / "selftests/headers/usr/include"), "-o", str(path),
                    *map(str, sources)], check=True)
    return path


def shows(kernel: str, lines: list[str], regex: str) -> bool:
    # How calls end changes with what is in front of them.
    text = "".join(line.split(" -> ")[0] + "\n" for line in lines)
    output = l1.run(kernel, ["--replay", f"/{SEQUENCE}"], {SEQUENCE: text.encode()}, TRIAL)
    hangs = not DONE.search(output) and "Kernel panic" not in output
    print(f"# {len(lines)} calls", flush=True)
    return hangs or bool(re.search(regex, output, re.M))


def minimise(kernel: str, lines: list[str], regex: str) -> list[str]:
    """Halves, quarters and so on are left out, the last ones first."""
    piece = len(lines) // 2
    while piece:
        start = len(lines) - piece
        while start >= 0:
            rest = lines[:start] + lines[start + piece:]
            if rest and shows(kernel, rest, regex):
                lines = rest
            start = min(start, len(lines)) - piece
        piece //= 2
    return lines


def main(kernel: str, words: list[str]) -> int:
    if words[:1] != ["--minimise"]:
        output = l1.run(kernel, words, {}, PATIENCE)
        print(output)
        return int("not ok " in output or not re.search(r"^ok \d+", output, re.M))
    lines = lines_of(words[1])
    regex = words[3] if words[2:3] == ["--shows"] else SHOWS
    if not shows(kernel, lines, regex):
        print("It does not show.")
        return 1
    print("\n".join(minimise(kernel, lines, regex)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
