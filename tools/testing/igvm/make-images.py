#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Makes IGVM files of a guest of a few pages, each with an ID block for its digest.

usage: make-images.py CODE CODE-THAT-STARTS-A-CPU SNP-MEASURE DIRECTORY

The first two are what tiny.S becomes.  The digests are those of a reader of its own (igvmfile);
snp-measure signs, and has to find the same.
"""
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "igvm/tests"))

import igvmfile as f

CODE, PML4, PDPT, DIRECTORY, TABLE, STACK, VMSA = range(0x10000, 0x17000, 0x1000)
GHCB, PARAMETERS = 0x30000, 0x40000
OUTSIDE = 0xffbff000            # where no RAM is
KVM_GPA = 0xfffffffff000
C_BIT = 1 << 51
LARGE = 0x200000
APIC = 0xfee00000               # a device


def vmsa() -> bytes:
    page = bytearray(f.PAGE)
    for at, selector, attributes, limit in (
            (0x00, 16, 0xc93, 0xffffffff), (0x10, 8, 0xa9b, 0xffffffff),
            (0x20, 16, 0xc93, 0xffffffff), (0x30, 16, 0xc93, 0xffffffff),
            (0x40, 16, 0xc93, 0xffffffff), (0x50, 16, 0xc93, 0xffffffff),
            (0x60, 0, 0, 0xffff), (0x70, 0, 0x82, 0xffff), (0x80, 0, 0, 0xffff),
            (0x90, 0, 0x8b, 0xffff)):
        struct.pack_into("<HHI", page, at, selector, attributes, limit)
    for at, value in ((0xd0, 0x1500), (0x148, 0x60), (0x150, PML4 | C_BIT), (0x158, 0x80000011),
                      (0x160, 0x400), (0x168, 0xffff0ff0), (0x170, 2), (0x178, CODE),
                      (0x1d8, STACK + f.PAGE), (0x268, 0x0007040600070406), (0x3b0, 1),
                      (0x3e8, 1), (0x408, 0x1f80)):
        struct.pack_into("<Q", page, at, value)
    struct.pack_into("<H", page, 0x410, 0x37f)
    return bytes(page)


def table(*entries: tuple[int, int]) -> bytes:
    page = bytearray(f.PAGE)
    for index, address in entries:
        struct.pack_into("<Q", page, 8 * index, address | 3)
    return bytes(page)


def pages(code: bytes) -> list:
    """The first 2 MiB are mapped, all but the GHCB's page as the guest's own."""
    small = table(*((n, n << 12 | (0 if n << 12 == GHCB else C_BIT)) for n in range(512)))
    return [f.page(CODE, code.ljust(f.PAGE, b"\0")), f.page(PML4, table((0, PDPT | C_BIT))),
            f.page(PDPT, table((0, DIRECTORY | C_BIT))),
            f.page(DIRECTORY, table((0, TABLE | C_BIT))), f.page(TABLE, small), f.page(STACK)]


def images(code: bytes) -> dict[str, list]:
    body, areas = pages(code), [f.area(), f.parameter(f.VP_COUNT)]
    insert, context = f.insert(PARAMETERS), f.context(VMSA, vmsa())
    large = f.page(LARGE, bytes(range(256)) * 16 * 512, flags=f.LARGE)
    every = [f.parameter(f.MADT, 0x100), f.parameter(f.MAP, 0x800),
             f.parameter(f.ENVIRONMENT, 0x80)]
    return {
        "vmsa-first": [*areas, context, *body, insert],
        "vmsa-middle": [*areas, *body[:3], context, *body[3:], insert],
        "vmsa-last": [*areas, insert, *body, context],
        "vmsa-outside": [*areas, insert, *body, f.context(OUTSIDE, vmsa())],
        "parameters-between": [*areas, *body[:2], insert, *body[2:], context],
        "parameters-last": [*areas, *body, context, insert],
        "parameters-all": [f.area(), *areas[1:], *every, insert, *body, context],
        "large-page": [*areas, large, insert, *body, context],
        "memory": [f.memory(0x1000000, 0x10000), *areas, insert, *body, context],
        "kvm-gpa": [*areas, insert, *body, f.context(KVM_GPA, vmsa())],
    }


def refused_pages(code: bytes) -> dict[str, list]:
    """What QEMU or KVM refuses; the digest does not come into it."""
    body, context = pages(code), f.context(VMSA, vmsa())
    return {
        "two-vmsas": [*body, context, f.context(VMSA + 0x10000, vmsa(), 1)],
        "second-vcpu": [*body, f.context(VMSA, vmsa(), 1)],
        "page-twice": [*body, context, f.page(CODE, bytes(f.PAGE))],
        "page-in-device": [*body, context, f.page(APIC - f.PAGE), f.page(APIC)],
        "page-beyond": [*body, context, f.page(1 << 51, code.ljust(f.PAGE, b"\0"))],
        "shared-page": [*body, context, f.page(0x50000, bytes(f.PAGE), flags=f.SHARED)],
        "vmsa-at-2m": [*body, f.context(0x400000, vmsa())],
        "vmpl-1": [*body, f.context(VMSA, vmsa()[:0xca] + b"\1" + vmsa()[0xcb:])],
        "restricted-injection": [*body, f.context(VMSA, vmsa()[:0x3b0] + b"\x09" + vmsa()[0x3b1:])],
        "memory-in-device": [*body, context, f.memory(APIC, f.PAGE)],
        "error-range": [*body, context, f.error_range(0x50000)],
        "vbs": [*body, context, f.vbs(f.SNP_MASK)],
        "unknown-type": [*body, context, (0x306, bytes(8), None)],
    }


def refused_parameters(code: bytes) -> dict[str, list]:
    body, context = pages(code), f.context(VMSA, vmsa())
    insert = f.insert(PARAMETERS)
    cut = {"count-behind": (f.VP_COUNT, 0x1000), "madt-cut": (f.MADT, 0xff0),
           "map-cut": (f.MAP, 0xfe0), "environment-cut": (f.ENVIRONMENT, 0xffe)}
    unknown = {"srat": f.SRAT, "mmio-ranges": f.MMIO, "command-line": f.CMDLINE, "slit": f.SLIT,
               "pptt": f.PPTT, "device-tree": f.DT}
    return {
        "area-twice": [f.area(), f.area(), insert, *body, context],
        "insert-in-device": [f.area(), f.insert(APIC), *body, context],
        **{name: [f.area(), f.parameter(*what), insert, *body, context]
           for name, what in cut.items()},
        **{name: [f.area(), f.parameter(kind), insert, *body, context]
           for name, kind in unknown.items()},
    }


def refused_before(code: bytes) -> dict[str, bytes]:
    """What comes before the directives"""
    body = [*pages(code), f.context(VMSA, vmsa())]
    return {
        "no-platform": f.build([f.platform(f.SEV), f.policy(), *body[:-1]]),
        "platform-version": f.build([f.platform(version=2), f.policy(), *body]),
        "policy-bits": f.build([f.platform(), f.policy(0x10000), *body]),
        "region": f.build([f.platform(), f.policy(), f.region(), *body]),
        "page-table": f.build([f.platform(), f.policy(), f.page_table(), *body]),
    }


LAUNCH = [f.platform(), f.policy()]


def launch(directives: list) -> bytes:
    return f.build([*LAUNCH, *directives])


def id_header(block: bytes, auth: bytes) -> f.Header:
    """The firmware's two structures as IGVM has them: keys have four bytes more there."""
    def key(at: int) -> bytes:
        return auth[at:at + 4] + bytes(4) + auth[at + 4:at + 148]

    digest, family, image, version, svn = struct.unpack_from("<48s16s16sII", block)
    algorithms = struct.unpack_from("<II", auth)
    return f.ID_BLOCK, struct.pack(
        "<IB3x48s16s16sIIII", f.SNP_MASK, bool(algorithms[1]), digest, family, image, version, svn,
        *algorithms) + auth[0x40:0xd0] + key(0x240) + auth[0x680:0x710] + key(0x880), None


