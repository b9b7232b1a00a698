#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the lists of a kernel tree's own selftests, for tools/testing/check.py.

    tools/tree/lists.py MANIFEST DIR [GLOB,...]

MANIFEST names the selftests that were built from the tree, lists/*.list beside this
script which of them run and how.  Each of those becomes a directory of DIR for --lists,
if it has tests that the globs match.
"""
import fnmatch
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True
REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "tools/testing"))

from harness.lists import matches

TEMPLATES = Path(__file__).parent / "lists"


def common_name(binary: str) -> str:
    """What a selftest is called whatever the version."""
    return binary.replace("x86_64/", "x86/", 1)


def expand(line: str, left: dict[str, str]) -> list[str]:
    """A line of a template as lines of a list; takes its selftests out of left."""
    words = line.split(None, 2)
    if not words or words[0].startswith("#") or words[1] == "boot" or "cmd=" in line:
        return [line]
    matching = sorted(name for name in left if fnmatch.fnmatchcase(name, words[0]))
    rest = "".join(words[2:])
    return [f"{name} {words[1]} cmd=/selftests/kvm/{left.pop(name)} {rest}" for name in matching]


def test_of(line: str) -> str:
    """The name of the test that a list's line declares, if any."""
    words = line.split(None, 2)
    return words[0] if len(words) > 1 and not words[0].startswith("#") and words[1] != "boot" else ""


def write(directory: Path, lines: list[str]) -> None:
    directory.mkdir(parents=True)
    (directory / "tree.list").write_text("\n".join(lines) + "\n")
    (directory / "manifest").write_text(
        "".join(f"{test_of(line)} 0\n" for line in lines if test_of(line)))
    (directory / "built").write_text("")


def main() -> int:
    if len(sys.argv) not in (3, 4):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    left = {common_name(binary): binary for binary in Path(sys.argv[1]).read_text().split()}
    out, globs = Path(sys.argv[2]), "".join(sys.argv[3:]).replace(",", " ").split()
    shutil.rmtree(out, ignore_errors=True)
    for template in sorted(TEMPLATES.glob("*.list")):
        lines = [new for line in template.read_text().splitlines() for new in expand(line, left)]
        lines = [line for line in lines if not test_of(line) or matches(test_of(line), globs)]
        if any(map(test_of, lines)):
            write(out / template.stem, lines)
    if not out.exists():
        print(f"lists.py: this tree has no test that is called {' '.join(globs)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
