#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does the generator of mutants follow its rules, and does the judge of results object?"""
import sys
import tempfile
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tools/series/mutation"))

import boots                        # noqa: E402
import families                     # noqa: E402
import generate                     # noqa: E402
import probes                       # noqa: E402
import results                      # noqa: E402
from harness.kmsg import Record     # noqa: E402
from harness.session import Raw     # noqa: E402

HEADER = """
enum state { S_NONE, S_SHARED, S_OWNED };
struct vmsa { enum state state; union { void *page; u64 gpa; }; int a; int b; };
"""
CODE = """
static int f(struct vmsa *vmsa, int n)
{
	int ret, m = 2;

	guard(mutex)(&vmsa->lock);

	if (!vmsa->page || (n < 8 && flags & MASK)) {
		pr_debug("%d %d\\n", vmsa->a, n);
		return -EINVAL;
	}

	for_each(i, vmsa)
		vmsa->a = n;

	read_lock(&kvm->lock);
	vmsa->state = S_SHARED;
	read_unlock(&kvm->lock);
	switch (vmsa->state) {
	case S_NONE:
		break;
	}

	ret = g(vmsa,
		n);
	return vmsa->b ? ret : 0;
}

static bool h(void)
{
	return x == 1;
}

static struct ops ops = {
	.first = f,
	.second = h,
};
"""


def after(rule: str, function: str = "f", lines: set[int] | None = None) -> list[str]:
    kin = families.read([HEADER])
    lines = lines or set(range(1, CODE.count("\n") + 1))
    return [mutant.after for mutant in generate.mutants_of(CODE, "f.c", lines, kin)
            if mutant.rule == rule and mutant.function == function]


class Rules(unittest.TestCase):
    def check(self, rule: str, *expected: str, function: str = "f") -> None:
        self.assertEqual(sorted(after(rule, function)), sorted(expected))

    def test_negate(self) -> None:
        self.check("negate", "if (!(!vmsa->page || (n < 8 && flags & MASK))) {",
                   "return !(vmsa->b) ? ret : 0;")
        self.check("negate", "return !(x == 1);", function="h")

    def test_operand(self) -> None:
        self.check("operand", "if ( (n < 8 && flags & MASK)) {", "if (!vmsa->page ) {",
                   "if (!vmsa->page || ( flags & MASK)) {", "if (!vmsa->page || (n < 8 )) {",
                   "if (!vmsa->page || (n < 8 && flags )) {",
                   "if (!vmsa->page || (n < 8 && MASK)) {")

    def test_constant(self) -> None:
        self.check("constant", "return -EIO;", "vmsa->state = S_OWNED;", "vmsa->state = S_NONE;")

    def test_compare(self) -> None:
        self.check("compare", "if (!vmsa->page || (n <= 8 && flags & MASK)) {")

    def test_off_by_one(self) -> None:
        self.check("off-by-one", "int ret, m = (2 + 1);", "return vmsa->b ? ret : (0 + 1);",
                   "if (!vmsa->page || (n < (8 + 1) && flags & MASK)) {",
                   "if (!vmsa->page || (n < 8 && flags & (MASK + 1))) {")

    def test_success(self) -> None:
        self.check("success", "return 0;", "ret = ((void)g(vmsa, n), 0);")

    def test_payload(self) -> None:
        self.check("payload", "if (!vmsa->gpa || (n < 8 && flags & MASK)) {", "vmsa->b = n;",
                   "return vmsa->a ? ret : 0;", "vmsa->a = ret;", "ret);")

    def test_lock(self) -> None:
        self.check("lock", ";", ";")

    def test_delete(self) -> None:
        found = after("delete")
        for text in (";", "vmsa->state = S_SHARED;"):
            self.assertEqual(text in found, text == ";")
        self.check("delete", "", "", function="ops")

    def test_only_changed_lines(self) -> None:
        self.assertEqual(after("off-by-one", lines={4}), ["int ret, m = (2 + 1);"])

    def test_lines_stay(self) -> None:
        kin = families.read([HEADER])
        for mutant in generate.mutants_of(CODE, "f.c", set(range(1, 99)), kin):
            self.assertEqual(mutant.apply(CODE).count("\n"), CODE.count("\n"), mutant.id)

    def test_ids_survive_other_lines(self) -> None:
        kin = families.read([HEADER])
        moved = CODE.replace("static bool h", "static int more;\n\nstatic bool h")
        every = set(range(1, 99))
        self.assertEqual([m.id for m in generate.mutants_of(CODE, "f.c", every, kin)],
                         [m.id for m in generate.mutants_of(moved, "f.c", every, kin)])


