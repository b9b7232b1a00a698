# SPDX-License-Identifier: GPL-2.0-only
"""Launch digests: published vectors, and what follows from the formula."""
import json

import firmware

# SHA-384 chains that tools/snp-measure had no part in; V is a page of zeros but
# for SEV_FEATURES 1 and the TSC fields, which count as zero.
PAGES = {
    "A": ("normal@0x1000={zero}",
          "e6e4d78904d9d6b33c0cbfd121998fd2d11744dae606b3aee35e2a45d6869b60b35c63928a9232bef72d6be386f48ec6"),
    "B": ("normal@0x1000={zero} vmsa@0xfffffffff000={v}",
          "3c32e75eb589faf29cbdfdc468486a1ad928b6ee5fc8882b7af4c2c1c4fb8c10f2e8b52fc12730d6beb8b00a951efae6"),
    "C": ("normal@0x1000={zero} vmsa@0xfffffffff000={v} vmsa@0xfffffffff000={v}",
          "9544eb897a807b5bc61c2b09bc00a612afa7206fbac3d4a291540a8a3c70dcfd96c28322f6d35314aac20beee746f9dd"),
    "D": ("normal@0x1000={zero} vmsa@0x801000={v}",
          "be6aa525ea014a8e21502294f97cb58932f3aae9347ebcb5d25b480e45992198184666993875e73328918c98ce45a152"),
    "E": ("normal@0x1000={zero} vmsa@0x801000={v} zero@0x802000",
          "83701e409e52fa77595dc9cf00b01cb4b32f1b31b8ae857f9527d10b9f95174804cd50f91da34b6c3b07e32692bb7828"),
    "F": ("vmsa@0x801000={v} normal@0x1000={zero}",
          "9ea21f67525a5a94b6d80cd52de9f1edf2eb48a6965b928fa7b3d2c60b3fc4b4295befc9119f028d9395e72da63cb498"),
}

# The tests of virtee/sev-snp-measure (tests/test_guest.py): digests of its firmware
# fixtures, whose bytes the digest after the image stands for.
AMDSEV_LD = "086e2e9149ebf45abdc3445fba5b2da8270bdbb04094d7a2c37faaa4b24af3aa16aff8c374c2a55c467a50da6d466b74"
OVMFX64_LD = "b91e6fec73d2bcc57ad5fd400a426ce02731c22ea92bc894ce675e7c9921a822977d6cf025b85f8ef4f264bff8839d20"
BOOT = ["--any-kernel", "--kernel", "/dev/null", "--initrd", "/dev/null", "--append"]
LOGLEVEL = [*BOOT, "console=ttyS0 loglevel=7"]
EMPTY = [*BOOT, ""]

PUBLISHED = [   # firmware, vCPUs, features, options, digest
    ("amdsev", 1, "0x21", EMPTY, "329c8ce0972ae52343b64d34a434a86f245dfd74f5ed7aae15d22efc78fb9683632b9b50e4e1d7fa41179ef98a7ef198"),
    ("amdsev", 1, "0x1", EMPTY, "ddc5224521617a536ee7ce9dd6224d1b58a8d4fda1c741f3ac99fc4bfa04ba6e9fc98646d4a07a9079397fa3852819b5"),
    ("amdsev", 1, "0x21", LOGLEVEL, "803f691094946e42068aaa3a8f9e26a5c89f36f7b73ecfb28c653360fe4b3aba7e534442e7e1e17895dfe778d0228977"),
    ("amdsev", 1, "0x1", LOGLEVEL, "6d287813eb5222d770f75005c664e34c204f385ce832cc2ce7d0d6f354454362f390ef83a92046c042e706363b4b08fa"),
    ("amdsev", 1, "0x21", [], "e1e1ca029dd7973ab9513295be68198472dcd4fc834bd9af9b63f6e8a1674dbf281a9278a4a2ebe0eed9f22adbcd0e2b"),
    ("amdsev", 1, "0x1", [], "19358ba9a7615534a9a1e2f0dfc29384dcd4dcb7062ff9c6013b26869a5fc6ecabe033c48dd6f6db5d6d76e7c5df632d"),
    ("amdsev", 4, "0x21", EMPTY, "4953b1fb416fa874980e8442b3706d345926d5f38879134e00813c5d7abcbe78eafe7b422907be0b4698e2414a631942"),
    ("amdsev", 4, "0x1", EMPTY, "5061fffb019493a903613d56d54b94912a1a2f9e4502385f5c194616753720a92441310ba6c4933de877c36e23046ad5"),
    ("ovmfx64", 1, "0x21", [], "28797ae0afaba4005a81e629acebfb59e6687949d6be44007cd5506823b0dd66f146aaae26ff291eed7b493d8a64c385"),
    ("ovmfx64", 1, "0x1", [], "da0296de8193586a5512078dcd719eccecbd87e2b825ad4148c44f665dc87df21e5b49e21523a9ad993afdb6a30b4005"),
]

