# SPDX-License-Identifier: GPL-2.0-only
"""Records of /dev/kmsg: "prio,seq,usec,flags;text", dictionary lines indented."""
import re
from dataclasses import dataclass

from .protocol import ProtocolError

RECORD = re.compile(r"(\d+),(\d+),(\d+),[^;]*;(.*)")


@dataclass(frozen=True)
class Record:
    facility: int       # 0: the kernel; user space cannot log as 0
    seq: int
    usec: int
    text: str

    @property
    def from_kernel(self) -> bool:
        return self.facility == 0

    def __str__(self) -> str:
        return f"[{self.usec / 1e6:12.6f}] {self.text}"


class Log:
    """Parses records and notices the ones that were lost."""

    def __init__(self) -> None:
        self.next_seq = 0

    def parse(self, payload: bytes) -> tuple[list[Record], int]:
        """Returns the records and the number of lost ones before or among them."""
        records, lost = [], 0
        for line in payload.decode(errors="replace").split("\n"):
            if not line or line.startswith(" "):
                continue
            match = RECORD.fullmatch(line)
            if not match:
                raise ProtocolError(f"bad kernel log record: {line[:80]!r}")
            record = Record(int(match[1]) >> 3, int(match[2]), int(match[3]), match[4])
            if record.seq < self.next_seq:
                raise ProtocolError(f"kernel log record {record.seq} came twice")
            lost += record.seq - self.next_seq
            self.next_seq = record.seq + 1
            records.append(record)
        return records, lost
