#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the SNP host model costs: CPU time of L1's boot and of guests, with the model on
# and off, and of one build of QEMU against another.
#
# usage: bench.sh [PAIRS [OLD-QEMU]]
#
# Each case is run PAIRS times (5 by default), all of them in turn, so that what else
# the machine does falls on all alike.  With OLD-QEMU, a qemu-system-x86_64 of an
# earlier build, the cases on the model run with either.  No test is judged by this.
# $O/results/bench.json has the result, Documentation/performance.rst says how to
# read it.
#
# example: tools/bench.sh 5 ~/before/qemu-system-x86_64
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

pairs=${1:-5}
old=${2:-}
[[ $pairs =~ ^[1-9][0-9]*$ ]] || die "PAIRS is a number"
[ -z "$old" ] || [ -x "$old" ] || die "OLD-QEMU: $old is no program"

lock bench
"$TOP"/tools/build-initramfs.sh base guest
"$TOP"/tools/build-snp-guest.sh
mkdir -p "$O/results" "$O/bench"
exec /usr/bin/python3 -B "$TOP/tools/testing/bench/model.py" --build "$O" --pairs "$pairs" \
	--commit "$(git -C "$TOP" rev-parse HEAD)" --json "$O/results/bench.json" \
	${old:+--old "$old"}
