# SPDX-License-Identifier: GPL-2.0-only
"""Reads the Test Anything Protocol as kselftests print it, top level only."""
import re
from dataclasses import dataclass, field

PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*(.*))?$")
RESULT = re.compile(r"(not )?ok (?:(\d+)\b|- )(.*)$")
DIRECTIVE = re.compile(r"(?<!\\)#\s*(skip|todo|xfail|xpass)", re.IGNORECASE)
BARE_SKIP = re.compile(r"(?:#\s*)?skip(?:ped|ping)?(?:\s*[:.\-].*)?$", re.IGNORECASE)


@dataclass
class Tap:
    planned: int | None = None
    results: int = 0
    succeeded: int = 0              # "ok" without a directive
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    plan_is_skip: bool = False      # "1..0 # SKIP reason"
    bare_skip: bool = False         # the last line just says that it skipped
    error: str = ""                 # why the output contradicts itself

    @property
    def present(self) -> bool:
        return self.planned is not None

    @property
    def all_skipped(self) -> bool:
        if not self.present:
            return self.bare_skip
        return self.plan_is_skip or 0 < self.results == len(self.skipped)

    @property
    def passed(self) -> int:
        """Subtests that passed; without a plan nobody knows whether those were all."""
        return self.succeeded if self.present else 0


def _plan(tap: Tap, match: re.Match) -> None:
    if tap.present:
        tap.error = tap.error or "more than one plan line"
        return
    tap.planned = int(match[1])
    tap.plan_is_skip = not tap.planned and (match[2] or "").lower().startswith("skip")
    if not tap.planned and not tap.plan_is_skip:
        tap.error = tap.error or "it plans no test and does not say that it skips"


def _result(tap: Tap, line: str, match: re.Match) -> None:
    tap.results += 1
    tap.lines.append(line)
    if match[2] and int(match[2]) != tap.results:
        tap.error = tap.error or f"result {match[2]} where {tap.results} was due"
    directive = DIRECTIVE.search(match[3])
    kind = directive[1].lower() if directive else ""
    if match[1] and kind not in ("todo", "skip", "xfail"):
        tap.failed.append(line)
    elif kind == "skip":
        tap.skipped.append(line)
    elif not kind:
        tap.succeeded += 1


def parse(text: str) -> Tap:
    tap = Tap()
    last = ""
    for line in text.splitlines():
        line = line.rstrip()
        last = line or last
        if match := PLAN.match(line):
            _plan(tap, match)
        elif match := RESULT.match(line):
            _result(tap, line, match)
        elif line.startswith("Bail out!"):
            tap.error = tap.error or line
    tap.bare_skip = bool(BARE_SKIP.match(last))
    if tap.present and tap.results != tap.planned and not tap.plan_is_skip:
        tap.error = tap.error or f"{tap.planned} results planned, {tap.results} printed"
    return tap
