# SPDX-License-Identifier: GPL-2.0-only
"""The guest's snp-report and snp-measure: the same verdict on the same report."""
import os
import shutil
import subprocess
from pathlib import Path

import check_report
from check_report import CHIP
from tool import NO

VERIFIER = ("report", "report-verify", "certs", "p384", "json", "util")


def build(directory: Path, sources: Path, flags: list) -> Path:
    program = directory / "snp-report"
    subprocess.run(["gcc", *flags, "-I", sources, "-I", sources.parents[1] / "include",
                    "-Wl,--wrap=open,--wrap=ioctl", "-o", program,
                    sources.parent / "guest/snp-report.c", sources / "tests/fake-sev-guest.c",
                    *(sources / f"{name}.c" for name in VERIFIER), "-lcrypto"], check=True)
    return program


class Two:
    def __init__(self, tool, program: Path):
        self.tool, self.program = tool, program

    def guest(self, report: Path, certs: Path) -> tuple[int, dict]:
        done = subprocess.run([self.program, certs], env={**os.environ, "FAKE_REPORT": str(report)},
                              capture_output=True, text=True)
        lines = (line.partition(": ") for line in done.stdout.splitlines())
        return done.returncode, {name.removeprefix("report."): value for name, _, value in lines}

    def agree(self, name: str, wanted: str, report: Path, certs: Path, *more) -> None:
        done = self.tool.run("report", "verify", report, "--certs", certs, *more)
        verdict = f"no, {done.stderr.removeprefix('snp-measure: ').strip()}"
        if not done.returncode:
            verdict = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())["verified"]
        status, said = self.guest(report, certs)
        self.tool.tap.equal((bool(status), said.get("verified")), (bool(done.returncode), verdict),
                            f"{name}: the guest and the owner agree")
        self.tool.tap.check(wanted in verdict, f"{name}: {wanted}", verdict)


def fields(two, maker) -> None:
    """What the guest prints is what snp-measure shows."""
    path = maker.signed(maker.body(version=3, family=0x19))
    status, said = two.guest(path, maker.keys)
    shown = dict(line.split() for line in two.tool.output("report", "show", path).splitlines())
    two.tool.tap.equal((status, said.pop("verified"), said.pop("hex")),
                       (0, "yes", path.read_bytes().hex()), "the guest's report is genuine")
    two.tool.tap.equal(said, shown, "the guest prints what snp-measure shows")


def reports(two, maker) -> None:
    flipped = bytearray(maker.signed(maker.body()).read_bytes())
    flipped[0x90] ^= 1
    raw = {"a changed byte": ("signature does not verify", bytes(flipped)),
           "version 9": ("known version (9", b"\x09" + bytes(flipped[1:]))}
    for name, (wanted, data) in raw.items():
        two.agree(name, wanted, two.tool.file("raw", data), maker.keys)
    for name, wanted, body in (
            ("a good report", "yes", maker.body()),
            ("a masked chip", "yes, but for the chip", maker.body(chip=bytes(64))),
            ("another chip", "no, the VCEK's certificate is for another", maker.body(chip=CHIP)),
            ("another TCB", "no, the certificate of the report's key is for boot loader", maker.body(
                tcb=bytes([maker.tcb[0] + 1]) + maker.tcb[1:])),
            ("a masked key", "no, the report is not signed", maker.body(chip=bytes(64), flags=2)),
            ("no key", "signing key 7", maker.body(flags=7 << 2)),
            ("a VLEK", "no certificate vlek in", maker.body(flags=1 << 2))):
        two.agree(name, wanted, maker.signed(body), maker.keys)


def certificates(two, maker) -> None:
    two.agree("no certificates", "cannot open the directory of certificates",
              maker.signed(maker.body()), Path("/nope"))
    certs = two.tool.directory / "guest-certs"
    shutil.copytree(maker.keys, certs)
    check_report.issue(maker, certs, check_report.extensions(maker.chip, maker.tcb), days=-1)
    report = maker.signed(maker.body(), certs / "vcek.key")
    two.agree("an expired VCEK, the clock trusted by nobody", "yes", report, certs, "--any-time")
    two.tool.refuses("an expired VCEK", NO, "certificate has expired", "report", "verify", report,
                     "--certs", certs)


def run(tool, program: Path, keys: Path, defs: Path) -> None:
    two, maker = Two(tool, program), check_report.Maker(tool, keys, defs)
    for part in (fields, reports, certificates):
        part(two, maker)
