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

    def body(self, version=2, chip=None, tcb=None, flags=0, family=0, policy=0x30000,
             vmpl=0) -> bytearray:
        report = bytearray(LENGTH)
        struct.pack_into("<IIQ", report, 0, version, 5, policy)
        struct.pack_into("<I", report, 0x30, vmpl)
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
        certs = [] if "--certs" in more else ["--certs", self.keys]
        return ["report", "verify", path, *certs, *more]


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
    shown = [line.split()[0] for line in tool.output("report", "show", path).splitlines()]
    tool.tap.equal(["verified", "chip_masked", "signed_by", *shown], list(found), "text has what JSON has")
    tool.tap.equal("cpuid_family" in found, False, "version 2 has no CPUID fields")
    tool.tap.equal((found.pop("verified"), found.pop("chip_masked"), found.pop("signed_by")),
                   (True, False, "VCEK"), "so it does as JSON")
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
    tool.tap.equal(first.split(maxsplit=1),
                   ["verified", "yes, but for the chip, whose id is masked"],
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
    """What has to be in the report, as options; each is of use without the others."""
    tool, body = maker.tool, maker.body()
    keys = {"--id-key-digest": (0xe0, 48), "--author-key-digest": (0x110, 48)}
    for at, length in keys.values():
        body[at:at + length] = bytes(range(at % 200, at % 200 + length))
    path = maker.signed(body)
    for option, at, length in (
            ("--digest", 0x90, 48), ("--report-data", 0x50, 64), ("--host-data", 0xc0, 32),
            ("--chip-id", 0x1a0, 64), *((option, *place) for option, place in keys.items())):
        wanted = bytes(body[at:at + length])
        what = option[2:].replace("-", " ").replace("id key", "ID key")
        tool.tap.check(wanted.hex() in tool.output(*maker.verify(path, option, wanted.hex())),
                       f"report: {option}", "")
        tool.refuses(f"report: another {what}", NO, "the report has another ",
                     *maker.verify(path, option, "ff" * length))
        tool.refuses(f"report: another {what} in its last byte", NO, wanted.hex(), *maker.verify(
            path, option, (wanted[:-1] + bytes([wanted[-1] ^ 1])).hex()))
    tool.refuses("report: a chip is wanted, and none is named", NO, "names no chip", *maker.verify(
        maker.signed(maker.body(chip=bytes(64))), "--chip-id", maker.chip.hex()))


def verifies(maker, name: str, report: bytearray, *more) -> None:
    said = maker.tool.output(*maker.verify(maker.signed(report), *more))
    maker.tool.tap.check(said.startswith("verified            yes\n"), f"report: {name}", said)


def policies(maker) -> None:
    tool = maker.tool
    plain, debug, agent = (maker.body(policy=policy) for policy in (0x30000, 0xb0000, 0x70000))
    verifies(maker, "the policy that is named", plain, "--policy", "0x30000")
    tool.refuses("report: another policy", NO, "another policy: 0x30000",
                 *maker.verify(maker.signed(plain), "--policy", "0x20000"))
    tool.refuses("report: a policy for debugging", NO, "allows the host to debug it",
                 *maker.verify(maker.signed(debug)))
    verifies(maker, "debugging, if that is allowed", debug, "--allow-debug")
    verifies(maker, "debugging, if the policy names it", debug, "--policy", "0xb0000")
    verifies(maker, "no debugging, if it is allowed", plain, "--allow-debug")
    tool.refuses("report: a policy for a migration agent", NO, "allows a migration agent",
                 *maker.verify(maker.signed(agent), "--allow-debug"))
    verifies(maker, "a migration agent, if the policy names it", agent, "--policy", "0x70000")
    for text, *words in (("leave out --allow-debug", "--policy", "0xb0000", "--allow-debug"),
                         ("policy 'smt'", "--policy", "smt")):
        tool.refuses(f"report: {' '.join(words)}", TROUBLE, text,
                     *maker.verify(maker.signed(plain), *words))


def levels(maker) -> None:
    tool = maker.tool
    for vmpl in range(4):
        report = maker.body(vmpl=vmpl)
        verifies(maker, f"VMPL {vmpl}, that is wanted", report, "--vmpl", str(vmpl))
        tool.refuses(f"report: VMPL {vmpl}, another is wanted", NO,
                     f"is for VMPL {vmpl}, and not {vmpl ^ 1}",
                     *maker.verify(maker.signed(report), "--vmpl", str(vmpl ^ 1)))
        if vmpl:
            tool.refuses(f"report: VMPL {vmpl}, none is wanted", NO, f"(--vmpl {vmpl} accepts it)",
                         *maker.verify(maker.signed(report)))
    tool.refuses("report: VMPL 4", TROUBLE, "VMPL '4'",
                 *maker.verify(maker.signed(report), "--vmpl", "4"))


def least_tcb(maker) -> None:
    """Part by part: more of one does not make up for less of another."""
    tool, report = maker.tool, maker.body()

    def option(tcb: bytes) -> list:
        return ["--min-tcb", hex(int.from_bytes(tcb, "little"))]

    verifies(maker, "the least TCB version", report, *option(maker.tcb))
    verifies(maker, "a TCB version above the least", report, "--min-tcb", "0x0")
    path = maker.signed(report)
    for name, at in (("boot loader", 0), ("TEE", 1), ("SNP", 6), ("microcode", 7)):
        tcb = bytearray(8)
        tcb[at] = maker.tcb[at] + 1
        tool.refuses(f"report: less than the least {name}", NO,
                     f"{name} version is {maker.tcb[at]}, less than {tcb[at]}",
                     *maker.verify(path, *option(tcb)))
    tool.refuses("report: a least TCB version in another generation's layout", NO,
                 "has a part that those of family 0x19 do not have",
                 *maker.verify(path, "--min-tcb", "0x10000"))
    tool.refuses("report: --min-tcb new", TROUBLE, "TCB version 'new'",
                 *maker.verify(path, "--min-tcb", "new"))


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
            ("CPU of family 0x1b", maker.body(version=3, family=0x1b)),
            ("masks its chip key", maker.body(flags=2)),
            ("signing key 2", maker.body(flags=2 << 2)),
            ("signing key 7", maker.body(flags=7 << 2))):
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


