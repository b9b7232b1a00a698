#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Merges what gcov has counted in each boot, and says which lines of Linux have run.

example: report.py --results build/results/latest --kernel build/kernel-coverage \\
                   --tree build/linux --work build/coverage --json build/results/coverage.json
"""
import argparse
import base64
import gzip
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

BLOCK = re.compile(rb"gcov begin\n(.*?)\ngcov end", re.DOTALL)
FILES = ("arch/x86/kvm/svm/sev.c", "arch/x86/virt/svm/sev.c", "drivers/crypto/ccp/sev-dev.c",
         "drivers/crypto/ccp/psp-dev.c", "virt/kvm/guest_memfd.c")


@dataclass
class Source:
    """Counts by line, also of what was inlined in several places."""
    lines: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    functions: dict[int, str] = field(default_factory=dict)
    branches: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, line: dict) -> None:
        number = line["line_number"]
        self.lines[number] += line["count"]
        self.functions.setdefault(number, line.get("function_name", ""))
        for index, branch in enumerate(line["branches"]):
            self.branches[number, index] += branch["count"]


def share(counts: list[int]) -> float:
    return round(100 * sum(map(bool, counts)) / len(counts), 1) if counts else 100.0


def unpack(log: Path, target: Path) -> bool:
    """What one boot has counted."""
    found = BLOCK.search(log.read_bytes())
    if not found:
        return False
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(found[1])), mode="r:gz") as archive:
        for member in archive.getmembers():
            place = member.name.partition("kernel-coverage/")[2]
            if not member.isfile() or not place:
                continue
            path = target / Path(place.replace("../", ""))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.extractfile(member).read())
    return True


def merge(results: Path, work: Path) -> Path:
    merged: Path | None = None
    for log in sorted((results / "tests").glob("coverage-*.log")):
        boot = work / log.stem
        if not unpack(log, boot):
            print(f"{log.stem}: nothing was counted, see {log}", file=sys.stderr)
            continue
        if merged:
            both = work / f"with-{log.stem}"
            subprocess.run(["gcov-tool", "merge", merged, boot, "-o", both], check=True,
                           stdout=subprocess.DEVNULL)
            boot = both
        merged = boot
    if not merged:
        sys.exit(f"error: no boot of {results} has counted anything")
    return merged


def gcno_of(kernel: Path, gcda: Path, merged: Path) -> Path:
    """kvm's makefile calls what is in virt/ by a path from its own folder."""
    inside = gcda.relative_to(merged).with_suffix(".gcno")
    places = [kernel / inside, *kernel.glob(f"virt/**/{inside.name}")]
    return next(place for place in places if place.exists())


def read(merged: Path, kernel: Path) -> dict[str, Source]:
    sources: dict[str, Source] = defaultdict(Source)
    for gcda in sorted(merged.rglob("*.gcda")):
        shutil.copy(gcno_of(kernel, gcda, merged), gcda.with_suffix(".gcno"))
        done = subprocess.run(["gcov", "--json-format", "--stdout", "-b", gcda.name],
                              cwd=gcda.parent, check=True, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL)
        text = gzip.decompress(done.stdout) if done.stdout[:2] == b"\x1f\x8b" else done.stdout
        for file in json.loads(text)["files"]:
            name = next((name for name in FILES if file["file"].endswith("/" + name) or
                         file["file"] == name), "")
            for line in file["lines"] if name else []:
                sources[name].add(line)
    return sources


def functions(source: Source) -> dict[str, tuple[int, int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, name in source.functions.items():
        found[name].append(source.lines[number])
    return {name: (sum(map(bool, counts)), len(counts)) for name, counts in found.items()}


def annotate(path: Path, text: str, source: Source) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for number, line in enumerate(text.splitlines(), 1):
            count = source.lines.get(number)
            mark = "-" if count is None else str(count) if count else "#####"
            file.write(f"{mark:>9}:{number:5}:{line}\n")


def show(sources: dict[str, Source]) -> dict:
    data = {}
    print(f"{'file':<36}{'lines':>8}{'of':>6}{'branches':>10}{'of':>6}")
    for name in FILES:
        source = sources[name]
        data[name] = {"lines": share(list(source.lines.values())),
                      "branches": share(list(source.branches.values())),
                      "functions": {key: {"run": run, "lines": lines} for key, (run, lines)
                                    in sorted(functions(source).items())}}
        print(f"{name:<36}{data[name]['lines']:>7}%{len(source.lines):>6}"
              f"{data[name]['branches']:>9}%{len(source.branches):>6}")
    for name in FILES:
        print(f"\n{name}: what has not run, by function")
        missing = [(lines - run, key, run, lines) for key, (run, lines)
                   in functions(sources[name]).items() if run < lines]
        for left, key, run, lines in sorted(missing, reverse=True):
            print(f"  {left:>4} of {lines:>4}  {key}")
    return data


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("results", "kernel", "tree", "work", "json"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    boots = args.work / "boots"
    shutil.rmtree(boots, ignore_errors=True)
    sources = read(merge(args.results, boots), args.kernel)
    data = show(sources)
    for name in FILES:
        annotate(args.work / "annotated" / name, (args.tree / name).read_text(), sources[name])
    args.json.write_text(json.dumps(data, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
