#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does a row's check fail when the model gets that row wrong?

Each flip of flips.table turns one row's behaviour of the SNP host model into its
opposite.  For every flip that is asked for: replace the text in a scratch copy of
the model, compile that file, link a QEMU with it beside the built one, and run all
architecture tests.  The row's checks have to fail, and no row that the flip does not
name.  A flip whose text is not there (once), or that leaves the object file as it
was, is a failure.  Prints TAP.

  tools/testing/flips/flips.py                     30 flips, picked by seed 1
  tools/testing/flips/flips.py --seed 7 --count 5  others
  tools/testing/flips/flips.py --only 'rmp-5.*'    by row
  tools/testing/flips/flips.py --all               all of them
  tools/testing/flips/flips.py --all --own         only programs that check the row:
                                                   fast, blind for unrelated failures
  tools/testing/flips/flips.py --texts             only whether each flip's text is there

Needs a built QEMU in $O.  The build directory is only read.
"""
import argparse
import fnmatch
import json
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[2]
MODEL = TOP / "tools/snp-model"
ARCH = TOP / "tools/testing/arch"
PICKED = 30
ROW = re.compile(r"(not )?ok \d+ - ((?:rmp|vm|pl)-\d+\.\d+): ")


class FlipError(Exception):
    """A flip that cannot be tried."""


@dataclass
class Flip:
    row: str
    also: list[str] = field(default_factory=list)
    file: str = ""
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.row} ({self.file})"


def read_flips(path: Path) -> list[Flip]:
    flips: list[Flip] = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word, _, rest = line.partition(" ")
        if not line or line.startswith("#"):
            continue
        if word == "flip":
            flips.append(Flip(*rest.split()[:1]))
        elif not flips:
            raise FlipError(f"{path}:{number}: comes before the first flip")
        elif word == "also":
            flips[-1].also += rest.split()
        elif word == "file":
            flips[-1].file = rest
        elif line[0] == "-":
            flips[-1].old.append(line[1:])
        elif line[0] == "+":
            flips[-1].new.append(line[1:])
        else:
            raise FlipError(f"{path}:{number}: cannot read {line!r}")
    return flips


class Build:
    """How the build directory's QEMU is compiled and linked."""

    def __init__(self, build: Path):
        self.dir = build / "qemu-build"
        self.tree = build / "qemu"
        compiled = json.loads((self.dir / "compile_commands.json").read_text())
        self.compile = {self.resolve(entry["file"]): entry for entry in compiled}
        linked = subprocess.run(["ninja", "-C", str(self.dir), "-t", "compdb", "-x",
                                 "c_LINKER_RSP"], capture_output=True, text=True, check=True)
        links = json.loads(linked.stdout[linked.stdout.index("["):])
        self.link = next(entry for entry in links if entry["output"] == "qemu-system-x86_64")
        self.unflipped: dict[str, bytes] = {}

    def resolve(self, name: str) -> str:
        return os.path.normpath(self.dir / name)

    def entry(self, file: str) -> dict:
        """The compile command of a file of the model or, if it has none of this name, of QEMU."""
        path = self.tree / (f"hw/i386/snp-model/{file}" if (MODEL / file).is_file() else file)
        if str(path) not in self.compile:
            raise FlipError(f"{path} is not compiled")
        return self.compile[str(path)]

    def object(self, file: str, source: Path, to: Path) -> bytes:
        """Compiles without debug information, which follows every change of the text."""
        entry = self.entry(file)
        argv = shlex.split(entry["command"])
        original = Path(self.resolve(entry["file"]))
        argv[argv.index("-o") + 1] = str(to)
        argv[-1] = str(source)
        for option in ("-MF", "-MQ"):
            argv[argv.index(option) + 1] = f"{to}.d"
        # Headers of QEMU's own directories; the model's are beside the copy.
        run_or_die(argv + ["-g0", "-Wno-error", "-w", f"-iquote{original.parent}"], self.dir)
        return to.read_bytes()

    def plain_object(self, file: str, source: Path, to: Path) -> bytes:
        if file not in self.unflipped:
            self.unflipped[file] = self.object(file, source, to)
        return self.unflipped[file]

    def qemu(self, file: str, flipped: Path, to: Path) -> None:
        argv = shlex.split(self.link["command"]) + ["-Wl,--strip-debug"]
        argv[argv.index("-o") + 1] = str(to)
        argv[argv.index(self.entry(file)["output"])] = str(flipped)
        run_or_die(argv, self.dir)


