# SPDX-License-Identifier: GPL-2.0-only
"""Compiles mutants with the commands that kbuild has left, which takes a second.

make would take longer to find out what to do than the compiler takes to do it.
"""
import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from generate import Mutant

COMMAND = re.compile(r"^savedcmd_\S+ := (.*)$", re.M)
KVM = Path("arch/x86/kvm")
TIMEOUT = 300


@dataclass(frozen=True)
class Built:
    """digest: of the objects that are not those of the original; "" if all are."""
    digest: str
    modules: dict[str, bytes]
    error: str = ""


def _command(out: Path, target: Path) -> str:
    text = (out / target.parent / f".{target.name}.cmd").read_text()
    match = COMMAND.search(text)
    if not match:
        raise ValueError(f"kbuild has left no command for {target}")
    return match[1].replace("$$", "$").replace("$(pound)", "#").replace("\\#", "#")


class Builder:
    """tree and out as in tools/lib/series.sh, with the modules of the series built."""

    def __init__(self, tree: Path, out: Path) -> None:
        self.tree, self.out = tree, out
        self.objects = {f"{module}.ko": self._objects_of(module) for module in ("kvm", "kvm-amd")}
        self.original: dict[Path, str] = {}
        self.kept: dict[Path, bytes] = {}

    def _objects_of(self, module: str) -> list[Path]:
        names = (self.out / KVM / f"{module}.mod").read_text().split()
        return [Path(name) for name in names]

    def _digest(self, path: Path) -> str:
        return hashlib.sha256((self.out / path).read_bytes()).hexdigest()

    def _users_of(self, name: str) -> list[Path]:
        """The objects that a file is compiled into."""
        if name.endswith(".c"):
            return [Path(name).with_suffix(".o")]
        users = []
        for path in sum(self.objects.values(), []):
            rules = (self.out / path.parent / f".{path.name}.cmd").read_text()
            if re.search(rf"/{re.escape(name)}\b", rules):
                users.append(path)
        return users

    def _run(self, target: Path) -> str:
        """What was wrong, or nothing."""
        self._keep(target)
        done = subprocess.run(["sh", "-c", _command(self.out, target)], cwd=self.out,
                              capture_output=True, text=True, timeout=TIMEOUT,
                              env={**os.environ, "LC_ALL": "C"})
        if not done.returncode:
            return ""
        lines = done.stderr.splitlines()
        return next((line for line in lines if "error" in line), "".join(lines[:1])) or "fails"

    def _keep(self, target: Path) -> None:
        if target not in self.kept:
            self.kept[target] = (self.out / target).read_bytes()

    def _need_originals(self, name: str) -> None:
        """Compiled here and now as mutants are: only then do equal bytes mean anything."""
        for path in self._users_of(name):
            if path not in self.original:
                if error := self._run(path):
                    raise RuntimeError(f"{path}: {error}")
                self.original[path] = self._digest(path)

    def build(self, texts: dict[str, str]) -> Built:
        """texts: what files of the tree hold instead."""
        for name in texts:
            self._need_originals(name)
        before = {name: (self.tree / name).read_text() for name in texts}
        try:
            for name, text in texts.items():
                (self.tree / name).write_text(text)
            return self._compiled(list(texts))
        finally:
            for name, text in before.items():
                (self.tree / name).write_text(text)
            for path, data in self.kept.items():
                (self.out / path).write_bytes(data)

    def build_mutant(self, mutant: Mutant) -> Built:
        return self.build({mutant.file: mutant.apply((self.tree / mutant.file).read_text())})

    def _compiled(self, names: list[str]) -> Built:
        users = [path for name in names for path in self._users_of(name)]
        for path in users:
            if error := self._run(path):
                return Built("", {}, error)
        changed = {path: self._digest(path) for path in users
                   if self._digest(path) != self.original[path]}
        if not changed:
            return Built("", {})
        digest = hashlib.sha256(repr(sorted(changed.items())).encode()).hexdigest()[:16]
        return self._linked(digest, set(changed))

    def _linked(self, digest: str, changed: set[Path]) -> Built:
        modules = {}
        for name, objects in self.objects.items():
            if changed.isdisjoint(objects):
                continue
            for target in (KVM / name.replace(".ko", ".o"), KVM / name):
                if error := self._run(target):
                    return Built("", {}, error)
            modules[name] = (self.out / KVM / name).read_bytes()
        return Built(digest, modules)
