# SPDX-License-Identifier: GPL-2.0-only
"""What may stand for what: constants of one enum, members of one struct."""
import re
from dataclasses import dataclass, field

from source import Source

DEFINE = re.compile(r"^#define[ \t]+([A-Z][A-Z0-9_]+)[ \t]+(?:0x|\d|\(?BIT|KVM_ARCH_REQ)", re.M)
SMALL = 4       # of a family up to here every member is tried
ERRNOS = ("EINVAL", "EIO")


@dataclass
class Families:
    """constants: name -> the others of its enum; members: struct -> member -> one of its type."""
    constants: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, dict[str, str]] = field(default_factory=dict)
    structs: dict[str, set[str]] = field(default_factory=dict)  # member -> structs that it is

    def constants_for(self, name: str) -> list[str]:
        others = self.constants.get(name, [])
        return others if len(others) < SMALL else others[:1]

    def members_for(self, structs: set[str], name: str) -> list[str]:
        """One for each struct that has such a member, if nobody knows which it is."""
        known = structs & set(self.members) or set(self.members)
        return sorted({self.members[struct][name] for struct in known
                       if name in self.members[struct]})


def read(texts: list[str]) -> Families:
    families = Families()
    for text in texts:
        source = Source(text)
        for index, token in enumerate(source.tokens):
            if token.text in ("enum", "struct", "union"):
                _body(families, source, index)
        for family in _defines(text):
            _constants(families, family)
    return families


def _body(families: Families, source: Source, index: int) -> None:
    brace = index + 1 if source.t(index + 1) == "{" else index + 2
    if source.t(brace) != "{" or brace not in source.partner:
        return
    end = source.partner[brace]
    if source.t(index) == "enum":
        names = [source.t(at) for at in range(brace + 1, end)
                 if source.tokens[at].kind == "name" and source.t(at - 1) in ("{", ",")]
        _constants(families, names)
    else:
        _members(families, source, brace, end)


def _rotated(names: list[str], name: str) -> list[str]:
    at = names.index(name)
    return names[at + 1:] + names[:at]


def _constants(families: Families, names: list[str]) -> None:
    for name in names:
        families.constants.setdefault(name, _rotated(names, name))


def _members(families: Families, source: Source, brace: int, end: int) -> None:
    """Equal types, as text, are one kind; so are the members of a union without a name."""
    kinds: dict[str, list[str]] = {}
    for kind, name in _declared(source, brace, end):
        kinds.setdefault(kind, []).append(name)
        if match := re.match(r"(?:struct|union) (\w+)", kind):
            families.structs.setdefault(name, set()).add(match[1])
    kin = families.members.setdefault(source.t(brace - 1), {})
    for names in kinds.values():
        for name in names:
            if others := _rotated(names, name):
                kin[name] = others[0]


def _declared(source: Source, brace: int, end: int) -> list[tuple[str, str]]:
    """Type and name of the members, which are declared one by one."""
    found = []
    first = at = brace + 1
    while at < end:
        if source.t(at) == "{":
            closing = source.partner[at]
            if source.t(closing + 1) == ";":
                inner = _declared(source, at, closing)
                whole = source.t(at - 1) == "union"
                found += [(f"union at {at}" if whole else kind, name) for kind, name in inner]
            at = closing
        elif source.t(at) == ";":
            names = [index for index in range(first, at) if source.tokens[index].kind == "name"]
            if len(names) > 1 and source.t(first) != "}":
                kind = " ".join(source.words(first, names[-1] - 1).split())
                found.append((kind, source.t(names[-1])))
            first = at + 1
        at += 1
    return found


def _defines(text: str) -> list[list[str]]:
    """Runs of neighbouring #defines that begin alike, up to the last but one '_'."""
    runs: list[list[str]] = []
    previous = ""
    for match in DEFINE.finditer(text):
        prefix = match[1].rsplit("_", 1)[0]
        if previous and _alike(previous, match[1]):
            runs[-1].append(match[1])
        else:
            runs.append([match[1]])
        previous = match[1] if prefix else ""
    return [run for run in runs if len(run) > 1]


def _alike(one: str, other: str) -> bool:
    """At least two words at the front are the same."""
    return one.split("_")[:2] == other.split("_")[:2] and one.count("_") > 1
