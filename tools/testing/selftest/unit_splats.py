# SPDX-License-Identifier: GPL-2.0-only
"""Which kernel messages are splats, and how they compare with expectations."""
import unittest

from harness import splats
from harness.kmsg import Record
from harness.splats import Expect

SPLATS = {
    "kasan": "BUG: KASAN: slab-out-of-bounds in kvm_foo+0x12/0x30",
    "kcsan": "BUG: KCSAN: data-race in a / b",
    "ubsan": "UBSAN: shift-out-of-bounds in arch/x86/kvm/svm/sev.c:12:3",
    "kmemleak": "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
    "lockdep": "WARNING: possible circular locking dependency detected",
    "atomic-sleep": "BUG: sleeping function called from invalid context at mm/x.c:1",
    "softlockup": "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:1]",
    "rcu-stall": "rcu: INFO: rcu_preempt self-detected stall on CPU",
    "hung-task": "INFO: task kvm:12 blocked for more than 120 seconds.",
    "oops": "Oops: general protection fault, probably for non-canonical address 0x1",
    "kernel-bug": "kernel BUG at virt/kvm/kvm_main.c:12!",
    "panic": "Kernel panic - not syncing: Fatal exception",
    "warning": "WARNING: arch/x86/kvm/x86.c:12 at foo+0x1/0x2, CPU#0: sh/70",
    "refcount": "refcount_t: underflow; use-after-free.",
    "list-corruption": "list_add corruption. next->prev should be prev",
    "page-alloc": "a: page allocation failure: order:9, mode:0xcc0",
    "leak": "Leaking PFN range 0x1234-0x1235",
    "rmp": "SEV: Unexpected RMP fault for non-private GPA 0x1000",
    "firmware-bug": "[Firmware Bug]: TSC doesn't count with P0 frequency!",
    "module": "kvm_amd: Unknown symbol sev_do_cmd (err -2)",
    "irq": "irq 16: nobody cared (try booting with the \"irqpoll\" option)",
    "call-trace": "Call Trace:",
}
HARMLESS = (
    "cpuid_test[71]: segfault at 0 ip 0000000000401136 sp 00007ffe error 4 in cpuid_test",
    "traps: cpuid_test[71] general protection fault ip:401136 sp:7ffe error:0",
    "kmemleak: Kernel memory leak detector initialized (mem pool available: 15679)",
    "kvm_amd: Nested Virtualization enabled",
    "SEV-SNP: RMP table physical range [0x00000000fff00000 - 0x0000000100f0ffff]",
    "lkdtm: Performing direct entry WARNING",
    "rcu: Hierarchical RCU implementation.",
    "Freeing unused kernel image (initmem) memory: 1124K",
    "input: AT Raw Set 2 keyboard as /devices/platform/i8042/serio0/input/input1",
    "x86/mm: Checked W+X mappings: passed, no W+X pages found.",
)
WARN = ["------------[ cut here ]------------", "WARNING: a.c:1 at foo", "Modules linked in: kvm",
        "Call Trace:", " <TASK>", "---[ end trace 0000000000000000 ]---"]


def records(*texts: str, facility: int = 0) -> list[Record]:
    return [Record(facility, number, 0, text) for number, text in enumerate(texts)]


class Table(unittest.TestCase):
    table = splats.read_table()

    def test_each_is_found(self):
        for kind, text in SPLATS.items():
            self.assertEqual(splats.kind_of(text, self.table), kind, text)

    def test_harmless(self):
        for text in HARMLESS:
            self.assertEqual(splats.kind_of(text, self.table), "", text)

    def test_a_trace_belongs_to_its_splat(self):
        self.assertEqual(splats.find(WARN, self.table), [(1, "warning")])
        self.assertEqual(len(splats.find(WARN + WARN, self.table)), 2)

    def test_a_trace_alone_is_a_splat(self):
        self.assertEqual(splats.find(["foo", "Call Trace:"], self.table), [(1, "call-trace")])


class Expecting(unittest.TestCase):
    table = splats.read_table()

    def complaints(self, texts: list[str], *expects: str) -> list[str]:
        wanted = [Expect.read(text) for text in expects]
        return splats.complaints(records(*texts), wanted, self.table)

    def test_none(self):
        self.assertEqual(self.complaints(["hello"]), [])

    def test_undeclared(self):
        self.assertEqual(self.complaints(WARN), ["kernel warning: WARNING: a.c:1 at foo"])

    def test_exact_count(self):
        for count, good in ((0, False), (1, False), (2, True), (3, False)):
            found = self.complaints(WARN * 2, f"{count}x WARNING: a.c")
            self.assertEqual(found == [], good, found)

    def test_others_still_count(self):
        found = self.complaints(WARN + ["BUG: b"], "1x WARNING: a.c")
        self.assertEqual(found, ["kernel kernel-bug: BUG: b"])

    def test_messages_that_are_no_splats(self):
        self.assertEqual(self.complaints(["SEV: quirk"], "1x SEV: quirk"), [])
        self.assertEqual(len(self.complaints([], "1x SEV: quirk")), 1)

    def test_only_the_kernel_counts(self):
        spoof = records("WARNING: spoofed", facility=1)
        self.assertEqual(splats.complaints(spoof, [], self.table), [])
        expect = [Expect.read("1x WARNING: spoofed")]
        self.assertEqual(len(splats.complaints(spoof, expect, self.table)), 1)

    def test_boot_messages_of_init_count(self):
        spoken = records("snp-init: insmod kvm-amd failed", facility=1)
        self.assertEqual(len(splats.complaints(spoken, [], self.table, True)), 1)
