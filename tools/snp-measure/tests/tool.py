# SPDX-License-Identifier: GPL-2.0-only
"""Runs snp-measure, and openssl, which judges it."""
import subprocess
from pathlib import Path

NO, TROUBLE = 1, 2


def openssl(*args, data: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *map(str, args)], input=data, capture_output=True,
                          check=True).stdout


class Tool:
    def __init__(self, binary: Path, tap, directory: Path):
        self.binary, self.tap, self.directory = binary, tap, directory

    def file(self, name: str, data: bytes) -> Path:
        path = self.directory / name
        path.write_bytes(data)
        return path

    def run(self, *args) -> subprocess.CompletedProcess:
        return subprocess.run([self.binary, *args], capture_output=True, text=True,
                              errors="surrogateescape")

    def output(self, *args) -> str:
        """What it prints; a failure's message and status otherwise."""
        done = self.run(*args)
        return done.stdout if not done.returncode else f"{done.returncode}: {done.stderr}"

    def prints(self, name: str, wanted: str, *args) -> None:
        self.tap.equal(self.output(*args), wanted + "\n", name)

    def refuses(self, name: str, status: int, text: str, *args) -> None:
        """One line that holds text, nothing on stdout, and the status."""
        done = self.run(*args)
        good = (done.returncode == status and not done.stdout and text in done.stderr and
                done.stderr.startswith("snp-measure: ") and done.stderr.count("\n") == 1)
        self.tap.check(good, name, f"status {done.returncode} instead of {status}, "
                       f"wanted: {text}\n{done.stderr}{done.stdout}")
