# SPDX-License-Identifier: GPL-2.0-only
"""Runs a script as the nearest ancestor of all that comes of it.

usage: reaper.py FD COMMAND...

A daemon leaves its parent and its session, but it does not leave an ancestor that has
asked the kernel for orphans.  When the script has ended, what is left of it is killed,
and a line of JSON goes to FD: `status`, the script's exit status or the signal that
ended it, negative; `left`, the names of what was left; `stuck`, whether some of that
cannot be killed.  SIGTERM kills all of it and gives no answer.
"""
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
POLL = 0.02
LEAVE = 2.0         # seconds for what the script has already told to end
DIE = 10.0          # and for what was killed


def _processes() -> Iterator[tuple[int, int, str]]:
    """PID, parent and name of each that still runs."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, rest = path.read_text(errors="replace").split("(", 1)[1].rsplit(")", 1)
        except (OSError, IndexError):
            continue
        state, parent = rest.split()[:2]
        if state not in "ZX":
            yield int(path.parent.name), int(parent), name


def descendants() -> dict[int, str]:
    children: dict[int, list[tuple[int, str]]] = {}
    for pid, parent, name in _processes():
        children.setdefault(parent, []).append((pid, name))
    found, parents = {}, [os.getpid()]
    while parents:
        for pid, name in children.get(parents.pop(), []):
            found[pid] = name
            parents.append(pid)
    return found


def reap(until: float) -> dict[int, str]:
    """Collects what ends; returns what is left when all has ended or time is up."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return {}
        if not (left := descendants()) or time.monotonic() > until:
            return left
        time.sleep(POLL)


def kill() -> bool:
    """Whether something cannot be killed."""
    end = time.monotonic() + DIE
    while pids := descendants():
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if reap(time.monotonic() + POLL) and time.monotonic() > end:
            return True
    return False


def terminated(*_: object) -> None:
    kill()
    os._exit(1)     # in the middle of whatever was going on


def main() -> int:
    answer = int(sys.argv[1])
    os.set_inheritable(answer, False)
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    signal.signal(signal.SIGTERM, terminated)
    child = subprocess.Popen(sys.argv[2:], start_new_session=True)
    while (ended := os.waitpid(-1, 0))[0] != child.pid:
        pass
    left = reap(time.monotonic() + LEAVE)
    stuck = bool(left) and kill()
    os.write(answer, json.dumps({"status": os.waitstatus_to_exitcode(ended[1]),
                                 "left": list(left.values()), "stuck": stuck}).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
