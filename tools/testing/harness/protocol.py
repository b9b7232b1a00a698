# SPDX-License-Identifier: GPL-2.0-only
"""The channel's frames, "<type> <id> <length>\\n<payload>\\n" (see agent/channel.c).

Only the agent writes frames; what a test prints is payload.  Anything that does
not follow the rules is a ProtocolError, never a guess.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass

VERSION = 1
HEADER = re.compile(rb"(hello|begin|out|kmsg|end|done) ([!-~]{1,128}) (0|[1-9][0-9]{0,7})\n")
HEADER_MAX = 160
ENDINGS = ("exit", "signal", "timeout", "noexec")


class ProtocolError(Exception):
    """The channel's bytes are not what an agent sends."""


@dataclass(frozen=True)
class Frame:
    type: str
    id: str
    payload: bytes

    def fields(self) -> dict[str, str]:
        """A payload of the form "a=1 b=2"."""
        try:
            return dict(word.split("=", 1) for word in self.payload.decode().split())
        except ValueError as error:
            raise ProtocolError(f"bad fields in a {self.type} frame: {self.payload!r}") from error

    def number(self, name: str) -> int:
        value = self.fields().get(name, "")
        if not re.fullmatch(r"-?[0-9]{1,20}", value):
            raise ProtocolError(f"no number {name} in a {self.type} frame: {self.payload!r}")
        return int(value)


class Parser:
    """Turns bytes, in pieces of any size, into frames."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.offset = 0     # of the buffer's first byte in the channel

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yields the frames that are whole now, also those before an error."""
        self.buffer += data
        while frame := self._next():
            yield frame

    def finish(self) -> None:
        """Call at the end of the channel."""
        if self.buffer:
            raise ProtocolError(f"the channel ends inside a frame at byte {self.offset}")

    def _next(self) -> Frame | None:
        end = self.buffer.find(b"\n", 0, HEADER_MAX) + 1
        if not end and len(self.buffer) < HEADER_MAX:
            return None
        header = HEADER.fullmatch(self.buffer[:end])
        if not header:
            raise ProtocolError(f"bad frame header at byte {self.offset}: "
                                f"{bytes(self.buffer[:40])!r}")
        size = end + int(header[3]) + 1
        if len(self.buffer) < size:
            return None
        if self.buffer[size - 1:size] != b"\n":
            raise ProtocolError(f"frame at byte {self.offset} does not end where it says")
        frame = Frame(header[1].decode(), header[2].decode(), bytes(self.buffer[end:size - 1]))
        del self.buffer[:size]
        self.offset += size
        return frame
