# SPDX-License-Identifier: GPL-2.0-only
"""Results of a long run, so that one that was interrupted goes on where it was.

They belong to one state of the checkout, its commit and what is changed on top, and of
what was built: a kernel's commit that nobody has exported changes no file of the checkout.
"""
import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from .lists import Group, Test
from .verdict import Result


def state_of(checkout: Path) -> str:
    """Names the state; "" outside of a git checkout, where nothing does."""
    digest = hashlib.sha256()
    for command in (["rev-parse", "HEAD"], ["diff", "HEAD"],
                    ["ls-files", "-z", "--others", "--exclude-standard"]):
        done = subprocess.run(["git", "-C", str(checkout), *command],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            return ""
        digest.update(done.stdout)
        if command[0] == "ls-files":
            for name in filter(None, os.fsdecode(done.stdout).split("\0")):
                if (checkout / name).is_file():     # and no repository in the checkout
                    digest.update((checkout / name).read_bytes())
    return digest.hexdigest()[:16]


def built(build: Path, groups: Iterable[Group]) -> dict[str, str]:
    """What machines are made of, and when each was written."""
    names = {"kernel/vmlinux", "qemu-build/qemu-system-x86_64", "selftests/kvm/MANIFEST"}
    for group in groups:
        names |= {group.kernel} | {f"initramfs/{part}.cpio" for part in group.initrd}
    found = {}
    for name in sorted(filter(None, names)):
        with contextlib.suppress(OSError):
            stat = (build / name).stat()
            found[name] = f"{stat.st_size} {stat.st_mtime_ns}"
    return found


class InUse(Exception):
    """Another run keeps its results in this file."""


class Kept:
    def __init__(self, path: Path, state: str, anew: bool) -> None:
        self.path = path
        self.results: dict[str, Result] = {}
        self.lock = open(path.with_suffix(".lock"), "w", encoding="utf-8")
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"a run of everything goes on already ({path})") from None
        head = json.dumps({"state": state})
        lines = path.read_text().splitlines() if path.exists() else []
        if not anew and state and lines[:1] == [head]:
            for line in lines[1:]:
                self._load(line)
        path.write_text(head + "\n")
        for result in self.results.values():
            self.add(result)

    def _load(self, line: str) -> None:
        with contextlib.suppress(ValueError, TypeError):    # cut short by a kill or a full disk
            result = Result(**json.loads(line))
            self.results[result.name] = result

    def add(self, result: Result) -> None:
        """A line at once: a run that is killed loses what it was at, and no more."""
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(result)) + "\n")

    def settled(self, tests: list[Test], groups: dict[str, Group], exact: bool) -> set[str]:
        """Whom nobody need run again.  A boot in the exact profile is one piece."""
        def whole(group: str) -> bool:
            return all(test.name in self.results for test in tests if test.group == group)

        return {test.name for test in tests if test.name in self.results and
                (not test.group or not (exact or groups[test.group].profile == "exact") or
                 whole(test.group))}

    def forget(self) -> None:
        """The run is complete: the next one begins anew."""
        self.path.unlink(missing_ok=True)
