#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh counts a guest that ends badly: one of two SNP guests, whose launch the
# firmware is made to refuse.  Prints TAP.
#
# usage: test-soak.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

# With this seed the first two starts are both SNP guests, as far as firmware.  The
# launch fails at its end: QEMU also begins one when it is asked what KVM has.
SEED=13

dir=$O/soak-test
rm -rf "$dir"
mkdir -p "$dir"
ln -s "$O"/{firmware,initramfs,kernel,qemu-build,snp-keys,tsc-khz} "$dir"

result()
{
	sed -n "s/^ \"$1\": \([0-9]*\),$/\1/p" "$dir/results/soak.json"
}

t "a guest that ends badly fails the run" fails env O="$dir" "$TOP"/tools/soak.sh 2 $SEED SNP_LAUNCH_FINISH,1,POLICY_FAILURE
t "both guests were started" same "$(result starts)" 2
t "one of them is counted as failed" same "$(result failed)" 1
t "and said to be, with its kind" grep -qE '^soak: [01] (kvm|direct)-firmware failed$' "$dir/soak/results/latest/tests/soak.log"
t "and what it said is kept" grep -q 'Policy is not allowed' "$dir/soak/results/latest/tests/soak.log"
t "the other is not" grep -qE '^soak: [01] (kvm|direct)-firmware ok$' "$dir/soak/results/latest/tests/soak.log"
finish