class Signer:
    def __init__(self, program: str, place: Path):
        self.program, self.place = program, place
        for name in ("id", "author"):
            subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt",
                            "ec_paramgen_curve:P-384", "-out", place / f"{name}.pem"], check=True)

    def signed(self, directives: list, digest: str, before=LAUNCH) -> bytes:
        block, auth = self.place / "block", self.place / "auth"
        subprocess.run([self.program, "id-block", "create", "--digest", digest, "--id-key",
                        self.place / "id.pem", "--author-key", self.place / "author.pem",
                        "--out-block", block, "--out-auth", auth], check=True)
        return f.build([*before, *directives, id_header(block.read_bytes(), auth.read_bytes())])


def main() -> None:
    code, starts_cpu = (Path(name).read_bytes() for name in sys.argv[1:3])
    program, out = sys.argv[3], Path(sys.argv[4])
    signed = {**images(code), "starts-cpu": images(starts_cpu)["vmsa-first"]}
    with tempfile.TemporaryDirectory() as place:
        signer = Signer(program, Path(place))
        for name, directives in signed.items():
            digest = f.digest(launch(directives))
            (out / f"{name}.igvm").write_bytes(signer.signed(directives, digest))
            found = subprocess.run([program, "igvm", "digest", out / f"{name}.igvm"], check=True,
                                   capture_output=True, text=True).stdout.strip()
            if found != digest:
                sys.exit(f"{name}: snp-measure says {found}, and not {digest}")
        first = signed["vmsa-first"]
        (out / "other-digest.igvm").write_bytes(signer.signed(first, "5a" * 48))
        (out / "no-policy.igvm").write_bytes(
            signer.signed(first, f.digest(launch(first)), [f.platform()]))
    for name, directives in (refused_pages(code) | refused_parameters(code)).items():
        (out / f"{name}.igvm").write_bytes(launch(directives))
    for name, image in refused_before(code).items():
        (out / f"{name}.igvm").write_bytes(image)


if __name__ == "__main__":
    main()
