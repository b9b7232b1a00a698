# SPDX-License-Identifier: GPL-2.0-only
"""IGVM files: made, shown, measured and judged; a reader in Python measures them, too."""
import json
import struct

import firmware
import igvmfile as f
import samples
from tool import NO, TROUBLE, openssl

KVM_GPA = 0xfffffffff000
V = "--vcpu-type=EPYC-Milan"


def vmsa(**fields) -> bytes:
    """One that KVM could have made as well, with quadwords replaced"""
    page = bytearray(f.PAGE)
    at = {"efer": 0xd0, "cr4": 0x148, "cr0": 0x158, "rflags": 0x170, "rip": 0x178, "r8": 0x340,
          "features": 0x3b0, "tsc_scale": 0x2f0, "vmpl": 0xc8, "vtom": 0x3c8}
    values = {"efer": 0x1000, "cr4": 0x40, "cr0": 0x10, "rflags": 2, "rip": 0xfff0, "features": 1}
    for name, value in {**values, **fields}.items():
        struct.pack_into("<Q", page, at[name], value)
    return bytes(page)


def launch(*directives) -> bytes:
    return f.build([f.platform(), f.policy(), *directives])


CODE = samples.CODE
PAGES = [f.page(0x1000, CODE), f.page(0x2000), f.page(0x3000, None, f.SECRETS)]
AREA = [f.area(), f.parameter(f.VP_COUNT), f.parameter(f.MADT, 0x100), f.insert(0x9000)]
LAST = [*PAGES, f.context(0xff000, vmsa())]

ORDERS = {
    "the VMSA first": launch(f.context(0xff000, vmsa()), *PAGES),
    "the VMSA in the middle": launch(PAGES[0], f.context(0xff000, vmsa()), *PAGES[1:]),
    "the VMSA last": launch(*LAST),
    "parameters before pages": launch(*AREA, *LAST),
    "parameters between pages": launch(PAGES[0], *AREA, *PAGES[1:], f.context(0xff000, vmsa())),
    "parameters after all": launch(*LAST, *AREA),
    "a TSC in the VMSA": launch(f.context(0xff000, vmsa(tsc_scale=2**64 - 1))),
    "large pages": launch(f.page(0x200000, flags=f.LARGE), f.page(
        0x400000, CODE * 512, flags=f.LARGE), *LAST),
    "pages of all kinds": launch(f.page(0x10000, CODE, flags=f.UNMEASURED), f.page(
        0x11000, CODE, f.CPUID), f.page(0x12000, CODE, f.CPUID_XF), f.page(
            0x13000, CODE, flags=f.SHARED), *LAST),
    "two platforms": f.build([f.platform(f.NATIVE, 2), f.platform(f.SNP, 4), f.page(
        0x1000, CODE, mask=6), f.page(0x2000, CODE, mask=2), f.context(0xff000, vmsa(), mask=4)]),
    "every header": samples.SOUND["every header"],
}


def digests(tool) -> None:
    seen = set()
    for name, image in ORDERS.items():
        path = tool.file("order.igvm", image)
        tool.prints(f"igvm digest: {name}", f.digest(image), "igvm", "digest", path)
        steps = json.loads(tool.output("igvm", "digest", path, "--json"))
        tool.tap.equal([steps["digest"], steps["headers"][-1]["digest"]], [f.digest(image)] * 2,
                       f"igvm digest: {name}, step by step")
        seen.add(f.digest(image))
    tool.tap.equal(len(seen), len(ORDERS), "igvm digest: none is that of another")
    tool.refuses("igvm digest: no VMSA", TROUBLE, "no VP_CONTEXT for SEV-SNP", "igvm", "digest",
                 tool.file("none.igvm", launch(*PAGES)))
    tool.refuses("igvm digest: no SNP", TROUBLE, "no SUPPORTED_PLATFORM for SEV-SNP", "igvm",
                 "digest", tool.file("sev.igvm", f.build([f.platform(f.SEV)])))


