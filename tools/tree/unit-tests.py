#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Make the files with which L1 runs the kvm-unit-tests of a directory.

    tools/tree/unit-tests.py DIR ROOT LISTS

DIR has unittests.cfg and the *.flat files that were built.  ROOT gets the latter and,
for tools/testing/tests/unit-test, a NAME.test for each section; LISTS becomes a
directory for tools/testing/check.py --lists with each test on the host model and on
the machine without it.  What does not apply is said.
"""
import re
import shlex
import shutil
import sys
from pathlib import Path

PARAMETERS = ("qemu_params", "extra_params")
DEFAULT_SECONDS = 90
SLOWER = 6              # than the machines that the timeouts are meant for
HEAD = """unit boot machine=snp cpus=2 mem=8G initrd=base,unit-tests append="kvm.force_emulation_prefix=1"
unit-plain boot cpus=2 mem=8G initrd=base,unit-tests append="kvm.force_emulation_prefix=1"
"""


def read(path: Path) -> dict[str, dict[str, str]]:
    """The sections; a value in triple quotes goes on over lines."""
    sections: dict[str, dict[str, str]] = {}
    section: dict[str, str] = {}
    lines = iter(path.read_text().splitlines())
    for line in lines:
        if match := re.fullmatch(r"\[(.*)\]\s*", line):
            section = sections.setdefault(match[1], {})
        elif match := re.match(r"(\w+)\s*=\s*(.*)", line):
            value = match[2].rstrip()
            if value.startswith('"""'):
                value = value[3:]
                while not value.endswith('"""'):
                    value += "\n" + next(lines, '"""')
                value = value[:-3].replace("\\\n", "")
            section["params" if match[1] in PARAMETERS else match[1]] = value
    return sections


def reason_against(section: dict[str, str], directory: Path) -> str:
    """Why a test does not run here, empty if it does."""
    groups = section.get("groups", "").split()
    if section.get("arch", "x86_64") != "x86_64":
        return f"it is for {section['arch']}"
    if "vmx" in groups:
        return "needs VMX"
    if "nodefault" in groups:
        return "is run by hand only (nodefault)"
    if "migration" in groups:
        return "migrates"
    if not section.get("accel", "kvm").startswith("kvm"):
        return f"needs accel={section['accel']}"
    if not (directory / section.get("file", "/")).is_file():
        return f"{section.get('file', 'its file')} was not built"
    return ""


def test_file(section: dict[str, str]) -> str:
    """Shell words as kvm-unit-tests' own runner has them: it evaluates them, too."""
    arguments = f"-append {section['test_args']} " if section.get("test_args") else ""
    return (f"file={shlex.quote(section['file'])}\nsmp={section.get('smp', '1')}\n"
            f"check={shlex.quote(section.get('check', ''))}\n"
            f"set -- {arguments}{section.get('params', '')}\n")


def seconds(section: dict[str, str]) -> int:
    match = re.match(r"\d+", section.get("timeout", ""))
    return SLOWER * max(int(match[0]) if match else 0, DEFAULT_SECONDS)


def write(directory: Path, root: Path, lists: Path, sections: dict[str, dict[str, str]]) -> None:
    lines, names = [HEAD], []
    for name, section in sections.items():
        if reason := reason_against(section, directory):
            print(f"  {name}: not applicable: {reason}")
            continue
        shutil.copy(directory / section["file"], root)
        (root / f"{name}.test").write_text(test_file(section))
        for group in ("unit", "unit-plain"):
            names.append(f"{group}/{name}")
            lines.append(f"{group}/{name} observe boot={group} timeout={seconds(section)} "
                         f'time=10 cmd="/tests/unit-test {name}"\n')
    shutil.rmtree(lists, ignore_errors=True)
    lists.mkdir(parents=True)
    (lists / "unit.list").write_text("".join(lines))
    (lists / "manifest").write_text("".join(f"{name} 0\n" for name in names))
    (lists / "built").write_text("")


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    directory, root, lists = map(Path, sys.argv[1:])
    sections = read(directory / "unittests.cfg")
    root.mkdir(parents=True, exist_ok=True)
    write(directory, root, lists, sections)
    return 0


if __name__ == "__main__":
    sys.exit(main())
