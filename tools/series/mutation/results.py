# SPDX-License-Identifier: GPL-2.0-only
"""Keeps results, explains survivors, counts."""
import json
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import topic
from generate import Mutant

EXPLAINED = topic.own("survivors")
KILLED, SURVIVED, DUPLICATE = "killed", "survived", "duplicate"
DEBUG = "debug kernel:"     # the reason of those that --debug kills, and nobody else
UNCHANGED = ("equivalent", DUPLICATE, "unbuildable")


@dataclass(frozen=True)
class Key:
    """What a result was measured with: the code, and the tests that judged it."""
    code: str
    tests: str

    def fits(self, row: dict) -> bool:
        """What a test has killed stays so when tests come or other lines change: it is
        the same statement, mutated the same way; so does what has the same code as
        another one.  `--again` asks anew, also those that have survived for a reason."""
        if row["status"] in (KILLED, DUPLICATE) or \
                row["status"] == SURVIVED and reasons().get(row["id"]):
            return True
        return row["code"] == self.code and \
            (row["status"] != SURVIVED or row["tests"] == self.tests)

    def made(self, row: dict) -> bool:
        return row["code"] == self.code and row["tests"] == self.tests


class Results:
    """A line for each result; the last one of an id counts, if it fits."""

    def __init__(self, path: Path, key: Key) -> None:
        self.path, self.key = path, key
        self.rows: dict[str, dict] = {}
        if path.exists():
            for line in path.read_text().splitlines():
                row = json.loads(line)
                if key.fits(row):
                    self.rows[row["id"]] = row

    def add(self, mutant: Mutant, status: str, **more: object) -> None:
        row = {**asdict(self.key), "status": status, **mutant.row(), **more}
        self.rows[mutant.id] = row
        with self.path.open("a") as file:
            file.write(json.dumps(row) + "\n")

    def settled(self, mutant: Mutant, names: set[str]) -> bool:
        """names: of all mutants that exist.  A twin that is gone speaks for nobody."""
        row = self.rows.get(mutant.id)
        return row is not None and (row["status"] != DUPLICATE or row["by"] in names)

    def of(self, mutants: list[Mutant]) -> list[dict]:
        """As they are in the source now: lines move without making a result untrue."""
        return [{**self.rows[mutant.id], **mutant.row()} for mutant in mutants
                if mutant.id in self.rows]

    def kills_in(self, function: str) -> Counter:
        return Counter(row["by"] for row in self.rows.values()
                       if row["status"] == KILLED and row["function"] == function)

    def twins(self) -> dict[str, str]:
        """The object code of the mutants that were run -> their ids."""
        return {row["digest"]: row["id"] for row in self.rows.values()
                if row["status"] in (KILLED, SURVIVED) and row["code"] == self.key.code}

    def older(self, mutants: list[Mutant]) -> int:
        """How many kills were seen with other code elsewhere, or with other tests."""
        return sum(not self.key.made(self.rows[mutant.id]) for mutant in mutants
                   if self.rows.get(mutant.id, {}).get("status") == KILLED)


def reasons() -> dict[str, str]:
    lines = [line.split(None, 1) for line in EXPLAINED.read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    return {words[0]: words[1].strip() if len(words) > 1 else "" for words in lines}


def complaints(rows: list[dict], names: set[str]) -> list[str]:
    """names: of all mutants that exist."""
    known = reasons()
    status = {row["id"]: row["status"] for row in rows}
    problems = [f"{name} survives, and survivors does not say why"
                for name, what in status.items() if what == SURVIVED and not known.get(name)]
    problems += [f"survivors explains {name}, which is {status[name]}"
                 for name, why in known.items()
                 if status.get(name, SURVIVED) != SURVIVED and not why.startswith(DEBUG)]
    problems += [f"survivors explains {name}, which does not exist"
                 for name in known if name not in names]
    return problems


def _counts(rows: list[dict]) -> dict:
    count = Counter(row["status"] for row in rows)
    changed = count[KILLED] + count[SURVIVED]
    return {"changed": changed, "killed": count[KILLED],
            **{status: count[status] for status in UNCHANGED}}


def _grouped(rows: list[dict], field: str) -> dict[str, dict]:
    return {value: _counts([row for row in rows if row[field] == value])
            for value in sorted({row[field] for row in rows})}


def summary(rows: list[dict], total: int, series: str, older: int) -> dict:
    known = reasons()
    survivors = [{"id": row["id"], "line": f"{row['file']}:{row['line']}",
                  "before": row["before"], "after": row["after"], "how": row["how"],
                  "reason": known.get(row["id"], "")} for row in rows if row["status"] == SURVIVED]
    return {"series": series, "mutants": total, "missing": total - len(rows), **_counts(rows),
            "older": older,
            "rules": _grouped(rows, "rule"), "functions": _grouped(rows, "function"),
            "killers": dict(Counter(row["by"] for row in rows
                                    if row["status"] == KILLED).most_common()),
            "survivors": survivors}


def table(data: dict) -> str:
    lines = []
    for title in ("rules", "functions"):
        lines.append(f"{title[:-1]:<36} changed  killed       %  "
                     "equivalent  duplicate  unbuildable")
        for name, count in [*data[title].items(), ("all", data)]:
            share = f"{100 * count['killed'] / count['changed']:.1f}" if count["changed"] else "-"
            lines.append(f"{name:<36} {count['changed']:>7} {count['killed']:>7} {share:>7} "
                         f"{count['equivalent']:>11} {count['duplicate']:>10} "
                         f"{count['unbuildable']:>12}")
        lines.append("")
    return "\n".join(lines)
