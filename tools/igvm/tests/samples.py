# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound files with every header, and unsound ones with what is to be said of them."""
import struct

import igvmfile as f

VMSA = bytearray(f.PAGE)
struct.pack_into("<Q", VMSA, 0xd0, 0x1000)      # EFER.SVME
struct.pack_into("<Q", VMSA, 0x3b0, 1)          # SEV_FEATURES
VMSA = bytes(VMSA)
CODE = bytes(range(256)) * 16
ALL_SNP = [f.VP_COUNT, f.SRAT, f.MADT, f.MMIO, f.MAP, f.CMDLINE, f.SLIT, f.PPTT, f.DT,
           f.ENVIRONMENT]


def everything() -> list:
    """Each type of header at least once, for three platforms"""
    vsm, native = 2, 4
    return [f.platform(), f.platform(f.VSM, vsm, vtl=2), f.platform(f.NATIVE, native),
            f.optional(0x80, b""), f.policy(), f.region(mask=vsm), f.page_table(mask=vsm),
            f.area(0, 2 * f.PAGE, CODE + CODE), f.area(7),
            f.page(0x1000, CODE), f.page(0x2000), f.page(0x3000, None, f.SECRETS),
            f.page(0x4000, CODE, f.CPUID), f.page(0x5000, CODE, f.CPUID_XF),
            f.page(0x6000, CODE, flags=f.UNMEASURED), f.page(0x7000, CODE, flags=f.SHARED),
            f.context(0x8000, VMSA), f.context(0, struct.pack("<I", 2) + bytes(64), mask=vsm),
            f.context(0, bytes(f.PAGE), mask=native), f.memory(0x100000, 0x100000),
            *(f.parameter(kind, 0x100 * n) for n, kind in enumerate(ALL_SNP)),
            f.insert(0x20000), f.insert(0x30000, 7), f.error_range(0x40000), f.vbs(vsm),
            f.optional(), f.id_block(bytes(range(48)))]


def small(*more) -> list:
    return [f.platform(), f.policy(), f.page(0x1000, CODE), *more]


SOUND = {
    "every header": f.build(everything()),
    "every header, version 2": f.build(everything(), version=2),
    "a gap before the headers": f.build(everything(), gap=64),
    "data apart from each other": f.build(everything(), between=b"apart"),
    "a large page": f.build(small(f.page(0x200000, flags=f.LARGE))),
    "nothing but a platform": f.build([f.platform()]),
}


def sealed(image: bytes) -> bytes:
    at, size = struct.unpack_from("<II", image, 8)
    fixed = 24 if struct.unpack_from("<I", image, 4)[0] == 1 else 32
    crc = f.checksum(image[:fixed], image[at:at + size])
    return image[:20] + struct.pack("<I", crc) + image[24:]


def patched(headers: list, at: int, fmt: str, value: int, version: int = 1) -> bytes:
    """A byte offset in the fixed header; or, negative, from the end of the headers"""
    image = bytearray(f.build(headers, version))
    if at < 0:
        start, size = struct.unpack_from("<II", image, 8)
        at += start + size
    struct.pack_into(fmt, image, at, value)
    return sealed(bytes(image))


def snp_page(**fields) -> list:
    return small(f.page(**fields))


