# SPDX-License-Identifier: GPL-2.0-only
"""--help, --version, the manual page and the sources: all there, and to be read."""
import re
import subprocess
from pathlib import Path

from tool import TROUBLE

VERBS = (["digest"], ["id-block", "create"], ["id-block", "check"], ["report", "show"],
         ["report", "verify"], ["vmsa", "create"], ["vmsa", "show"], ["igvm", "show"],
         ["igvm", "digest"], ["igvm", "build"], ["igvm", "check"], ["igvm", "extract-vmsa"],
         ["pages"])


def of_help(usage: str) -> set:
    """Options that have a line of their own, or are named in the first."""
    lines = [line for line in usage.splitlines() if line.startswith(("    --", "snp-measure "))]
    return set(re.findall(r"--[a-z][a-z-]+", "\n".join(
        re.split(r"(?<=\S)  ", line.removeprefix("    "))[0] for line in lines)))


def of_manual(page: str, verb: str) -> set:
    section = re.search(rf"^\.Ss {verb}\n(.*?)^\.S[sh] ", page, re.DOTALL | re.MULTILINE)
    items = "\n".join(re.findall(r"^\.It Fl Fl .*", section[1] if section else "", re.MULTILINE))
    return {f"--{name}" for name in re.findall(r"Fl Fl ([a-z-]+)", items)}


def manual(tool, page: str) -> None:
    tool.tap.check(page.startswith('.\\" SPDX'), "the manual page has its licence", page[:80])
    for verb in VERBS:
        usage = tool.output(*verb, "--help")
        found = of_help(usage)
        tool.tap.equal(of_manual(page, " ".join(verb)), found,
                       f"the manual has {' '.join(verb)}'s options")
        tool.tap.check(f".Cm {' '.join(verb)}\n" in page,
                       f"and {' '.join(verb)} in its synopsis", "")
    sections = re.findall(r"^\.Ss (.*)", page, re.MULTILINE)
    tool.tap.equal(sections, [" ".join(verb) for verb in VERBS], "and no other verb")


def helps(tool, *words) -> None:
    done = tool.run(*words)
    wanted = "snp-measure " + ("" if words[0].startswith("-") else words[0])
    tool.tap.check(done.returncode == 0 and done.stdout.startswith(wanted) and not done.stderr,
                   f"{' '.join(map(str, words))} helps", done.stdout + done.stderr)


def anywhere(tool) -> None:
    for words in (["--help"], ["-h"], ["report", "--help"], *([*verb, "-h"] for verb in VERBS),
                  ["digest", "--json", "--help"], ["digest", "--help", "--bogus"],
                  ["digest", "--bogus", "--help"], ["digest", "--vcpus", "x", "--help"],
                  ["report", "verify", "--certs", "/nope", "/nope", "--help"],
                  ["vmsa", "create", "/nope/x", "--help"], ["pages", "zero@0x1000", "--help"],
                  ["pages", "zero@x", "-h"]):
        helps(tool, *words)
    everything = tool.output("--help")
    for word in ("digest --ovmf", "pages TYPE", "id-block --help", "report --help", "vmsa --help",
                 "igvm --help",
                 "--version"):
        tool.tap.check(f"snp-measure {word}" in everything, f"--help names {word}", everything)
    tool.refuses("--help is a value as well", TROUBLE, "--vcpus is missing", "digest", "--append",
                 "--help")


def version(tool) -> None:
    said = tool.output("--version")
    wanted = r"snp-measure \d+\.\d+ \(launches of QEMU 10\.0\.2; OpenSSL 3.*\)\n"
    tool.tap.check(re.fullmatch(wanted, said), "--version", said)


def completes(tool, completion: Path) -> None:
    """The verbs, and the second words of those that have some."""
    def words(*before) -> list:
        typed = " ".join(["snp-measure", *before, "''"])
        script = (f". {completion}; COMP_WORDS=({typed}); COMP_CWORD={len(before) + 1}; "
                  "_snp_measure; echo ${COMPREPLY[*]}")
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                              check=True).stdout.split()

    first = [verb[0] for verb in VERBS]
    tool.tap.equal(sorted(words()), sorted({*first, "--version", "--help"}),
                   "completion knows the verbs")
    for name in sorted(set(first)):
        second = [verb[1] for verb in VERBS if verb[0] == name and len(verb) > 1]
        if second:
            tool.tap.equal(sorted(words(name)), sorted(second), f"and what {name} does")


def lines(tool, sources: Path) -> None:
    """100 columns, with tabs of 8."""
    files = [file for file in sources.rglob("*") if file.suffix in (".c", ".h", ".1")]
    long = [f"{file.name}: {line}" for file in files for line in file.read_text().splitlines()
            if len(line.expandtabs(8)) > 100]
    tool.tap.check(len(files) > 20 and not long, "no line of the sources has more than 100 columns",
                   "\n".join(long))


def run(tool, sources: Path, completion: Path) -> None:
    manual(tool, (sources / "man/snp-measure.1").read_text())
    lines(tool, sources)
    anywhere(tool)
    version(tool)
    completes(tool, completion)
