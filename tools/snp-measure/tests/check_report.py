# SPDX-License-Identifier: GPL-2.0-only
"""Attestation reports, signed by the keys that tools/snp-keys.sh has made."""
import json
import re
import shutil
import struct
from pathlib import Path

from tool import NO, TROUBLE, openssl

LENGTH, SIGNED = 0x4a0, 0x2a0
DIGEST, DATA, HOST = bytes(range(48)), bytes(range(64)), bytes(range(32))
CHIP = bytes(range(100, 164))


def model_tcb(defs: Path) -> bytes:
    """What the certificate has, byte by byte."""
    part = {name: int(value, 16) for name, value in
            re.findall(r"#define FW_TCB_(\w+) *(0x[0-9a-f]+)", defs.read_text())}
    return bytes([part["BOOT_LOADER"], part["TEE"], 0, 0, 0, 0, part["SNP"], part["MICROCODE"]])


def unpack_der(der: bytes) -> list[int]:
    numbers, at = [], 2
    for _ in range(2):
        length = der[at + 1]
        numbers.append(int.from_bytes(der[at + 2:at + 2 + length], "big"))
        at += 2 + length
    return numbers


class Maker:
    def __init__(self, tool, keys: Path, defs: Path):
        self.tool, self.keys = tool, keys
        self.chip = bytes.fromhex((keys / "chip-id.hex").read_text())
        self.tcb = model_tcb(defs)

    def body(self, version=2, chip=None, tcb=None, flags=0, family=0) -> bytearray:
        report = bytearray(LENGTH)
        struct.pack_into("<IIQ", report, 0, version, 5, 0x30000)
        struct.pack_into("<I", report, 0x34, 1)
        struct.pack_into("<I", report, 0x48, flags)
        report[0x50:0x90], report[0x90:0xc0], report[0xc0:0xe0] = DATA, DIGEST, HOST
        report[0x180:0x188] = tcb or self.tcb
        report[0x188] = family
        report[0x1a0:0x1e0] = self.chip if chip is None else chip
        return report

    def signed(self, report: bytearray, key: Path | None = None) -> Path:
        data = self.tool.file("to-sign", report[:SIGNED])
        der = openssl("dgst", "-sha384", "-sign", key or self.keys / "vcek.key", data)
        for at, number in zip((SIGNED, SIGNED + 72), unpack_der(der)):
            report[at:at + 72] = number.to_bytes(72, "little")
        return self.tool.file("report", report)

    def verify(self, path, *more) -> list:
        return ["report", "verify", path, "--certs", self.keys, *more]


def good(maker) -> None:
    tool = maker.tool
    path = maker.signed(maker.body())
    seen = dict(line.split() for line in tool.output(*maker.verify(path)).splitlines())
    tool.tap.equal((seen.get("measurement"), seen.get("guest_svn"), seen.get("policy")),
                   (DIGEST.hex(), "5", "0x30000"), "verify prints the report")
    tool.tap.equal(seen.get("verified"), "yes", "and says that it is verified")
    found = json.loads(tool.output(*maker.verify(
        path, "--json", "--digest", DIGEST.hex(), "--report-data", DATA.hex(), "--host-data",
        HOST.hex())))
    tool.tap.equal(found["report_data"], DATA.hex(), "verify with all that is expected")
    tool.tap.equal("cpuid_family" in found, False, "version 2 has no CPUID fields")
    tool.tap.equal((found.pop("verified"), found.pop("chip_masked")), (True, False), "so it does as JSON")
    tool.tap.equal(json.loads(tool.output("report", "show", path, "--json")), found,
                   "show prints the same, but for that")
    path = maker.signed(maker.body(version=3, family=0x19))
    tool.tap.equal(json.loads(tool.output(*maker.verify(path, "--json")))["cpuid_family"], 0x19,
                   "version 3 has them")


