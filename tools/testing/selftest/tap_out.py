# SPDX-License-Identifier: GPL-2.0-only
"""Prints test results as TAP."""
import shutil
from pathlib import Path


class Tap:
    def __init__(self) -> None:
        self.count = 0
        self.failed = 0

    def check(self, good: bool, name: str, why: str) -> None:
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            print("".join(f"#   {line}\n" for line in why.splitlines()), end="", flush=True)

    def equal(self, seen: object, wanted: object, name: str) -> None:
        self.check(seen == wanted, name, f"is:   {seen!r}\nwant: {wanted!r}")

    def finish(self, work: Path | None = None) -> int:
        """Returns the exit status: nothing was tested is a failure, too.  The directory
        WORK stays if something failed."""
        if work and self.failed:
            print(f"# everything is kept in {work}")
        elif work:
            shutil.rmtree(work)
        print(f"1..{self.count}", flush=True)
        return int(self.failed > 0 or self.count == 0)