CHECKS = {      # name: (status, what is said, the file)
    "direct mode alone": (0, "direct  yes\nkvm     no: header 5, VP_CONTEXT at GPA 0xff000: KVM's "
                          "VMSAs are measured at 0xfffffffff000\n", launch(*LAST)),
    "both modes": (0, "direct  yes\nkvm     yes\n", launch(*PAGES, f.context(KVM_GPA, vmsa()))),
    "a page behind the VMSA": (0, "kvm     no: header 2, VP_CONTEXT at GPA 0xfffffffff000: KVM's "
                               "VMSAs are measured after all pages", launch(
                                   f.context(KVM_GPA, vmsa()), *PAGES)),
    "a VMSA without MCE": (0, "KVM cannot have CR4 without MCE as it is", launch(
        f.context(KVM_GPA, vmsa(cr4=0x20)))),
    "a VMSA with caches off": (0, "CR0 with CD or NW", launch(
        f.context(KVM_GPA, vmsa(cr0=0x60000010)))),
    "a VMSA with a virtual TOM": (0, "the VMSA's byte 0x3cd", launch(
        f.context(KVM_GPA, vmsa(vtom=1 << 40)))),
    "a VMSA with registers": (0, "kvm     yes", launch(f.context(KVM_GPA, vmsa(r8=5, rip=1)))),
    "RestrictedInjection": (NO, "VP_CONTEXT at GPA 0xff000: KVM has no RestrictedInjection (bit 3",
                            launch(f.context(0xff000, vmsa(features=9)))),
    "bit 40 of SEV_FEATURES": (NO, "KVM has no such feature (bit 40", launch(
        f.context(0xff000, vmsa(features=1 << 40 | 1)))),
    "no SNPActive": (NO, "lack bit 0", launch(f.context(0xff000, vmsa(features=0)))),
    "VMPL 1": (NO, "VP_CONTEXT at GPA 0xff000: the VMSA page is for VMPL 1", launch(
        f.context(0xff000, vmsa(vmpl=1 << 16)))),
    "no SVME": (NO, "lacks EFER.SVME", launch(f.context(0xff000, vmsa(efer=0)))),
    "a VMSA on 2 MiB": (NO, "VP_CONTEXT at GPA 0x200000: it is on a 2 MiB boundary", launch(
        f.context(0x200000, vmsa()))),
    "two VMSAs": (NO, "header 3, VP_CONTEXT at GPA 0x1000: a second VP_CONTEXT", launch(
        f.context(0xff000, vmsa()), f.context(0x1000, vmsa(), 1))),
    "a VMSA of vCPU 1": (NO, "it is for vCPU 1", launch(f.context(0xff000, vmsa(), 1))),
    "no VMSA": (NO, "no VP_CONTEXT", launch(*PAGES)),
    "a page twice": (NO, "header 4, PAGE_DATA at GPA 0x1000: the page at 0x1000 is imported by "
                     "header 2 already", launch(PAGES[0], PAGES[1], f.page(0x1000))),
    "a page in an area": (NO, "PAGE_DATA at GPA 0xa000: the page at 0xa000 is imported by header "
                          "3", launch(f.area(0, 0x2000), f.insert(0x9000), f.page(0xa000))),
    "a page on the VMSA": (NO, "the page at 0xff000 is imported by", launch(
        *LAST, f.page(0xff000, CODE))),
    "a page beyond memory": (NO, "PAGE_DATA at GPA 0x10000000000000: no address has", launch(
        f.page(1 << 52, CODE))),
    "a large page of secrets": (NO, "PAGE_DATA at GPA 0x200000: secrets and CPUID pages", launch(
        f.page(0x200000, None, f.SECRETS, f.LARGE))),
    "a shared page": (NO, "PAGE_DATA at GPA 0x1000: QEMU's loader has no shared pages", launch(
        f.page(0x1000, CODE, flags=f.SHARED))),
    "an error range": (NO, "ERROR_RANGE at GPA 0x1000: QEMU's loader has no ERROR_RANGE", launch(
        f.error_range(0x1000))),
    "a device tree": (NO, "DEVICE_TREE of area 0: QEMU's loader has no DEVICE_TREE", launch(
        f.area(), f.parameter(f.DT))),
    "a policy without bit 17": (NO, "GUEST_POLICY: the policy 0x10000", f.build(
        [f.platform(), f.policy(0x10000), f.context(0xff000, vmsa())])),
    "an ID block for another digest": (NO, "SNP_ID_BLOCK: it is for another launch digest", launch(
        *LAST, f.id_block())),
    "an ID block without signature": (NO, "SNP_ID_BLOCK: ", launch(*LAST, f.id_block(
        bytes.fromhex(f.digest(launch(*LAST)))))),
    "no SNP": (TROUBLE, "no SUPPORTED_PLATFORM for SEV-SNP", f.build([f.platform(f.SEV)])),
}


