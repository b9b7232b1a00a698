# SPDX-License-Identifier: GPL-2.0-only
"""Compares what the SNP host model tells before and after a test."""
import re
from collections import Counter
from dataclasses import dataclass

PAGE = 4096
COUNTERS = ("commands", "launch-pages", "rmp-updates", "rmp-pages", "rmp-results", "vmruns",
            "exits", "vcs")
SHOWN = 4           # differences of a kind that a message names


@dataclass(frozen=True)
class Leaks:
    """A list line's leaks="COUNTx WHAT": a page's state, guest or asid."""
    count: int
    what: str

    @classmethod
    def read(cls, text: str) -> "Leaks":
        match = re.fullmatch(r"(\d+)x ([A-Za-z-]+)", text)
        if not match:
            raise ValueError(f'leaks="{text}" is not "COUNTx STATE", guest or asid')
        return cls(int(match[1]), match[2])


@dataclass(frozen=True)
class Count:
    """A list line's counts="NUMBERx PATH": all that is counted below PATH."""
    count: int
    path: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "Count":
        match = re.fullmatch(r"(\d+)x ([A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*)", text)
        if not match or match[2].split("/")[0] not in COUNTERS:
            raise ValueError(f'counts="{text}" is not "COUNTx PATH", PATH beginning with '
                             + ", ".join(COUNTERS))
        return cls(int(match[1]), tuple(match[2].split("/")))


@dataclass(frozen=True)
class Difference:
    what: str           # a page's state, guest or asid
    text: str
    new: bool           # else something is gone


def subtract(after: dict, before: dict) -> dict:
    """Counters that have grown, by how much."""
    delta: dict = {}
    for name, value in after.items():
        if isinstance(value, dict):
            change: object = subtract(value, before.get(name, {}))
        else:
            change = value - before.get(name, 0)
        if change:
            delta[name] = change
    return delta


def balance(counters: dict, pages: int) -> dict[str, int]:
    """Pages by state of @pages that all were the hypervisor's, as counted changes have it."""
    states = {"Hypervisor": pages}
    for actor in counters["rmp-pages"].values():
        for old, targets in actor.items():
            for new, number in targets.items():
                states[old] = states.get(old, 0) - number
                states[new] = states.get(new, 0) + number
    return {state: number for state, number in states.items() if number}


def _total(counters: object) -> int:
    return sum(map(_total, counters.values())) if isinstance(counters, dict) else counters


def miscounts(added: dict, counts: list[Count]) -> list[str]:
    """What is wrong with the counters that a test added to."""
    problems = []
    for count in counts:
        found: object = added
        for name in count.path:
            found = found.get(name, {}) if isinstance(found, dict) else {}
        if _total(found) != count.count:
            problems.append(f"counters: {'/'.join(count.path)}: expected {count.count}, "
                            f"came {_total(found)}")
    return problems


def _pages(ranges: list[dict]) -> dict[int, dict]:
    """Address -> entry of every page."""
    pages = {}
    for entry in ranges:
        for number in range(entry["pages"]):
            gpa = entry["gpa"] + (number * PAGE if entry["asid"] else 0)
            pages[entry["start"] + number * PAGE] = {**entry, "start": 0, "pages": 1, "gpa": gpa}
    return pages


def _page(address: int, entry: dict) -> str:
    text = f"{address:#x} {entry['state']}"
    if entry["asid"]:
        text += f" asid {entry['asid']} gpa {entry['gpa']:#x}"
    return text + (" vmsa" if entry["vmsa"] else "")


def _guest(guest: dict) -> str:
    place = f"context {guest['context']:#x}" if "context" in guest else f"handle {guest['handle']}"
    return f"{guest['kind']} {place} {guest['state']} asid {guest['asid']}"


def differences(before: dict, after: dict) -> list[Difference]:
    found = []
    old = _pages([entry for entry in before["pages"] if entry not in after["pages"]])
    new = _pages([entry for entry in after["pages"] if entry not in before["pages"]])
    found += [Difference(entry["state"], _page(address, entry), True)
              for address, entry in new.items() if old.get(address) != entry]
    found += [Difference(entry["state"], _page(address, entry), False)
              for address, entry in old.items() if address not in new]
    for what, show in (("guests", _guest), ("asids", str)):
        for one, other, is_new in ((after, before, True), (before, after, False)):
            found += [Difference(what[:-1], show(item), is_new)
                      for item in one[what] if item not in other[what]]
    return found


def complaints(before: dict, after: dict, leaks: list[Leaks],
               moves: list[str] | None = None) -> list[str]:
    """What is wrong with a census, empty if nothing is.

    Pages in a state of `moves` may be others than before, if they are as many."""
    found = differences(before, after)
    change = Counter()
    for difference in found:
        change[difference.what] += 1 if difference.new else -1
    found = [difference for difference in found
             if difference.what not in (moves or []) or change[difference.what]]
    came = Counter(difference.what for difference in found if difference.new)
    problems = [f"census: {leak.what} left: expected {leak.count}, came {came[leak.what]}"
                for leak in leaks if came[leak.what] != leak.count]
    expected = {leak.what for leak in leaks}
    for new, verb in ((True, "left"), (False, "gone")):
        texts: dict[str, list[str]] = {}
        for difference in found:
            if difference.new == new and not (new and difference.what in expected):
                texts.setdefault(difference.what, []).append(difference.text)
        for what, items in texts.items():
            kind = what if what in ("guest", "asid") else "page"
            more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
            problems.append(f"census: {len(items)} {kind}{'s' * (len(items) > 1)} {verb}: "
                            + ", ".join(items[:SHOWN]) + more)
    return problems
