# SPDX-License-Identifier: GPL-2.0-only
"""Bad input: one line that says what is wrong, and exit status 2."""
import re
import struct
import subprocess
from pathlib import Path

import firmware
from tool import TROUBLE

GPA = firmware.METADATA_OFFSET


def section(gpa: int, size: int, kind: int) -> bytes:
    return firmware.image([(gpa, size, kind)], None)


IMAGES = {      # name: (what the message says, the file)
    "an empty file": ("no firmware image", b""),
    "a file that is not made of pages": ("no firmware image", firmware.image()[:-1]),
    "a file of more than 16 MiB": ("no firmware image", bytes(0x1010000)),
    "a file that is not made of 64 KiB": ("no multiple of 64 KiB", firmware.image(size=0x1f000)),
    "OVMF_CODE.fd": ("no multiple of 64 KiB", firmware.image(size=3653632)),
    "a file that is no OVMF": ("no OVMF image", b"\x90" * 0x10000),
    "a text file": ("no OVMF image", b"# kernel " * 65536),
    "a GUID table longer than the file": ("table is truncated",
                                          firmware.image(table_length=0xffff)),
    "a GUID table without a length": ("table is truncated", firmware.image(table_length=17)),
    "a GUID table cut in the middle": ("table is broken", firmware.image(table_length=18 + 30)),
    "an entry longer than the table": (
        "table is broken", firmware.image(offset=None, extra=firmware.entry(
            firmware.METADATA, bytes(4), 500))),
    "an entry of length 0": ("table is broken", firmware.image(
        offset=None, extra=firmware.entry(firmware.METADATA, bytes(4), 0))),
    "no SEV metadata": ("no SEV metadata", firmware.image(offset=None)),
    "a short metadata entry": ("SEV metadata is truncated", firmware.image(
        offset=None, extra=firmware.entry(firmware.METADATA, b"\0\5"))),
    "metadata before the image": ("not in the image", firmware.image(offset=firmware.SIZE + 1)),
    "metadata beyond the image": ("not in the image", firmware.image(offset=0)),
    "metadata elsewhere": ("lacks the signature", firmware.image(offset=GPA + 4)),
    "metadata of version 2": ("unknown version 2", firmware.image(
        meta=firmware.metadata([], version=2))),
    "metadata shorter than its sections": ("metadata is truncated", firmware.image(
        meta=firmware.metadata(firmware.AMDSEV, length=16 + 12))),
    "more sections than there is room": ("metadata is truncated", firmware.image(
        meta=firmware.metadata(firmware.AMDSEV, count=0xffffffff))),
    "metadata beyond the image's end": ("metadata is truncated", firmware.image(
        meta=firmware.metadata(firmware.AMDSEV, length=GPA + 1))),
    "a section of an unknown type": ("unknown type 0x5", section(0x800000, 0x1000, 5)),
    "a section that is not aligned": ("not made of pages", section(0x800800, 0x1000, 1)),
    "a section of half a page": ("not made of pages", section(0x800000, 0x800, 1)),
    "an empty section": ("not made of pages", section(0x800000, 0, 1)),
    "a section in the firmware": ("not made of pages", section(0xfffef000, 0x2000, 1)),
    "a section beyond 4 GiB": ("not made of pages", section(0xfffff000, 0xfffff000, 1)),
    "sections that overlap": ("sections 0 and 1", firmware.image(
        [(0x800000, 0x2000, 1), (0x801000, 0x1000, 2)])),
    "no AP reset address": ("no AP reset address", firmware.image(eip=None)),
    "an AP reset address of zero": ("reset address is zero", firmware.image(eip=0)),
}

HASHES = {
    "no SEV hash table": firmware.image(firmware.OVMFX64, None),
    "no place in the table": firmware.image(hashes=None),
    "no section in the metadata": firmware.image(firmware.OVMFX64),
}
MISPLACED = {
    "a SEV hash table that is too small": (0x810c00, 0xaf),
    "a SEV hash table before its section": (0x80fc00, 0x400),
    "a SEV hash table over its section's end": (0x810f80, 0x400),
}
TABLE = (0x812000, 0x2000, firmware.KERNEL_HASHES)
UNLIKE_QEMU = {     # which would measure the table elsewhere, or twice
    "a SEV hash table in its section's second page": (
        "not in the first page", firmware.image([*firmware.COMMON, TABLE], (0x813000, 0x400))),
    "two sections for the SEV hash table": (
        "more than one section", firmware.image([*firmware.AMDSEV, (0x820000, 0x1000, 0x10)])),
    "two sections, that one the first of all": (
        "more than one section", firmware.image([TABLE, (0x810000, 0x1000, 0x10)])),
    "two sections, the other first": (
        "more than one section",
        firmware.image([*firmware.COMMON, TABLE, (0x810000, 0x1000, 0x10)])),
}