def checks(tool) -> None:
    for name, (status, text, image) in CHECKS.items():
        path = tool.file("check.igvm", image)
        if status:
            tool.refuses(f"igvm check: {name}", status, text, "igvm", "check", path)
        else:
            said = tool.output("igvm", "check", path)
            tool.tap.check(text in said, f"igvm check: {name}", f"wanted: {text}\n{said}")
    path = tool.file("direct.igvm", launch(*LAST))
    tool.refuses("igvm check: not in KVM mode", NO, "KVM's VMSAs are measured at", "igvm", "check",
                 path, "--mode", "kvm")
    tool.refuses("igvm check: an unknown mode", TROUBLE, "direct or kvm, not 'snp'", "igvm",
                 "check", path, "--mode", "snp")
    answer = json.loads(tool.output("igvm", "check", path, "--mode", "direct", "--json"))
    tool.tap.equal([answer["direct"], answer["kvm"]["accepted"]], [{"accepted": True}, False],
                   "igvm check: the answer as JSON")


def unsound(tool) -> None:
    for name, (text, image) in samples.UNSOUND.items():
        tool.refuses(f"igvm show: {name}", TROUBLE, text, "igvm", "show",
                     tool.file("unsound.igvm", image))
    for verb in ("show", "digest", "check"):
        tool.refuses(f"igvm {verb}: no file", TROUBLE, "name the IGVM file", "igvm", verb)
        tool.refuses(f"igvm {verb}: missing", TROUBLE, "cannot open the IGVM file /nope", "igvm",
                     verb, "/nope")


def shown(tool) -> None:
    image = samples.SOUND["every header"]
    path = tool.file("all.igvm", image)
    lines = tool.output("igvm", "show", path).splitlines()
    headers = f.parse(image)
    tool.tap.equal(len(lines), len(headers) + 1, "igvm show: a line for each header")
    tool.tap.check("  gpa 0x8000  compatibility_mask 0x1  vp_index 0  data 0x1000 bytes" in
                   "\n".join(lines), "igvm show: the VMSA's", "\n".join(lines))
    answer = json.loads(tool.output("igvm", "show", path, "--json"))
    tool.tap.equal([int(header["number"], 16) for header in answer["headers"]],
                   [kind for kind, _ in headers], "igvm show: the types as JSON")


def options(tool, image) -> None:
    out = tool.directory / "out.igvm"
    for text, words in (("name the file", [V, f"--ovmf={image}"]),
                        ("--ovmf is missing", [out, V]),
                        ("give --vmsa or --vcpu-type, one", [out, f"--ovmf={image}"]),
                        ("not both", [out, f"--ovmf={image}", V, "--vmsa=x"]),
                        ("need --kernel", [out, f"--ovmf={image}", V, "--append=x"]),
                        ("need --id-key", [out, f"--ovmf={image}", V, "--svn=1"]),
                        ("lacks bit 17", [out, f"--ovmf={image}", V, "--policy=0x1"]),
                        ("in the firmware image", [out, f"--ovmf={image}", V,
                                                   "--vmsa-gpa=0xfffff000"]),
                        ("2 MiB boundary", [out, f"--ovmf={image}", V, "--vmsa-gpa=0x200000"])):
        tool.refuses(f"igvm build: {text}", TROUBLE, text, "igvm", "build", *words)
    tool.refuses("igvm extract-vmsa: one word", TROUBLE, "and the file for the VMSA", "igvm",
                 "extract-vmsa", out)


