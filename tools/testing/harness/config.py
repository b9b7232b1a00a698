# SPDX-License-Identifier: GPL-2.0-only
"""Where things are and how this run was asked to behave."""
import threading
from dataclasses import dataclass, field
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]


@dataclass
class Config:
    build: Path                     # the build directory ($O)
    run_dir: Path                   # logs of this run
    boot: Path = REPO / "tools/boot.sh"
    kernel: Path | None = None
    profile: str = ""               # "" leaves the choice to the lists
    jobs: int = 2
    boot_timeout: float = 120.0      # until the agent says hello
    grace: float = 15.0             # beyond a test's own time-out, and for other steps
    verbose: bool = False
    stop: threading.Event = field(default_factory=threading.Event)

    def part(self, name: str) -> str:
        """An initramfs part by name, or a file by path."""
        return name if "/" in name else str(self.build / f"initramfs/{name}.cpio")
