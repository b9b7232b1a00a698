# SPDX-License-Identifier: GPL-2.0-only
"""Judges what is known about a test."""
import errno
import os
import signal
from dataclasses import dataclass, field

from . import splats, tap
from .lists import Test
from .session import Raw

# The statuses of a result; every other one is a failure.
PASS, SKIP, KNOWN = FINE = "ok", "skip", "known"
EXIT_SKIP = 4
SHELL_SAYS = range(126, 193)    # not executable, not found, killed by a signal
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
    passed: int = 0                 # of them
    tail: list[str] = field(default_factory=list)
    log: str = ""

    @property
    def failed(self) -> bool:
        return self.status not in FINE


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
        if raw.value == errno.ENOENT:
            return "MISSING", "not there"
        return "FAIL", f"cannot be executed: {os.strerror(raw.value)}"
    if raw.how == "timeout":
        return "TIMEOUT", f"still running after {raw.value} s, killed"
    if raw.how == "signal":
        return "FAIL", f"killed by {_signal_name(raw.value)}"
    return _exited(raw.value, text, seen)


def _skips(test: Test, seen: tap.Tap) -> list[str]:
    """What is wrong with the subtests that were skipped."""
    problems = []
    for skip in test.skips:
        came = sum(bool(skip.regex.search(line)) for line in seen.skipped)
        if not skip.holds(came):
            problems.append(f'skipped subtests "{skip.regex.pattern}": '
                            f"expected {skip.wanted}, came {came}")
    others = [line for line in seen.skipped
              if not any(skip.regex.search(line) for skip in test.skips)]
    if others:
        more = f" and {len(others) - 1} more" if len(others) > 1 else ""
        problems.append(f"unexpected skip: {others[0]}{more}")
    return problems


def _subtests(test: Test, status: str, seen: tap.Tap) -> list[str]:
    """What is wrong with the number of those that passed or were skipped."""
    if test.verdict == "observe":
        return []
    problems = _skips(test, seen) if status != SKIP else []
    if test.passes is not None and seen.passed != test.passes:
        problems.append(f"{seen.passed} subtests passed, {test.passes} have to "
                        "(check.py --record takes the number over)")
    return problems


def _processes(number: int) -> str:
    return f"{number} process{'es' if number > 1 else ''}"


def _surroundings(test: Test, raw: Raw, table: list) -> list[str]:
    """What is wrong with the kernel's messages, the processes and the model."""
    problems = splats.complaints(raw.records, test.expects, table)
    if raw.lost:
        problems.append(f"{raw.lost} kernel log records were lost")
    if raw.left and raw.how != "timeout":
        problems.append(f"left {_processes(raw.left)} behind: {', '.join(raw.names)}")
    if raw.stuck:
        problems.append("left a process that cannot be killed")
    return problems + (raw.look.problems if raw.look else [])


def _as_known(test: Test, raw: Raw, seen: tap.Tap, text: str) -> list[str]:
    """Why a failure is not the known one, empty if it is."""
    if raw.how != "exit" or raw.value in SHELL_SAYS:
        return ["no known failure ends like that"]
    lines = seen.failed or text.splitlines()
    problems = [f'it did not say "{regex.pattern}"' for regex in test.fails
                if not any(regex.search(line) for line in lines)]
    problems += [f"another failure: {line}" for line in seen.failed
                 if not any(regex.search(line) for regex in test.fails)]
    return problems + [seen.error] * bool(seen.error)


def _against_the_list(test: Test, raw: Raw, seen: tap.Tap, text: str,
                      status: str, reason: str) -> tuple[str, str]:
    if test.verdict == "observe":
        return status, reason
    if status == SKIP and not test.skips_whole:
        return "FAIL", f"unexpected skip: {reason}"
    if status == PASS and test.skips_whole:
        return "FAIL", f"did not skip, but is listed as a skip ({test.reason})"
    if test.verdict == "known-fail" and status == PASS:
        return "FAIL", f"passed, but is listed as a known failure ({test.reason})"
    if test.verdict == "known-fail" and status == "FAIL":
        others = _as_known(test, raw, seen, text)
        return ("FAIL", "; ".join([reason, *others])) if others else (KNOWN, test.reason)
    return status, reason


def _notes(raw: Raw, seen: tap.Tap) -> list[str]:
    notes = []
    if seen.present and seen.results > 1:
        skipped = f", {len(seen.skipped)} skipped" if seen.skipped else ""
        notes.append(f"{seen.results} subtests{skipped}")
    if raw.left and raw.how == "timeout":
        notes.append(f"{_processes(raw.left)} of it killed")
    if raw.dropped:
        notes.append(f"{raw.dropped} bytes of output dropped")
    return notes


def judge(test: Test, raw: Raw, table: list) -> Result:
    text = raw.output.decode(errors="replace")
    seen = tap.parse(text)
    status, reason = _by_itself(raw, text, seen)
    if raw.how not in WITHOUT_END:
        status, reason = _against_the_list(test, raw, seen, text, status, reason)
        problems = _surroundings(test, raw, table)
        if status in FINE:
            problems += _subtests(test, status, seen)
        if problems:
            reason = "; ".join(filter(None, [reason, *problems]))
            status = "FAIL" if status in FINE else status
    return Result(test.name, test.group or "host", status, reason, raw.seconds,
                  _notes(raw, seen), seen.lines if seen.present else [], seen.passed)
