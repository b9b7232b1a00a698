# SPDX-License-Identifier: GPL-2.0-only
"""Divides the selected tests into jobs and runs several of them at once."""
import json
import math
import threading
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from . import hostscript
from .config import Config
from .lists import Group, Test
from .machine import Machine
from .session import Raw, Session

BOOT_SECONDS = 3.0
SHARD_SECONDS = 10.0        # a boot with less to do is not worth its start

Report = Callable[[Test, Raw], None]


@dataclass
class Job:
    label: str
    group: Group | None         # None: a script on the build machine
    tests: list[Test]
    seconds: float
    lock: str = ""


def _durations(path: Path) -> dict[str, float]:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}


def _spread(tests: list[Test], seconds: dict[str, float], count: int) -> list[list[Test]]:
    """Longest first into the shard that has least to do; order within stays the list's."""
    shards: list[list[Test]] = [[] for _ in range(count)]
    load = [0.0] * count
    for test in sorted(tests, key=lambda test: -seconds[test.name]):
        least = load.index(min(load))
        shards[least].append(test)
        load[least] += seconds[test.name]
    return [[test for test in tests if test in shard] for shard in shards]


def _shards(config: Config, group: Group, tests: list[Test],
            seconds: dict[str, float], share: float) -> list[Job]:
    total = sum(seconds[test.name] for test in tests)
    count = min(len(tests), group.shards, max(1, math.ceil(total / max(share, SHARD_SECONDS))))
    if (config.profile or group.profile) == "exact":
        count = 1       # the plan is part of what has to be the same in every run
    jobs = []
    for number, shard in enumerate(_spread(tests, seconds, count), 1):
        label = group.name if count == 1 else f"{group.name}-{number}"
        load = BOOT_SECONDS + sum(seconds[test.name] for test in shard)
        jobs.append(Job(label, group, shard, load))
    return jobs


def divide(config: Config, groups: dict[str, Group], tests: list[Test],
           durations: Path) -> list[Job]:
    known = _durations(durations)
    seconds = {test.name: known.get(test.name, test.time) for test in tests}
    share = sum(seconds.values()) / config.jobs / 2
    jobs = []
    for group in groups.values():
        members = [test for test in tests if test.group == group.name]
        if members:
            jobs += _shards(config, group, members, seconds, share)
    jobs += [Job(test.name, None, [test], seconds[test.name], test.lock)
             for test in tests if not test.group]
    return sorted(jobs, key=lambda job: -job.seconds)


def _remaining(machine: Machine, session: Session, report: Report) -> list[Test]:
    """Reports what the boot's end means; returns the tests that need a new boot."""
    rest = session.tests[session.index:]
    again = machine.end not in ("agent", "interrupted")
    if session.current:
        report(rest.pop(0), machine.stopped(session.current))
    elif not session.index:
        again = False           # not one test further: it would not end
    if again:
        return rest
    for test in rest:
        report(test, machine.stopped(None))
    return []


def run_boots(config: Config, job: Job, report: Report,
              booted: Callable[[Machine, Session], None]) -> None:
    """Boots, and boots again for the tests after one that took the machine down."""
    tests, attempt = job.tests, 1
    while tests:
        label = job.label if attempt == 1 else f"{job.label}.{attempt}"
        session = Session(tests, report)
        machine = Machine(config, job.group, label, session)
        machine.run()
        tests = [] if machine.end == "done" else _remaining(machine, session, report)
        booted(machine, session)
        attempt += 1


class _Queue:
    """Hands out the jobs in their order, but none whose lock another one holds."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = list(jobs)
        self.held: set[str] = set()
        self.change = threading.Condition()

    def _free(self) -> Job | None:
        return next((job for job in self.jobs if job.lock not in self.held), None)

    def take(self) -> Job | None:
        with self.change:
            while self.jobs and not self._free():
                self.change.wait()
            if job := self._free():
                self.jobs.remove(job)
                self.held |= {job.lock} - {""}
            return job

    def done(self, job: Job) -> None:
        with self.change:
            self.held.discard(job.lock)
            self.change.notify_all()


def run_all(config: Config, jobs: list[Job], report: Report,
            booted: Callable[[Machine, Session], None]) -> None:
    queue = _Queue(jobs)

    def work() -> None:
        while not config.stop.is_set() and (job := queue.take()):
            try:
                if job.group:
                    run_boots(config, job, report, booted)
                else:
                    report(job.tests[0], hostscript.run(config, job.tests[0]))
            finally:
                queue.done(job)

    with ThreadPoolExecutor(config.jobs) as pool:
        try:
            futures = {pool.submit(work) for _ in range(config.jobs)}
            while futures:
                done, futures = wait(futures, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
        except BaseException:
            config.stop.set()
            raise