MULTIBOOT = struct.pack("<III", 0x1badb002, 0x10000, 0x100000000 - 0x1badb002 - 0x10000)
bzimage = firmware.bzimage
KERNELS = {     # what QEMU refuses, or dies of; in the last field, what goes with it
    "an empty kernel": ("has 0 bytes, too few", b""),
    "a kernel of less than two sectors": ("1023 bytes, too few", bzimage()[:-1]),
    "an ELF file": ("is an ELF file", b"\x7fELF\2\1\1".ljust(0x10000, b"\0")),
    "a multiboot image": ("is a multiboot image", bytes(64) + MULTIBOOT + bytes(4096)),
    "one in an ELF file": ("is a multiboot image", b"\x7fELF".ljust(8140, b"\0") + MULTIBOOT),
    "a kernel that is all setup but a byte": ("its setup alone has 2560", bzimage(setup=0)[:-1]),
    "a kernel that is cut": ("its setup alone has 16384", bzimage(setup=31)[:4096]),
    "no bzImage, with an initrd": ("takes no initrd", bytes(4096), "--initrd", "/dev/null"),
    "a kernel that takes no initrd": ("takes less than 0", bzimage(most_initrd=0),
                                      "--initrd", "/dev/null"),
    "an initrd as large as its limit": ("takes less than 8", bzimage(most_initrd=8), "--initrd", 8),
    "a limit that an old kernel has": ("takes less than 8", bzimage(most_initrd=8, protocol=0x20b,
                                                                    above_4g=True), "--initrd", 8),
    "the first protocol that has a limit": (
        "takes less than 8", bzimage(most_initrd=8, protocol=0x203), "--initrd", 8),
    "the last protocol without initrds": (
        "takes no initrd", bzimage(protocol=0x1ff), "--initrd", 8),
    "vga= without a mode": ("vga=", bzimage(), "--append", "quiet vga="),
    "vga= with a word": ("vga=", bzimage(), "--append", "vga=off"),
    "vga= with more than a number": ("vga=", bzimage(), "--append", "vga=0x317,1"),
    "vga= with a number of 33 bits": ("vga=", bzimage(), "--append", "vga=4294967296"),
    "vga= with a negative one": ("vga=", bzimage(), "--append", "vga=-4294967296"),
}
TAKEN = {       # what it does not mind
    "setup and nothing else": (bzimage(),),
    "the default setup": (bzimage(setup=0),),
    "ELF behind the magic of Linux": (b"\x7fELF" + bzimage()[4:],),
    "multiboot behind it": (bzimage(MULTIBOOT),),
    "a multiboot header too late": (bytes(8144) + MULTIBOOT,),
    "a multiboot header with another sum": (bytes(64) + MULTIBOOT[:-1] + bytes(4096),),
    "no bzImage": (bytes(4096),),
    "an initrd just below its limit": (bzimage(most_initrd=9), "--initrd", 8),
    "an initrd above what a new kernel says": (bzimage(most_initrd=8, above_4g=True),
                                               "--initrd", 8),
    "an initrd for an older kernel": (bzimage(most_initrd=8, protocol=0x202), "--initrd", 8),
    "the first protocol that goes above 4G": (bzimage(most_initrd=8, protocol=0x20c, above_4g=True),
                                              "--initrd", 8),
    "the first protocol with initrds": (bzimage(protocol=0x200), "--initrd", 8),
    "the highest vga=": (bzimage(), "--append", "vga=4294967295"),
    "the lowest vga=": (bzimage(), "--append", "vga=-4294967295"),
    "vga= and a mode": (bzimage(), "--append", "vga=0x317 quiet"),
    "vga= and a word": (bzimage(), "--append", "vga=normal"),
    "vga=-1": (bzimage(), "--append", "vga=-1"),
}

