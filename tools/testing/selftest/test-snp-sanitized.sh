#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The architecture tests, bad input, fault injection and real SNP guests on a QEMU whose SNP host
# model is compiled with AddressSanitizer and UndefinedBehaviorSanitizer: whatever
# they find ends QEMU, and so fails a test.  Builds that QEMU, in $O/qemu-asan.
#
# usage: test-snp-sanitized.sh [TEST-PATTERN...]
#
# example: test-snp-sanitized.sh 'fault/*' x86/sev_smoke_test
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
usage_if_asked "$@"

[ $# -gt 0 ] || set -- snp-{mailbox,rmp,memory,insn,plain,vmrun,exits,swap,es,platform,launch,cores,dma,fuzz} \
	'snp-host*' 'x86/sev_*' 'snp/launch*' 'fault/*' 'retry/*' 'leak/*' \
	guest/{hashes-2cpu,plain-1cpu,id-block,kill,panic,direct-launch}
QEMU_SANITIZE=1 "$TOP"/tools/build-qemu.sh
export L1_QEMU=$O/qemu-asan/qemu-system-x86_64
# Leaks: QEMU frees little when it exits.
export ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
IFS=,
"$TOP"/tools/testing/check.py --jobs 1 --results "$O/results-asan" --boot-timeout 600 --grace 60 --tests "$*"
