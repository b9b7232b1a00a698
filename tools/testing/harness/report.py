# SPDX-License-Identifier: GPL-2.0-only
"""Collects results, prints them as they come, keeps them as files."""
import json
import threading
from pathlib import Path

from . import splats
from .config import Config
from .kept import Kept
from .lists import Group, Test
from .machine import Machine
from .session import Raw, Session
from .verdict import KNOWN, PASS, SKIP, Result, judge

TAIL = 15           # lines of output shown for a failure
KERNEL_TAIL = 12    # kernel messages, from the first splat on
WIDTH = 200


def printable(line: str) -> str:
    """A foreign line that can neither pass for one of ours nor move the cursor."""
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line.expandtabs())
    return safe if len(safe) <= WIDTH else safe[:WIDTH] + "..."


def _tail(raw: Raw, table: list) -> list[str]:
    lines = raw.output.decode(errors="replace").replace("\r", "").splitlines()[-TAIL:]
    records = [record for record in raw.records if record.from_kernel]
    if found := splats.find([record.text for record in records], table):
        lines += ["--- kernel:", *map(str, records[found[0][0]:][:KERNEL_TAIL])]
    if raw.console:
        lines += ["--- console:", *raw.console]
    return lines


class Report:
    def __init__(self, config: Config) -> None:
        self.config = config
        self.lock = threading.Lock()
        self.table = splats.read_table()
        self.results: dict[str, Result] = {}
        self.boots: dict[str, Result] = {}
        self.not_applicable: list[Test] = []
        self.kept: Kept | None = None

    def add(self, result: Result) -> None:
        with self.lock:
            self.results[result.name] = result
            self._print(result)

    def take_over(self, settled: set[str]) -> None:
        """Of the run that this one continues: those tests, and what its boots showed."""
        assert self.kept
        for name, result in self.kept.results.items():
            if name in settled:
                self.results[name] = result
            elif name.startswith("boot/"):
                self.boots[result.group] = result

    def _keep(self, result: Result) -> None:
        if self.kept and not self.config.stop.is_set():
            self.kept.add(result)

    def test(self, test: Test, raw: Raw) -> None:
        result = judge(test, raw, self.table)
        result.tail = _tail(raw, self.table) if result.failed else []
        result.log = str(self._write_log(test, result, raw))
        self.add(result)
        with self.lock:
            self._keep(result)

    def boot(self, machine: Machine, session: Session) -> None:
        """Gathers what went wrong in boots of one group outside of tests."""
        group = machine.group
        if machine.end == "interrupted":
            return
        problems = splats.complaints(session.boot.records, group.expects, self.table, True) \
            if session.hello else [f"no test could start: {machine.detail}"]
        if session.boot.lost:
            problems.append(f"{session.boot.lost} kernel log records were lost")
        if session.hello and machine.end != "done" and not session.current:
            problems.append(f"{machine.end} between tests: {machine.detail}")
        problems += machine.problems
        with self.lock:
            result = self.boots.setdefault(group.name, Result(f"boot/{group.name}",
                                                              group.name, PASS))
            result.seconds = max(result.seconds, machine.boot_seconds)
            if problems:
                result.status = "FAIL"
                result.reason = "; ".join(filter(None, [result.reason, *problems]))
                result.tail, result.log = machine.excerpt(), str(machine.console)
            self._keep(result)

    def _write_log(self, test: Test, result: Result, raw: Raw) -> Path:
        path = self.config.run_dir / "tests" / f"{result.name.replace('/', '-')}.log"
        path.parent.mkdir(exist_ok=True)
        kernel = "".join(f"{record}\n" for record in raw.records)
        head = f"# {result.name}: {result.status} {result.reason}\n".encode(errors="replace")
        path.write_bytes(head + bytes(raw.output) + b"\n# kernel messages:\n" + kernel.encode())
        if raw.look:
            look = {"faults": test.faults, **vars(raw.look)}
            path.with_suffix(".snp.json").write_text(json.dumps(look, indent=1) + "\n")
        return path

    def _print(self, result: Result) -> None:
        line = f"{result.status:<8} {result.seconds:6.1f}s {result.group} {result.name}"
        if result.notes:
            line += f" ({', '.join(result.notes)})"
        if result.reason:
            line += f": {printable(result.reason)}"
        print(line, flush=True)
        if result.group == "host" or self.config.verbose:
            for subtest in result.subtests:
                print("        | " + printable(subtest))
        for text in result.tail:
            print("        | " + printable(text))
        if result.failed and result.log:
            print(f"        log: {result.log}", flush=True)

    def replaced(self, before: dict[str, str], after: dict[str, str]) -> None:
        """Tests of one run are of one build."""
        names = [name for name in before | after if before.get(name) != after.get(name)]
        if names:
            self.add(Result("build", "lists", "FAIL",
                            f"written while tests ran: {', '.join(sorted(names))}"))

    def finish(self, selected: list[Test], groups: dict[str, Group]) -> int:
        """Prints the summary; returns the number of failures."""
        for result in self.boots.values():
            self.add(result)
        for test in selected:
            if test.name not in self.results:
                self.test(test, Raw("interrupted" if self.config.stop.is_set() else "norun"))
        if not self.results:
            self.add(Result("selection", "lists", "NOTRUN", "there is no test to run"))
        self._write(groups)
        if self.kept:
            self._times()
            if not self.config.stop.is_set():
                self.kept.forget()
        return self._summary()

    def _times(self) -> None:
        """A table by group: what it took, and what came of it."""
        print(f"\n{'group':<24} {'tests':>5} {'failed':>6} {'seconds':>8}")
        for group in dict.fromkeys(result.group for result in self.results.values()):
            members = [result for result in self.results.values() if result.group == group]
            print(f"{group:<24} {len(members):>5} {sum(r.failed for r in members):>6} "
                  f"{sum(r.seconds for r in members):>8.0f}")

    def _count(self, *statuses: str) -> int:
        return sum(result.status in statuses for result in self.results.values())

    def _summary(self) -> int:
        failed = [result for result in self.results.values() if result.failed]
        if failed:
            print("\nfailed:")
        for result in failed:
            print(f"  {result.status:<8} {result.name}: {printable(result.reason)}")
        if self.not_applicable:
            print(f"not applicable: {len(self.not_applicable)}")
        known = [result.name for result in self.results.values() if result.status == KNOWN]
        print(f"known failures: {len(known)}" + (f" ({', '.join(known)})" if known else ""))
        print(f"{self._count(PASS)} passed, {len(failed)} failed, {self._count(SKIP)} skipped",
              flush=True)
        return len(failed)

    def _write(self, groups: dict[str, Group]) -> None:
        rows = [{key: value for key, value in vars(result).items() if key != "tail"}
                for result in self.results.values()]
        rows += [{"name": test.name, "group": test.group, "status": "n/a", "reason": test.reason}
                 for test in self.not_applicable]
        machines = {name: {"cpus": group.cpus, "mem": group.mem, "initrd": group.initrd,
                           "profile": self.config.profile or group.profile}
                    for name, group in groups.items()}
        text = json.dumps({"results": rows, "boots": machines}, indent=1)
        (self.config.run_dir / "results.json").write_text(text + "\n")
        table = "".join(f"{row['status']}\t{row.get('seconds', 0):.1f}\t{row['group']}\t"
                        f"{row['name']}\t{printable(row['reason'])}\n" for row in rows)
        (self.config.run_dir / "results.tsv").write_text(table)
