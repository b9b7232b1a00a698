# SPDX-License-Identifier: GPL-2.0-only
"""The rules by which a function is mutated.  Each yields edits of its text."""
import re
from collections.abc import Iterator
from dataclasses import dataclass

from families import ERRNOS, Families
from source import CLOSE, JUMPS, Function, Source, Statement, walk

Edit = tuple[int, int, str]         # start, end, what stands there instead
LOCKS = {"mutex_lock": "mutex_unlock", "read_lock": "read_unlock", "write_lock": "write_unlock",
         "spin_lock": "spin_unlock", "raw_spin_lock": "raw_spin_unlock",
         "down_read": "up_read", "down_write": "up_write",
         "filemap_invalidate_lock": "filemap_invalidate_unlock",
         "kvm_lock_all_vcpus": "kvm_unlock_all_vcpus", "vcpu_load": "vcpu_put",
         "srcu_read_lock": "srcu_read_unlock"}
COMPARE = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">"}
TRUTH = {"true": "false", "false": "true"}
ERRNO = re.compile(r"E[A-Z0-9]{2,}")
MACRO = re.compile(r"[A-Z][A-Z0-9_]{3,}")
NUMBER_LIKE = ("int", "long", "ssize_t")
MESSAGES = re.compile(r"(pr|dev|vcpu|kvm_pr)_(err|warn|info|debug|notice)\w*")
INERT = {"sizeof", "__func__"}      # nothing in their parentheses is evaluated
ENDS_OPERAND = re.compile(r"[\w)\]]$")


@dataclass(frozen=True)
class Change:
    rule: str
    at: int                         # the token that it is about
    edits: tuple[Edit, ...]