V = "--vcpu-type=EPYC-Milan"
D = ["--vmsa", "direct", V]
OPTIONS = [     # what the message says, what to leave out of the defaults, what to add
    ("--ovmf is missing", "ovmf", []),
    ("--vcpus is missing", "vcpus", []),
    ("give --vcpu-type or --vcpu-sig", "type", []),
    ("not both", "", ["--vcpu-sig", "0x1"]),
    ("at least one vCPU", "vcpus", ["--vcpus", "0"]),
    ("number of vCPUs '-1'", "vcpus", ["--vcpus", "-1"]),
    ("number up to 4096", "vcpus", ["--vcpus", "4097"]),
    ("number up to 4096", "vcpus", ["--vcpus", "18446744073709551617"]),
    ("number of vCPUs '2x'", "vcpus", ["--vcpus", "2x"]),
    ("number of vCPUs ''", "vcpus", ["--vcpus", ""]),
    ("number of vCPUs ' 1'", "vcpus", ["--vcpus", " 1"]),
    ("'Opteron' is no vCPU type", "type", ["--vcpu-type", "Opteron"]),
    ("'EPYC-Milan-v9' is no vCPU type", "type", ["--vcpu-type", "EPYC-Milan-v9"]),
    ("'EPYC-Turin' is no vCPU type of QEMU 10.0.2", "type", ["--vcpu-type", "EPYC-Turin"]),
    ("'EPYC-v0' is no vCPU type", "type", ["--vcpu-type", "EPYC-v0"]),
    ("'' is no vCPU type", "type", ["--vcpu-type", ""]),
    ("more than 32 bits", "type", ["--vcpu-sig", "0x100000000"]),
    ("vCPU signature 'zen'", "type", ["--vcpu-sig", "zen"]),
    ("lack bit 0", "", ["--guest-features", "0x20"]),
    ("does not define", "", ["--guest-features", "0x8000000000000001"]),
    ("guest features '0x'", "", ["--guest-features", "0x"]),
    ("need --kernel", "", ["--initrd", "/dev/null"]),
    ("need --kernel", "", ["--append", "x"]),
    ("need --kernel", "", ["--any-kernel"]),
    ("needs --kernel-hashes on", "", ["--kernel", "/dev/null", "--any-kernel",
                                      "--kernel-hashes=off"]),
    ("needs --kernel", "", ["--kernel-hashes", "on"]),
    ("on or off", "", ["--kernel", "/dev/null", "--kernel-hashes", "yes"]),
    ("cannot open the kernel", "", ["--kernel", "/nonexistent"]),
    ("cannot open the initrd", "", ["--kernel", "/dev/null", "--initrd", "/nonexistent"]),
    ("cannot read the kernel /: Is a directory", "", ["--kernel", "/"]),
    ("cannot open the firmware", "ovmf", ["--ovmf", "/nonexistent"]),
    ("not 96 hexadecimal digits", "", ["--ovmf-hash", "00"]),
    ("not 96 hexadecimal digits", "", ["--ovmf-hash", "0x" + 94 * "0"]),
    ("kvm or direct", "", ["--vmsa", "both"]),
    ("need --vmsa direct", "", ["--vmsa-gpa", "0x801000"]),
    ("need --vmsa direct", "", ["--vmsa-page", "/dev/null"]),
    ("needs --vmsa-gpa", "type", D),
    ("2 MiB boundary", "type", [*D, "--vmsa-gpa", "0x80000000"]),
    ("2 MiB boundary", "type", [*D, "--vmsa-gpa", "0x0"]),
    ("not the address of a page", "type", [*D, "--vmsa-gpa", "0x80001800"]),
    ("not the address of a page", "type", [*D, "--vmsa-gpa", "0x10000000001000"]),
    ("VMSA GPA 'here'", "type", [*D, "--vmsa-gpa", "here"]),
    ("in the firmware image", "type", [*D, "--vmsa-gpa", "0xffffd000"]),
    ("in the firmware's secrets page", "type", [*D, "--vmsa-gpa", "0x80d000"]),
    ("in the firmware's firmware memory", "type", [*D, "--vmsa-gpa", "0x811000"]),
    ("in the guest's RAM", "type", [*D, "--vmsa-gpa", "0xfff000", "--mem", "256M"]),
    ("in the guest's RAM", "type", [*D, "--vmsa-gpa", "0xffff000", "--mem", "256"]),
    ("in the guest's RAM", "type", [*D, "--vmsa-gpa", "0xafeff000", "--mem", "2815M"]),
    ("in the guest's RAM", "type", [*D, "--vmsa-gpa", "0x100001000", "--mem", "4G"]),
    ("in the guest's RAM", "type", [*D, "--vmsa-gpa", "0x17ffff000", "--mem", "4194304K"]),
    ("in the firmware image", "type", [*D, "--vmsa-gpa", "0xffffd000", "--mem", "1T"]),
    ("memory size '0'", "type", [*D, "--vmsa-gpa", "0x1000", "--mem", "0"]),
    ("memory size ''", "type", [*D, "--vmsa-gpa", "0x1000", "--mem", ""]),
    ("memory size 'G'", "type", [*D, "--vmsa-gpa", "0x1000", "--mem", "G"]),
    ("memory size '1g'", "type", [*D, "--vmsa-gpa", "0x1000", "--mem", "1g"]),
    ("memory size '16777216T'", "type", [*D, "--vmsa-gpa", "0x1000", "--mem", "16777216T"]),
    ("--mem needs --vmsa direct", "", ["--mem", "1G"]),
    ("unknown option '--vcpu'", "", ["--vcpu", "2"]),
    ("'-smp' is not an option", "", ["-smp"]),
    ("given twice", "", ["--vcpus", "2"]),
    ("lacks its value", "", ["--kernel"]),
    ("takes no value", "", ["--json=yes"]),
]