def fresh(maker, without=()) -> Path:
    certs = maker.tool.directory / "certs"
    shutil.rmtree(certs, ignore_errors=True)
    shutil.copytree(maker.keys, certs)
    for name in ("cert_chain.pem", *without):
        (certs / name).unlink()
    return certs


def chains(maker) -> None:
    """Certificates that can be read, and do not make a chain."""
    path = maker.signed(maker.body())
    for text, name, source in (("chain does not verify", "ask.pem", "ark.pem"),
                               ("no key on the curve P-384", "vcek.pem", "ask.pem"),
                               ("chain does not verify", "ark.pem", "ask.pem")):
        certs = fresh(maker)
        shutil.copy(maker.keys / source, certs / name)
        maker.tool.refuses(f"report: {name} is {source}", NO, text, "report", "verify", path,
                           "--certs", certs)


def forms(maker) -> None:
    """Certificates as AMD's server gives them, and as others keep them."""
    pem = {name: (maker.keys / f"{name}.pem").read_bytes() for name in ("vcek", "ask", "ark")}
    der = {name: openssl("x509", "-in", maker.keys / f"{name}.pem", "-outform", "DER")
           for name in pem}
    stranger = {"ask": pem["ark"], "ark": pem["ask"]}
    report = maker.body()
    for name, files in (
            ("DER in .der", {f"{name}.der": data for name, data in der.items()}),
            ("DER in .pem", {f"{name}.pem": data for name, data in der.items()}),
            ("PEM in .crt", {f"{name}.crt": data for name, data in pem.items()}),
            ("DER in .cer", {f"{name}.cer": data for name, data in der.items()}),
            ("AMD's chain", {"vcek.der": der["vcek"], "cert_chain.pem": pem["ask"] + pem["ark"]}),
            ("AMD's chain with CRLF", {"vcek.der": der["vcek"], "cert_chain.pem": (
                pem["ask"] + pem["ark"]).replace(b"\n", b"\r\n")}),
            ("the chain in the other order", {"vcek.pem": pem["vcek"],
                                              "cert_chain.pem": pem["ark"] + pem["ask"]}),
            ("an ARK of its own and the chain", {"vcek.pem": pem["vcek"], "ark.pem": pem["ark"],
                                                 "cert_chain.pem": pem["ask"] + pem["ark"]}),
            ("text before and after PEM", {**{f"{name}.pem": pem[name] for name in stranger},
                                           "vcek.pem": b"VCEK\n" + pem["vcek"] + pem["ask"]})):
        certs = fresh(maker, [f"{name}.pem" for name in pem])
        for file, data in files.items():
            (certs / file).write_bytes(data)
        verifies(maker, f"certificates: {name}", report, "--certs", certs)


