# SPDX-License-Identifier: GPL-2.0-only
"""Writes small initramfs parts ("newc"), the same bytes for the same files."""
from pathlib import Path

DIRECTORY, EXECUTABLE, REGULAR = 0o040755, 0o100755, 0o100644


def _pad(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def _entry(inode: int, name: str, mode: int, data: bytes) -> bytes:
    fields = [inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    header = "070701" + "".join(f"{field:08x}" for field in fields)
    return _pad(header.encode() + name.encode() + b"\0") + _pad(data)


def _parents(names: list[str]) -> list[str]:
    return sorted({str(parent) for name in names for parent in Path(name).parents} - {"."})


def archive(files: dict[str, tuple[int, bytes]]) -> bytes:
    """files: relative path -> (mode, contents); directories are added."""
    parts = [(name, DIRECTORY, b"") for name in _parents(list(files))]
    parts += [(name, *files[name]) for name in sorted(files)]
    parts.append(("TRAILER!!!", 0, b""))
    return b"".join(_entry(number, *part) for number, part in enumerate(parts, 1))