# Numbers as they are written elsewhere, and what the message proposes
BARE = [
    (["digest", "OVMF", "--vcpus", "1", "--vcpu-sig", "10489617"],
     "vCPU signature '10489617' lacks 0x: give 0x10489617, or 0xa00f11 if it is decimal"),
    (["digest", "OVMF", "--vcpus", "1", V, "--guest-features", "33"],
     "give 0x33, or 0x21 if it is decimal"),
    (["digest", "OVMF", *D, "--vmsa-gpa", "ffbff000"],
     "VMSA GPA 'ffbff000' lacks 0x: give 0xffbff000"),
    (["id-block", "create", "--digest", 96 * "0", "--id-key", "/x", "--out-block", "/x",
      "--out-auth", "/x", "--policy", "30000"],
     "policy '30000' lacks 0x: give 0x30000, or 0x7530 if it is decimal"),
    (["id-block", "check", "--block", "/x", "--auth", "/x", "--policy", "196608"], "or 0x30000 if"),
    (["report", "verify", "/x", "--certs", "/x", "--policy", "0"],
     "policy '0' lacks 0x: give 0x0\n"),
    (["report", "verify", "/x", "--certs", "/x", "--min-tcb", "d3"], "give 0xd3"),
    (["vmsa", "create", "/x", "--vcpu-sig", "a00f11"],
     "vCPU signature 'a00f11' lacks 0x: give 0xa00f11"),
    (["vmsa", "create", "/x", V, "--guest-features", "1"], "guest features '1' lacks 0x"),
    (["vmsa", "create", "/x", V, "--eip", "fffffff0"], "EIP 'fffffff0' lacks 0x"),
    (["vmsa", "create", "/x", V, "--set", "rip=123"], "rip '123' lacks 0x"),
    (["pages", "zero@1000"], "GPA '1000' lacks 0x"),
    (["pages", "zero@0x1000+0"], "size '0' lacks 0x: give 0x0\n"),
    (["pages", "zero@0x1000+009"], "size '009' lacks 0x: give 0x009\n"),
    (["pages", "zero@0x1000+1000"], "size '1000' lacks 0x"),
]

PAGE = ["--vmsa", "direct", "--vmsa-gpa", "0xfffef000"]