def no_certificates(maker) -> None:
    """Nothing is said about the report: bad input, and not a forgery."""
    path, chain = maker.signed(maker.body()), (maker.keys / "cert_chain.pem").read_bytes()
    ask, ark = ((maker.keys / f"{name}.pem").read_bytes() for name in ("ask", "ark"))
    der = openssl("x509", "-in", maker.keys / "vcek.pem", "-outform", "DER")
    both = ["ask.pem", "ark.pem"]
    for text, without, files in (
            ("no certificate vcek in", ["vcek.pem"], {}),
            ("no certificate vcek in", ["vcek.pem"], {"cert_chain.pem": chain}),
            ("no certificate ask in", ["ask.pem"], {}),
            ("no certificate ark in", both[1:], {}),
            ("nor cert_chain.pem", both, {}),
            ("vcek.pem holds no certificate in PEM or DER", [], {"vcek.pem": b""}),
            ("vcek.pem holds no certificate", [], {"vcek.pem": der[:-1]}),
            ("vcek.pem holds no certificate", [], {"vcek.pem": der + b"\n"}),
            ("ask.pem holds no certificate", [], {
                "ask.pem": (maker.keys / "vcek.key").read_bytes()}),
            ("does not hold an ASK or ASVK and an ARK", both, {"cert_chain.pem": ask}),
            ("does not hold an ASK or ASVK and an ARK", both, {"cert_chain.pem": ask + ask}),
            ("does not hold an ASK or ASVK and an ARK", both, {"cert_chain.pem": ark + ark}),
            ("does not hold an ASK or ASVK and an ARK", both, {"cert_chain.pem": chain + ask}),
            ("does not hold an ASK or ASVK and an ARK", both, {"cert_chain.pem": b"<html>429</html>"})):
        certs = fresh(maker, without)
        for file, data in files.items():
            (certs / file).write_bytes(data)
        maker.tool.refuses(f"certificates: {text}, without {without}, with {list(files)}", TROUBLE,
                           text, "report", "verify", path, "--certs", certs)
    for certs in ("/nonexistent", "", path):
        maker.tool.refuses(f"certificates: '{certs and Path(certs).name}'", TROUBLE,
                           "cannot open the directory", "report", "verify", path, "--certs", certs)


OID, P384 = "1.3.6.1.4.1.3704.1", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384"
# Of a TCB version, by the extension that has it
PARTS = {"1": 0, "2": 1, "3": 6, "8": 7}
TURIN_PARTS = {"9": 0, "1": 1, "2": 2, "3": 3, "8": 7}


def extensions(chip: bytes | None, tcb: bytes | None, parts=PARTS) -> str:
    """For a VCEK; None leaves them out."""
    lines = [] if chip is None else [f"{OID}.4=DER:{chip.hex()}\n"]
    if tcb:
        lines += [f"{OID}.3.{part}=ASN1:INTEGER:{tcb[at]}\n" for part, at in parts.items()]
    return "".join(lines)


