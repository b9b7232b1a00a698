#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Whether this machine is an SEV-SNP host itself, so that no model is needed.

  tools/lib/realhost.py [--root DIR]    exit status 0 if it is, else 1

Whoever has SNP but cannot use it is told why.  --root is for tests.
"""
import argparse
import fcntl
import os
import re
import sys
from pathlib import Path

SEV_SNP = "sys/module/kvm_amd/parameters/sev_snp"
DEVICES = ("dev/kvm", "dev/sev")
KVM_CHECK_EXTENSION = 0xae03
SERIES = Path(__file__).resolve().parents[2] / "patches/linux/direct-vmsa"


def capability() -> int:
    """The number is provisional, and the series alone has it."""
    for patch in sorted(SERIES.glob("*.patch")):
        found = re.search(r"^\+#define KVM_CAP_SNP_DIRECT_VMSA (\d+)$", patch.read_text(), re.M)
        if found:
            return int(found[1])
    raise LookupError(f"no patch in {SERIES} defines KVM_CAP_SNP_DIRECT_VMSA")


def has_direct_vmsa(kvm: Path) -> bool:
    descriptor = os.open(kvm, os.O_RDWR | os.O_CLOEXEC)
    try:
        return fcntl.ioctl(descriptor, KVM_CHECK_EXTENSION, capability()) > 0
    finally:
        os.close(descriptor)


def obstacle(root: Path = Path("/"), check=has_direct_vmsa) -> str | None:
    """None if nothing is in the way; an empty text if this is no SNP host at all."""
    try:
        if (root / SEV_SNP).read_text().strip() not in ("Y", "1"):
            return ""
    except OSError:
        return ""
    for device in DEVICES:
        if not os.access(root / device, os.R_OK | os.W_OK):
            return f"this host has SEV-SNP, but /{device} cannot be opened: try it as root"
    try:
        if check(root / DEVICES[0]):
            return None
    except OSError as error:
        return f"this host has SEV-SNP, but /dev/kvm does not answer: {error.strerror}"
    return ("this host has SEV-SNP, but its kernel lacks KVM_CAP_SNP_DIRECT_VMSA: "
            "boot one with patches/linux applied")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("/"), metavar="DIR")
    why = obstacle(parser.parse_args().root)
    if why:
        print(why, file=sys.stderr)
    return int(why is not None)


if __name__ == "__main__":
    sys.exit(main())
