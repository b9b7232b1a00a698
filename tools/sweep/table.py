# SPDX-License-Identifier: GPL-2.0-only
"""The table on the screen, row by row as the launches end."""
import sys
import time

SHOWN = 12          # digits of a digest
COLUMNS = (("mode", 6), ("vCPUs", 5), ("in KVM", 6), ("reported", SHOWN),
           ("predicted", SHOWN), ("ID block", 8), ("VMSAs", 5), ("commands", 8))
RIGHT = ("vCPUs", "in KVM", "VMSAs", "commands")
BY_ID_BLOCK = "(ID block)"
NOTE = f"""
in KVM     vCPUs that exist in KVM when the launch is finished
reported   by the guest; {BY_ID_BLOCK}: the guest was not booted, but the firmware
           accepted a second ID block, which has the predicted digest
ID block   the one that was signed once, for direct mode
VMSAs      that the firmware measured
commands   that it executed for the launch"""


def line(values: dict[str, object]) -> str:
    cells = [format(str(values[name]), f"{'>' if name in RIGHT else '<'}{width}")
             for name, width in COLUMNS]
    return "  ".join(cells).rstrip()


def known(number: int | None) -> object:
    return "-" if number is None else number


def cells(row: dict) -> dict[str, object]:
    first, last = row["launches"][0], row["launches"][-1]
    reported = (row["reported"] or "")[:SHOWN]
    if not reported:
        reported = BY_ID_BLOCK if last["verdict"] == "accepted" else "-"
    return {"mode": row["mode"], "vCPUs": row["vcpus"], "reported": reported,
            "predicted": row["predicted"][:SHOWN], "ID block": first["verdict"],
            "in KVM": known(last["kvm_vcpus"]), "VMSAs": known(last["vmsas"]),
            "commands": known(last["commands"])}


class Screen:
    """Rows stay; what goes on at the moment is overwritten, on a terminal."""

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()
        self.doing, self.started = "", 0.0

    def say(self, text: str) -> None:
        if self.terminal:
            print("\r\033[K", end="")
        print(text, flush=True)

    def header(self) -> None:
        self.say("\n" + line({name: name for name, _ in COLUMNS}))

    def begin(self, doing: str) -> None:
        self.doing, self.started = doing, time.monotonic()
        self.progress("launching")

    def progress(self, what: str) -> None:
        if self.terminal:
            spent = time.monotonic() - self.started
            print(f"\r\033[K{self.doing}: {what} ... ({spent:.0f} s)", end="", flush=True)

    def row(self, row: dict) -> None:
        self.say(line(cells(row)))