def images(tool) -> None:
    kernel = ["--vcpus", "1", V, "--kernel", tool.file("kernel", bzimage())]
    for name, (text, data) in IMAGES.items():
        path = tool.file("bad.fd", data)
        tool.refuses(name, TROUBLE, text, "digest", "--ovmf", path, "--vcpus", "1", V)
    for name, data in HASHES.items():
        tool.refuses(f"a kernel, and {name}", TROUBLE, "has no SEV hash table", "digest",
                     "--ovmf", tool.file("bad.fd", data), *kernel)
    for name, place in MISPLACED.items():
        tool.refuses(name, TROUBLE, "of its metadata section", "digest", "--ovmf",
                     tool.file("bad.fd", firmware.image(hashes=place)), *kernel)
    said = tool.output("digest", "--ovmf", tool.file("good.fd", firmware.image(
        hashes=(0x810f50, 0xb0))), *kernel)
    tool.tap.check(len(said) == 97, "a SEV hash table that ends with its section", said)
    for name, (text, data) in UNLIKE_QEMU.items():
        path = tool.file("bad.fd", data)
        tool.refuses(name, TROUBLE, text, "digest", "--ovmf", path, *kernel)
        said = tool.output("digest", "--ovmf", path, *kernel, "--kernel-hashes=off")
        tool.tap.equal(len(said), 97, f"{name}, but no hashes")


def kernels(tool) -> None:
    """What QEMU would not start has no digest, with kernel-hashes=on."""
    fd = tool.file("good.fd", firmware.image())
    base = ["digest", "--ovmf", fd, "--vcpus", "1", V, "--kernel"]

    def files(data: bytes, *more) -> list:
        return [*base, tool.file("kernel", data), *(
            tool.file("initrd", bytes(word)) if isinstance(word, int) else word for word in more)]

    for name, (text, *given) in KERNELS.items():
        tool.refuses(f"kernel: {name}", TROUBLE, text, *files(*given))
        tool.tap.equal([len(tool.output(*files(*given), *more)) for more in (
            ["--any-kernel"], ["--kernel-hashes", "off"])], [97, 97], f"kernel: {name}, if told so")
    for name, given in TAKEN.items():
        said = tool.output(*files(*given))
        tool.tap.check(len(said) == 97, f"kernel: {name} is taken", said)


def options(tool) -> None:
    path = tool.file("good.fd", firmware.image())
    defaults = {"ovmf": ["--ovmf", path], "vcpus": ["--vcpus", "1"], "type": [V]}
    for text, without, added in OPTIONS:
        kept = [word for key, words in defaults.items() if key != without for word in words]
        tool.refuses(f"digest: {' '.join(added)} {'without ' + without if without else ''}".strip(),
                     TROUBLE, text, "digest", *kept, *added)


def numbers(tool) -> None:
    path = tool.file("good.fd", firmware.image())
    for words, text in BARE:
        words = [f"--ovmf={path}" if word == "OVMF" else word for word in words]
        tool.refuses(f"bare: {' '.join(words[-2:])}", TROUBLE, text, *words)
    base = ["digest", "--ovmf", path, "--vcpus", "1", "--vcpu-sig"]
    tool.tap.equal(tool.output(*base, "0Xa00F11"), tool.output(*base, "0xa00f11"), "0X is 0x")
    for text in ("0x0x1", "0x 1", "0x-1", "-0x1", "+0x1", " 0x1", "0x1 ", "x1", "0x1g",
                 "0x10000000000000000", "1g", "-1"):
        tool.refuses(f"no number: '{text}'", TROUBLE,
                     f"'{text}' is not a 64-bit hexadecimal number", *base, text)


def vmsa_pages(tool) -> None:
    good = tool.directory / "vmsa"
    tool.output("vmsa", "create", good, V)
    page = good.read_bytes()
    base = ["digest", "--ovmf", tool.file("good.fd", firmware.image()), *PAGE]

    def refused(name: str, text: str, data: bytes, *more) -> None:
        tool.refuses(f"VMSA page: {name}", TROUBLE, text, *base, "--vmsa-page",
                     tool.file("bad-vmsa", data), *more)

    def patched(at: int, value: bytes) -> bytes:
        return page[:at] + value + page[at + len(value):]

    refused("too short", "4095 bytes instead of 4096", page[:-1])
    refused("too long", "4097 bytes instead of 4096", page + b"\0")
    refused("empty", "0 bytes instead of 4096", b"")
    refused("for VMPL 1", "VMPL 1", patched(0xca, b"\1"))
    refused("with other features", "SEV_FEATURES 0x21", patched(0x3b0, struct.pack("<Q", 0x21)))
    refused("for a guest with more features", "SEV_FEATURES 0x1", page, "--guest-features", "0x21")
    refused("without EFER.SVME", "EFER.SVME", patched(0xd0, bytes(8)))
    refused("and a vCPU type", "leave out --vcpu-type", page, V)
    tool.refuses("VMSA page: missing", TROUBLE, "cannot open the VMSA page", *base, "--vmsa-page",
                 "/nonexistent")


