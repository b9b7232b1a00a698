# SPDX-License-Identifier: GPL-2.0-only
"""QEMU's machine protocol over a socket that QEMU inherits."""
import json
import socket


class QmpError(Exception):
    """QEMU refused a command, or is gone."""


class Qmp:
    """Commands one at a time; events are ignored."""

    def __init__(self, timeout: float = 30.0) -> None:
        self.socket, self.theirs = socket.socketpair()
        self.socket.settimeout(timeout)
        self.buffer = b""
        self.greeted = False

    def inherit(self) -> int:
        """The descriptor for the child; close_theirs() once it has it."""
        return self.theirs.fileno()

    def close_theirs(self) -> None:
        self.theirs.close()

    def close(self) -> None:
        self.socket.close()
        self.theirs.close()

    def _message(self) -> dict:
        while b"\n" not in self.buffer:
            try:
                data = self.socket.recv(1 << 16)
            except OSError as error:
                raise QmpError(f"QMP: {error}") from error
            if not data:
                raise QmpError("QMP: QEMU has closed the connection")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def _send(self, name: str, arguments: dict) -> object:
        text = json.dumps({"execute": name, "arguments": arguments}) + "\n"
        try:
            self.socket.sendall(text.encode())
        except OSError as error:
            raise QmpError(f"QMP: {error}") from error
        while True:
            answer = self._message()
            if "error" in answer:
                raise QmpError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def command(self, name: str, **arguments: object) -> object:
        if not self.greeted:
            self._message()
            self._send("qmp_capabilities", {})
            self.greeted = True
        return self._send(name, arguments)