def masked(maker) -> None:
    """A host that masks the chip's id: all is verified but which chip it was."""
    tool, nobody = maker.tool, bytes(64)
    path = maker.signed(maker.body(chip=nobody))
    first = tool.output(*maker.verify(path)).partition("\n")[0]
    tool.tap.equal(first.split(maxsplit=1), ["verified", "yes, but for the chip, whose id is masked"],
                   "a masked chip is said to be masked")
    tool.tap.equal(json.loads(tool.output(*maker.verify(path, "--json")))["chip_masked"], True,
                   "so it is as JSON")
    other_tcb = bytes([maker.tcb[0] + 1]) + maker.tcb[1:]
    for text, report in (("boot loader version", maker.body(chip=nobody, tcb=other_tcb)),
                         ("masks its chip key", maker.body(chip=nobody, flags=2)),
                         ("another chip", maker.body(chip=bytes(63) + b"\1"))):
        tool.refuses(f"a masked chip, and {text}", NO, text, *maker.verify(maker.signed(report)))
    data = bytearray(maker.signed(maker.body()).read_bytes())
    data[0x1a0:0x1e0] = nobody
    tool.refuses("a chip that is masked after the signature", NO, "signature does not verify",
                 *maker.verify(tool.file("masked", data)))


def expected(maker) -> None:
    path = maker.signed(maker.body())
    for option, what, length in (("--digest", "launch digest", 48), ("--report-data", "report data", 64),
                                 ("--host-data", "host data", 32)):
        maker.tool.refuses(f"report: another {what}", NO, f"another {what}",
                           *maker.verify(path, option, "ff" * length))


def spoiled(maker) -> None:
    tool, taken = maker.tool, []
    data = maker.signed(maker.body()).read_bytes()
    places = [*range(0, LENGTH, 23), 0x29f, 0x2a0, 0x2cf, 0x2d0, 0x2e8, 0x330, 0x49f]
    for at in places:
        changed = bytearray(data)
        changed[at] ^= 0x40
        done = tool.run(*maker.verify(tool.file("spoiled", changed)))
        if not done.returncode or done.stdout or done.stderr.count("\n") != 1:
            taken.append((hex(at), done.returncode))
    tool.tap.equal(taken, [], f"report: {len(places)} changed bytes are refused")


def refused(maker) -> None:
    tool = maker.tool
    other_tcb = bytes([maker.tcb[0] + 1]) + maker.tcb[1:]
    for text, report in (
            ("another chip", maker.body(chip=CHIP)),
            ("boot loader version", maker.body(tcb=other_tcb)),
            ("CPU of family 0x1a", maker.body(version=3, family=0x1a)),
            ("masks its chip key", maker.body(flags=2)),
            ("signing key 1", maker.body(flags=1 << 2))):
        tool.refuses(f"report: {text}", NO, text, *maker.verify(maker.signed(report)))
    stranger = tool.directory / "stranger.pem"
    openssl("ecparam", "-name", "secp384r1", "-genkey", "-out", stranger)
    tool.refuses("report: signed by another key", NO, "signature does not verify",
                 *maker.verify(maker.signed(maker.body(), stranger)))
    path = maker.signed(maker.body())
    data = path.read_bytes()
    for text, args in (
            ("known version (9", ["show", tool.file("bad", b"\x09" + data[1:])]),
            ("algorithm is 2", ["show", tool.file("bad2", data[:0x34] + b"\2" + data[0x35:])]),
            ("neither 1184 bytes", ["show", tool.file("bad3", data[:-1])]),
            ("name the report's file", ["show"]), ("cannot open the report", ["show", "/nope"]),
            ("--certs is missing", ["verify", path]), ("not an option", ["show", path, path]),
            ("not 96 hexadecimal", maker.verify(path, "--digest", "1")[1:])):
        tool.refuses(f"report: {text}", TROUBLE, text, "report", *args)


