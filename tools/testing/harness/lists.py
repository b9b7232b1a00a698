# SPDX-License-Identifier: GPL-2.0-only
"""Reads the test lists; their format is described at the top of lists/kvm.list."""
import fnmatch
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .census import Count, Leaks
from .splats import Expect

MACHINES = ("plain", "iommu", "snp")
VERDICTS = ("run", "full", "observe", "known-fail", "not-applicable")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./+-]{0,99}")
LINE = re.compile(r'((?:[^"#]|"[^"]*")*)(?:#\s*(.*))?')
OPTION = re.compile(r'([a-z-]+)(?:=(?:"([^"]*)"|(\S*)))?(?:\s+|$)')
FAULT = re.compile(r"[A-Z_]+(?::[a-z]+)?,[1-9][0-9]*(?:-[1-9][0-9]*)?,[A-Z_]+")
IMAGE_TESTS = "/selftests/kvm/"
FLAGS = ("host",)
WHOLE = "file"            # expect-skip=file


class ListError(Exception):
    """A list that cannot be understood."""


@dataclass
class Group:
    """A kind of boot: everything tools/boot.sh is told about the machine."""
    name: str
    cpus: int = 2
    mem: str = "4G"
    machine: str = "plain"              # or iommu, or snp
    generation: str = ""                # of the SNP host model; "": its default
    kernel: str = ""                    # a file in the build directory; "": ours
    shards: int = 99                    # boots it may be spread over
    profile: str = "fast"
    initrd: list[str] = field(default_factory=lambda: ["base", "selftests"])
    append: str = ""
    qemu_args: list[str] = field(default_factory=list)
    expects: list[Expect] = field(default_factory=list)
    expects_off: list[Expect] = field(default_factory=list)
    where: str = ""


@dataclass
class Test:
    name: str
    verdict: str
    where: str                          # file:line
    reason: str = ""
    group: str = ""                     # "" runs on the build machine
    argv: list[str] = field(default_factory=list)
    lock: str = ""                      # of the host: one test at a time holds it
    timeout: int = 60
    time: float = 1.0                   # seconds it is expected to take
    fails: list[re.Pattern] = field(default_factory=list)   # what a known failure says
    skips_whole: bool = False
    skips: list[Expect] = field(default_factory=list)   # subtests
    passes: int | None = None           # subtests that pass, from the manifest; None: any number
    expects: list[Expect] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)     # for the SNP host model
    leaks: list[Leaks] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)      # states of pages
    counts: list[Count] = field(default_factory=list)
    from_upstream: bool = False         # a binary of the manifest


@dataclass
class Lists:
    groups: dict[str, Group] = field(default_factory=dict)
    tests: list[Test] = field(default_factory=list)

    def doubles(self) -> dict[str, list[str]]:
        """Names that more than one line declares, with those lines."""
        places: dict[str, list[str]] = {}
        for test in self.tests:
            places.setdefault(test.name, []).append(test.where)
        return {name: where for name, where in places.items() if len(where) > 1}


def _options(text: str, where: str) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    while text:
        match = OPTION.match(text)
        if not match:
            raise ListError(f"{where}: cannot read {text!r}")
        name, value = match[1], match[2] if match[2] is not None else match[3]
        if value is None and name not in FLAGS:
            raise ListError(f"{where}: {name} needs a value")
        options.setdefault(name, []).append("1" if value is None else value)
        text = text[match.end():]
    return options


def _expects(options: dict[str, list[str]], where: str, name: str = "expect") -> list[Expect]:
    expects = []
    for text in options.pop(name, []):
        try:
            expects.append(Expect.read(text))
        except (ValueError, re.error) as error:
            raise ListError(f'{where}: {name}="{text}" {error}') from error
    return expects


def _fails(test: Test, options: dict[str, list[str]]) -> None:
    for text in options.pop("fails", []):
        try:
            test.fails.append(re.compile(text))
        except re.error as error:
            raise ListError(f'{test.where}: fails="{text}": {error}') from error
    if bool(test.fails) != (test.verdict == "known-fail"):
        raise ListError(f"{test.where}: known-fail and fails= belong together")


def _skips(test: Test, options: dict[str, list[str]]) -> None:
    test.skips_whole = options.get("expect-skip") == [WHOLE]
    if test.skips_whole:
        options.pop("expect-skip")
    test.skips = _expects(options, test.where, "expect-skip")


def _faults(options: dict[str, list[str]], where: str) -> list[str]:
    faults = options.pop("fault", [])
    for fault in faults:
        if not FAULT.fullmatch(fault):
            raise ListError(f'{where}: fault="{fault}" is not "COMMAND,N,STATUS"')
    return faults


def _parsed(options: dict[str, list[str]], name: str, read: Callable, where: str) -> list:
    try:
        return [read(text) for text in options.pop(name, [])]
    except ValueError as error:
        raise ListError(f"{where}: {error}") from error


