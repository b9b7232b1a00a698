#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes lists of tests that run on the kernel of `make coverage`, from the others.

Every boot of the SNP machine with the host's own kernel gets that kernel and its
modules, and a last test that tells what has been counted.

example: lists.py tools/testing/lists build/coverage/lists
"""
import re
import sys
from pathlib import Path

BOOT = re.compile(r"(\S+)\s+boot\b")
INITRD = re.compile(r"\binitrd=(\S+)")
# Kernels of their own, and KVM as of other commits
OTHERS = re.compile(r"\bkernel=|\binitrd=\S*\b(step-|pristine|unannounced)")
LAST = "coverage/{group} {tier} boot={group} timeout=300 cmd=/tests/gcov\n"


def boot_line(line: str) -> str:
    text, _, reason = line.rstrip("\n").partition(" #")
    initrd = INITRD.search(text)
    parts = (initrd[1] if initrd else "base,selftests").split(",")
    parts.insert(1, "coverage")
    text = INITRD.sub("", text).rstrip()
    return f"{text} shards=1 kernel=kernel-coverage/vmlinux initrd={','.join(parts)}\n"


def convert(text: str) -> tuple[str, dict[str, str]]:
    """Lines of one list, and the groups that count, with the tier that boots them."""
    lines, groups, keep = [], {}, False
    for line in text.splitlines(keepends=True):
        boot = BOOT.match(line)
        if boot:
            keep = "machine=snp" in line and not OTHERS.search(line)
        if not keep or line.startswith("#"):
            continue
        if boot:
            group = boot[1]
            groups[group] = "full"
            line = boot_line(line)
        elif line.split()[1:2] in (["run"], ["known-fail"]):
            groups[group] = "run"
        lines.append(line)
    return "".join(lines), groups


def main() -> int:
    source, target = map(Path, sys.argv[1:])
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    names, last = set(), []
    for path in sorted(source.glob("*.list")):
        text, groups = convert(path.read_text())
        (target / path.name).write_text(text)
        names |= {line.split()[0] for line in text.splitlines() if line.strip()}
        last += [LAST.format(group=group, tier=tier) for group, tier in groups.items()]
    (target / "zz-coverage.list").write_text("".join(last))
    # Upstream's programs are those without a command; the others are not asked for here.
    (target / "built").write_text("".join(
        f"{line.split()[0]}\n" for path in target.glob("*.list")
        for line in path.read_text().splitlines()
        if line.strip() and not BOOT.match(line) and " cmd=" not in line))
    rows = [line for line in (source / "manifest").read_text().splitlines()
            if line.split()[0] in names]
    rows += [f"{line.split()[0]} 0" for line in last]
    (target / "manifest").write_text("\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
