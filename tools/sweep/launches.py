# SPDX-License-Identifier: GPL-2.0-only
"""What is launched, in which order, and what is kept of it."""
from collections.abc import Iterator

from harness import census
from host import Host, HostError

PATIENCE = 3000                     # seconds for one launch, its boot included
LAUNCH = ("SNP_GCTX_CREATE", "SNP_LAUNCH_START", "SNP_ACTIVATE", "SNP_LAUNCH_UPDATE",
          "SNP_LAUNCH_FINISH")
ONCE, OWN = "once", "own"           # the ID block signed once, and one of the launch's own


def total(counters: object) -> int:
    return sum(map(total, counters.values())) if isinstance(counters, dict) else counters


def firmware(host: Host, before: dict | None) -> dict:
    """What the launch was to the firmware, where that can be counted."""
    if before is None:
        return {"vmsas": None, "commands": None}
    added = census.subtract(host.counters(), before)
    commands = added.get("commands", {})
    return {"vmsas": added.get("launch-pages", {}).get("VMSA", 0),
            "commands": sum(total(commands.get(name, 0)) for name in LAUNCH),
            "by_command": commands, "pages": added.get("launch-pages", {})}


def launch(host: Host, mode: str, vcpus: int, block: str, how: str) -> dict:
    baseline, before = host.census(), host.counters()
    said = dict(host.ask("launch", mode, vcpus, block, how, patience=PATIENCE))
    refused = "Bad measurement" in said.get("error", "")
    return {"id_block": block,
            "verdict": "refused" if refused else said.get("launch", "failed"),
            "error": said.get("error"),
            "kvm_vcpus": int(said["vcpus"]) if "vcpus" in said else None,
            "reported": said.get("report.measurement"),
            "genuine": said.get("report.verified") == "yes",
            "online": said.get("guest.cpus"), "loaded": int(said.get("guest.loaded", 0)),
            "left": host.left_since(baseline), **firmware(host, before)}


def one(host: Host, words: tuple, name: str) -> str:
    said = dict(host.ask(*words))
    if not said.get(name):
        raise HostError(f"no {name} for '{' '.join(map(str, words))}'")
    return said[name]


class Sweep:
    """Every mode and count; what was found is in result."""

    def __init__(self, host: Host, counts: list[int], boot_all: bool = False) -> None:
        self.host, self.counts, self.boot_all = host, counts, boot_all
        self.result: dict = {"on": host.name, "counters": host.counters() is not None,
                             "counts": counts, "id_block": None, "rows": []}

    def sign_once(self) -> None:
        digest = one(self.host, ("predict", "direct", 1), "digest")
        key = one(self.host, ("sign", ONCE, digest), "id_key_digest")
        self.result["id_block"] = {"digest": digest, "id_key_digest": key}

    def _own(self, mode: str, vcpus: int, digest: str) -> dict:
        one(self.host, ("sign", OWN, digest), "id_key_digest")
        how = "boot" if vcpus == 1 or self.boot_all else "stop"
        return launch(self.host, mode, vcpus, OWN, how)

    def row(self, mode: str, vcpus: int) -> dict:
        predicted = one(self.host, ("predict", mode, vcpus), "digest")
        how = "boot" if mode == "direct" else "stop"
        launches = [launch(self.host, mode, vcpus, ONCE, how)]
        if mode == "kvm":
            launches.append(self._own(mode, vcpus, predicted))
        return {"mode": mode, "vcpus": vcpus, "predicted": predicted,
                "reported": launches[-1]["reported"], "launches": launches}

    def rows(self) -> Iterator[tuple[str, int]]:
        return ((mode, vcpus) for mode in ("direct", "kvm") for vcpus in self.counts)
