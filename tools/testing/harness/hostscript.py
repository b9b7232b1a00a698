# SPDX-License-Identifier: GPL-2.0-only
"""Runs a test on the build machine: a script with an exit code and perhaps TAP."""
import errno
import json
import os
import subprocess
import sys
import time

from . import process, reaper
from .config import REPO, Config
from .lists import Test
from .session import Raw

POLL = 0.02
GRACE = reaper.LEAVE + 2 * reaper.DIE      # for the reaper, beyond the test's time-out


def _start(config: Config, test: Test, output: str, answer: int) -> subprocess.Popen:
    with open(output, "wb") as file:
        return process.start([sys.executable, reaper.__file__, str(answer), *test.argv], file,
                             config.build, (answer,), end="TERM")


def _stop(child: subprocess.Popen) -> None:
    """The reaper kills what it has started, and nobody else finds all of it."""
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        process.kill_session(child)


def _take(raw: Raw, answer: str, status: int) -> None:
    said = json.loads(answer) if answer else {"status": status, "left": [], "stuck": False}
    raw.how = "signal" if said["status"] < 0 else "exit"
    raw.value = abs(said["status"])
    raw.names, raw.stuck = said["left"], said["stuck"]
    raw.left = len(raw.names)


def _follow(config: Config, test: Test, child: subprocess.Popen, raw: Raw) -> None:
    started = time.monotonic()
    while child.poll() is None and not raw.detail:
        if time.monotonic() - started > test.timeout:
            raw.how, raw.value, raw.detail = "timeout", test.timeout, "killed"
        elif config.stop.is_set():
            raw.how, raw.detail = "interrupted", "killed"
        else:
            time.sleep(POLL)
    raw.seconds = time.monotonic() - started


def run(config: Config, test: Test) -> Raw:
    raw = Raw()
    path = config.run_dir / f"host-{test.name.replace('/', '-')}.output"
    program = REPO / test.argv[0]
    if "/" in test.argv[0] and not os.access(program, os.X_OK):
        raw.how, raw.value = "noexec", errno.EACCES if program.exists() else errno.ENOENT
        return raw
    reader, answer = os.pipe()
    with open(reader, encoding="utf-8") as said:
        child = _start(config, test, path, answer)
        os.close(answer)
        try:
            _follow(config, test, child, raw)
        finally:
            if child.poll() is None:
                _stop(child)
        if not raw.detail:
            _take(raw, said.read(), child.returncode)
    raw.output += path.read_bytes()
    path.unlink()
    return raw
