#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which lines of Linux's code for SNP hosts do the tests run?
#
# usage: coverage.sh [check|full]
#
# Builds the host kernel with gcov's counters in KVM's sev.c, the RMP's, the drivers of
# the PSP, and guest_memfd, and runs the tests of that tier on the SNP host model with
# it.  A table comes last; $O/results/coverage.json has it as well, and the sources with
# a count in front of each line are in $O/coverage/annotated.
#
# example: tools/coverage.sh full
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

tier=${1:-check}
case $tier in
check | full) ;;
*) die "the tier is check or full" ;;
esac
lock coverage
"$TOP"/tools/build-kernel.sh --coverage
"$TOP"/tools/build-initramfs.sh base selftests guest coverage
"$TOP"/tools/build-snp-guest.sh
[ "$tier" = check ] || "$TOP"/tools/build-more-guests.sh
work=$O/coverage
/usr/bin/python3 -B "$TOP/tools/testing/coverage/lists.py" "$TOP/tools/testing/lists" "$work/lists"

# A test that fails still counts, and is told.
status=0
"$TOP"/tools/testing/check.py --build "$O" --tier "$tier" --lists "$work/lists" \
	--built "$work/lists/built" --results "$work/results" || status=$?
[ $status -le 1 ] || exit $status
/usr/bin/python3 -B "$TOP/tools/testing/coverage/report.py" --results "$work/results/latest" \
	--kernel "$O/kernel-coverage" --tree "$O/linux" --work "$work" --json "$O/results/coverage.json"
exit $status