UNSOUND = {     # name: (what is said, the file)
    "an empty file": ("fixed header: the file has 0 bytes", b""),
    "no magic": ("it is no IGVM file", bytes(24)),
    "version 3": ("fixed header: version 3", patched(small(), 4, "<I", 3)),
    "version 2 cut": ("version 2 has 32", struct.pack("<4sIIIIII", b"IGVM", 2, 32, 0, 28, 0, 0)),
    "architecture 1": ("architecture 1", patched(small(), 24, "<I", 1, 2)),
    "pages of 64 KiB": ("pages of 65536 bytes", patched(small(), 28, "<I", 0x10000, 2)),
    "headers in the fixed header": ("variable headers at 0x10", patched(small(), 8, "<I", 16)),
    "headers at an odd place": ("variable headers at 0x1c", patched(small(), 8, "<I", 28)),
    "headers behind the file": ("variable headers at 0x10000000", patched(
        small(), 8, "<I", 0x10000000)),
    "headers larger than the file": ("0xfffffff8 bytes of variable headers", patched(
        small(), 12, "<I", 0xfffffff8)),
    "headers of an odd size": ("not a multiple of 8 up to", patched(small(), 12, "<I", 25)),
    "a gap that is not empty": ("between it and the variable headers is not 0",
                                f.build(small(), gap=8)[:24] + b"12345678" +
                                f.build(small(), gap=8)[32:]),
    "another checksum": ("checksum 0x", f.build(small())[:20] + bytes(4) + f.build(small())[24:]),
    "one byte more than it says": ("bytes instead of", f.build(small()) + b"\0"),
    "a header that does not fit": ("header 3 of unknown type 0x400: 0xfffffff8 bytes, where 0x8",
                                   patched(small((0x400, bytes(8), None)), -12, "<I", 0xfffffff8)),
    "a length that wraps": ("0xffffffff bytes, where 0x8", patched(
        small((0x400, bytes(8), None)), -12, "<I", 0xffffffff)),
    "padding that is not 0": ("pads it to 8 bytes is not 0", patched(
        small(f.context(0x2000, VMSA)), -1, "<B", 1)),
    "an unknown type": ("header 3 of unknown type 0x306: it may not be skipped",
                        f.build(small((0x306, bytes(8), None)))),
    "a type of no section": ("of unknown type 0x80000250: its type is of no section",
                             f.build([f.platform(), f.optional(0x250)])),
    "a known type that may be skipped": ("marked as one that may be skipped", f.build(
        small(f.optional(f.PAGE_DATA, f.page(0)[1])))),
    "a header of another length": ("header 3, VP_CONTEXT: 24 bytes instead of 20", f.build(
        small((f.CONTEXT, bytes(24), None)))),
    "no platform": ("supports no platform", f.build([])),
    "a directive before its platform": ("header 0, PAGE_DATA at GPA 0x1000: compatibility_mask "
                                        "0x1, the file's platforms are 0x0",
                                        f.build([f.page(0x1000, CODE), f.platform()])),
    "a platform after a policy": ("header 2, SUPPORTED_PLATFORM: headers of its section end "
                                  "before it",
                                  f.build([f.platform(), f.policy(), f.platform(f.NATIVE, 2)])),
    "a policy after a directive": ("GUEST_POLICY: headers of its section end", f.build(
        [f.platform(), f.memory(0x1000, 0x1000), f.policy()])),
    "a platform of two bits": ("compatibility_mask 0x3 is not one bit", f.build(
        [f.platform(mask=3)])),
    "a platform without bits": ("compatibility_mask 0x0 is not one bit", f.build(
        [f.platform(mask=0)])),
    "two platforms of one bit": ("compatibility_mask 0x1 is not one bit of its own", f.build(
        [f.platform(), f.platform(f.NATIVE)])),
    "one platform twice": ("platform_type 2 is there twice", f.build([f.platform(),
                                                                     f.platform(mask=2)])),
    "platform 7": ("platform_type 7 is not known", f.build([f.platform(7)])),
    "platform version 2": ("platform_version 2", f.build([f.platform(version=2)])),
    "VTL 3": ("highest_vtl 3", f.build([f.platform(vtl=3)])),
    "an odd boundary": ("shared_gpa_boundary 0x1", f.build([f.platform(boundary=1)])),
    "a mask of no platform": ("PAGE_DATA at GPA 0x5000: compatibility_mask 0x2, the file's "
                              "platforms are 0x1", f.build(snp_page(gpa=0x5000, mask=2))),
    "mask 0": ("PAGE_DATA at GPA 0x5000: compatibility_mask 0x0", f.build(
        snp_page(gpa=0x5000, mask=0))),
    "two policies": ("GUEST_POLICY: it is the second one for platforms 0x1", f.build(
        [f.platform(), f.policy(), f.policy()])),
    "a reserved field": ("GUEST_POLICY: reserved is not 0", patched(
        [f.platform(), f.policy()], -1, "<B", 1)),
    "a page at an odd address": ("PAGE_DATA at GPA 0x1001: the address is not a multiple", f.build(
        snp_page(gpa=0x1001))),
    "a large page at a small address": ("PAGE_DATA at GPA 0x1000: the address is not a multiple "
                                        "of the page's 0x200000",
                                        f.build(snp_page(gpa=0x1000, flags=f.LARGE))),
    "page flag 8": ("flags 0x8", f.build(snp_page(gpa=0x2000, flags=8))),
    "page type 4": ("data_type 4", f.build(snp_page(gpa=0x2000, kind=4))),
    "data in the headers": ("file_offset 0x18 is not in the file's data", f.build(
        [f.platform(), (f.PAGE_DATA, struct.pack("<QIIIHH", 0, 1, 24, 0, 0, 0), None)])),
    "data before the file": ("file_offset 0x1 is not in", f.build(
        [f.platform(), (f.PAGE_DATA, struct.pack("<QIIIHH", 0, 1, 1, 0, 0, 0), None)])),
    "data behind the file": ("file_offset 0xfffff000 is not in the file's data", f.build(
        [f.platform(), (f.PAGE_DATA, struct.pack("<QIIIHH", 0, 1, 0xfffff000, 0, 0, 0), None)])),
    "data up to one byte too far": ("PAGE_DATA at GPA 0x2000: 0x1000 bytes of data at file_offset "
                                    "0x1088, where 0xfff are left",
                                    f.build(small(f.page(0x2000, CODE[1:])))),
    "a large page of small data": ("0x200000 bytes of data", f.build(
        snp_page(gpa=0x200000, flags=f.LARGE, data=CODE))),
    "an area without pages": ("PARAMETER_AREA of area 0: number_of_bytes 0x0", f.build(
        small(f.area(size=0)))),
    "an area of half a page": ("number_of_bytes 0x800", f.build(small(f.area(size=0x800)))),
    "a huge area": ("number_of_bytes 0xfffffffffffff000", f.build(
        small(f.area(size=2**64 - 4096)))),
    "areas that are huge together": ("PARAMETER_AREA of area 2: number_of_bytes 0x2000000", f.build(
        small(*(f.area(n, 0x2000000) for n in range(3))))),
    "areas without end": ("it is more than 256 areas", f.build(
        small(*(f.area(n) for n in range(257))))),
    "an area that is larger than its data": ("0x2000 bytes of data at", f.build(
        small(f.area(0, 2 * f.PAGE, CODE)))),
    "an index twice": ("PARAMETER_AREA of area 3: its index is used already", f.build(
        small(f.area(3), f.area(3)))),
    "an index again": ("its index is used already", f.build(
        small(f.area(3), f.insert(0x9000, 3), f.area(3)))),
    "a parameter of no area": ("VP_COUNT of area 0: area 0 is not declared before", f.build(
        small(f.parameter(f.VP_COUNT), f.area()))),
    "a parameter behind its area": ("VP_COUNT of area 0: at least 4 bytes at byte_offset 0x1000 "
                                    "are not in the area's 0x1000", f.build(
                                        small(f.area(), f.parameter(f.VP_COUNT, 0x1000)))),
    "a parameter across the end": ("at byte_offset 0xffd", f.build(
        small(f.area(), f.parameter(f.ENVIRONMENT, 0xffd)))),
    "a parameter that wraps": ("at byte_offset 0xffffffff", f.build(
        small(f.area(), f.parameter(f.VP_COUNT, 0xffffffff)))),
    "a memory map without room for its end": ("MEMORY_MAP of area 0: at least 24 bytes at "
                                              "byte_offset 0xff0", f.build(
                                                  small(f.area(), f.parameter(f.MAP, 0xff0)))),
    "a parameter after its insertion": ("MADT of area 0: area 0 is inserted already", f.build(
        small(f.area(), f.insert(0x9000), f.parameter(f.MADT)))),
    "an insertion of no area": ("PARAMETER_INSERT at GPA 0x9000: area 0 is not declared", f.build(
        small(f.insert(0x9000)))),
    "two insertions": ("PARAMETER_INSERT at GPA 0xa000: area 0 is inserted already", f.build(
        small(f.area(), f.insert(0x9000), f.insert(0xa000)))),
    "an insertion at an odd address": ("the address 0x9010 is not that of a page", f.build(
        small(f.area(), f.insert(0x9010)))),
    "an insertion that wraps": ("up to the end of the address space", f.build(
        small(f.area(0, 0x2000), f.insert(2**64 - 0x1000)))),
    "a VMSA without data": ("VP_CONTEXT at GPA 0x2000: it has no data", f.build(
        small(f.context(0x2000, None)))),
    "a VMSA of TDX": ("VP_CONTEXT at GPA 0x0: TDX takes none", f.build(
        [f.platform(f.TDX), f.context(0, VMSA)])),
    "a VMSA at an odd address": ("VP_CONTEXT at GPA 0x2008: the address 0x2008", f.build(
        small(f.context(0x2008, VMSA)))),
    "registers of VSM without a number": ("2 bytes of data, where 4 say", f.build(
        [f.platform(f.VSM), f.context(0, b"\1\0")])),
    "registers of VSM without end": ("data of 4294967295 registers", f.build(
        [f.platform(f.VSM), f.context(0, b"\xff" * 4)])),
    "registers of VSM cut": ("0x44 bytes of data", f.build(
        [f.platform(f.VSM), f.context(0, struct.pack("<I", 2) + bytes(63))])),
    "required memory at an odd address": ("REQUIRED_MEMORY at GPA 0x10: the address", f.build(
        small(f.memory(0x10, 0x1000)))),
    "no required memory": ("REQUIRED_MEMORY at GPA 0x1000: 0x0 bytes are not some pages", f.build(
        small(f.memory(0x1000, 0)))),
    "an author of 2": ("SNP_ID_BLOCK: author_key_enabled is 2", f.build(
        small(f.id_block(author=2)))),
    "two ID blocks": ("SNP_ID_BLOCK: it is the second one", f.build(
        small(f.id_block(), f.id_block()))),
    "an ID block of SEV": ("it is for SEV-SNP alone", f.build([f.platform(f.SEV), f.id_block()])),
    "a VBS measurement of SNP": ("it is for VSM alone", f.build([f.platform(), f.vbs(1)])),
    "an error range of half a page": ("ERROR_RANGE at GPA 0x1000: 0x10 bytes", f.build(
        small(f.error_range(0x1000, 0x10)))),
    "a region out of order": ("RELOCATABLE_REGION at GPA 0x200000: its addresses", f.build(
        [f.platform(), f.region(low=0x900000)])),
    "a region without alignment": ("multiples of its alignment 0x0", patched(
        [f.platform(), f.region()], -40, "<Q", 0)),
    "a region that wraps": ("RELOCATABLE_REGION at GPA 0x200000: 0xfffffffffffff000 bytes", f.build(
        [f.platform(), f.region(size=2**64 - 4096)])),
    "a page table that is fuller than it is large": ("used_size 0x5000", f.build(
        [f.platform(), f.page_table(used=0x5000)])),
    "two page tables": ("PAGE_TABLE_RELOCATION at GPA 0x300000: it is the second one", f.build(
        [f.platform(), f.page_table(), f.page_table()])),
}
