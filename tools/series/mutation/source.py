# SPDX-License-Identifier: GPL-2.0-only
"""Reads C as the kernel writes it: tokens, functions, statements.

No compiler's tree, on purpose: macros stay what the author wrote, and what this
gets wrong does not compile, or compiles to the same code, and is not counted.
"""
import re
from dataclasses import dataclass, field

TOKEN = re.compile(r"""
    (?P<skip>\s+|/\*.*?\*/|//[^\n]*)
  | (?P<directive>\#(?:\\\n|[^\n])*)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])+')
  | (?P<number>0[xX][0-9a-fA-F]+[uUlL]*|\d+[uUlL]*)
  | (?P<name>[A-Za-z_]\w*)
  | (?P<sign>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|.)
""", re.X | re.S)
OPEN, CLOSE = {"(": ")", "[": "]", "{": "}"}, set(")]}")
TYPE_WORDS = {"const", "static", "struct", "enum", "union", "unsigned", "signed", "volatile",
              "int", "long", "short", "char", "bool", "void"}
JUMPS = {"return", "goto", "break", "continue"}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    found = (Token(match.lastgroup or "", match[0], match.start())
             for match in TOKEN.finditer(text))
    return [token for token in found if token.kind not in ("skip", "directive")]


@dataclass
class Statement:
    """kind: a keyword, or block, loop (a macro's), label, declaration, expression.

    head: the range of tokens in the parentheses, or behind `return`, or of the
    whole expression or declaration without its semicolon.
    """
    kind: str
    first: int
    last: int = 0                       # its last token
    head: tuple[int, int] = (0, 0)
    children: list["Statement"] = field(default_factory=list)


@dataclass
class Function:
    name: str
    result: str                         # the type, as text
    parameters: tuple[int, int]
    body: Statement


class Source:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.partner = self._pair()
        self.line_starts = [0] + [match.end() for match in re.finditer("\n", text)]
        self.functions, self.tables = self._top_level()

    def _pair(self) -> dict[int, int]:
        partner, stack = {}, []
        for index, token in enumerate(self.tokens):
            if token.text in OPEN:
                stack.append(index)
            elif token.text in CLOSE and stack:
                partner[index] = stack.pop()
                partner[partner[index]] = index
        return partner

    def t(self, index: int) -> str:
        return self.tokens[index].text if index < len(self.tokens) else ""

    def behind(self, index: int) -> int:
        """The index behind that token, or behind the parentheses that it opens."""
        return self.partner[index] + 1 if self.t(index) in OPEN and index in self.partner \
            else index + 1

    def line_of(self, offset: int) -> int:
        low, high = 0, len(self.line_starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.line_starts[middle] <= offset else (low, middle)
        return low + 1

    def line_text(self, number: int) -> str:
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start:end if end >= 0 else len(self.text)]

    def words(self, first: int, last: int) -> str:
        """The text of tokens first to last, both included."""
        return self.text[self.tokens[first].start:self.tokens[last].end]

    def _top_level(self) -> tuple[list[Function], list[tuple[str, int, int]]]:
        functions, tables, index, begin = [], [], 0, 0
        while index < len(self.tokens):
            text = self.t(index)
            if text == "{" and self.t(index - 1) == ")":
                functions += self._function(begin, index)
            elif text == "{" and self.t(index - 1) == "=":
                tables.append((self._last_name(begin, index - 1), index, self.partner[index]))
            if text in OPEN and index in self.partner:
                index = self.partner[index]
            if self.t(index) in (";", "}"):
                begin = index + 1
            index += 1
        return functions, tables

    def _last_name(self, first: int, end: int) -> str:
        names = [token.text for token in self.tokens[first:end] if token.kind == "name"
                 and not token.text.startswith("__")]
        return names[-1] if names else ""

    def _function(self, begin: int, brace: int) -> list[Function]:
        opening = self.partner.get(brace - 1)
        if opening is None or self.tokens[opening - 1].kind != "name":
            return []
        body, _ = self._statement(brace)
        result = " ".join(token.text for token in self.tokens[begin:opening - 1])
        return [Function(self.t(opening - 1), result, (opening + 1, brace - 1), body)]

    def _statement(self, index: int) -> tuple[Statement, int]:
        """The statement that begins there, and the index behind it."""
        text = self.t(index)
        if text == "{":
            return self._block(index)
        if text in ("if", "while", "for", "switch"):
            return self._controlled(text, index, index + 1)
        if text == "do":
            return self._do(index)
        if text in ("case", "default") or (self.t(index + 1) == ":" and
                                           self.tokens[index].kind == "name"):
            return self._label(index)
        if self._is_macro_loop(index):
            return self._controlled("loop", index, index + 1)
        return self._simple(index)

    def _block(self, index: int) -> tuple[Statement, int]:
        block, at, end = Statement("block", index), index + 1, self.partner[index]
        while at < end:
            child, at = self._statement(at)
            block.children.append(child)
        block.last = end
        return block, end + 1

    def _controlled(self, kind: str, index: int, opening: int) -> tuple[Statement, int]:
        closing = self.partner[opening]
        statement = Statement(kind, index, head=(opening + 1, closing))
        child, at = self._statement(closing + 1)
        statement.children.append(child)
        if kind == "if" and self.t(at) == "else":
            child, at = self._statement(at + 1)
            statement.children.append(child)
        statement.last = at - 1
        return statement, at

    def _do(self, index: int) -> tuple[Statement, int]:
        child, at = self._statement(index + 1)
        closing = self.partner[at + 1]      # while (...)
        return Statement("while", index, closing + 1, (at + 2, closing), [child]), closing + 2

    def _label(self, index: int) -> tuple[Statement, int]:
        end = index
        while self.t(end) not in (":", ""):
            end = self.behind(end)
        kind = "case" if self.t(index) in ("case", "default") else "label"
        return Statement(kind, index, end, (index + 1, end)), end + 1

    def _is_macro_loop(self, index: int) -> bool:
        closing = self.partner.get(index + 1)
        if self.tokens[index].kind != "name" or self.t(index) in JUMPS or \
                self.t(index + 1) != "(" or closing is None:
            return False
        following = self.tokens[closing + 1]
        return following.text == "{" or following.kind == "name"

    def _simple(self, index: int) -> tuple[Statement, int]:
        end = index
        while self.t(end) not in (";", "}", ""):
            end = self.behind(end)
        text = self.t(index)
        if text in JUMPS:
            return Statement(text, index, end, (index + 1, end)), end + 1
        kind = "declaration" if self._is_declaration(index) else "expression"
        return Statement(kind, index, end, (index, end)), end + 1

    def _is_declaration(self, index: int) -> bool:
        if self.t(index) in TYPE_WORDS:
            return True
        at = index + 1
        while self.t(at) == "*":
            at += 1
        return (self.tokens[index].kind == self.tokens[at].kind == "name" and
                self.t(at + 1) in ("=", ";", ",", "["))


def walk(statement: Statement) -> list[Statement]:
    return [statement] + [found for child in statement.children for found in walk(child)]