def _number(options: dict[str, list[str]], name: str, default: float, where: str) -> float:
    text = options.pop(name, [str(default)])[-1]
    if not re.fullmatch(r"\d+(\.\d+)?", text):
        raise ListError(f"{where}: {name}={text} is not a number")
    return float(text)


def _no_others(options: dict[str, list[str]], where: str) -> None:
    if options:
        raise ListError(f"{where}: unknown option {', '.join(options)}")


def _group(name: str, options: dict[str, list[str]], where: str) -> Group:
    group = Group(name, where=where, expects=_expects(options, where),
                  expects_off=_expects(options, where, "expect-off"))
    group.cpus = int(_number(options, "cpus", group.cpus, where))
    group.shards = max(1, int(_number(options, "shards", group.shards, where)))
    group.mem = options.pop("mem", [group.mem])[-1]
    group.machine = options.pop("machine", [group.machine])[-1]
    if group.machine not in MACHINES:
        raise ListError(f"{where}: machine={group.machine} is none of {', '.join(MACHINES)}")
    group.generation = options.pop("generation", [group.generation])[-1]
    group.kernel = options.pop("kernel", [group.kernel])[-1]
    group.profile = options.pop("profile", [group.profile])[-1]
    group.append = " ".join(options.pop("append", []))
    group.qemu_args = options.pop("qemu-arg", [])
    if "initrd" in options:
        group.initrd = options.pop("initrd")[-1].split(",")
    _no_others(options, where)
    return group


def _command(test: Test, options: dict[str, list[str]]) -> None:
    command = options.pop("cmd", [""])[-1]
    if test.group and not command:
        test.from_upstream = True
        command = f"{IMAGE_TESTS}{test.name} " + options.pop("args", [""])[-1]
    test.argv = shlex.split(command)
    if not test.argv:
        raise ListError(f"{test.where}: host needs cmd=")
    if "\t" in command:
        raise ListError(f"{test.where}: the plan has no way to pass a tab")


def _test(name: str, verdict: str, options: dict[str, list[str]], group: str, where: str) -> Test:
    if verdict not in VERDICTS:
        raise ListError(f"{where}: verdict {verdict!r} is none of boot, {', '.join(VERDICTS)}")
    test = Test(name, verdict, where, expects=_expects(options, where))
    host = bool(options.pop("host", None))
    test.group = "" if host else options.pop("boot", [group])[-1]
    if not test.group and not host:
        raise ListError(f"{where}: {name} has no boot line above it, no boot= and no host")
    if host:
        test.lock = options.pop("lock", [""])[-1]
    _command(test, options)
    test.timeout = int(_number(options, "timeout", test.timeout, where))
    test.time = _number(options, "time", test.time, where)
    _fails(test, options)
    _skips(test, options)
    test.faults = _faults(options, where)
    test.leaks = _parsed(options, "leaks", Leaks.read, where)
    test.moves = options.pop("moves", [])
    test.counts = _parsed(options, "counts", Count.read, where)
    _no_others(options, where)
    return test


def _read_line(lists: Lists, line: str, group: str, where: str) -> str:
    """Reads one line into lists; returns the group of the lines that follow."""
    match = LINE.fullmatch(line)
    if not match:
        raise ListError(f"{where}: unbalanced quotes")
    name, verdict, rest = (match[1].split(None, 2) + ["", "", ""])[:3]
    if not NAME.fullmatch(name) or name.startswith("boot/"):
        raise ListError(f"{where}: bad name {name!r}")
    options = _options(rest, where)
    if verdict == "boot":
        if name in lists.groups:
            raise ListError(f"{where}: boot {name} was declared in {lists.groups[name].where}")
        lists.groups[name] = _group(name, options, where)
        return name
    test = _test(name, verdict, options, group, where)
    test.reason = (match[2] or "").strip()
    excused = verdict in ("known-fail", "not-applicable") or test.skips_whole or test.skips
    if not test.reason and excused:
        raise ListError(f"{where}: {name} needs a reason (# ...)")
    lists.tests.append(test)
    return group


def read(directory: Path) -> Lists:
    lists = Lists()
    for path in sorted(directory.glob("*.list")):
        group = ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.strip() and not line.lstrip().startswith("#"):
                group = _read_line(lists, line.strip(), group, f"{path.name}:{number}")
    for test in lists.tests:
        if test.group not in lists.groups and test.group:
            raise ListError(f"{test.where}: no boot line declares {test.group}")
        machine = lists.groups[test.group].machine if test.group else ""
        if (test.faults or test.leaks or test.moves or test.counts) and machine != "snp":
            raise ListError(f"{test.where}: fault=, leaks=, moves= and counts= "
                            "need machine=snp")
    return lists


def matches(name: str, globs: list[str]) -> bool:
    """A glob may leave out the directory; no globs match everything."""
    base = name.rsplit("/", 1)[-1]
    return not globs or any(fnmatch.fnmatchcase(name, glob) or fnmatch.fnmatchcase(base, glob)
                            for glob in globs)
