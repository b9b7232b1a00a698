# SPDX-License-Identifier: GPL-2.0-only
"""Makes files that look to a hypervisor like OVMF built for SEV-SNP, and like Linux."""
import struct
import uuid

FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d"
RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e"
HASHES = "7255371f-3a3b-4b04-927b-1da6efa8d454"
METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc"

SIZE = 0x10000
AFTER_TABLE = 32
METADATA_OFFSET = 0x500         # from the end of the image

SEC_MEM, SECRETS, CPUID, CAA, KERNEL_HASHES = 1, 2, 3, 4, 0x10

# The sections of edk2-stable202405: AmdSevX64 and OvmfX64
COMMON = [(0x800000, 0x9000, SEC_MEM), (0x80a000, 0x3000, SEC_MEM), (0x80d000, 0x1000, SECRETS),
          (0x80e000, 0x1000, CPUID), (0x80f000, 0x1000, CAA)]
AMDSEV = [*COMMON, (0x810000, 0x1000, KERNEL_HASHES), (0x811000, 0xf000, SEC_MEM)]
OVMFX64 = [*COMMON, (0x810000, 0x10000, SEC_MEM)]
AMDSEV_HASHES = (0x810c00, 0x400)
AP_EIP = 0x80b004


def entry(guid: str, data: bytes, length: int | None = None) -> bytes:
    length = len(data) + 18 if length is None else length
    return data + struct.pack("<H", length) + uuid.UUID(guid).bytes_le


def metadata(sections, signature=b"ASEV", length=None, version=1, count=None) -> bytes:
    body = b"".join(struct.pack("<III", *section) for section in sections)
    return struct.pack("<4sIII", signature, 16 + len(body) if length is None else length, version,
                       len(sections) if count is None else count) + body


def image(sections=AMDSEV, hashes=AMDSEV_HASHES, eip: int | None = AP_EIP, size=SIZE,
          offset: int | None = METADATA_OFFSET, table_length=None, meta: bytes | None = None,
          extra=b"", fill=b"\x5a") -> bytes:
    """None leaves an entry out."""
    table = extra
    if offset is not None:
        table += entry(METADATA, struct.pack("<I", offset))
    if hashes:
        table += entry(HASHES, struct.pack("<II", *hashes))
    if eip is not None:
        table += entry(RESET, struct.pack("<I", eip))
    length = len(table) + 18 if table_length is None else table_length
    table += struct.pack("<H", length) + uuid.UUID(FOOTER).bytes_le
    data = bytearray(fill * size)
    meta = metadata(sections) if meta is None else meta
    data[size - METADATA_OFFSET:size - METADATA_OFFSET + len(meta)] = meta
    data[size - AFTER_TABLE - len(table):size - AFTER_TABLE] = table
    return bytes(data)


def bzimage(payload=b"", protocol=0x20f, setup=1, most_initrd=0x7fffffff, above_4g=False,
            magic=b"HdrS") -> bytes:
    """What QEMU looks at in a kernel file."""
    data = bytearray(((setup or 4) + 1) * 512)
    data[0x1f1] = setup
    data[0x202:0x206] = magic
    struct.pack_into("<H", data, 0x206, protocol)
    struct.pack_into("<I", data, 0x22c, most_initrd)
    struct.pack_into("<H", data, 0x236, 2 if above_4g else 0)
    return bytes(data) + payload
