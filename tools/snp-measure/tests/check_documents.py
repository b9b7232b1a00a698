# SPDX-License-Identifier: GPL-2.0-only
"""The commands of a document: each line of a literal block that starts with $."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import check_report
import firmware


def commands(text: str) -> list[str]:
    joined = re.sub(r"\\\n *", "", text)
    return [line.strip()[2:] for line in joined.splitlines() if re.match(r" +\$ ", line)]


def prepare(maker, place: Path) -> None:
    """The files that the document names."""
    shutil.copytree(maker.keys, place / "certs")
    (place / "OVMF.amdsev.fd").write_bytes(firmware.image())
    (place / "OVMF.fd").write_bytes(firmware.image(firmware.OVMFX64, None))
    (place / "vmlinuz").write_bytes(firmware.bzimage())
    (place / "initrd.img").write_bytes(b"initrd")
    shutil.copy(maker.signed(maker.body()), place / "report.bin")


def run(tool, document: Path, keys: Path, defs: Path) -> None:
    place = tool.directory / "document"
    place.mkdir()
    prepare(check_report.Maker(tool, keys, defs), place)
    env = {**os.environ, "PATH": f"{tool.binary.parent}:{os.environ['PATH']}"}
    found = commands(document.read_text())
    tool.tap.check(len(found) > 10, "the document has examples", f"{len(found)}")
    for command in found:
        done = subprocess.run(["bash", "-euc", command], cwd=place, env=env, capture_output=True,
                              text=True)
        tool.tap.check(done.returncode == 0, f"document: {command}",
                       done.stdout + done.stderr)