def raw(*texts: str, how: str = "exit", value: int = 0) -> Raw:
    records = [Record(0 if not text.startswith("mutation") else 1, number, number, text)
               for number, text in enumerate(texts)]
    return Raw(how, value, records=records)


class Judge(unittest.TestCase):
    TABLE = boots.splats.read_table()

    def see(self, *texts: str, **more: object) -> tuple[str, str]:
        seen = boots.see(raw(*texts, **more), set(), self.TABLE)
        return seen.killer, seen.how

    def test_survivor(self) -> None:
        self.assertEqual(self.see("mutation: probe a.b"), ("", ""))

    def test_subtest(self) -> None:
        self.assertEqual(self.see("mutation: probe a.b", "mutation: killed a.b exit 1", value=1),
                         ("a.b", "exit 1"))

    def test_splat(self) -> None:
        self.assertEqual(self.see("mutation: probe a.b", "WARNING: x"),
                         ("a.b", "kernel warning: WARNING: x"))

    def test_panic(self) -> None:
        self.assertEqual(self.see("mutation: probe a.b", how="panic")[0], "a.b")


class Complaints(unittest.TestCase):
    def complaints(self, text: str, **status: str) -> list[str]:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            results.EXPLAINED = Path(file.name)
            rows = [{"id": name, "status": what} for name, what in status.items()]
            return results.complaints(rows, {"a", "b"})

    def test_none(self) -> None:
        self.assertEqual(self.complaints("a because\n", a="survived", b="killed"), [])

    def test_no_reason(self) -> None:
        self.assertEqual(len(self.complaints("", a="survived")), 1)
        self.assertEqual(len(self.complaints("a\n", a="survived")), 1)

    def test_killed(self) -> None:
        self.assertEqual(len(self.complaints("a because\n", a="killed")), 1)

    def test_gone(self) -> None:
        self.assertEqual(len(self.complaints("c because\n")), 1)


class Kept(unittest.TestCase):
    """What other code, or other tests, have shown."""

    def setUp(self) -> None:
        with tempfile.NamedTemporaryFile("w", delete=False) as file:
            file.write("explained because\n")
        self.addCleanup(Path(file.name).unlink)
        results.EXPLAINED = Path(file.name)

    def fits(self, status: str, name: str = "a", code: str = "old", tests: str = "old") -> bool:
        row = {"id": name, "status": status, "code": code, "tests": tests}
        return bool(results.Key("new", "new").fits(row))

    def test_kill(self) -> None:
        self.assertTrue(self.fits("killed"))

    def test_survival(self) -> None:
        self.assertFalse(self.fits("survived", code="new"))
        self.assertTrue(self.fits("survived", code="new", tests="new"))
        self.assertTrue(self.fits("survived", name="explained"))

    def test_object_code(self) -> None:
        self.assertFalse(self.fits("equivalent"))
        self.assertTrue(self.fits("equivalent", code="new"))

    def test_twin(self) -> None:
        """Holds as long as the one it is compared with is there."""
        self.assertTrue(self.fits("duplicate"))
        mutant = generate.Mutant("a", "delete", "f", "f.c", 1, (), "x", "")
        with tempfile.TemporaryDirectory() as directory:
            kept = results.Results(Path(directory, "none"), results.Key("new", "new"))
            self.assertFalse(kept.settled(mutant, {"b"}))
            kept.rows[mutant.id] = {"status": "duplicate", "by": "b"}
            self.assertTrue(kept.settled(mutant, {"b"}))
            self.assertFalse(kept.settled(mutant, {"c"}))


class Reaching(unittest.TestCase):
    PROBE = probes.Probe("t", "t", "snp", [], 1.0, {"f.c": [1]})

    def reaching(self, file: str, lines: set[int]) -> list[probes.Probe]:
        mutant = generate.Mutant("a", "delete", "f", file, 1, (), "x", "")
        return probes.Map([], [], {"f.c": [1, 2]}, []).reaching([self.PROBE], mutant, lines)

    def test_line(self) -> None:
        self.assertTrue(self.reaching("f.c", {1}))
        self.assertFalse(self.reaching("f.c", {2}))

    def test_header(self) -> None:
        """Its functions have no flags: whoever may reach them tries."""
        self.assertTrue(self.reaching("f.h", {2}))


if __name__ == "__main__":
    unittest.main()
