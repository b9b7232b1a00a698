# SPDX-License-Identifier: GPL-2.0-only
"""How censuses and counters of the SNP host model compare."""
import unittest

from harness import census
from harness.census import Count, Leaks

FIXED = {"start": 0x100000, "pages": 0x100, "state": "HV-Fixed", "asid": 0, "gpa": 0,
         "vmsa": False, "immutable": True, "large": False}
GUEST = {"start": 0x800000, "pages": 3, "state": "Guest-Valid", "asid": 5, "gpa": 0x7000,
         "vmsa": False, "immutable": False, "large": False}
SEV = {"kind": "sev", "handle": 3, "state": "RUNNING", "asid": 100, "policy": 0}


def taken(*pages: dict, guests: tuple = (), asids: tuple = ()) -> dict:
    return {"pages": list(pages), "guests": list(guests), "asids": list(asids)}


def texts(before: dict, after: dict) -> list[str]:
    return [difference.text for difference in census.differences(before, after)]


class Differences(unittest.TestCase):
    def test_none(self):
        self.assertEqual(texts(taken(FIXED, GUEST), taken(GUEST, FIXED)), [])

    def test_ranges_that_are_cut_otherwise(self):
        halves = ({**FIXED, "pages": 0x80}, {**FIXED, "start": 0x180000, "pages": 0x80})
        self.assertEqual(texts(taken(FIXED), taken(*halves)), [])

    def test_pages_of_a_guest(self):
        self.assertEqual(texts(taken(FIXED), taken(FIXED, GUEST)),
                         ["0x800000 Guest-Valid asid 5 gpa 0x7000",
                          "0x801000 Guest-Valid asid 5 gpa 0x8000",
                          "0x802000 Guest-Valid asid 5 gpa 0x9000"])

    def test_a_page_that_changed(self):
        longer = {**GUEST, "gpa": 0x8000}
        found = census.differences(taken(GUEST), taken(longer))
        self.assertEqual((len(found), found[0].text, found[0].new),
                         (3, "0x800000 Guest-Valid asid 5 gpa 0x8000", True))

    def test_guests_and_asids(self):
        self.assertEqual(texts(taken(), taken(guests=(SEV,), asids=(100,))),
                         ["sev handle 3 RUNNING asid 100", "100"])


class Complaints(unittest.TestCase):
    def complaints(self, after: dict, *leaks: str) -> list[str]:
        return census.complaints(taken(FIXED), after, [Leaks.read(text) for text in leaks])

    def test_many_pages(self):
        many = {**GUEST, "pages": 9}
        self.assertEqual(len(self.complaints(taken(FIXED, many))), 1)
        self.assertIn("census: 9 pages left: 0x800000 ", self.complaints(taken(FIXED, many))[0])
        self.assertIn(" and 5 more", self.complaints(taken(FIXED, many))[0])

    def test_gone(self):
        self.assertIn("census: 256 pages gone", self.complaints(taken())[0])

    def test_expected(self):
        self.assertEqual(self.complaints(taken(FIXED, GUEST), "3x Guest-Valid"), [])
        self.assertEqual(self.complaints(taken(FIXED, GUEST), "2x Guest-Valid"),
                         ["census: Guest-Valid left: expected 2, came 3"])

    def test_moved(self):
        elsewhere = {**FIXED, "start": FIXED["start"] + (FIXED["pages"] << 12)}
        for moves, after, number in (([FIXED["state"]], taken(elsewhere), 0),
                                     ([], taken(elsewhere), 2),
                                     (["Guest-Valid"], taken(elsewhere), 2),
                                     ([FIXED["state"]], taken({**elsewhere, "pages": 255}), 2),
                                     ([FIXED["state"]], taken(), 1)):
            found = census.complaints(taken(FIXED), after, [], moves)
            self.assertEqual(len(found), number, found)

    def test_expected_is_not_gone(self):
        self.assertIn("census: 256 pages gone",
                      self.complaints(taken(), "0x HV-Fixed")[0])


class Counters(unittest.TestCase):
    def test_subtract(self):
        before = {"commands": {"INIT": {"SUCCESS": 1}}, "vmruns": {"snp": 2, "sev": 1}}
        after = {"commands": {"INIT": {"SUCCESS": 1}, "SHUTDOWN": {"ACTIVE": 4}},
                 "vmruns": {"snp": 7, "sev": 1}}
        self.assertEqual(census.subtract(after, before),
                         {"commands": {"SHUTDOWN": {"ACTIVE": 4}}, "vmruns": {"snp": 5}})

    def test_counts(self):
        added = {"commands": {"INIT": {"SUCCESS": 1, "ACTIVE": 2}}, "vmruns": {"snp": 5}}
        right = ["3x commands", "3x commands/INIT", "2x commands/INIT/ACTIVE", "0x exits",
                 "0x commands/SHUTDOWN/ACTIVE"]
        self.assertEqual(census.miscounts(added, [Count.read(text) for text in right]), [])
        self.assertEqual(census.miscounts(added, [Count.read("0x vmruns")]),
                         ["counters: vmruns: expected 0, came 5"])

    def test_counts_of_what_there_is_not(self):
        for text in ("0x vmrun", "x vmruns", "1x commands/"):
            with self.assertRaises(ValueError):
                Count.read(text)
