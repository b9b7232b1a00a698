# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes IGVM files, and recomputes their launch digest, with no line of the library."""
import hashlib
import struct
import zlib

NATIVE, VSM, SNP, TDX, SEV, SEV_ES, CCA = range(7)
UNMEASURED, SHARED, LARGE = 2, 4, 1
NORMAL, SECRETS, CPUID, CPUID_XF = range(4)
PAGE = 4096
SNP_MASK = 1

PLATFORM, POLICY, REGION, PAGE_TABLE = 0x1, 0x101, 0x102, 0x103
AREA, PAGE_DATA, INSERT, CONTEXT, MEMORY = 0x301, 0x302, 0x303, 0x304, 0x305
VP_COUNT, SRAT, MADT, MMIO, ID_BLOCK, MAP, ERROR, CMDLINE, SLIT, PPTT, VBS, DT, ENVIRONMENT = (
    0x307, 0x308, 0x309, 0x30a, 0x30b, 0x30c, 0x30d, 0x30e, 0x30f, 0x310, 0x311, 0x312, 0x313)

OFFSET = 0x5a3c7e91     # stands for the file_offset, in a body

Header = tuple[int, bytes, bytes | None]


def platform(kind: int = SNP, mask: int = SNP_MASK, vtl=0, version=1, boundary=0) -> Header:
    return PLATFORM, struct.pack("<IBBHQ", mask, vtl, kind, version, boundary), None


def policy(value: int = 0x30000, mask: int = SNP_MASK) -> Header:
    return POLICY, struct.pack("<QII", value, mask, 0), None


def region(gpa=0x200000, size=0x4000, low=0x100000, high=0x800000, mask=SNP_MASK) -> Header:
    return REGION, struct.pack("<IHBBQQQQQ", mask, 0, 0, 0, 0x1000, gpa, size, low, high), None


def page_table(gpa=0x300000, size=0x4000, used=0x1000, mask=SNP_MASK) -> Header:
    return PAGE_TABLE, struct.pack("<IHBBQQQ", mask, 0, 0, 0, gpa, size, used), None


def area(index: int = 0, size: int = PAGE, data: bytes | None = None) -> Header:
    return AREA, struct.pack("<QII", size, index, OFFSET), data


def page(gpa: int, data: bytes | None = None, kind=NORMAL, flags=0, mask=SNP_MASK) -> Header:
    return PAGE_DATA, struct.pack("<QIIIHH", gpa, mask, OFFSET, flags, kind, 0), data


def insert(gpa: int, index: int = 0, mask: int = SNP_MASK) -> Header:
    return INSERT, struct.pack("<QII", gpa, mask, index), None


def context(gpa: int, data: bytes, index: int = 0, mask: int = SNP_MASK) -> Header:
    return CONTEXT, struct.pack("<QIIHH", gpa, mask, OFFSET, index, 0), data


def memory(gpa: int, size: int, mask: int = SNP_MASK) -> Header:
    return MEMORY, struct.pack("<QIIII", gpa, mask, size, 0, 0), None


def parameter(kind: int, offset: int = 0, index: int = 0) -> Header:
    return kind, struct.pack("<II", index, offset), None


def id_block(digest: bytes = bytes(48), mask: int = SNP_MASK, author: int = 0) -> Header:
    keys = (bytes(144) + struct.pack("<II", 2, 0) + bytes(144)) * 2
    return ID_BLOCK, struct.pack("<IB3x48s16s16sIIII", mask, author, digest, b"family", b"image",
                                 1, 0, 1, author) + keys, None


def error_range(gpa: int, size: int = PAGE, mask: int = SNP_MASK) -> Header:
    return ERROR, struct.pack("<QII", gpa, mask, size), None


def vbs(mask: int) -> Header:
    return VBS, struct.pack("<I", mask) + bytes(860), None


def optional(kind: int = 0x3ff, body: bytes = b"hello") -> Header:
    return kind | 0x80000000, body, None


def checksum(fixed: bytes, headers: bytes) -> int:
    return zlib.crc32(fixed[:20] + bytes(4) + fixed[24:] + headers)