def issue(maker, certs: Path, extensions: str, key=P384, days=2, names=("vcek", "ask")) -> None:
    """Replaces the VCEK in certs by one with these extensions and that kind of key."""
    request, config, (name, ask) = certs / "new.csr", certs / "new.ext", names
    config.write_text(extensions)
    openssl("genpkey", *key.split(), "-out", certs / f"{name}.key")
    openssl("req", "-new", "-key", certs / f"{name}.key", "-subj", f"/CN={name}", "-out", request)
    openssl("x509", "-req", "-in", request, "-CA", certs / f"{ask}.pem", "-CAkey",
            certs / f"{ask}.key", "-CAcreateserial", "-sha384", "-days", days, "-extfile", config,
            "-out", certs / f"{name}.pem")


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
    tool.tap.check(DIGEST.hex() in tool.output(*verify(extensions(CHIP, bytes(8)), tcb=bytes(8))),
                   "report: the lowest TCB version, if none is asked for", "")
    octets = bytes([4, len(CHIP)])
    tool.tap.check(DIGEST.hex() in tool.output(*verify(extensions(octets + CHIP, good_tcb))),
                   "report: a VCEK whose chip is an OCTET STRING", "")
    tool.refuses("report: that of another chip", NO, "another chip",
                 *verify(extensions(octets + CHIP[::-1], good_tcb)))
    for name, at in (("boot loader", 0), ("TEE", 1), ("SNP", 6), ("microcode", 7)):
        tcb = bytearray(good_tcb)
        tcb[at] += 1
        tool.refuses(f"report: another {name}", NO,
                     f"for {name} version {tcb[at] - 1}, the report says", *verify(full, tcb=tcb))
    for name, chip in (("no chip", None), ("half a chip", CHIP[:32]),
                       ("something else", b"\5\x40" + CHIP)):
        tool.refuses(f"report: a VCEK with {name}", NO, "names no chip",
                     *verify(extensions(chip, good_tcb)))
    tool.refuses("report: a VCEK without a TCB", NO, "has no boot loader version",
                 *verify(extensions(CHIP, None)))
    tool.refuses("report: a VCEK on another curve", NO, "no key on the curve P-384", *verify(
        full, "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"))


def turin(maker) -> None:
    """Another layout of the TCB version, and a chip id of 8 bytes."""
    tool, certs = maker.tool, maker.tool.directory / "certs"
    chip, tcb = CHIP[:8], b"\1\2\3\4\0\0\0\x55"
    shutil.rmtree(certs, ignore_errors=True)
    shutil.copytree(maker.keys, certs, ignore=shutil.ignore_patterns("turin"))
    issue(maker, certs, extensions(chip, tcb, TURIN_PARTS))

    def verify(directory=certs, in_report=chip + bytes(56), has=tcb, *more) -> list:
        report = maker.body(version=3, family=0x1a, chip=in_report, tcb=has)
        return ["report", "verify", maker.signed(report, certs / "vcek.key"), "--certs", directory,
                *more]

    def option(least: bytes) -> list:
        return ["--min-tcb", hex(int.from_bytes(least, "little"))]

    tool.tap.check(DIGEST.hex() in tool.output(*verify()), "report: of Turin", "")
    for text, in_report in (("another chip", CHIP[1:9] + bytes(56)), ("another chip", CHIP)):
        tool.refuses("report: of another chip, Turin", NO, text, *verify(in_report=in_report))
    for name, at in (("FMC", 0), ("boot loader", 1), ("TEE", 2), ("SNP", 3), ("microcode", 7)):
        other = bytearray(tcb)
        other[at] += 1
        tool.refuses(f"report: another {name} of Turin", NO,
                     f"for {name} version {tcb[at]}, the report says", *verify(has=bytes(other)))
        tool.refuses(f"report: less than the least {name} of Turin", NO,
                     f"{name} version is {tcb[at]}, less than {other[at]}",
                     *verify(certs, chip + bytes(56), tcb, *option(other)))
    tool.refuses("report: a least TCB version of Milan for Turin", NO, "family 0x1a do not have",
                 *verify(certs, chip + bytes(56), tcb, *option(bytes(6) + b"\1\0")))
    issue(maker, certs, extensions(CHIP, tcb, TURIN_PARTS))
    tool.refuses("report: a VCEK of Turin with a chip id of Milan's length", NO, "names no chip",
                 *verify())
    # One directory for all of a fleet
    issue(maker, certs, extensions(chip, tcb, TURIN_PARTS))
    fleet = tool.directory / "fleet"
    shutil.rmtree(fleet, ignore_errors=True)
    shutil.copytree(maker.keys, fleet, ignore=shutil.ignore_patterns("turin"))
    tool.refuses("report: of Turin, the VCEK of another generation", NO, "does not verify",
                 *verify(fleet))
    shutil.copytree(certs, fleet / "turin")
    tool.tap.check(DIGEST.hex() in tool.output(*verify(fleet)),
                   "report: of Turin, a directory for each generation", "")
    verifies(maker, "of Milan, a directory for each generation", maker.body(), "--certs", fleet)