class Mutator:
    """All changes of one function."""

    def __init__(self, source: Source, function: Function, families: Families) -> None:
        self.source, self.function, self.families = source, function, families
        self.statements = walk(function.body)
        self.variables = self._declared()

    def changes(self) -> Iterator[Change]:
        yield from self._locks()        # first: without guard() no statement is left
        for statement in self.statements:
            yield from self._delete(statement)
            yield from self._negate(statement)
            yield from self._success(statement)
            if statement.kind not in ("block", "case", "label", "break", "continue", "goto"):
                yield from self._expression(*self._expression_of(statement))

    # ---- places

    def _span(self, first: int, last: int) -> tuple[int, int]:
        return self.source.tokens[first].start, self.source.tokens[last].end

    def _replace(self, first: int, last: int, text: str) -> Edit:
        """Lines stay where they are, since warnings carry their numbers."""
        start, end = self._span(first, last)
        return start, end, text + "\n" * (self.source.text.count("\n", start, end) -
                                          text.count("\n"))

    def _change(self, rule: str, first: int, last: int, text: str) -> Change:
        return Change(rule, first, (self._replace(first, last, text),))

    def _expression_of(self, statement: Statement) -> tuple[int, int]:
        first, end = statement.head
        if statement.kind == "declaration":     # only what is behind the first =
            while first < end and self.source.t(first) != "=":
                first = self.source.behind(first)
        return first, end

    def _inert(self, index: int, end: int) -> int:
        """The index behind what is not evaluated or only printed, else index."""
        name = self.source.t(index)
        closing = self.source.partner.get(index + 1)
        if self.source.t(index + 1) == "(" and closing and closing < end and \
                (name in INERT or MESSAGES.fullmatch(name)):
            return closing + 1
        return index

    def _declared(self) -> dict[str, str]:
        """Variables and parameters: name -> type, as text."""
        variables: dict[str, str] = {}
        first, end = self.function.parameters
        for begin, stop in self._split(first, end, (",",)):
            self._declare(variables, begin, stop)
        for statement in self.statements:
            if statement.kind == "declaration":
                self._declare_all(variables, statement)
        return variables

    def _declare_all(self, variables: dict[str, str], statement: Statement) -> None:
        pieces = self._split(*statement.head, (",",))
        kind = self._declare(variables, *pieces[0])
        for first, end in pieces[1:]:
            stars = [at for at in range(first, end) if self.source.t(at) == "*"]
            name = first + len(stars)
            if name < end and self.source.tokens[name].kind == "name":
                variables[self.source.t(name)] = kind.rstrip("* ") + " *" * len(stars)

    def _declare(self, variables: dict[str, str], first: int, end: int) -> str:
        stop = next((at for at in range(first, end) if self.source.t(at) in ("=", "[")), end)
        name = stop - 1
        if name <= first or self.source.tokens[name].kind != "name":
            return ""
        kind = " ".join(self.source.t(at) for at in range(first, name))
        variables[self.source.t(name)] = kind
        return kind

    def _split(self, first: int, end: int, signs: tuple[str, ...]) -> list[tuple[int, int]]:
        """The pieces between signs, not those in parentheses."""
        pieces, begin, at = [], first, first
        while at < end:
            if self.source.t(at) in signs:
                pieces.append((begin, at))
                begin = at + 1
            at = self.source.behind(at)
        return pieces + [(begin, end)] if begin < end else pieces

    # ---- rules about statements

    def _delete(self, statement: Statement) -> Iterator[Change]:
        first, last = statement.first, statement.last
        if statement.kind == "expression" or statement.kind in JUMPS:
            yield self._change("delete", first, last, ";")
        elif statement.kind == "case" and self.source.t(first) == "case":
            yield self._change("delete", first, last, "")

    def _negate(self, statement: Statement) -> Iterator[Change]:
        first, end = statement.head
        if statement.kind == "for":
            pieces = self._split(first, end, (";",))
            first, end = pieces[1] if len(pieces) == 3 else (0, 0)
        elif statement.kind == "return" and (self.source.t(first) in TRUTH or
                                             self.function.result.split()[-1:] != ["bool"]):
            return
        if statement.kind in ("if", "while", "for", "return") and first < end:
            yield self._change("negate", first, end - 1,
                               f"!({self.source.words(first, end - 1)})")

    def _success(self, statement: Statement) -> Iterator[Change]:
        """The call is made and its result is not looked at."""
        first, end = statement.head
        if statement.kind in ("expression", "declaration"):
            equals = next((at for at in range(first, end) if self.source.t(at) == "="), end)
            if equals == end or not self._is_number(self.source.t(equals - 1)):
                return
            first = equals + 1
        elif statement.kind != "return" or not self._is_int(self.function.result):
            return
        if first < end and self.source.t(end - 1) == ")" and \
                self.source.partner[end - 1] == first + 1:
            call = self.source.words(first, end - 1)
            yield self._change("success", first, end - 1, f"((void){call}, 0)")
        elif self.source.t(first) == "-" and ERRNO.fullmatch(self.source.t(first + 1)):
            yield self._change("success", first, first + 1, "0")

    def _is_int(self, kind: str) -> bool:
        return "*" not in kind and any(word in kind.split() for word in NUMBER_LIKE)

    def _is_number(self, name: str) -> bool:
        return self._is_int(self.variables.get(name, ""))

    def _call_of(self, statement: Statement) -> tuple[str, str, int, int]:
        """Name and arguments of the call that a statement is or assigns, and its tokens."""
        first, end = statement.head
        if statement.kind not in ("expression", "declaration") or self.source.t(end - 1) != ")":
            return "", "", 0, 0
        opening = self.source.partner[end - 1]
        arguments = self.source.words(opening, end - 1)
        return self.source.t(opening - 1), " ".join(arguments.split()), opening - 1, end - 1

    def _locks(self) -> Iterator[Change]:
        calls = [(statement, *self._call_of(statement)) for statement in self.statements]
        for statement, name, arguments, first, last in calls:
            if name in LOCKS:
                alone = first == statement.first
                edits = [self._replace(first, last, "" if alone else "0")]
                edits += [self._replace(start, stop, "") for _, other, same, start, stop in calls
                          if other == LOCKS[name] and same == arguments]
                yield Change("lock", first, tuple(edits))
        for statement in self.statements:
            first = statement.first
            if statement.kind == "expression" and self.source.t(first) == "guard":
                yield self._change("lock", first, statement.last, ";")
            elif statement.kind == "loop" and self.source.t(first) == "scoped_guard":
                yield self._change("lock", first, self.source.partner[first + 1], "")

    # ---- rules about expressions

    def _live(self, first: int, end: int) -> Iterator[int]:
        at = first
        while at < end:
            skipped = self._inert(at, end)
            if skipped > at:
                at = skipped
                continue
            yield at
            at += 1

    def _expression(self, first: int, end: int) -> Iterator[Change]:
        for at in self._live(first, end):
            yield from self._token(at, first, end)
        yield from self._operands(first, end)

    def _token(self, at: int, first: int, end: int) -> Iterator[Change]:
        token, source = self.source.tokens[at], self.source
        if token.text in COMPARE:
            yield self._change("compare", at, at, COMPARE[token.text])
        elif token.text == "?":
            yield from self._ternary(at, first)
        elif token.kind == "number" and source.t(at - 1) != "{":
            yield self._change("off-by-one", at, at, f"({token.text} + 1)")
        elif token.text in TRUTH:
            yield self._change("constant", at, at, TRUTH[token.text])
        elif token.kind == "name" and source.t(at - 1) in ("->", "."):
            for other in self.families.members_for(self._structs_of(at - 1), token.text):
                yield self._change("payload", at, at, other)
        elif token.kind == "name":
            yield from self._name(at)
        if token.text == "." and source.t(at - 1) in ("{", ","):
            yield from self._initializer(at)
        elif token.text == "(" and source.tokens[at - 1].kind == "name":
            yield from self._arguments(at)
        elif token.text == "=" and source.tokens[at + 1].kind == "name" and at + 2 == end:
            yield from self._other_variable(at + 1)

    def _structs_of(self, sign: int) -> set[str]:
        """What can be in front of a -> or a dot, as far as that is written."""
        at = sign - 1
        if self.source.t(at) in ("{", ","):     # (struct name) { .member = ... }
            while at > 0 and self.source.t(at) != "{":
                at = self.source.partner[at] - 1 if self.source.t(at) in CLOSE else at - 1
            return {self.source.t(at - 2)}
        if self.source.t(at - 1) in ("->", "."):
            return self.families.structs.get(self.source.t(at), set())
        words = self.variables.get(self.source.t(at), "").split()
        return {words[words.index("struct") + 1]} if "struct" in words else set()

    def _name(self, at: int) -> Iterator[Change]:
        name = self.source.t(at)
        if ERRNO.fullmatch(name) and self.source.t(at - 1) == "-":
            yield self._change("constant", at, at, next(e for e in ERRNOS if e != name))
        elif others := self.families.constants_for(name):
            for other in others:
                yield self._change("constant", at, at, other)
        elif MACRO.fullmatch(name) and self.source.t(at + 1) != "(" and \
                name != "NULL" and not name.startswith("GFP_"):
            yield self._change("off-by-one", at, at, f"({name} + 1)")

    def _ternary(self, at: int, first: int) -> Iterator[Change]:
        begin = at
        while begin > first and self.source.t(begin - 1) not in ("=", "(", ",", "return"):
            begin = self.source.partner.get(begin - 1, begin - 1)
        if begin < at:
            yield self._change("negate", begin, at - 1, f"!({self.source.words(begin, at - 1)})")

    def _initializer(self, at: int) -> Iterator[Change]:
        """Left out: the member is zero."""
        end = at
        while self.source.t(end) not in (",", "}"):
            end = self.source.behind(end)
        yield self._change("delete", at, end - (self.source.t(end) == "}"), "")

    def _arguments(self, opening: int) -> Iterator[Change]:
        for first, end in self._split(opening + 1, self.source.partner[opening], (",",)):
            if end == first + 1 and self.source.t(first) in self.variables:
                yield from self._other_variable(first)

    def _other_variable(self, at: int) -> Iterator[Change]:
        name = self.source.t(at)
        kind = self.variables.get(name)
        names = [other for other, its in self.variables.items() if its == kind]
        if name in names and len(names) > 1:
            other = names[(names.index(name) + 1) % len(names)]
            yield self._change("payload", at, at, other)

    def _operands(self, first: int, end: int) -> Iterator[Change]:
        """In every pair of parentheses on its own: one operand less."""
        behind = first
        for at in self._live(first, end):
            if at >= behind and self.source.t(at) == "(" and at in self.source.partner:
                behind = self.source.partner[at]
                yield from self._operands(at + 1, behind)
        for part, stop in self._split(first, end, (",", "=", "?", ":", ";", "return")):
            yield from self._drop(part, stop, ("||",))

    def _drop(self, first: int, end: int, signs: tuple[str, ...]) -> list[Change]:
        pieces = self._split(first, end, signs)
        changes = []
        for number, (begin, stop) in enumerate(pieces):
            if len(pieces) > 1:
                last = number == len(pieces) - 1
                changes.append(self._change("operand", begin - last, stop - 1 + (not last), ""))
            if signs == ("||",):
                changes += self._drop(begin, stop, ("&&",))
            else:
                changes += self._bits(begin, stop)
        return changes

    def _bits(self, first: int, end: int) -> list[Change]:
        """Of a & b, a | b and a + b: each operand alone."""
        found = [at for at in self._level(first, end) if at > first and
                 self.source.t(at) in ("&", "|", "+", "-", "<<", ">>") and
                 ENDS_OPERAND.search(self.source.t(at - 1))]
        edges = [first - 1, *found, end]
        changes = []
        for left, sign, right in zip(edges, edges[1:], edges[2:]):
            changes.append(self._change("operand", sign, right - 1, ""))
            if self.source.t(sign) in ("&", "|", "+"):
                changes.append(self._change("operand", left + 1, sign, ""))
        return changes

    def _level(self, first: int, end: int) -> Iterator[int]:
        at = first
        while at < end:
            yield at
            at = self.source.behind(at)
