# SPDX-License-Identifier: GPL-2.0-only
"""Judges what is known about a test."""
import os
import signal
from dataclasses import dataclass, field

from . import splats, tap
from .lists import Test
from .session import Raw

# The statuses of a result; every other one is a failure.
PASS, SKIP, KNOWN = "ok", "skip", "known"
EXIT_SKIP = 4
WITHOUT_END = {
    "panic": ("PANIC", "the kernel panicked"),
    "hung": ("HUNG", "the machine hung"),
    "died": ("DIED", "the machine went away"),
    "agent": ("DIED", "the agent died"),
    "corrupt": ("CORRUPT", "the channel's bytes make no sense"),
    "mute": ("MUTE", "the SNP host model cannot be asked"),
    "interrupted": ("NOTRUN", "interrupted"),
    "norun": ("NOTRUN", "did not run"),
}


@dataclass
class Result:
    name: str
    group: str
    status: str
    reason: str = ""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    subtests: list[str] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)
    log: str = ""

    @property
    def failed(self) -> bool:
        return self.status not in (PASS, SKIP, KNOWN)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _last_line(text: str) -> str:
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _exited(value: int, text: str, seen: tap.Tap) -> tuple[str, str]:
    if value == EXIT_SKIP and not seen.failed:
        return SKIP, _last_line(text)
    if value:
        return "FAIL", f"exit status {value}"
    if seen.failed:
        return "FAIL", f"exit status 0, but: {seen.failed[0]}"
    if seen.error:
        return "FAIL", f"exit status 0, but: {seen.error}"
    if seen.all_skipped:
        return SKIP, _last_line(text)
    return PASS, ""


def _by_itself(raw: Raw, text: str, seen: tap.Tap) -> tuple[str, str]:
    """Status and reason, with no regard to the kernel's messages and the list."""
    if raw.how in WITHOUT_END:
        status, reason = WITHOUT_END[raw.how]
        return status, f"{reason}: {raw.detail}" if raw.detail else reason
    if raw.how == "noexec":
        missing = raw.value == 2    # ENOENT
        return ("MISSING", "not in the image") if missing else \
            ("FAIL", f"cannot be executed: {os.strerror(raw.value)}")
    if raw.how == "timeout":
        return "TIMEOUT", f"still running after {raw.value} s, killed"
    if raw.how == "signal":
        return "FAIL", f"killed by {_signal_name(raw.value)}"
    return _exited(raw.value, text, seen)


def _surroundings(test: Test, raw: Raw, table: list) -> list[str]:
    """What is wrong with the kernel's messages, the processes and the model."""
    problems = splats.complaints(raw.records, test.expects, table)
    if raw.lost:
        problems.append(f"{raw.lost} kernel log records were lost")
    if raw.stuck:
        problems.append("left a process that cannot be killed")
    return problems + (raw.look.problems if raw.look else [])


def _against_the_list(test: Test, status: str, reason: str) -> tuple[str, str]:
    if status == SKIP and not test.expect_skip:
        return "FAIL", f"unexpected skip: {reason}"
    if test.verdict == "known-fail" and status == PASS:
        return "FAIL", f"passed, but is listed as a known failure ({test.reason})"
    if test.verdict == "known-fail" and status == "FAIL":
        return KNOWN, f"{test.reason} [{reason}]"
    return status, reason


def _notes(raw: Raw, seen: tap.Tap) -> list[str]:
    notes = []
    if seen.present and seen.results > 1:
        skipped = f", {seen.skipped} skipped" if seen.skipped else ""
        notes.append(f"{seen.results} subtests{skipped}")
    if raw.left:
        notes.append(f"left {raw.left} process{'es' if raw.left > 1 else ''} behind, killed")
    if raw.dropped:
        notes.append(f"{raw.dropped} bytes of output dropped")
    return notes


def judge(test: Test, raw: Raw, table: list) -> Result:
    text = raw.output.decode(errors="replace")
    seen = tap.parse(text)
    status, reason = _by_itself(raw, text, seen)
    if raw.how not in WITHOUT_END and (problems := _surroundings(test, raw, table)):
        if status in (PASS, SKIP):
            status = "FAIL"
        else:
            problems.insert(0, reason)
        reason = "; ".join(problems)
    else:
        status, reason = _against_the_list(test, status, reason)
    return Result(test.name, test.group or "host", status, reason, raw.seconds,
                  _notes(raw, seen), seen.lines if seen.present else [])
