#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the series costs, in instructions, and what the SNP host model costs, in CPU time.
#
# usage: bench.sh [series | PAIRS [OLD-QEMU]]
#
# The series: KVM with and without it, on one kernel image, in the exact profile; with
# the word `series` no more than that.  The model: L1's boot and guests, with the model
# on and off, and one build of QEMU against another.  Each case is run PAIRS times (5 by
# default), all of them in turn, so that what else the machine does falls on all alike.
# With OLD-QEMU, a qemu-system-x86_64 of an earlier build, the cases on the model run
# with either.  No test is judged by this.
#
# $O/results/bench.json has the result, and bench.svg LAUNCH_FINISH against the number of
# vCPUs; Documentation/performance.rst says how to read them.
#
# example: tools/bench.sh 5 ~/before/qemu-system-x86_64
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

pairs=${1:-5}
old=${2:-}
[ "$pairs" = series ] || [[ $pairs =~ ^[1-9][0-9]*$ ]] || die "PAIRS is a number"
[ -z "$old" ] || [ -x "$old" ] || die "OLD-QEMU: $old is no program"

bench_series()
{
	"$TOP"/tools/build-initramfs.sh base selftests
	"$TOP"/tools/series/steps.sh
	"$TOP"/tools/testing/check.py --build "$O" --tier full --tests 'bench/*' \
		--results "$O/bench/series" >"$O/bench/series.log" || die "see $O/bench/series.log"
	/usr/bin/python3 -B "$TOP/tools/testing/bench/series.py" --results "$O/bench/series/latest" \
		--json "$O/results/bench.json" --plot "$O/results/bench.svg"
}

lock bench
mkdir -p "$O/results" "$O/bench"
bench_series
[ "$pairs" != series ] || exit 0
"$TOP"/tools/build-initramfs.sh base guest
"$TOP"/tools/build-snp-guest.sh
exec /usr/bin/python3 -B "$TOP/tools/testing/bench/model.py" --build "$O" --pairs "$pairs" \
	--commit "$(git -C "$TOP" rev-parse HEAD)" --json "$O/results/bench.json" \
	${old:+--old "$old"}
