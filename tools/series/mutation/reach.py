# SPDX-License-Identifier: GPL-2.0-only
"""Which statements of the series a test reaches: a flag in front of each of them.

As gcov would tell, but with the kernel that everything else runs on, and neither
finer nor coarser than the mutants are: a flag stands for one statement's lines.
"""
import re
from dataclasses import dataclass, field

from source import Source, Statement

FLAGS = """
static char reach_flags[{count} + 1];

static int reach_set(const char *value, const struct kernel_param *kp)
{{
	memset(reach_flags, '-', {count});
	return 0;
}}

static int reach_get(char *buffer, const struct kernel_param *kp)
{{
	return sprintf(buffer, "%s\\n", reach_flags);
}}

static const struct kernel_param_ops reach_ops = {{ .set = reach_set, .get = reach_get }};
module_param_cb({name}, &reach_ops, NULL, 0644);
"""
MOST = 4000         # flags that fit into what a parameter can say
BODIES = ("if", "while", "for", "loop")


@dataclass
class Flagged:
    """A source with flags; lines[n]: those that flag n stands for."""
    name: str                       # of the module's parameter
    text: str = ""
    lines: list[list[int]] = field(default_factory=list)


def _lines(source: Source, statement: Statement) -> list[int]:
    """Without those of the statements inside."""
    last = statement.last
    if statement.kind in (*BODIES, "switch") and source.t(statement.first) != "do":
        last = source.partner[statement.first + 1]
    ends = (source.tokens[statement.first].start, source.tokens[last].start)
    return list(range(source.line_of(ends[0]), source.line_of(ends[1]) + 1))


def _wrapped(source: Source, statement: Statement, flagged: Flagged,
             edits: list[tuple[int, str]], alone: bool) -> None:
    """alone: it is the whole body of an if or a loop, and needs braces for two."""
    if statement.kind not in ("block", "label", "case", "declaration"):
        flag = f"reach_flags[{len(flagged.lines)}] = 'x'; "
        edits.append((source.tokens[statement.first].start, "{ " * alone + flag))
        flagged.lines.append(_lines(source, statement))
    for child in statement.children:
        _wrapped(source, child, flagged, edits, statement.kind != "block")
    if alone and statement.kind != "block":
        edits.append((source.tokens[statement.last].end, " }"))


def flagged(text: str, name: str, functions: set[str]) -> Flagged:
    """Of the functions of these names."""
    source, result = Source(text), Flagged(name)
    edits: list[tuple[int, str]] = []
    for function in source.functions:
        if function.name in functions:
            _wrapped(source, function.body, result, edits, False)
    if len(result.lines) > MOST:
        raise ValueError(f"{name} has more statements than flags can be shown")
    for at, insert in sorted(edits, key=lambda edit: edit[0], reverse=True):
        text = text[:at] + insert + text[at:]
    end = text.rindex("#include", 0, text.index(function_head(source)))
    end = text.index("\n", end) + 1
    result.text = text[:end] + FLAGS.format(count=len(result.lines), name=name) + text[end:]
    return result


def read(every: dict[str, Flagged], said: str) -> dict[str, list[int]]:
    """The lines that in-l1 says were reached; every: file -> its flags."""
    reached = {}
    for file, flags in every.items():
        if match := re.search(rf"^# {flags.name} (\S+)$", said, re.M):
            reached[file] = sorted({line for number, flag in enumerate(match[1]) if flag == "x"
                                    for line in flags.lines[number]})
    return reached


def function_head(source: Source) -> str:
    return f"{source.functions[0].name}("
