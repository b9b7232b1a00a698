# SPDX-License-Identifier: GPL-2.0-only
"""Finds kernel splats and compares kernel messages with what a test expects."""
import re
from dataclasses import dataclass
from pathlib import Path

from .kmsg import Record

TABLE = Path(__file__).parent.parent / "splats.table"
CALL_TRACE = "call-trace"
# Records between a splat's first line and its call trace: a failed RMPUPDATE lists
# every entry of the 2 MiB around the page that is not zero, 512 at most.
OWNER_REACH = 540


@dataclass(frozen=True)
class Expect:
    """COUNTx REGEX, of kernel messages (expect=) or skipped subtests (expect-skip=).

    COUNT may be a range, MIN-MAX, of what does not depend on the test alone.
    """
    count: int
    regex: re.Pattern
    most: int = -1

    @classmethod
    def read(cls, text: str) -> "Expect":
        match = re.fullmatch(r"(\d+)(?:-(\d+))?x\s+(.+)", text)
        if not match or match[2] and int(match[2]) <= int(match[1]):
            raise ValueError('is not "COUNTx REGEX"')
        return cls(int(match[1]), re.compile(match[3]), int(match[2] or -1))

    @property
    def wanted(self) -> str:
        return str(self.count) if self.most < 0 else f"{self.count} to {self.most}"

    def holds(self, seen: int) -> bool:
        return self.count <= seen <= max(self.count, self.most)


def read_table(path: Path = TABLE) -> list[tuple[str, re.Pattern]]:
    table = []
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, regex = line.split(None, 1)
            table.append((name, re.compile(regex)))
    return table


def kind_of(text: str, table: list[tuple[str, re.Pattern]]) -> str:
    return next((name for name, regex in table if regex.search(text)), "")


def find(texts: list[str], table: list[tuple[str, re.Pattern]]) -> list[tuple[int, str]]:
    """Returns (index, kind) of every splat; a call trace counts only without an owner."""
    splats = []
    owner = -OWNER_REACH - 1
    for index, text in enumerate(texts):
        kind = kind_of(text, table)
        if not kind:
            continue
        if kind != CALL_TRACE:
            owner = index
        elif index - owner <= OWNER_REACH:
            continue
        splats.append((index, kind))
    return splats


def complaints(records: list[Record], expects: list[Expect],
               table: list[tuple[str, re.Pattern]], anyone: bool = False) -> list[str]:
    """What is wrong with the kernel messages of one test, empty if nothing is.

    anyone: user space's messages count as well as the kernel's.
    """
    texts = [record.text for record in records if anyone or record.from_kernel]
    problems = []
    for expect in expects:
        seen = sum(bool(expect.regex.search(text)) for text in texts)
        if not expect.holds(seen):
            problems.append(f'kernel message "{expect.regex.pattern}": '
                            f"expected {expect.wanted}, came {seen}")
    for index, kind in find(texts, table):
        if not any(expect.regex.search(texts[index]) for expect in expects):
            problems.append(f"kernel {kind}: {texts[index]}")
    return problems
