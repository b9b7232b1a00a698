# SPDX-License-Identifier: GPL-2.0-only
"""Frames, kernel log records, the session's rules and initramfs parts."""
import unittest

from harness import cpio
from harness.kmsg import Log
from harness.lists import Test
from harness.protocol import Frame, Parser, ProtocolError
from harness.session import Session

END = b"how=exit value=0 us=5000 left=0 stuck=0 dropped=0"


def session(*names: str) -> tuple[Session, list]:
    ended: list = []
    tests = [Test(name, "run", "here", timeout=7) for name in names]
    new = Session(tests, lambda test, raw: ended.append((test.name, raw)))
    return new, ended


class Parsing(unittest.TestCase):
    DATA = b"out a 3\nx\ny\nout a 0\n\nend b/c 2\n\n\n\n"

    def test_frames(self):
        self.assertEqual(list(Parser().feed(self.DATA)), [
            Frame("out", "a", b"x\ny"), Frame("out", "a", b""), Frame("end", "b/c", b"\n\n")])

    def test_any_pieces(self):
        for size in range(1, len(self.DATA)):
            parser, frames = Parser(), []
            for start in range(0, len(self.DATA), size):
                frames += parser.feed(self.DATA[start:start + size])
            self.assertEqual(frames, list(Parser().feed(self.DATA)))
            parser.finish()

    def test_payload_may_look_like_frames(self):
        inner = b"end a 2\nxx\n"
        data = b"out a %d\n%s\n" % (len(inner), inner)
        self.assertEqual(list(Parser().feed(data)), [Frame("out", "a", inner)])

    def test_bad_headers(self):
        for data in (b"\0\n", b"result a 1\nx\n", b"out a -1\n\n", b"out  a 1\nx\n",
                     b"out a 01\nx\n", b"out a b 1\nx\n", b"out a 999999999\n", b"x" * 200):
            with self.assertRaises(ProtocolError):
                list(Parser().feed(data))

    def test_frames_before_an_error(self):
        frames = Parser().feed(b"out a 1\nx\nrubbish\n")
        self.assertEqual(next(frames), Frame("out", "a", b"x"))
        with self.assertRaises(ProtocolError):
            next(frames)

    def test_wrong_length(self):
        with self.assertRaisesRegex(ProtocolError, "does not end where it says"):
            list(Parser().feed(b"out a 1\nxy\n"))

    def test_error_names_the_place(self):
        with self.assertRaisesRegex(ProtocolError, "at byte 10"):
            list(Parser().feed(b"out a 1\nx\nrubbish\n"))

    def test_cut_off(self):
        parser = Parser()
        self.assertEqual(list(parser.feed(b"out a 5\nxy")), [])
        with self.assertRaises(ProtocolError):
            parser.finish()

    def test_fields(self):
        frame = Frame("done", "boot", b"tests=3 tsc=-1")
        self.assertEqual((frame.number("tests"), frame.number("tsc")), (3, -1))
        with self.assertRaises(ProtocolError):
            frame.number("other")
        with self.assertRaises(ProtocolError):
            Frame("done", "boot", b"\xff tests").fields()


class KernelLog(unittest.TestCase):
    def test_records(self):
        records, lost = Log().parse(b"4,0,17,-;one\n SUBSYSTEM=pci\n12,1,18,-,caller=T1;a;b\n")
        self.assertEqual(([(r.text, r.from_kernel) for r in records], lost),
                         ([("one", True), ("a;b", False)], 0))

    def test_gaps(self):
        log = Log()
        self.assertEqual(log.parse(b"4,2,0,-;a\n")[1], 2)
        self.assertEqual(log.parse(b"4,3,0,-;a\n4,9,0,-;a\n")[1], 5)

    def test_nonsense(self):
        for data in (b"rubbish\n", b"4,0,0,-;a\n4,0,0,-;again\n"):
            with self.assertRaises(ProtocolError):
                Log().parse(data)


class Rules(unittest.TestCase):
    HELLO = Frame("hello", "boot", b"version=1 tests=1 cpus=2")

    def play(self, *frames: Frame) -> tuple[Session, list]:
        new, ended = session("a")
        for frame in (self.HELLO, *frames):
            new.frame(frame)
        return new, ended

    def test_one_test(self):
        new, ended = self.play(Frame("begin", "a", b""), Frame("out", "a", b"xy"),
                               Frame("kmsg", "a", b"4,0,0,-;hm\n"), Frame("end", "a", END),
                               Frame("kmsg", "boot", b"4,1,0,-;late\n"),
                               Frame("done", "boot", b"tests=1 tsc=99"))
        self.assertEqual((new.done, new.tsc, len(new.boot.records)), (True, 99, 1))
        name, raw = ended[0]
        self.assertEqual((name, raw.how, raw.seconds, bytes(raw.output), raw.records[0].text),
                         ("a", "exit", 0.005, b"xy", "hm"))

    def test_violations(self):
        begin, end = Frame("begin", "a", b""), Frame("end", "a", END)
        done = Frame("done", "boot", b"tests=1 tsc=1")
        for frames in ((self.HELLO,), (end,), (Frame("begin", "b", b""),), (begin, begin),
                       (done,), (begin, done), (begin, end, end), (begin, end, done, done),
                       (begin, Frame("out", "b", b"")), (Frame("out", "a", b""),),
                       (begin, Frame("end", "a", END.replace(b"exit", b"joy"))),
                       (begin, Frame("end", "a", b"how=exit value=0")),
                       (begin, end, Frame("done", "boot", b"tests=2 tsc=1"))):
            with self.assertRaises(ProtocolError, msg=frames):
                self.play(*frames)

    def test_first_is_hello(self):
        with self.assertRaises(ProtocolError):
            session("a")[0].frame(Frame("begin", "a", b""))

    def test_waits(self):
        new, _ = session("a")
        self.assertEqual(new.expects_within(60, 5), 60)
        new.frame(self.HELLO)
        self.assertEqual(new.expects_within(60, 5), 5)
        new.frame(Frame("begin", "a", b""))
        self.assertEqual(new.expects_within(60, 5), 12)


class Parts(unittest.TestCase):
    def test_same_bytes(self):
        files = {"b/c": (cpio.EXECUTABLE, b"x"), "a": (cpio.REGULAR, b"yy")}
        again = dict(reversed(files.items()))
        self.assertEqual(cpio.archive(files), cpio.archive(again))
        self.assertEqual(len(cpio.archive(files)) % 4, 0)
