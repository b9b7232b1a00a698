# SPDX-License-Identifier: GPL-2.0-only
"""What make coverage boots, and how it adds up what was counted."""
import base64
import importlib.util
import io
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[1] / "coverage"
PROGRAM = """\
int twice(int n)
{
	return n + n;
}

int never(int n)
{
	return n - 1;
}

int main(int argc, char **argv)
{
	if (argc > 2)
		return never(argc);
	return argc > 1 ? 0 : twice(0);
}
"""


def load(name):
    """By its path: Debian has a module called coverage."""
    spec = importlib.util.spec_from_file_location(f"coverage_{name}", TOOLS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LISTS, REPORT = load("lists"), load("report")


class Lists(unittest.TestCase):
    def convert(self, *lines):
        return LISTS.convert("".join(f"{line}\n" for line in lines))

    def test_boot(self):
        text, groups = self.convert("a boot machine=snp cpus=2", "t run")
        self.assertIn("kernel=kernel-coverage/vmlinux initrd=base,coverage,selftests", text)
        self.assertIn("cpus=2", text)
        self.assertEqual(groups, {"a": "run"})

    def test_its_own_parts_stay(self):
        text, _ = self.convert("a boot machine=snp initrd=base,guest", "t run cmd=x")
        self.assertIn("initrd=base,coverage,guest", text)

    def test_what_only_the_full_tier_boots(self):
        self.assertEqual(self.convert("a boot machine=snp", "t full")[1], {"a": "full"})

    def test_others_are_left_out(self):
        for boot in ("a boot cpus=2", "a boot machine=snp kernel=stock/vmlinuz",
                     "a boot machine=snp initrd=base,step-0"):
            self.assertEqual(self.convert(boot, "t run"), ("", {}))

    def test_comments_are_left_out(self):
        self.assertNotIn("#", self.convert("a boot machine=snp # why", "# more")[0])


class Counted(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.top = Path(directory.name)
        self.kernel = self.top / "kernel-coverage"
        self.kernel.mkdir()
        (self.kernel / "t.c").write_text(PROGRAM)
        for command in (["gcc", "--coverage", "-O0", "-c", "t.c"],
                        ["gcc", "--coverage", "-o", "t", "t.o"]):
            subprocess.run(command, cwd=self.kernel, check=True)
        self.addCleanup(setattr, REPORT, "FILES", REPORT.FILES)
        REPORT.FILES = ("t.c",)
        self.logs = self.top / "results/tests"
        self.logs.mkdir(parents=True)

    def boot(self, name, *arguments):
        subprocess.run([self.kernel / "t", *arguments], check=False)
        counts = self.kernel / "t.gcda"
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w:gz") as file:
            file.add(counts, f"./{counts}")
        counts.unlink()
        text = base64.encodebytes(archive.getvalue()).decode().strip()
        (self.logs / f"coverage-{name}.log").write_text(f"x\ngcov begin\n{text}\ngcov end\ny\n")

    def read(self):
        merged = REPORT.merge(self.top / "results", self.top / "work")
        return REPORT.read(merged, self.kernel)["t.c"]

    def test_boots_are_added_up(self):
        self.boot("a")
        self.boot("b", "1")
        self.boot("c", "1")
        source = self.read()
        found = REPORT.functions(source)
        self.assertEqual(found["twice"], (2, 2))
        self.assertEqual(found["never"], (0, 2))
        self.assertEqual(source.lines[PROGRAM.splitlines().index("int main(int argc, char **argv)")
                                      + 1], 3)

    def test_share(self):
        self.assertEqual(REPORT.share([0, 1, 5, 0]), 50.0)

    def test_annotated(self):
        self.boot("a")
        path = self.top / "annotated/t.c"
        REPORT.annotate(path, PROGRAM, self.read())
        lines = path.read_text().splitlines()
        self.assertIn("        1:    3:	return n + n;", lines)
        self.assertIn("    #####:    8:	return n - 1;", lines)
        self.assertIn("        -:    5:", lines)

    def test_a_boot_that_counted_nothing_is_none(self):
        (self.logs / "coverage-a.log").write_text("panic\n")
        with self.assertRaises(SystemExit):
            self.read()
