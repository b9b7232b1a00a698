# SPDX-License-Identifier: GPL-2.0-only
"""KVM's module for AMD with a bug planted in sev.c, built with the commands of kbuild."""
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

KVM = "arch/x86/kvm"
OBJECT = f"{KVM}/svm/sev.o"
SOURCE = re.compile(r"\S+/arch/x86/kvm/svm/sev\.c\b")
COMMAND = re.compile(r"^savedcmd_\S+ := (.*)$", re.M)


@dataclass
class Plant:
    name: str
    what: str
    kernel: str = ""
    says: str = ""
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def apply(self, text: str) -> str:
        old, new = "\n".join(self.old) + "\n", "\n".join(self.new) + "\n"
        if text.count(old) != 1:
            raise ValueError(f"what {self.name} replaces is there {text.count(old)} times")
        return text.replace(old, new)


def read(path: Path) -> list[Plant]:
    plants: list[Plant] = []
    for line in path.read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "plant":
            plants.append(Plant(*rest.split(" ", 1)))
        elif word in ("kernel", "says"):
            setattr(plants[-1], word, rest)
        elif line[:1] == "-":
            plants[-1].old.append(line[1:])
        elif line[:1] == "+":
            plants[-1].new.append(line[1:])
    return plants


def _command(out: Path, target: str) -> str:
    path = out / Path(target).parent / f".{Path(target).name}.cmd"
    match = COMMAND.search(path.read_text())
    if not match:
        raise ValueError(f"kbuild has left no command for {target}")
    return match[1].replace("$$", "$").replace("$(pound)", "#").replace("\\#", "#")


def _run(out: Path, command: str) -> None:
    done = subprocess.run(["sh", "-c", command], cwd=out, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[:60]}...: {done.stderr}")


def build(plant: Plant, tree: Path, out: Path, work: Path) -> bytes:
    """The module; neither tree nor the directory of the kernel is written to."""
    source = tree / OBJECT.replace(".o", ".c")
    (work / "sev.c").write_text(plant.apply(source.read_text()))
    command, count = SOURCE.subn(str(work / "sev.c"), _command(out, OBJECT))
    if count != 1:
        raise ValueError(f"the command of kbuild names the source {count} times")
    _run(out, command.replace(f"{KVM}/svm/.sev.o.d", str(work / "sev.d"))
         .replace(f"-o {OBJECT} ", f"-iquote {source.parent} -o {work}/sev.o "))
    objects = (out / KVM / "kvm-amd.mod").read_text().replace(OBJECT, f"{work}/sev.o")
    (work / "kvm-amd.mod").write_text(objects)
    _run(out, _command(out, f"{KVM}/kvm-amd.o").replace(f"{KVM}/kvm-amd.o", f"{work}/kvm-amd.o")
         .replace(f"@{KVM}/kvm-amd.mod", f"@{work}/kvm-amd.mod"))
    _run(out, _command(out, f"{KVM}/kvm-amd.ko").replace(f"{KVM}/kvm-amd.o", f"{work}/kvm-amd.o")
         .replace(f"{KVM}/kvm-amd.ko", f"{work}/kvm-amd.ko"))
    _run(out, f"strip -g {work}/kvm-amd.ko")
    return (work / "kvm-amd.ko").read_bytes()
