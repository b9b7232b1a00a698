# SPDX-License-Identifier: GPL-2.0-only
"""Runs a test on the build machine: a script with an exit code and perhaps TAP."""
import os
import time

from . import process
from .config import REPO, Config
from .lists import Test
from .session import Raw

POLL = 0.02
LEAVE = 2.0         # seconds for what the script has already told to end


def _left(session: int) -> list[str]:
    """Processes that the script leaves behind."""
    end = time.monotonic() + LEAVE
    while (names := process.members(session)) and time.monotonic() < end:
        time.sleep(POLL)
    return names


def run(config: Config, test: Test) -> Raw:
    raw = Raw()
    started = time.monotonic()
    path = config.run_dir / f"host-{test.name.replace('/', '-')}.output"
    if not os.access(REPO / test.argv[0], os.X_OK) and "/" in test.argv[0]:
        raw.how, raw.value = "noexec", 2
        return raw
    with open(path, "wb") as output:
        child = process.start(test.argv, output, config.build)
    try:
        while child.poll() is None and not raw.detail:
            if time.monotonic() - started > test.timeout:
                raw.how, raw.value, raw.detail = "timeout", test.timeout, "killed"
            elif config.stop.is_set():
                raw.how, raw.detail = "interrupted", "killed"
            else:
                time.sleep(POLL)
        raw.seconds = time.monotonic() - started
        if not raw.detail:
            raw.names = _left(child.pid)
            raw.left = len(raw.names)
    finally:
        process.kill_session(child)
    raw.output += path.read_bytes()
    path.unlink()
    if not raw.detail:
        negative = child.returncode < 0
        raw.how, raw.value = ("signal" if negative else "exit"), abs(child.returncode)
    return raw