def vlek(maker) -> None:
    """A cloud's key: the same chain but for its names, and no chip."""
    tool, certs = maker.tool, maker.tool.directory / "certs"
    cloud = f"{OID}.5=ASN1:IA5STRING:cloud.example\n"
    shutil.rmtree(certs, ignore_errors=True)
    shutil.copytree(maker.keys, certs, ignore=shutil.ignore_patterns("turin"))
    for suffix in "pem", "key":
        (certs / f"ask.{suffix}").rename(certs / f"asvk.{suffix}")
    (certs / "cert_chain.pem").unlink()

    def verify(of_vlek: str, *more, tcb=None) -> list:
        issue(maker, certs, of_vlek, names=("vlek", "asvk"))
        report = maker.signed(maker.body(flags=1 << 2, tcb=tcb), certs / "vlek.key")
        return ["report", "verify", report, "--certs", certs, *more]

    full = extensions(None, maker.tcb) + cloud
    said = tool.output(*verify(full))
    tool.tap.check(said.startswith("verified            yes, but for the chip, as its key is a VLEK\n"),
                   "report: by a VLEK", said)
    tool.tap.equal(json.loads(tool.output(*verify(full, "--json")))["signed_by"], "VLEK",
                   "so it is as JSON")
    tool.refuses("report: by a VLEK for another TCB version", NO, "for boot loader version",
                 *verify(full, tcb=bytes([maker.tcb[0] + 1]) + maker.tcb[1:]))
    tool.refuses("report: by a VLEK that names no cloud", NO, "names no cloud",
                 *verify(extensions(None, maker.tcb)))
    tool.refuses("report: by a VLEK that is a VCEK", NO, "it is a VCEK's",
                 *verify(full + extensions(maker.chip, None)))
    tool.refuses("report: by a VLEK, there are a VCEK's certificates", TROUBLE,
                 "no certificate vlek in", *maker.verify(maker.signed(maker.body(flags=1 << 2))))
    (certs / "cert_chain.pem").write_bytes((certs / "asvk.pem").read_bytes() +
                                           (certs / "ark.pem").read_bytes())
    args = verify(full)
    (certs / "asvk.pem").unlink()
    tool.tap.check(DIGEST.hex() in tool.output(*args), "report: by a VLEK, with AMD's chain", "")


def run(tool, keys: Path, defs: Path) -> None:
    maker = Maker(tool, keys, defs)
    for part in (good, masked, expected, policies, levels, least_tcb, spoiled, refused, chains,
                 forms, no_certificates, other_vceks, turin, vlek):
        part(maker)
