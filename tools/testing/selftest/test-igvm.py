#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests the library that reads and writes IGVM files, built with sanitizers (TAP).

  tools/testing/selftest/test-igvm.py            50,000 fuzzed files
  tools/testing/selftest/test-igvm.py 1000000    so many
"""
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parents[2] / "tools/igvm"
sys.path[:0] = [str(HERE), str(LIBRARY / "tests")]

import samples
from tap_out import Tap

FLAGS = ["-D_GNU_SOURCE", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
         "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
MOST_FIELDS_SIZE = 0x100000     # a large page copied for each change takes long


def build(directory: Path) -> Path:
    program = directory / "fuzz"
    subprocess.run(["gcc", *FLAGS, "-I", LIBRARY / "include", "-I", LIBRARY, "-o", program,
                    LIBRARY / "tests/fuzz.c", *sorted(LIBRARY.glob("*.c")), "-lz"], check=True)
    return program


class Fuzz:
    def __init__(self, directory: Path, tap: Tap):
        self.program, self.directory, self.tap = build(directory), directory, tap

    def file(self, name: str, data: bytes) -> Path:
        path = self.directory / name.replace(" ", "-").replace("/", "-")
        path.write_bytes(data)
        return path

    def says(self, *words) -> str:
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True)
        return done.stdout if not done.returncode else f"{done.returncode}: {done.stdout}{done.stderr}"

    def both(self, name: str, fewest: int, *words) -> None:
        """Neither all are accepted nor all refused, and that many were tried."""
        said = self.says(*words)
        words = said.replace(",", "").split()
        counts = [int(words[0]), int(words[2])] if len(words) > 3 and words[3][:7] == "refused" else [0]
        self.tap.check(min(counts) > sum(counts) / 100 and sum(counts) >= fewest, name, said)


def sound(fuzz: Fuzz) -> list[Path]:
    files = []
    for name, data in samples.SOUND.items():
        files.append(fuzz.file(name, data))
        fuzz.tap.equal(fuzz.says("read", files[-1]), "1 accepted, 0 refused\n",
                       f"{name}: read, and written as it was")
    return files


def unsound(fuzz: Fuzz) -> None:
    for name, (text, data) in samples.UNSOUND.items():
        said = fuzz.says("read", fuzz.file(name, data))
        fuzz.tap.check(said.startswith("0 accepted, 1 refused: ") and text in said and
                       said.count("\n") == 1, f"{name}: refused", f"wanted: {text}\n{said}")


def changed(fuzz: Fuzz, files: list[Path], count: int) -> None:
    small = [file for file in files if file.stat().st_size < MOST_FIELDS_SIZE]
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(fuzz.both, "each field of each header changed", 20000, "fields", *small),
                pool.submit(fuzz.both, f"{count} fuzzed files", count, count, *small)]
        for job in jobs:
            job.result()
    said = fuzz.says("cut", small[0])
    size = small[0].stat().st_size
    fuzz.tap.check(said.startswith(f"1 accepted, {2 * size + 1} refused: ") or
                   said.startswith(f"2 accepted, {2 * size} refused: "),
                   f"the file cut at each of its {size} bytes", said)


def main() -> int:
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        fuzz = Fuzz(Path(name), tap)
        files = sound(fuzz)
        unsound(fuzz)
        changed(fuzz, files, int(sys.argv[1]) if sys.argv[1:] else 50000)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
