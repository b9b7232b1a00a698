# SPDX-License-Identifier: GPL-2.0-only
"""All mutants of the lines that the series adds or changes in arch/x86/kvm."""
import hashlib
import re
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

import families
import topic
from rules import Change, Edit, Mutator
from source import Function, Source

AREA = "arch/x86/kvm"
NAMED = topic.own("named")
# Where constants and members have their kin.
HEADERS = ("arch/x86/kvm/svm/svm.h", "arch/x86/kvm/svm/sev.c", "arch/x86/include/asm/svm.h",
           "arch/x86/include/asm/sev.h", "arch/x86/include/asm/kvm_host.h",
           "arch/x86/include/asm/pgtable_types.h", "arch/x86/include/uapi/asm/kvm.h",
           "include/uapi/linux/kvm.h", "include/uapi/linux/psp-sev.h", "include/linux/psp-sev.h")


@dataclass(frozen=True)
class Mutant:
    id: str
    rule: str
    function: str
    file: str
    line: int
    edits: tuple[Edit, ...]
    before: str                     # the line, as it is and as it becomes
    after: str

    def apply(self, text: str) -> str:
        return applied(text, self.edits)

    def row(self) -> dict:
        return {key: value for key, value in asdict(self).items() if key != "edits"}


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    for start, end, replacement in sorted(edits, reverse=True):
        text = text[:start] + replacement + text[end:]
    return text


def git(tree: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(tree), *arguments], check=True,
                          capture_output=True, text=True).stdout


def changed_files(tree: Path, commits: list[str]) -> list[str]:
    files = {name for commit in commits for name in
             git(tree, "diff", "--name-only", f"{commit}^", commit, "--", AREA).split()}
    return sorted(name for name in files if name.endswith((".c", ".h")))


def changed_lines(tree: Path, commits: list[str], name: str) -> set[int]:
    """Those that are the series' in HEAD; what it only moves or indents is not."""
    blame = git(tree, "blame", "-w", "-M", "--porcelain", "HEAD", "--", name)
    heads = re.findall(r"^([0-9a-f]{40}) \d+ (\d+)", blame, re.M)
    return {int(line) for commit, line in heads if commit in commits}


class Numbered:
    """Gives out ids that survive a rebase: a line is known by its text, not its number."""

    def __init__(self, source: Source, name: str) -> None:
        self.source, self.name = source, name
        self.seen: dict[str, int] = {}

    def mutant(self, function: str, change: Change) -> Mutant:
        line = self.source.line_of(self.source.tokens[change.at].start)
        before = self.source.line_text(line)
        column = len(" ".join(before[:self.source.tokens[change.at].start -
                                     self.source.line_starts[line - 1]].split()))
        words = [" ".join(before.split()), str(column), *(text for _, _, text in change.edits)]
        digest = hashlib.sha256("\0".join(words).encode()).hexdigest()[:8]
        name = f"{change.rule}:{function}:{digest}"
        self.seen[name] = self.seen.get(name, 0) + 1
        if self.seen[name] > 1:
            name += f".{self.seen[name]}"
        return Mutant(name, change.rule, function, self.name, line, change.edits,
                      " ".join(before.split()), self._after(change.edits))

    def _after(self, edits: tuple[Edit, ...]) -> str:
        first, last = (self.source.line_of(edits[0][0]),
                       self.source.line_of(edits[0][1] - 1))
        begin = self.source.line_starts[first - 1]
        end = self.source.line_starts[last - 1] + len(self.source.line_text(last))
        start, stop, text = edits[0]
        return " ".join((self.source.text[begin:start] + text +
                         self.source.text[stop:end]).split())


def _touches(source: Source, change: Change, lines: set[int]) -> bool:
    return any(source.line_of(start) in lines for start, _, _ in change.edits)


def _of_tables(source: Source, numbered: Numbered) -> list[tuple[str, Change]]:
    """Entries of tables of operations, each left out."""
    changes = []
    for name, first, last in source.tables:
        for at in range(first + 1, last):
            end = at
            while source.t(end) not in (",", "}"):
                end = source.behind(end)
            if source.t(at) == "." and source.t(at - 1) in ("{", ","):
                start, stop = source.tokens[at].start, source.tokens[end].end
                if source.t(end) == "}":
                    stop = source.tokens[end - 1].end
                changes.append((name, Change("delete", at, ((start, stop, ""),))))
    return changes


def _of_function(source: Source, function: Function,
                 kin: families.Families) -> list[tuple[str, Change]]:
    return [(function.name, change) for change in Mutator(source, function, kin).changes()]


def mutants_of(text: str, name: str, lines: set[int], kin: families.Families) -> list[Mutant]:
    source = Source(text)
    numbered = Numbered(source, name)
    changes = [pair for function in source.functions
               for pair in _of_function(source, function, kin)]
    changes += _of_tables(source, numbered)
    found, seen = [], set()
    for function, change in changes:
        mutated = applied(text, change.edits)
        if _touches(source, change, lines) and mutated not in seen:
            seen.add(mutated)
            found.append(numbered.mutant(function, change))
    return found


def _paragraphs(text: str) -> list[list[str]]:
    return [paragraph.split("\n") for paragraph in text.strip().split("\n\n")]


def named(texts: dict[str, str]) -> list[Mutant]:
    """Those of the file of that name; texts: file -> what it holds."""
    functions = {function.name: (name, source, function) for name, text in texts.items()
                 for source in [Source(text)] for function in source.functions}
    mutants = []
    for head, old, new in _paragraphs(NAMED.read_text().split("\n\n", 1)[1]):
        title, function = head.split()
        name, source, where = functions[function]
        start, end = (source.tokens[at].start for at in (where.body.first, where.body.last))
        if source.text.count(old[1:], start, end) != 1:
            raise ValueError(f"named: {title} does not apply to {function}()")
        at = source.text.index(old[1:], start)
        mutants.append(Mutant(f"named:{title}", "named", function, name, source.line_of(at),
                              ((at, at + len(old) - 1, new[1:]),),
                              " ".join(old[1:].split()), " ".join(new[1:].split())))
    return mutants


def all_mutants(tree: Path, commits: list[str]) -> list[Mutant]:
    kin = families.read([(tree / name).read_text() for name in HEADERS if (tree / name).exists()])
    texts = {name: git(tree, "show", f"HEAD:{name}") for name in changed_files(tree, commits)}
    mutants = [mutant for name, text in texts.items()
               for mutant in mutants_of(text, name, changed_lines(tree, commits, name), kin)]
    return mutants + named(texts)