def vmsa_verb(tool) -> None:
    out = tool.directory / "created"
    for text, args in (("name the file", ["create", V]),
                       ("give --vcpu-type", ["create", out]),
                       ("no field 'rax.base'", ["create", out, V, "--set", "rax.base=0x1"]),
                       ("no field 'cs.foo'", ["create", out, V, "--set", "cs.foo=0x1"]),
                       ("no field 'ip'", ["create", out, V, "--set", "rip=0x1,ip=0x1"]),
                       ("not FIELD=0xN", ["create", out, V, "--set", "rip"]),
                       ("too few for 0x10000", ["create", out, V, "--set", "cs.sel=0x10000"]),
                       ("rip 'x'", ["create", out, V, "--set", "rip=x"]),
                       ("more than 32 bits", ["create", out, V, "--eip", "0x100000000"]),
                       ("lack bit 0", ["create", out, V, "--guest-features", "0x2"]),
                       ("cannot write /nonexistent/x", ["create", "/nonexistent/x", V]),
                       ("neither 4096 bytes", ["show", "/dev/null"]),
                       ("there is no 'dump'", ["dump"]), ("create, show", [])):
        tool.refuses(f"vmsa: {text}", TROUBLE, text, "vmsa", *args)
    tool.output("vmsa", "create", out, V, "--set", "rip=0x123,cs.base=0xffff0000")
    shown = dict(line.split() for line in tool.output("vmsa", "show", out).splitlines())
    tool.tap.equal([shown[name] for name in ("rip", "cs.base", "rdx", "efer", "cr4")],
                   ["0x123", "0xffff0000", "0xa00f11", "0x1000", "0x40"], "vmsa: set and show")


def pages_verb(tool) -> None:
    half = tool.file("half", bytes(2048))
    for text, arg in (("GPA ''", "normal"), ("no page type", "@0x1000"),
                      ("GPA ''", "zero@"), ("GPA ''", "zero"),
                      ("given as TYPE@GPA=FILE", "vmsa@0x1000"),
                      ("without a file", "zero@0x1000=x"), ("whole pages", f"normal@0x1000={half}"),
                      ("whole pages", "zero@0x1001"), ("whole pages", "zero@0x1000+0x0"),
                      ("whole pages", "zero@0xfffffffffffff000+0x2000"),
                      ("size ''", "zero@0x1000+"),
                      ("GPA ''", "zero@" + 40 * "0"),
                      ("cannot open the page file", "normal@0x0=/nope")):
        tool.refuses(f"pages: {arg[:30].replace(str(half), 'half')}", TROUBLE, text, "pages", arg)
    tool.refuses("pages: nothing", TROUBLE, "name the pages", "pages")


def whole(tool) -> None:
    tool.refuses("no verb", TROUBLE, "say what to do: digest, id-block")
    tool.refuses("an unknown verb", TROUBLE, "there is no 'measure'", "measure")
    tool.refuses("--version and more", TROUBLE, "'x' is not an option", "--version", "x")
    tool.refuses("--version and an option", TROUBLE, "unknown option '--json'", "--version",
                 "--json")


def types(tool, qemu: Path) -> None:
    """Those that the project's QEMU has, and no other version of them."""
    said = subprocess.run([qemu, "-cpu", "help"], text=True, check=True, stdout=subprocess.PIPE)
    models = re.findall(r"^ +(EPYC\S*)", said.stdout, re.M)
    tool.tap.check(len(models) > 10, "QEMU names its EPYC models", " ".join(models))
    out = tool.directory / "of-a-type"
    for model in models:
        tool.tap.equal(tool.output("vmsa", "create", out, "--vcpu-type", model), "",
                       f"vCPU type {model}")
    following = {re.sub(r"\d+$", lambda last: str(int(last[0]) + 1), model)
                 for model in models if re.search(r"-v\d+$", model)} - set(models)
    for model in sorted(following):
        tool.refuses(f"no vCPU type {model}", TROUBLE, "is no vCPU type", "vmsa", "create", out,
                     "--vcpu-type", model)


def run(tool, qemu: Path) -> None:
    types(tool, qemu)
    for part in (images, kernels, options, numbers, vmsa_pages, vmsa_verb, pages_verb, whole):
        part(tool)
