# SPDX-License-Identifier: GPL-2.0-only
"""A QEMU with the SNP host model, as far as its monitor shows it."""
import json
import socket
import threading

PAGE = {"start": 0x10000000, "pages": 4, "state": "Firmware", "asid": 0, "gpa": 0,
        "vmsa": False, "immutable": True, "large": False}
LEAK = {"start": 0x20000000, "pages": 1, "state": "Pre-Guest", "asid": 7, "gpa": 0x5000,
        "vmsa": True, "immutable": True, "large": False}
GUEST = {"kind": "snp", "context": 0x30000000, "state": "LAUNCH", "asid": 7, "policy": 0x30000,
         "vmsas": 1, "digest": "00" * 48}
WAIT = 20


class Refused(Exception):
    pass


class FakeQmp:
    """Answers on the socket; hold() returns when the harness lets go."""

    def __init__(self, descriptor: int) -> None:
        self.socket = socket.socket(fileno=descriptor)
        self.pages, self.guests, self.asids = [PAGE], [], []
        self.counters = {"commands": {"SNP_INIT_EX": {"SUCCESS": 1}}, "vmruns": {"snp": 0}}
        self.faults: list[str] = []
        self.held = 0
        self.released = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def hold(self, mark: int) -> None:
        self.released.clear()
        self.held = mark
        if not self.released.wait(WAIT):
            raise TimeoutError("nobody let the machine go")

    def launch(self) -> None:
        self.counters["commands"]["SNP_GCTX_CREATE"] = {"SUCCESS": 1}
        self.counters["vmruns"]["snp"] += 3

    def leak(self) -> None:
        self.pages = [PAGE, LEAK]
        self.guests, self.asids = [GUEST], [7]

    def fire(self) -> None:
        self.faults = []

    def give(self) -> None:
        self.pages = [{**PAGE, "pages": 3}]

    def _set(self, name: str, value: object) -> None:
        if name == "held":
            self.held = 0
            self.released.set()
        elif str(value).startswith("UNHEARD_OF"):
            raise Refused(f"fault '{value}' is not COMMAND,N,STATUS")
        else:
            self.faults = [str(value)] if value else []

    def _execute(self, name: str, arguments: dict) -> object:
        if name == "qom-set":
            self._set(arguments["property"], arguments["value"])
            return {}
        if name == "qom-get":
            return {"held": self.held, "counters": self.counters, "faults": self.faults,
                    "census": {"states": {}, "pages": self.pages, "guests": self.guests,
                               "asids": self.asids}}[arguments["property"]]
        return {}

    def _serve(self) -> None:
        try:
            self._converse()
        except OSError:
            pass                # the test has closed the socket in the middle

    def _converse(self) -> None:
        stream = self.socket.makefile("rw")
        print(json.dumps({"QMP": {}}), file=stream, flush=True)
        for line in stream:
            request = json.loads(line)
            try:
                answer = {"return": self._execute(request["execute"], request["arguments"])}
            except Refused as error:
                answer = {"error": {"class": "GenericError", "desc": str(error)}}
            print(json.dumps({"event": "NOISE"}), file=stream)
            print(json.dumps(answer), file=stream, flush=True)
