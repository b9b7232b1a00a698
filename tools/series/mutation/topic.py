# SPDX-License-Identifier: GPL-2.0-only
"""The topic whose lines are mutated, which is $TOPIC: who judges it, and its own files."""
import os
import re
from dataclasses import dataclass
from pathlib import Path

SERIES = "direct-vmsa"
NAME = os.environ.get("TOPIC", SERIES)


@dataclass(frozen=True)
class Judges:
    fast: re.Pattern        # tests of the group snp, each of their subtests alone
    exact: re.Pattern       # tests as the lists have them: LIST:LINE of the boot, and NAME


_JUDGES = {
    SERIES: Judges(re.compile(r"x86/sev_(?!snp_apic_ids).*|snp/failslab|snp/vmsa-dump"),
                   re.compile(r"snp-faults\.list:.*|.* no-snp/.*")),
    # Some of what it does is seen in the kernel's log alone, and there only as a whole.
    "apic-id-list": Judges(re.compile(r"x86/sev_snp_apic_ids_test"),
                           re.compile(r".* (no-snp/.*|igvm/starts-cpu|x86/sev_snp_apic_ids_test)")),
}
JUDGES = _JUDGES[NAME]


def own(name: str) -> Path:
    """The file of that name that goes with the topic."""
    return Path(__file__).with_name(name if NAME == SERIES else f"{name}-{NAME}")
