#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the functions that a C file (stdin) declares before it defines them, and
the structs and so on that it only names, sorted.

example: tools/series/declarations.py <build/linux/arch/x86/kvm/svm/sev.c
"""
import re
import sys

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#[^\n]*", re.M)
# "type name(arguments)", perhaps with attributes behind; a macro has no type,
# or a name in capitals
FUNCTION = re.compile(r"(?:[A-Za-z_]\w*[\s*]+)+(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)(?:\s*__\w+(?:\(.*\))?)*")
TAG = re.compile(r"(?:struct|union|enum)\s+\w+")


def top_level(text: str) -> tuple[list[str], list[str]]:
    """What ends with a semicolon outside of all braces, and what begins a body."""
    statements, heads, current, depth = [], [], "", 0
    for char in text:
        if char == "{":
            if depth == 0:
                heads.append(current)
                current = ""
            depth += 1
        elif char == "}":
            depth -= 1
        elif depth == 0 and char == ";":
            statements.append(current)
            current = ""
        elif depth == 0:
            current += char
    return statements, heads


def function(text: str) -> str:
    match = FUNCTION.fullmatch(" ".join(text.split()))
    return match[1] if match and not match[1].isupper() else ""


def main() -> None:
    text = NOISE.sub(lambda match: '""' if match[0][0] in "\"'" else " ",
                     sys.stdin.read().replace("\\\n", " "))
    statements, heads = top_level(DIRECTIVE.sub("", text))
    found = set(map(function, statements)) & set(map(function, heads)) - {""}
    tags = [" ".join(text.split()) for text in statements if TAG.fullmatch(text.strip())]
    print(*sorted([name + "()" for name in found] + tags), sep="\n")


if __name__ == "__main__":
    main()
