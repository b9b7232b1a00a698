# SPDX-License-Identifier: GPL-2.0-only
"""Child processes in sessions of their own that never outlive the harness."""
import os
import signal
import subprocess
from pathlib import Path
from typing import IO

from .config import REPO


def start(argv: list[str], output: IO[bytes], build: Path, pass_fds: tuple[int, ...] = (),
          stdin: int = subprocess.DEVNULL, end: str = "KILL") -> subprocess.Popen:
    """Starts a script of the repository; when this process dies the kernel sends it @end."""
    environment = {**os.environ, "O": str(build), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(["setpriv", "--pdeathsig", end, "--", *argv],
                            stdin=stdin, stdout=output,
                            stderr=subprocess.STDOUT, start_new_session=True,
                            cwd=REPO, env=environment, pass_fds=pass_fds)


def _session(session: int) -> list[int]:
    """The processes of a session that still run.  Programs as timeout give what they
    start a process group of its own, and leave the session alone."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, its_session = path.read_text(errors="replace").rsplit(")", 1)[1].split()[:4]
        except (OSError, IndexError):
            continue
        if int(its_session) == session and state not in "ZX":
            found.append(int(path.parent.name))
    return found


def kill_session(process: subprocess.Popen) -> None:
    """Kills the child and all that it started in its session."""
    while pids := _session(process.pid):
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
    process.wait()


def ending(status: int) -> str:
    if status < 0:
        return f"was killed by {signal.Signals(-status).name}"
    return f"exited with status {status}"


def lines_of(path: Path) -> list[str]:
    """A log's lines, whatever bytes it holds."""
    if not path.exists():
        return []
    return path.read_bytes().decode(errors="replace").replace("\r", "").split("\n")