def build(headers: list[Header], version: int = 1, gap: int = 0, between: bytes = b"") -> bytes:
    """GAP bytes before the variable headers, BETWEEN before each header's data."""
    start = (24 if version == 1 else 32) + gap
    size = sum(8 + -(-len(body) // 8) * 8 for _, body, _ in headers)
    table, data = b"", b""
    for kind, body, content in headers:
        offset = 0
        if content is not None:
            data += between
            offset = start + size + len(data)
            data += content
        length = len(body)
        body = body.replace(struct.pack("<I", OFFSET), struct.pack("<I", offset))
        table += struct.pack("<II", kind, length) + body.ljust(-(-length // 8) * 8, b"\0")
    return seal(version, start, table, data)


def seal(version: int, start: int, table: bytes, data: bytes) -> bytes:
    fixed = struct.pack("<4sIIIII", b"IGVM", version, start, len(table),
                        start + len(table) + len(data), 0)
    fixed += struct.pack("<II", 0, PAGE) if version == 2 else b""
    fixed = fixed[:20] + struct.pack("<I", checksum(fixed, table)) + fixed[24:]
    return fixed.ljust(start, b"\0") + table + data


def parse(image: bytes) -> list[tuple[int, bytes]]:
    """Type and body of each header, in order"""
    magic, version, at, size, total, crc = struct.unpack_from("<4sIIIII", image)
    fixed = image[:24 if version == 1 else 32]
    if magic != b"IGVM" or total != len(image) or crc != checksum(fixed, image[at:at + size]):
        raise ValueError("no IGVM file")
    headers, end = [], at + size
    while at < end:
        kind, length = struct.unpack_from("<II", image, at)
        headers.append((kind, image[at + 8:at + 8 + length]))
        at += 8 + -(-length // 8) * 8
    return headers


def extend(digest: bytes, kind: int, gpa: int, contents: bytes) -> bytes:
    return hashlib.sha384(digest + contents + struct.pack("<HBB4xQ", 0x70, kind, 0, gpa)).digest()


def vmsa_contents(data: bytes) -> bytes:
    return hashlib.sha384(data[:0x2f0] + bytes(16) + data[0x300:]).digest()


def measured_page(digest: bytes, image: bytes, body: bytes) -> bytes:
    gpa, _, offset, flags, kind, _ = struct.unpack("<QIIIHH", body)
    if flags & SHARED:
        return digest
    for at in range(0, 0x200000 if flags & LARGE else PAGE, PAGE):
        content = image[offset + at:offset + at + PAGE] if offset else bytes(PAGE)
        if kind == SECRETS:
            digest = extend(digest, 5, gpa + at, bytes(48))
        elif kind in (CPUID, CPUID_XF):
            digest = extend(digest, 6, gpa + at, bytes(48))
        elif flags & UNMEASURED:
            digest = extend(digest, 4, gpa + at, bytes(48))
        else:
            digest = extend(digest, 1, gpa + at, hashlib.sha384(content).digest())
    return digest


def digest(image: bytes) -> str:
    """The launch digest of the file's SEV-SNP platform"""
    headers, areas, value = parse(image), {}, bytes(48)
    mask = next(struct.unpack("<IBB", body[:6])[0] for kind, body in headers
                if kind == PLATFORM and body[5] == SNP)
    for kind, body in headers:
        if kind == AREA:
            size, index, _ = struct.unpack("<QII", body)
            areas[index] = size
        if kind not in (PAGE_DATA, INSERT, CONTEXT):
            continue
        gpa, platforms, third = struct.unpack_from("<QII", body)
        if not platforms & mask:
            continue
        if kind == PAGE_DATA:
            value = measured_page(value, image, body)
        elif kind == INSERT:
            for at in range(0, areas[third], PAGE):
                value = extend(value, 4, gpa + at, bytes(48))
        else:
            value = extend(value, 2, gpa, vmsa_contents(image[third:third + PAGE]))
    return value.hex()
