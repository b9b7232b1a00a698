# SPDX-License-Identifier: GPL-2.0-only
"""Results of a long run, so that one that was interrupted goes on where it was.

They belong to one state of the checkout: its commit and what is changed on top.
"""
import hashlib
import json
import subprocess
from dataclasses import asdict
from pathlib import Path

from .lists import Group, Test
from .verdict import Result


def state_of(checkout: Path) -> str:
    """Names the state; "" outside of a git checkout, where nothing does."""
    digest = hashlib.sha256()
    for command in (["rev-parse", "HEAD"], ["diff", "HEAD"],
                    ["ls-files", "--others", "--exclude-standard"]):
        done = subprocess.run(["git", "-C", str(checkout), *command],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            return ""
        digest.update(done.stdout)
        if command[0] == "ls-files":
            for name in filter(None, done.stdout.decode().split("\n")):
                digest.update((checkout / name).read_bytes())
    return digest.hexdigest()[:16]


class Kept:
    def __init__(self, path: Path, state: str, anew: bool) -> None:
        self.path = path
        self.results: dict[str, Result] = {}
        head = json.dumps({"state": state})
        lines = path.read_text().splitlines() if path.exists() else []
        if not anew and state and lines[:1] == [head]:
            for line in lines[1:]:
                result = Result(**json.loads(line))
                self.results[result.name] = result
        else:
            path.write_text(head + "\n")

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