DIRECT = ["--vmsa", "direct", "--vmsa-gpa", "0xfffef000"]
EPYC = ["--vcpu-type", "EPYC-v4"]


def pages(tool) -> None:
    page = bytearray(4096)
    page[0x3b0] = 1
    page[0x2f0:0x300] = b"\xff" * 16
    files = {"zero": tool.file("zero", bytes(4096)), "v": tool.file("v", page)}
    for name, (words, digest) in PAGES.items():
        tool.prints(f"pages, vector {name}", digest, "pages", *words.format(**files).split())


def published(tool) -> None:
    images = {"amdsev": tool.file("amdsev.fd", firmware.image()),
              "ovmfx64": tool.file("ovmfx64.fd", firmware.image(firmware.OVMFX64, None))}
    lds = {"amdsev": AMDSEV_LD, "ovmfx64": OVMFX64_LD}
    for name, vcpus, features, options, digest in PUBLISHED:
        tool.prints(f"sev-snp-measure's vector {digest[:8]}", digest, "digest",
                    "--ovmf", images[name], "--ovmf-hash", lds[name], "--vcpus", str(vcpus),
                    *EPYC, "--guest-features", features, *options)


def same(tool, name: str, one: list, other: list, equal=True) -> None:
    a, b = tool.output(*one), tool.output(*other)
    tool.tap.check(len(a) == 97 and (a == b) == equal, name, f"{a}{b}")


def inputs(tool) -> None:
    """What changes the digest, and what does not."""
    fd = tool.file("inputs.fd", firmware.image())
    base = ["digest", "--ovmf", fd, "--vcpus", "2", *EPYC]
    kernel = [*base, "--kernel", tool.file("kernel", firmware.bzimage(b"kernel"))]
    initrd = tool.file("initrd", b"initrd")
    same(tool, "the vCPU type by name and by signature", base,
         [*base[:-2], "--vcpu-sig", "0x800f12"])
    same(tool, "versions of a CPU model", base, [*base[:-1], "EPYC"])
    same(tool, "CPU models differ", base, [*base[:-1], "EPYC-Milan"], equal=False)
    same(tool, "vCPU counts differ in KVM mode", base, [*base[:4], "3", *EPYC], equal=False)
    same(tool, "a kernel changes the digest", base, kernel, equal=False)
    same(tool, "an initrd does", kernel, [*kernel, "--initrd", initrd], equal=False)
    same(tool, "a command line does", kernel, [*kernel, "--append", "x"], equal=False)
    same(tool, "no command line is an empty one", kernel, [*kernel, "--append", ""])
    same(tool, "no initrd is an empty one", kernel, [*kernel, "--initrd", "/dev/null"])
    same(tool, "a kernel without kernel-hashes is not measured", base,
         [*kernel, "--append", "x", "--kernel-hashes", "off"])
    same(tool, "--any-kernel changes nothing", kernel, [*kernel, "--any-kernel"])
    same(tool, "a byte of the kernel is measured", kernel, [
        *kernel[:-1], tool.file("other", firmware.bzimage(b"Kernel"))], equal=False)
    same(tool, "kernel-hashes are on by default", kernel, [*kernel, "--kernel-hashes=on"])
    same(tool, "the AP reset address is measured", base, [
        *base[:2], tool.file("eip.fd", firmware.image(eip=0x80b008)), *base[3:]], equal=False)
    same(tool, "a byte of the image is measured", base, [
        *base[:2], tool.file("fill.fd", firmware.image(fill=b"\x5b")), *base[3:]], equal=False)


