# SPDX-License-Identifier: GPL-2.0-only
"""List lines, selection by tier and name, the division into boots."""
import tempfile
import unittest
from pathlib import Path

from harness import lists, machine, schedule, selection
from harness.config import REPO, Config
from harness.session import Session

TEXT = """
# a comment
m boot cpus=4 mem=2G profile=exact initrd=base append="a=b c" qemu-arg=-x qemu-arg="y z"
x86/one run timeout=9 time=2.5 expect="2x WARN # in quotes" expect="1x b"   # because # of
two known-fail fails="b c" fails=d cmd="sh -c 'a \\"b\\" c'"  # it fails
n boot
three full
four run boot=m args="-x 'y z'"
five run host cmd="a/b c" expect-skip=file # no machine
six full expect-skip="2x no d$" expect-skip="1x no e" # neither
"""


def read(text: str) -> lists.Lists:
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "x.list").write_text(text)
        return lists.read(Path(directory))


class Reading(unittest.TestCase):
    def setUp(self):
        self.lists = read(TEXT.replace('\\"', ""))
        self.tests = {test.name: test for test in self.lists.tests}

    def test_group(self):
        group = self.lists.groups["m"]
        self.assertEqual((group.cpus, group.mem, group.profile, group.initrd, group.append,
                          group.qemu_args),
                         (4, "2G", "exact", ["base"], "a=b c", ["-x", "y z"]))

    def test_test(self):
        test = self.tests["x86/one"]
        self.assertEqual((test.group, test.timeout, test.time, test.reason, test.argv),
                         ("m", 9, 2.5, "because # of", ["/selftests/kvm/x86/one"]))
        self.assertEqual([(e.count, e.regex.pattern) for e in test.expects],
                         [(2, "WARN # in quotes"), (1, "b")])

    def test_command(self):
        self.assertEqual(self.tests["two"].argv, ["sh", "-c", "a b c"])
        self.assertFalse(self.tests["two"].from_upstream)

    def test_arguments(self):
        self.assertEqual(self.tests["four"].argv, ["/selftests/kvm/four", "-x", "y z"])
        self.assertTrue(self.tests["four"].from_upstream)

    def test_groups_of_tests(self):
        groups = {name: test.group for name, test in self.tests.items()}
        self.assertEqual(groups, {"x86/one": "m", "two": "m", "three": "n", "four": "m",
                                  "five": "", "six": "n"})

    def test_known_failure(self):
        self.assertEqual([regex.pattern for regex in self.tests["two"].fails], ["b c", "d"])

    def test_skips(self):
        self.assertTrue(self.tests["five"].skips_whole)
        self.assertEqual([(skip.count, skip.regex.pattern) for skip in self.tests["six"].skips],
                         [(2, "no d$"), (1, "no e")])
        self.assertFalse(self.tests["six"].skips_whole)

    def test_skips_say_which(self):
        for option in ("expect-skip", "expect-skip=", 'expect-skip="no d"',
                       'expect-skip=file expect-skip="1x no d"'):
            with self.assertRaises(lists.ListError, msg=option):
                read(f"m boot\na run {option} # no machine")
        with self.assertRaisesRegex(lists.ListError, "needs a reason"):
            read('m boot\na run expect-skip="1x no d"')


class Booting(unittest.TestCase):
    def command(self, line: str, **options) -> str:
        config = Config(Path("/b"), Path("/r"), boot=Path("boot"), **options)
        new = machine.Machine(config, read(line).groups["m"], "m-1", Session([], print))
        return " ".join(new.command())

    def test_command(self):
        self.assertEqual(
            self.command('m boot cpus=3 mem=1G initrd=base,/x/y.cpio append=a=b qemu-arg=-x'),
            "boot --profile fast --cpus 3 --mem 1G "
            "--initrd /b/initramfs/base.cpio,/x/y.cpio,/r/boot-m-1.plan.cpio "
            "--append snp.mode=test oops=panic a=b "
            "--channel /r/boot-m-1.channel --console /r/boot-m-1.console --qemu-arg -x")

    def test_kernel(self):
        self.assertIn("--kernel /b/k/z", self.command("m boot kernel=k/z"))
        self.assertIn("--kernel /other", self.command("m boot kernel=k/z", kernel=Path("/other")))

    def test_snp(self):
        self.assertRegex(self.command("m boot machine=snp"), r" --snp --qmp [0-9]+ --hold 6$")
        self.assertNotIn("--qmp", self.command("m boot machine=iommu"))

    def test_profile(self):
        self.assertIn("--profile exact", self.command("m boot profile=exact"))
        self.assertIn("--profile exact", self.command("m boot", profile="exact"))


class Model(unittest.TestCase):
    def test_faults_and_leaks(self):
        test = read("m boot machine=snp\na run fault=RMPUPDATE:shared,2,FAIL_INUSE "
                    'fault=SNP_INIT,1,ACTIVE leaks="2x Reclaim"').tests[0]
        self.assertEqual(test.faults, ["RMPUPDATE:shared,2,FAIL_INUSE", "SNP_INIT,1,ACTIVE"])
        self.assertEqual([(leak.count, leak.what) for leak in test.leaks], [(2, "Reclaim")])

    def test_need_the_model(self):
        with self.assertRaisesRegex(lists.ListError, "need machine=snp"):
            read("m boot machine=iommu\na run fault=SNP_INIT,1,ACTIVE")


