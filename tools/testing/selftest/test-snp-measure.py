#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Tests snp-measure, built with AddressSanitizer and UBSan (TAP).

  tools/testing/selftest/test-snp-measure.py              everything
  tools/testing/selftest/test-snp-measure.py built        but for mutants, of $O's snp-measure
  tools/testing/selftest/test-snp-measure.py digest ...   parts of it
  tools/testing/selftest/test-snp-measure.py mutants=N    N mutated inputs

Parts: digest, inputs, id-block, igvm, report, guest, documents, manual, mutants.  Needs gcc,
libcrypto, openssl, for inputs the QEMU in $O and, for reports, what tools/snp-keys.sh
makes there.
"""
import os
import subprocess
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
REPO = HERE.parents[2]
SOURCES = REPO / "tools/snp-measure"
LIBRARY = REPO / "tools/igvm"
COMPLETION = REPO / "tools/deb/completions/snp-measure"
BUILD = Path(os.environ.get("O") or REPO / "build").absolute()
sys.path[:0] = [str(HERE), str(SOURCES / "tests"), str(LIBRARY / "tests")]

import check_digest
import check_documents
import check_guest
import check_id_block
import check_igvm
import check_inputs
import check_manual
import check_mutants
import check_report
from tap_out import Tap
from tool import Tool

FLAGS = ["-D_GNU_SOURCE", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror",
         "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]


def build(directory: Path) -> None:
    """The program, and the one that mutates inputs, of the same objects."""
    files = [*sorted(SOURCES.glob("*.c")), *sorted(LIBRARY.glob("*.c")),
             SOURCES / "tests/mutate.c"]
    objects = {file.stem: directory / f"{file.stem}.o" for file in files}

    def compile_one(file: Path) -> int:
        return subprocess.call(["gcc", *FLAGS, "-I", SOURCES, "-I", REPO / "include", "-I", LIBRARY / "include", "-c", file,
                                "-o", objects[file.stem]])

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if any(pool.map(compile_one, files)):
            sys.exit("snp-measure does not compile")
    for name, main in (("snp-measure", "main"), ("mutate", "mutate")):
        others = [path for stem, path in objects.items() if stem not in ("main", "mutate")]
        subprocess.run(["gcc", *FLAGS, objects[main], *others, "-lcrypto", "-lz", "-o",
                        directory / name], check=True)


def keys() -> Path:
    subprocess.run([REPO / "tools/snp-keys.sh"], stdout=sys.stderr, check=True,
                   env={**os.environ, "O": str(BUILD)})
    return BUILD / "snp-keys"


def main() -> int:
    words = dict(word.partition("=")[::2] for word in sys.argv[1:])
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        program = directory / "snp-measure"
        if words.pop("built", None) is None:
            build(directory)
        else:
            program = BUILD / "snp-measure/snp-measure"
            words = words or dict.fromkeys(("digest", "inputs", "id-block", "igvm", "report",
                                            "guest", "documents", "manual"))
        tool = Tool(program, tap, directory)
        defs = REPO / "tools/snp-model/fw/defs.h"
        parts = {
            "digest": lambda: check_digest.run(tool),
            "inputs": lambda: check_inputs.run(
                tool, BUILD / "qemu-build/qemu-system-x86_64"),
            "id-block": lambda: check_id_block.run(tool),
            "igvm": lambda: check_igvm.run(tool),
            "report": lambda: check_report.run(tool, keys(), defs),
            "guest": lambda: check_guest.run(
                tool, check_guest.build(directory, SOURCES, FLAGS), keys(), defs),
            "documents": lambda: check_documents.run(tool, REPO / "Documentation/snp-measure.rst",
                                                     keys(), defs),
            "manual": lambda: check_manual.run(tool, SOURCES, COMPLETION),
            "mutants": lambda: check_mutants.run(tool, directory / "mutate",
                                                 int(words.get("mutants") or 5000), keys(), defs),
        }
        if unknown := set(words) - set(parts):
            sys.exit(f"no such part: {', '.join(unknown)}")
        for part in words or parts:
            try:
                parts[part]()
            except Exception:   # what a check needs from the program did not come
                tap.check(False, f"{part} runs to its end", traceback.format_exc())
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())
