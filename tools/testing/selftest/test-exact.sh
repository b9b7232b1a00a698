#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The exact profile promises that two runs are alike: the console to the byte,
# and the frames on the channel, which hold what RDRAND returned and end with
# the TSC, which counts instructions.  Prints TAP.
#
# usage: test-exact.sh
set -euo pipefail
# shellcheck source=../../lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/root"
gcc -O2 -static -mrdrnd -o "$tmp/root/rdrand" -x c - <<'C'
#include <immintrin.h>
#include <stdio.h>
int main(void)
{
	unsigned long long n;

	for (int i = 0; i < 4; i++)
		printf("%d %016llx\n", _rdrand64_step(&n), n);
}
C
printf 'rdrand\t30\t/rdrand\n' >"$tmp/root/plan"
(cd "$tmp/root" && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc) >"$tmp/plan.cpio"

# boot NAME [boot.sh's options]
boot()
{
	local name=$1
	shift
	"$TOP"/tools/boot.sh --profile exact --cpus 2 --initrd "$O/initramfs/base.cpio,$tmp/plan.cpio" \
		--append "snp.mode=test snp.modules=none" \
		--console "$tmp/$name.console" --channel "$tmp/$name.channel" "$@" >"$tmp/$name.qemu" 2>&1
}

numbers()
{
	grep -aE '^1 [0-9a-f]{16}$' "$tmp/$1.channel"
}

boot one & first=$!
boot two & second=$!
wait $first
wait $second
boot other --seed 2
t "the boot runs the plan and RDRAND gives numbers" [ "$(numbers one | sort -u | wc -l)" -eq 4 ]
t "two runs give the same console" cmp "$tmp/one.console" "$tmp/two.console"
t "two runs give the same output and instruction count" cmp "$tmp/one.channel" "$tmp/two.channel"
t "another seed gives other numbers" [ "$(numbers one)" != "$(numbers other)" ]
echo "# $(grep -ao 'tsc=[0-9]*' "$tmp/one.channel" | tail -n 1) at the end, $(wc -c <"$tmp/one.console") bytes of console"
finish