class Selecting(unittest.TestCase):
    lists = read(TEXT.replace('\\"', ""))

    def names(self, tier: str, *globs: str) -> list[str]:
        return [test.name for test in self.lists.tests
                if selection.wanted(test, tier, list(globs))]

    def test_tiers(self):
        self.assertNotIn("three", self.names("check"))
        self.assertIn("three", self.names("full"))

    def test_names(self):
        self.assertEqual(self.names("check", "one", "t*"), ["x86/one", "two", "three"])
        self.assertEqual(self.names("check", "x86/*"), ["x86/one"])

    def test_quick(self):
        names = [test.name for test in self.lists.tests
                 if selection.wanted(test, "quick", [], ["t*", "five"])]
        self.assertEqual(names, ["two", "five"])
        self.assertTrue(selection.wanted(self.lists.tests[2], "quick", ["three"], ["five"]))

    def test_quick_names_what_runs(self):
        with tempfile.TemporaryDirectory() as directory:
            for text, good in (("# a\ntwo\n", True), ("three\n", False), ("none*\n", False)):
                (Path(directory) / selection.QUICK).write_text(text)
                if good:
                    self.assertEqual(selection.read_quick(Path(directory), self.lists), ["two"])
                else:
                    with self.assertRaisesRegex(lists.ListError, "runs no test"):
                        selection.read_quick(Path(directory), self.lists)

    def test_names_that_match_nothing(self):
        self.assertEqual(selection.unmatched(self.lists, ["built"], ["one", "b*", "zero"]),
                         ["zero"])

    def test_audit(self):
        problems = selection.audit(self.lists, ["x86/one", "three", "seven"], [])
        self.assertEqual([(result.name, result.status) for result in problems],
                         [("four", "MISSING"), ("seven", "UNLISTED"), ("six", "MISSING")])
        self.assertEqual(selection.audit(self.lists, ["six"], ["two"]), [])


class Quick(unittest.TestCase):
    """The edit loop of the project's own lists."""
    LIMIT, JOBS = 90, 2

    def test_fits(self):
        directory = REPO / "tools/testing/lists"
        found = lists.read(directory)
        globs = selection.read_quick(directory, found)
        chosen = [test for test in found.tests if selection.wanted(test, "quick", [], globs)]
        boots = {test.group for test in chosen if test.group}
        seconds = sum(test.time for test in chosen) + len(boots) * schedule.BOOT_SECONDS
        self.assertLessEqual(seconds / self.JOBS, self.LIMIT, f"{len(chosen)} tests")
        self.assertGreater(len(chosen), 50)

    def test_needs_no_part_that_make_check_quick_does_not_build(self):
        directory = REPO / "tools/testing/lists"
        found = lists.read(directory)
        globs = selection.read_quick(directory, found)
        parts = {part for test in found.tests
                 if test.group and selection.wanted(test, "quick", [], globs)
                 for part in found.groups[test.group].initrd}
        self.assertEqual(parts, {"base", "selftests"})


class Judged(unittest.TestCase):
    def test_nothing_of_the_project_is_only_observed(self):
        own = lists.read(REPO / "tools/testing/lists")
        self.assertEqual([test.name for test in own.tests if test.verdict == "observe"], [])


class Dividing(unittest.TestCase):
    def divide(self, text: str, **options) -> list[schedule.Job]:
        found = read(text)
        config = Config(Path("/b"), Path("/r"), **options)
        return schedule.divide(config, found.groups, found.tests, Path("/nonexistent"))

    def test_long_groups_are_spread_evenly(self):
        text = "m boot\n" + "".join(f"t{n} run time=10\n" for n in range(8))
        jobs = self.divide(text, jobs=2)
        self.assertEqual([len(job.tests) for job in jobs], [2, 2, 2, 2])

    def test_short_groups_are_not(self):
        self.assertEqual(len(self.divide("m boot\na run\nb run\n")), 1)

    def test_exact_boots_are_always_the_same(self):
        text = "m boot\n" + "".join(f"t{n} run time=10\n" for n in range(8))
        self.assertEqual(len(self.divide(text, profile="exact")), 1)

    def test_longest_first(self):
        text = "m boot\na run time=1\nn boot\nb run time=7\nc run host cmd=x time=30\n"
        self.assertEqual([job.label for job in self.divide(text)], ["c", "n", "m"])

    def test_every_test_once(self):
        text = "m boot\n" + "".join(f"t{n} run time={n}\n" for n in range(20))
        names = [test.name for job in self.divide(text) for test in job.tests]
        self.assertEqual(sorted(names), sorted(f"t{n}" for n in range(20)))

    def test_plan(self):
        test = lists.Test("a", "run", "here", timeout=3, argv=["echo", "b c"])
        self.assertIn(b"a\t3\techo\tb c\n", machine.plan([test]))
