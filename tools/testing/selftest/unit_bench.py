# SPDX-License-Identifier: GPL-2.0-only
"""The ratios of make bench."""
import unittest

from bench import model


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
