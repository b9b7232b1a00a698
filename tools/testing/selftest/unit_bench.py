# SPDX-License-Identifier: GPL-2.0-only
"""What make bench makes of what was measured."""
import json
import tempfile
import unittest
from pathlib import Path

from bench import model, series


def medians(where, host, plain, snp=0):
    """One second more for each vCPU."""
    values = {(where, "host", 0): host}
    for count in (1, 2, 4):
        values[where, "plain", count] = host + plain + count
        values[where, "snp-kvm", count] = host + snp + count
        values[where, "snp-direct", count] = host + snp + count
    return values


class Ratios(unittest.TestCase):
    def setUp(self):
        self.values = medians(model.STOCK, 10, 9) | medians(model.NEW, 11, 14, 19)

    def test_a_boot_counts_whole(self):
        self.assertEqual(model.ratios(self.values)["host_boot_on_off"], 1.1)

    def test_a_guest_counts_without_the_boot_of_its_host(self):
        found = model.ratios(self.values)
        self.assertEqual(found["plain_guest_on_off"], 1.5)
        self.assertEqual(found["snp_to_plain_1"], 2.0)
        self.assertEqual(found["direct_to_plain_4"], round(23 / 13, 3))

    def test_an_older_build_is_compared_if_there_is_one(self):
        self.assertNotIn("snp_new_to_old", model.ratios(self.values))
        found = model.ratios(self.values | medians(model.OLD, 11, 29, 39))
        self.assertEqual(found["plain_new_to_old"], 0.5)
        self.assertEqual(found["snp_new_to_old"], 0.5)

    def test_every_case_runs_where_it_can(self):
        def count(old):
            return len(list(model.cases(old)))

        self.assertEqual(count(None), 4 + 4 + 6)
        self.assertEqual(count("qemu"), 4 + 8 + 12)


class Series(unittest.TestCase):
    """Each number is other, so that none can stand for another one."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.results = Path(directory.name)
        (self.results / "tests").mkdir()
        for kernel, factor in ((series.WITHOUT, 1), (series.WITH, 2)):
            self.log(f"bench-{kernel}-single", {name: factor * (10 + number) for number, name
                                                in enumerate(series.SINGLE)})
        for kernel, mode, _ in series.LINES:
            for count in series.COUNTS:
                self.launch(f"bench-{kernel}-{mode}-{count}", count)

    def log(self, name, costs):
        text = "".join(f"cost {key} {value}\n" for key, value in costs.items())
        (self.results / f"tests/{name}.log").write_text(text)

    def launch(self, name, count):
        self.log(name, {"finish": 3 * count, "locks": count, "create_all": 5 * count,
                        "teardown": 7 * count, "update_page": 11})
        seen = {"commands": {"SNP_LAUNCH_UPDATE": {"SUCCESS": 4 * count},
                             "SNP_LAUNCH_FINISH": {"SUCCESS": 4}},
                "rmp-updates": {"RMPUPDATE": {"a": {"b": 8 * count}}, "firmware": {"a": {"b": 1}}}}
        (self.results / f"tests/{name}.snp.json").write_text(json.dumps({"counters": seen}))

    def test_counts_are_of_one_launch(self):
        found = series.read(self.results)["launch"]["with direct"]["8"]
        self.assertEqual((found["commands"], found["launch_updates"], found["rmpupdates"]),
                         (9, 8, 16))

    def test_ratios(self):
        found = series.ratios(series.read(self.results))
        self.assertEqual(found["vmgexit"], 2.0)
        self.assertEqual(found["create_vcpu"], 2.0)
        self.assertEqual(found["finish_512_to_1"], 512.0)
        self.assertEqual(found["finish_512_to_1_less_locks"], 341.67)
        self.assertEqual(found["finish_kvm_512"], 1.0)

    def test_what_did_not_run_is_named(self):
        (self.results / "tests/bench-with-single.log").unlink()
        with self.assertRaisesRegex(series.Missing, "bench/with/single"):
            series.read(self.results)

    def test_the_plot_has_a_line_for_each(self):
        self.assertEqual(series.plot(series.read(self.results)).count("stroke-dasharray"), 3)
