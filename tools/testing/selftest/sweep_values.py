# SPDX-License-Identifier: GPL-2.0-only
"""What `make guest` and sweep.py do not take: one line each, before anything starts."""
import os
import subprocess
from pathlib import Path

REPO = Path(__file__).resolve().parents[3]
GUEST = [str(REPO / "tools/guest.sh"), "--check"]
SWEEP = str(REPO / "tools/sweep/sweep.py")

BAD = (
    ("VCPUS=0", "1 to 255"), ("VCPUS=x", "1 to 255"), ("VCPUS=256", "1 to 255"),
    ("VCPUS=-1", "1 to 255"), ("VCPUS=08", "1 to 255"), ("VCPUS=1000", "1 to 255"),
    ("VMSA=foo", "direct kvm"), ("VMSA=direct,kvm", "direct kvm"), ("HASHES=1", "on off"),
    ("FIRMWARE=OVMF.fd", "amdsev plain"), ("ON=moon", "model host"),
    ("HASHES=on FIRMWARE=plain", "no place for hashes"),
)
GOOD = ("", "VCPUS=255", "VMSA=kvm", "HASHES=off", "FIRMWARE=plain", "HASHES=off FIRMWARE=plain",
        "VCPUS=1 VMSA=direct HASHES=on FIRMWARE=amdsev ON=model")


def guest(words: str) -> subprocess.CompletedProcess:
    unset = ("VCPUS", "VMSA", "HASHES", "FIRMWARE", "ON")
    clean = {name: value for name, value in os.environ.items() if name not in unset}
    return subprocess.run(GUEST, env={**clean, **dict(word.split("=", 1) for word in words.split())},
                          capture_output=True, text=True)


def run(tap) -> None:
    for words, text in BAD:
        done = guest(words)
        tap.check(done.returncode == 1 and not done.stdout and text in done.stderr and
                  done.stderr.count("\n") == 1, f"make guest {words}: refused", done.stderr)
    for words in GOOD:
        done = guest(words)
        tap.check(done.returncode == 0 and not done.stdout + done.stderr,
                  f"make guest {words}: taken", done.stderr)
    done = subprocess.run([SWEEP], env={**os.environ, "ON": "moon"}, capture_output=True, text=True)
    tap.check(done.returncode == 2 and "ON=moon: it is one of: auto model host" in done.stderr,
              "make run ON=moon: refused", done.stderr)
    for counts in ("0", "2,1", "1,1", "256", "", "x"):
        done = subprocess.run([SWEEP, "--counts", counts], capture_output=True, text=True)
        tap.check(done.returncode == 2 and "--counts" in done.stderr,
                  f"sweep.py --counts '{counts}': refused", done.stderr)
