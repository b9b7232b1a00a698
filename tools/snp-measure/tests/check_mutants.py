# SPDX-License-Identifier: GPL-2.0-only
"""Mutated inputs: accepted or refused with one line, and no sanitizer has a word."""
import re
import subprocess
from pathlib import Path

import check_id_block
import check_report
import firmware
import samples

SEED = "20261120"


def run(tool, mutate: Path, count: int, keys: Path, defs: Path) -> None:
    files = check_id_block.Files(tool)
    tool.output(*files.create("--author-key", files.author))
    maker = check_report.Maker(tool, keys, defs)
    report = maker.signed(maker.body())
    image = tool.file("mutate.fd", firmware.image(size=2 * firmware.SIZE))
    kernel = tool.file("mutate.kernel", firmware.bzimage(most_initrd=0x20000000))
    igvm = tool.file("mutate.igvm", samples.SOUND["every header"])
    done = subprocess.run([mutate, str(count), SEED, image, kernel, files.block, files.auth, report,
                           keys, igvm], capture_output=True, text=True)
    said = re.fullmatch(r"(\d+) accepted, (\d+) refused\n", done.stdout)
    tool.tap.check(done.returncode == 0 and bool(said) and not done.stderr,
                   f"{count} mutated inputs", done.stdout + done.stderr)
    tool.tap.check(bool(said) and min(map(int, said.groups())) > count / 20,
                   "of which neither few nor most are refused", done.stdout)
