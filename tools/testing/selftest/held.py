# SPDX-License-Identifier: GPL-2.0-only
"""A machine with the SNP host model that a test halts and looks at."""
from pathlib import Path

from harness import process
from harness.instrument import POLL, Instrument
from harness.qmp import Qmp


class Held:
    """The machine halts at marks until self.model lets it go on."""

    def __init__(self, patience: float, poll: float = POLL) -> None:
        self.patience = patience
        self.qmp = Qmp(patience)
        self.model = Instrument(self.qmp, patience, poll)

    def start(self, argv: list[str], log: Path, directory: Path) -> None:
        """ARGV hands self.qmp.inherit() to QEMU."""
        with open(log, "wb") as output:
            self.qemu = process.start(argv, output, directory, (self.qmp.inherit(),))
        self.qmp.close_theirs()

    def finish(self) -> int:
        try:
            return self.qemu.wait(self.patience)
        finally:
            process.kill_session(self.qemu)
            self.qmp.close()