def chains(maker) -> None:
    tool, path = maker.tool, maker.signed(maker.body())
    for text, name, source in (("cannot open the certificate", "ark.pem", None),
                               ("no certificate in PEM", "ask.pem", "vcek.key"),
                               ("chain does not verify", "ask.pem", "ark.pem"),
                               ("no key on the curve P-384", "vcek.pem", "ask.pem"),
                               ("chain does not verify", "ark.pem", "ask.pem")):
        certs = tool.directory / "certs"
        shutil.rmtree(certs, ignore_errors=True)
        shutil.copytree(maker.keys, certs)
        (certs / name).unlink()
        if source:
            shutil.copy(maker.keys / source, certs / name)
        tool.refuses(f"report: {name} is {source}", NO, text, "report", "verify", path, "--certs", certs)


OID, P384 = "1.3.6.1.4.1.3704.1", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
PARTS = {"1": 0, "2": 1, "3": 6, "8": 7}    # of a TCB version, by the extension that has it


def extensions(chip: bytes | None, tcb: bytes | None) -> str:
    """For a VCEK; None leaves them out."""
    lines = [] if chip is None else [f"{OID}.4=DER:{chip.hex()}\n"]
    if tcb:
        lines += [f"{OID}.3.{part}=ASN1:INTEGER:{tcb[at]}\n" for part, at in PARTS.items()]
    return "".join(lines)


def issue(maker, certs: Path, extensions: str, key=P384, days=2) -> None:
    """Replaces the VCEK in certs by one with these extensions and that kind of key."""
    request, config = certs / "new.csr", certs / "new.ext"
    config.write_text(extensions)
    openssl("genpkey", *key.split(), "-out", certs / "vcek.key")
    openssl("req", "-new", "-key", certs / "vcek.key", "-subj", "/CN=VCEK", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", certs / "ask.pem", "-CAkey", certs / "ask.key",
            "-CAcreateserial", "-sha384", "-days", days, "-extfile", config, "-out", certs / "vcek.pem")


def other_vceks(maker) -> None:
    tool, certs = maker.tool, maker.tool.directory / "certs"
    good_tcb = b"\3\0\0\0\0\0\4\x55"
    shutil.rmtree(certs, ignore_errors=True)
    shutil.copytree(maker.keys, certs)

    def verify(of_vcek: str, key=P384, tcb=good_tcb) -> list:
        issue(maker, certs, of_vcek, key)
        signer = certs / "vcek.key" if key == P384 else None
        report = maker.signed(maker.body(version=3, family=0x19, chip=CHIP, tcb=tcb), signer)
        return ["report", "verify", report, "--certs", certs]

    full = extensions(CHIP, good_tcb)
    tool.tap.check(DIGEST.hex() in tool.output(*verify(full)), "report: another chip's VCEK", "")
    octets = bytes([4, len(CHIP)])
    tool.tap.check(DIGEST.hex() in tool.output(*verify(extensions(octets + CHIP, good_tcb))),
                   "report: a VCEK whose chip is an OCTET STRING", "")
    tool.refuses("report: that of another chip", NO, "another chip",
                 *verify(extensions(octets + CHIP[::-1], good_tcb)))
    for name, at in (("boot loader", 0), ("TEE", 1), ("SNP", 6), ("microcode", 7)):
        tcb = bytearray(good_tcb)
        tcb[at] += 1
        tool.refuses(f"report: another {name}", NO, f"for {name} version {tcb[at] - 1}, the report says",
                     *verify(full, tcb=tcb))
    for name, chip in (("no chip", None), ("half a chip", CHIP[:32]), ("something else", b"\5\x40" + CHIP)):
        tool.refuses(f"report: a VCEK with {name}", NO, "names no chip", *verify(extensions(chip, good_tcb)))
    tool.refuses("report: a VCEK without a TCB", NO, "has no boot loader version",
                 *verify(extensions(CHIP, None)))
    tool.refuses("report: a VCEK on another curve", NO, "no key on the curve P-384", *verify(
        full, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"))


def run(tool, keys: Path, defs: Path) -> None:
    maker = Maker(tool, keys, defs)
    for part in (good, masked, expected, spoiled, refused, chains, other_vceks):
        part(maker)