def direct(tool) -> None:
    fd = tool.file("direct.fd", firmware.image())
    base = ["digest", "--ovmf", fd, *EPYC, *DIRECT]
    page = tool.directory / "page"
    tool.output("vmsa", "create", page, *EPYC)
    same(tool, "direct mode: one digest for every vCPU count", [*base, "--vcpus", "1"],
         [*base, "--vcpus", "64"])
    same(tool, "direct mode: the count may be left out", base, [*base, "--vcpus", "1"])
    for mem in ("2816M", "1", "1T"):
        same(tool, f"direct mode: --mem {mem} measures nothing", base, [*base, "--mem", mem])
    same(tool, "direct mode: with 2816 MiB, RAM ends at 2 GiB", [*base[:-1], "0xafeff000"],
         [*base[:-1], "0xafeff000", "--mem", "2816M"])
    same(tool, "direct mode: the address is measured", base,
         [*base[:-1], "0xfffee000"], equal=False)
    same(tool, "direct mode: the default page is what vmsa create writes", base,
         ["digest", "--ovmf", fd, *DIRECT, "--vmsa-page", page])
    same(tool, "direct mode at KVM's address is KVM mode with one vCPU",
         [*base[:-1], "0xfffffffff000"], ["digest", "--ovmf", fd, *EPYC, "--vcpus", "1"])


def with_json(tool) -> None:
    """Every region, so that another program could launch, and measure, the same."""
    fd = tool.file("json.fd", firmware.image())
    append = 'a="b\\c" \t é \udcff'
    args = ["digest", "--ovmf", fd, "--vcpus", "2", *EPYC, "--kernel",
            tool.file("kernel", firmware.bzimage()), "--append", append]
    found = json.loads(tool.output(*args, "--json"))
    tool.tap.equal(found["digest"] + "\n", tool.output(*args), "JSON has the same digest")
    tool.tap.equal(found["regions"][-1]["digest"], found["digest"], "the last region ends with it")
    tool.tap.equal([(r["what"], r["type"], r["gpa"], r["pages"]) for r in found["regions"]],
                   [("firmware image", "NORMAL", "0xffff0000", 16),
                    ("firmware memory", "ZERO", "0x800000", 9),
                    ("firmware memory", "ZERO", "0x80a000", 3),
                    ("secrets page", "SECRETS", "0x80d000", 1),
                    ("CPUID page", "CPUID", "0x80e000", 1),
                    ("SVSM calling area", "ZERO", "0x80f000", 1),
                    ("SEV hash table", "NORMAL", "0x810000", 1),
                    ("firmware memory", "ZERO", "0x811000", 15),
                    ("VMSA of the BSP", "VMSA", "0xfffffffff000", 1),
                    ("VMSA of an AP", "VMSA", "0xfffffffff000", 1)], "JSON has every region")
    tool.tap.equal(found["inputs"]["append"], 'a="b\\c" \t é \ufffd', "JSON stays UTF-8")
    tool.tap.equal((found["vmsas_measured"], found["inputs"]["vcpu_signature"]), (2, "0x800f12"),
                   "JSON has the inputs")


def by_pages(tool) -> None:
    """The same launch region by region, with files for what has contents."""
    fd = tool.file("pages.fd", firmware.image(firmware.OVMFX64, None))
    bsp, ap = tool.directory / "bsp", tool.directory / "ap"
    tool.output("vmsa", "create", bsp, *EPYC)
    tool.output("vmsa", "create", ap, *EPYC, "--eip", hex(firmware.AP_EIP))
    tool.prints("the same launch by its pages", tool.output(
        "digest", "--ovmf", fd, "--vcpus", "2", *EPYC).strip(), "pages", f"normal@0xffff0000={fd}",
        "zero@0x800000+0x9000", "zero@0x80a000+0x3000", "secrets@0x80d000", "cpuid@0x80e000",
        "zero@0x80f000", "zero@0x810000+0x10000", f"vmsa@0xfffffffff000={bsp}",
        f"vmsa@0xfffffffff000={ap}")


def run(tool) -> None:
    for part in (pages, published, inputs, direct, with_json, by_pages):
        part(tool)