def as_pages(data: bytes, sections) -> list:
    """What the image and the sections come to: as NORMAL what QEMU has as ZERO"""
    gpa = 2**32 - len(data)
    pages = [f.page(gpa + at, data[at:at + f.PAGE]) for at in range(0, len(data), f.PAGE)]
    kinds = {firmware.SECRETS: f.SECRETS, firmware.CPUID: f.CPUID}
    for start, size, kind in sections:
        pages += [f.page(start + at, None, kinds.get(kind, f.NORMAL))
                  for at in range(0, size, f.PAGE)]
    return pages


def built(tool) -> None:
    data = firmware.image()
    image, out = tool.file("OVMF.fd", data), tool.directory / "built.igvm"
    options(tool, image)
    page = tool.directory / "vmsa"
    tool.output("vmsa", "create", page, V)
    wanted = f.digest(launch(*as_pages(data, firmware.AMDSEV),
                             f.context(2**32 - len(data) - f.PAGE, page.read_bytes())))
    tool.output("igvm", "build", out, "--ovmf", image, V)
    tool.tap.equal(f.digest(out.read_bytes()), wanted, "igvm build: what is in the firmware")
    tool.output("igvm", "build", out, "--ovmf", image, "--vmsa", page, "--vmsa-gpa=0xff000")
    tool.tap.check(f.digest(out.read_bytes()) not in ("", wanted), "igvm build: elsewhere", "same")
    tool.output("igvm", "extract-vmsa", out, tool.directory / "extracted")
    tool.tap.equal((tool.directory / "extracted").read_bytes(), page.read_bytes(),
                   "igvm extract-vmsa: the page again")
    signed(tool, image, out)


def signed(tool, image, out) -> None:
    id_key, author = (tool.file(f"igvm-{name}.pem", openssl(
        "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")) for name in "ia")
    kernel = tool.file("igvm-kernel", firmware.bzimage())
    base = ["igvm", "build", out, "--ovmf", image, V, "--policy=0x30000"]
    digests_seen = set()
    for more in ([], ["--kernel", kernel], ["--kernel", kernel, "--append=x"]):
        for keys in (["--id-key", id_key], ["--id-key", id_key, "--author-key", author, "--svn=3",
                                            f"--family-id={'ab' * 16}"]):
            tool.output(*base, *more, *keys)
            name = " ".join(str(word).split("=")[0] for word in more + keys if str(word)[0] == "-")
            tool.tap.check("direct  yes" in tool.output("igvm", "check", out),
                           f"igvm build: {name}: the ID block is good", tool.output(
                               "igvm", "check", out))
            body = next(body for kind, body in f.parse(out.read_bytes()) if kind == f.ID_BLOCK)
            tool.tap.equal(body[8:56].hex(), f.digest(out.read_bytes()),
                           f"igvm build: {name}: it is for the digest")
            digests_seen.add(f.digest(out.read_bytes()))
    tool.tap.equal(len(digests_seen), 3, "igvm build: kernel and command line are measured")
    changed = bytearray(out.read_bytes())
    changed[-1] ^= 1
    tool.refuses("igvm check: one bit of a page", NO, "SNP_ID_BLOCK: it is for another", "igvm",
                 "check", tool.file("changed.igvm", bytes(changed)))


def run(tool) -> None:
    for part in (digests, checks, unsound, shown, built):
        part(tool)
