#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Prints the functions, structs and so on that a C file (stdin) declares and does
not define at once, sorted.

example: tools/series/declarations.py <build/linux/arch/x86/kvm/svm/sev.c
"""
import re
import sys

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'', re.S)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.)*(?:\\\n[^\n]*)*", re.M)
# "type name(arguments)", perhaps with attributes behind; a macro has no type,
# or a name in capitals
FUNCTION = re.compile(r"(?:[A-Za-z_]\w*[\s*]+)+(\w+)\s*\([^()]*(?:\([^()]*\)[^()]*)*\)(?:\s*__\w+(?:\(.*\))?)*")
TAG = re.compile(r"(?:struct|union|enum)\s+\w+")


def top_level(text: str) -> list[str]:
    """Statements outside of all braces that end with a semicolon."""
    statements, current, depth = [], "", 0
    for char in text:
        if char == "{":
            depth += 1
        elif char == "}":
            depth -= 1
            current = current + "}" if depth == 0 else current
        elif depth == 0 and char == ";":
            statements.append(current)
            current = ""
        elif depth == 0:
            current += char
    return statements


def declaration(statement: str) -> str:
    """What follows the last body is the declaration, if it is one."""
    statement = " ".join(statement.rsplit("}", 1)[-1].split())
    if "=" in statement or statement.startswith("typedef"):
        return ""
    function = FUNCTION.fullmatch(statement)
    if function and not function[1].isupper():
        return function[1] + "()"
    return statement if TAG.fullmatch(statement) else ""


def main() -> None:
    text = NOISE.sub(lambda match: '""' if match[0][0] in "\"'" else " ", sys.stdin.read())
    text = DIRECTIVE.sub("", text)
    print(*sorted(filter(None, map(declaration, top_level(text)))), sep="\n")


if __name__ == "__main__":
    main()
