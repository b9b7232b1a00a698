# SPDX-License-Identifier: GPL-2.0-only
"""Which kernel messages are splats, and how they compare with expectations."""
import unittest

from harness import splats
from harness.kmsg import Record
from harness.splats import Expect

SPLATS = (
    ("kasan", "BUG: KASAN: slab-out-of-bounds in kvm_foo+0x12/0x30"),
    ("kcsan", "BUG: KCSAN: data-race in a / b"),
    ("ubsan", "UBSAN: shift-out-of-bounds in arch/x86/kvm/svm/sev.c:12:3"),
    ("kmemleak", "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"),
    ("lockdep", "WARNING: possible circular locking dependency detected"),
    ("atomic-sleep", "BUG: sleeping function called from invalid context at mm/x.c:1"),
    ("softlockup", "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:1]"),
    ("rcu-stall", "rcu: INFO: rcu_preempt self-detected stall on CPU"),
    ("hung-task", "INFO: task kvm:12 blocked for more than 120 seconds."),
    ("oops", "Oops: general protection fault, probably for non-canonical address 0x1"),
    ("kernel-bug", "kernel BUG at virt/kvm/kvm_main.c:12!"),
    ("panic", "Kernel panic - not syncing: Fatal exception"),
    ("warning", "WARNING: arch/x86/kvm/x86.c:12 at foo+0x1/0x2, CPU#0: sh/70"),
    ("refcount", "refcount_t: underflow; use-after-free."),
    ("list-corruption", "list_add corruption. next->prev should be prev"),
    ("page-alloc", "a: page allocation failure: order:9, mode:0xcc0"),
    ("leak", "Leaking PFN range 0x1234-0x1235"),
    ("rmp", "SEV: Unexpected RMP fault for non-private GPA 0x1000"),
    ("firmware-bug", "[Firmware Bug]: TSC doesn't count with P0 frequency!"),
    ("module", "kvm_amd: Unknown symbol sev_do_cmd (err -2)"),
    ("irq", "irq 16: nobody cared (try booting with the \"irqpoll\" option)"),
    ("call-trace", "Call Trace:"),
    ("kmsan", "BUG: KMSAN: uninit-value in kvm_foo"),
    ("kfence", "BUG: KFENCE: use-after-free read in kvm_foo"),
    ("oops", "kernel tried to execute NX-protected page - exploit attempt? (uid: 0)"),
    ("bad-page", "Bad page map in process a  pte:1234 pmd:5678"),
    ("slab", "BUG kvm_vcpu: Objects remaining in kvm_vcpu on __kmem_cache_shutdown()"),
    ("object-debug", "ODEBUG: free active (active state 0) object: 1 object type: timer_list"),
    ("init", "snp-init: insmod kvm-amd failed"),
    ("lost", "** 12 printk messages dropped **"),
    ("msr", "unchecked MSR access error: RDMSR from 0xc0010131 at rIP: 0xf81 (foo+0x1/0x2)"),
    ("machine-check", "mce: [Hardware Error]: Machine check events logged"),
    ("page-alloc", "vmalloc error: size 4096, page order 0, failed to allocate pages"),
    ("duplicate", "sysfs: cannot create duplicate filename '/devices/a'"),
    ("rmp", "SEV-SNP: RMPUPDATE failed for PFN 1234, pg_level: 1, ret: 3"),
    ("rmp", "SEV: Unable to split RMP entry for GPA 0x1000 PFN 0x1234 ret -22"),
    ("rmp", "SEV: Failed to look up RMP entry: GFN 1 PFN 2 error -19"),
    ("rmp", "SEV: Failed to update RMP entry: GFN 1 PFN 2 level 1 error -14"),
    ("rmp", "SEV: Failed to retrieve RMP entry: PFN 0x1 GFN start 0x2 GFN end 0x3"),
    ("rmp", "SEV-SNP: Failed to split direct map for PFN 0x1234, ret: -12"),
    ("rmp", "SEV-SNP: Failed to read RMP contents for PFN 0x1234, error -14"),
    ("rmp", "SEV-SNP: PSMASH failed for IOMMU PFN 1234 huge RMP entry, ret: 1, level: 2"),
    ("rmp-table", "SEV-SNP: Memory for the RMP table has not been reserved by BIOS"),
    ("rmp-table", "SEV-SNP: RMP configuration not valid: base=0, end=0"),
    ("rmp-table", "AMD-Vi: IOMMU PFN 1234 not assigned in RMP table"),
    ("snp-off", "AMD-Vi: SNP: IOMMU disabled, SNP cannot be supported."),
    ("snp-off", "SEV-SNP: SNP init failed: not all CPUs online. (0 online <-> 0-1 present masks)."),
    ("sev", "Error moving pages to firmware-owned state for SEV legacy command."),
    ("sev", "Failed to allocate bounce buffer for SEV legacy command."),
    ("sev", "ccp 0000:00:03.0: SEV: failed to SHUTDOWN error 0x0, rc -16"),
    ("sev", "ccp 0000:00:03.0: SEV: too many firmware commands in progress, no command buffers"),
    ("sev", "ccp 0000:00:03.0: SNP PLATFORM_STATUS command failed, ret = -5, error = 0x1"),
    ("sev", "ccp 0000:00:03.0: SEV-SNP: SNP_INIT_EX failed rc -5, error 0x1"),
    ("sev", "ccp 0000:00:03.0: SEV: TMR allocation failed, SEV-ES support unavailable"),
    ("sev", "ccp 0000:00:03.0: SEV: could not open /x for read, error -2"),
    ("sev", "ccp 0000:00:03.0: SNP IOMMU shutdown failed"),
    ("sev", "kvm_amd: Failed to create SEV-SNP context, rc -5 fw_error 23"),
    ("sev", "kvm_amd: SEV: Failure locking 12 pages."),
    ("psp", "ccp 0000:00:03.0: sev command 0xa0 timed out, disabling PSP"),
    ("psp", "ccp 0000:00:03.0: tee: ring init command timed out, disabling TEE support"),
    ("psp", "ccp 0000:00:03.0: psp initialization failed"),
    ("psp", "ccp 0000:00:03.0: pcim_enable_device failed (-5)"),
    ("vmgexit", "kvm_amd: vmgexit: scratch gpa not provided"),
    ("vmgexit", "kvm_amd: kvm [12]: vcpu0, guest rIP: 0x0 vmgexit: GHCB gpa is not set"),
    ("vmgexit", "kvm_amd: GHCB (GPA=0000000000001000) snapshot:"),
    ("kvm", "kvm [12]: vcpu0, guest rIP: 0x0 unexpected exit reason 0x403"),
    ("kvm", "kvm: enabling virtualization on CPU1 failed"),
    ("kvm", "kvm: unexpected emulation request on private memory"),
    ("spte", "SPTE 8000000000000001 (@ 00000000) for gfn 1 shadow-present at free"),
    ("spte", "Invalid SPTE change: cannot replace a present leaf"),
    ("iommu", "AMD-Vi: Completion-Wait loop timed out"),
    ("iommu", "pci 0000:00:03.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0001 address=0x1]"),
    ("iommu", "AMD-Vi: IOAPIC[0] not in IVRS table"),
)
HARMLESS = (
    "ccp 0000:00:18.0: firmware: failed to load amd/sev.fw (-2)",
    "SEV-SNP: PFN 0x1234, RMP entry: [0x0000000000000001 - 0x0000000000000000]",
    "kvm_amd: SEV-ES guest requested termination: 0x0:0x0",
    "kvm_amd: set kvm_amd.dump_invalid_vmcb=1 to dump internal KVM state.",
    "kvm_amd: kvm [72]: vcpu0, guest rIP: 0x401 Unhandled WRMSR(0xc0010015) = 0x1",
    "ccp 0000:00:03.0: enabling device (0000 -> 0002)",
    "ccp 0000:00:03.0: SEV-SNP API:1.55 build:25",
    "ccp 0000:00:03.0: sev enabled",
    "kvm_amd: SEV-SNP enabled (ASIDs 1 - 99)",
    "AMD-Vi: IOMMU SNP support enabled.",
    "AMD-Vi: Interrupt remapping enabled",
    "AMD-Vi: Applying erratum: Increase Event log size to 0x80000",
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
        for kind, text in SPLATS:
            self.assertEqual(splats.kind_of(text, self.table), kind, text)

    def test_every_kind_has_a_sample(self):
        self.assertEqual({name for name, _ in self.table} - {kind for kind, _ in SPLATS}, set())

    def test_harmless(self):
        for text in HARMLESS:
            self.assertEqual(splats.kind_of(text, self.table), "", text)

    def test_a_trace_belongs_to_its_splat(self):
        self.assertEqual(splats.find(WARN, self.table), [(1, "warning")])
        self.assertEqual(len(splats.find(WARN + WARN, self.table)), 2)

    def test_a_trace_alone_is_a_splat(self):
        self.assertEqual(splats.find(["foo", "Call Trace:"], self.table), [(1, "call-trace")])

    def test_a_failed_rmpupdate_lists_a_whole_region_before_its_trace(self):
        dump = [f"SEV-SNP: PFN: {pfn:#x}, [0x5 - 0x0]" for pfn in range(512)]
        texts = ["SEV-SNP: RMPUPDATE failed for PFN 1, pg_level: 1, ret: 3", *dump, "Call Trace:"]
        self.assertEqual(splats.find(texts, self.table), [(0, "rmp")])
        far = texts[:1] + dump * 2 + texts[-1:]
        self.assertEqual(splats.find(far, self.table), [(0, "rmp"), (1025, "call-trace")])


class Expecting(unittest.TestCase):
    table = splats.read_table()

    def complaints(self, texts: list[str], *expects: str) -> list[str]:
        wanted = [Expect.read(text) for text in expects]
        return splats.complaints(records(*texts), wanted, self.table)

    def test_none(self):
        self.assertEqual(self.complaints(["hello"]), [])

    def test_undeclared(self):
        self.assertEqual(self.complaints(WARN), ["kernel warning: WARNING: a.c:1 at foo"])

    def test_range(self):
        for count, problems in ((0, 1), (1, 0), (3, 0), (4, 1)):
            self.assertEqual(len(self.complaints(WARN * count, "1-3x WARNING")), problems, count)
        for text in ("3-1x WARNING", "1-x WARNING", "-1x WARNING", "1-1x WARNING"):
            self.assertRaises(ValueError, Expect.read, text)

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