def run_or_die(argv: list[str], cwd: Path) -> None:
    done = subprocess.run(argv, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FlipError(f"{argv[0]} fails: {done.stderr[-800:]}")


def flipped_text(flip: Flip, text: str) -> str:
    old, new = "\n".join(flip.old), "\n".join(flip.new)
    if text.count(old) != 1:
        raise FlipError(f"its text is {text.count(old)} times in {flip.file}, not once")
    return text.replace(old, new)


def make_qemu(build: Build, flip: Flip, scratch: Path) -> Path:
    model = scratch / "model"
    shutil.copytree(MODEL, model)
    original = Path(build.resolve(build.entry(flip.file)["file"]))
    source = model / flip.file if (MODEL / flip.file).is_file() else model / original.name
    plain, flipped = scratch / "plain.o", scratch / "flipped.o"
    text = original.read_text()
    source.write_text(text)
    before = build.plain_object(flip.file, source, plain)
    source.write_text(flipped_text(flip, text))
    if build.object(flip.file, source, flipped) == before:
        raise FlipError("it leaves the object file as it was")
    qemu = scratch / "qemu-system-x86_64"
    build.qemu(flip.file, flipped, qemu)
    return qemu


def programs() -> list[str]:
    said = subprocess.run([ARCH / "rows.sh", "--programs"], capture_output=True, text=True,
                          check=True)
    return said.stdout.split()


def rows_of(program: str) -> set[str]:
    said = subprocess.run([ARCH / "rows.sh", program], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


def build_programs(to: Path) -> dict[str, Path]:
    built = {program: to / program for program in programs()}
    for program, file in built.items():
        subprocess.run([ARCH / "build.sh", program, str(file)], check=True)
    return built


def failed_rows(qemu: Path, built: dict[str, Path]) -> set[str]:
    """Rows of which a check failed, or that lack one because the program did not get there."""
    failed: set[str] = set()
    for program, file in built.items():
        done = subprocess.run([ARCH / "boot.sh", program, str(qemu), str(file)],
                              capture_output=True, text=True, errors="replace", check=False)
        passed: set[str] = set()
        for line in done.stdout.splitlines():
            if match := ROW.match(line):
                (failed if match[1] else passed).add(match[2])
        failed |= rows_of(program) - passed
    return failed


def verdict(flip: Flip, failed: set[str]) -> str:
    unrelated = failed - {flip.row} - set(flip.also)
    if flip.row not in failed:
        return f"no check of {flip.row} fails (failing: {' '.join(sorted(failed)) or 'none'})"
    if unrelated:
        return f"unrelated rows fail as well: {' '.join(sorted(unrelated))}"
    return ""


def try_flip(build: Build, flip: Flip, built: dict[str, Path]) -> str:
    with tempfile.TemporaryDirectory(prefix="flip-") as scratch:
        try:
            return verdict(flip, failed_rows(make_qemu(build, flip, Path(scratch)), built))
        except FlipError as error:
            return str(error)


def check_texts(build: Build, flips: list[Flip]) -> int:
    bad = 0
    for number, flip in enumerate(flips, 1):
        try:
            flipped_text(flip, Path(build.resolve(build.entry(flip.file)["file"])).read_text())
            print(f"ok {number} - {flip.name}")
        except FlipError as error:
            bad += 1
            print(f"not ok {number} - {flip.name}\n# {error}")
    return bad


def choose(flips: list[Flip], args: argparse.Namespace) -> list[Flip]:
    """One flip of each row that is picked."""
    if args.all:
        return flips
    if args.only:
        return [flip for flip in flips if fnmatch.fnmatch(flip.row, args.only)]
    picker = random.Random(args.seed)
    rows = sorted({flip.row for flip in flips})
    picked = set(picker.sample(rows, min(args.count, len(rows))))
    return [picker.choice([flip for flip in flips if flip.row == row])
            for row in sorted(picked)]


def run(build: Build, chosen: list[Flip], built: dict[str, Path], own: bool) -> int:
    bad = 0
    if failed := failed_rows(build.dir / "qemu-system-x86_64", built):
        print(f"Bail out! These rows fail without a flip: {' '.join(sorted(failed))}")
        return 1
    for number, flip in enumerate(chosen, 1):
        mine = {program: file for program, file in built.items()
                if not own or flip.row in rows_of(program)}
        why = try_flip(build, flip, mine)
        bad += bool(why)
        print(f"{'not ' if why else ''}ok {number} - {flip.name}", flush=True)
        if why:
            print(f"# {why}", flush=True)
    return bad


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=PICKED)
    parser.add_argument("--only", default="", metavar="GLOB")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--own", action="store_true")
    parser.add_argument("--texts", action="store_true")
    args = parser.parse_args()
    build = Build(Path(os.environ.get("O") or TOP / "build"))
    flips = read_flips(HERE / "flips.table")
    chosen = flips if args.texts else choose(flips, args)
    print(f"1..{len(chosen)}")
    print(f"# {len(flips)} flips of {len({flip.row for flip in flips})} rows; seed {args.seed}")
    if args.texts:
        return int(bool(check_texts(build, flips) or not flips))
    with tempfile.TemporaryDirectory(prefix="flips-") as scratch:
        bad = run(build, chosen, build_programs(Path(scratch)), args.own)
    return int(bool(bad or not chosen))


if __name__ == "__main__":
    sys.exit(main())
