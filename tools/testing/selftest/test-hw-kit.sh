#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kit for real hosts, on the host model: is its report whole, does compare accept it,
# and does compare find what is planted?  Prints TAP.
#
# usage: test-hw-kit.sh [REPORT]
#
# With a REPORT, nothing is booted, and that one is judged; else the report is kept as
# $O/hw-kit/report.txt.
# example: tools/testing/selftest/test-hw-kit.sh tools/testing/hw/model-report
# shellcheck disable=SC2154 # hw-lib.sh sets hw and tmp
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/hw-lib.sh
. "$TOP/tools/testing/selftest/hw-lib.sh"

# The archive as a person gets it, unpacked on a host that is the model
boot_kit()
{
	local archive
	"$TOP"/tools/build-initramfs.sh base selftests >&2
	archive=$("$hw"/build-kit.sh | tail -n 1)
	mkdir -p "$tmp/root/kit"
	tar -C "$tmp/root/kit" -xJf "$archive"
	pack_cpio "$tmp/root" "$tmp/kit.cpio"
	timeout -k 10 900 "$TOP"/tools/boot.sh --snp --console "$tmp/console" \
		--initrd "$O/initramfs/base.cpio,$O/initramfs/selftests.cpio,$tmp/kit.cpio" \
		--append "quiet snp.mode=run snp.run=sh,/kit/snp-hw-kit/run,-" </dev/null
	tr -d '\r' <"$tmp/console" | sed -n '/^snp-hw-report 1$/,/^end$/p' >"$tmp/report"
	[ -s "$tmp/report" ] || { tail -n 20 "$tmp/console"; return 1; }
	cp "$tmp/report" "$O/hw-kit/report.txt"
}

# A row that was confirmed once and is open now would go unseen otherwise.
confirms_as_many_as_the_example()
{
	same "$("$hw"/compare "$tmp/report" | tail -n 1)" "$("$hw"/compare "$hw/model-report" | tail -n 1)"
}

# Every line of evidence has an answer, but what the model's firmware cannot have.
answers_all()
{
	local evidence
	sed -n 's/^[A-Za-z0-9.-]* *| \([a-z]* [^|]*[^ |]\) *|.*/\1/p' "$hw/evidence.table" | sort -u |
		while read -r evidence; do
			grep -qF -- "$evidence " "$tmp/report" || echo "the report does not say: $evidence"
		done >"$tmp/unanswered"
	[ ! -s "$tmp/unanswered" ] || { cat "$tmp/unanswered"; return 1; }
}

# It goes to strangers: a chip's id is 128 digits, and what else identifies has a name.
is_anonymous()
{
	! grep -iE "chip.?id|serial.?(no|num)|host.?name|uuid|[0-9a-f]{64}" "$tmp/report"
}

left_open()
{
	sed '/^subtest sev_snp_launch_test finish.repeated /s/ ok$/ skip/' "$tmp/report" >"$tmp/planted"
	"$hw"/compare --all "$tmp/planted" >"$tmp/compared"
	grep -q '^open  *M3 ' "$tmp/compared"
}

# Most of them bear on no row.
failed_tests_shown()
{
	local rc=0
	sed -E 's/^((sub)?test .*) ok$/\1 failed/' "$tmp/report" >"$tmp/planted"
	"$hw"/compare "$tmp/planted" >"$tmp/out" || rc=$?
	same "$rc" 1
	same "$(sed -n 's/^failed  *//p' "$tmp/out")" "$(sed -nE 's/^((sub)?test .*) ok$/\1/p' "$tmp/report")"
	sed 's/^\(test sev_snp_vmsa_test\) ok$/\1 failed/' "$tmp/report" >"$tmp/planted"
	rc=0
	"$hw"/compare "$tmp/planted" >"$tmp/out" || rc=$?
	same "$rc $(cat "$tmp/out")" "1 failed       test sev_snp_vmsa_test
$("$hw"/compare "$tmp/report" | sed 's/0 tests failed/1 tests failed/')"
}

# The kit with stand-ins, which need no root; its one selftest leaves a mark.
stand_ins()
{
	local name
	mkdir -p "$tmp/bin" "$tmp/stub/selftests"
	for name in bin/id bin/modprobe bin/dmesg stub/snp-facts stub/snp-ready; do
		printf '#!/bin/sh\necho 0\n' >"$tmp/$name"
	done
	printf '#!/bin/sh\ntouch "%s"\n' "$tmp/launched" >"$tmp/stub/selftests/sev_test"
	cp "$hw/kit/run" "$tmp/stub"
	chmod +x "$tmp"/bin/* "$tmp"/stub/snp-* "$tmp"/stub/selftests/*
}

# run_kit STATUS LAUNCHES ARG...
run_kit()
{
	local rc=0 launches
	rm -rf "$tmp/launched" "$tmp/stub/made"
	mkdir "$tmp/stub/made"
	(cd "$tmp/stub/made" && PATH=$tmp/bin:$PATH ../run "${@:3}") || rc=$?
	launches=$([ -e "$tmp/launched" ] && echo yes || echo no)
	same "$rc $launches" "$1 $2"
}

obeys()
{
	stand_ins
	run_kit 0 yes
	[ -e "$tmp/stub/made/report.txt" ]
	run_kit 0 no --no-tests mine.txt
	[ -e "$tmp/stub/made/mine.txt" ]
	run_kit 0 no mine.txt --no-tests
	[ -e "$tmp/stub/made/mine.txt" ]
	run_kit 0 no - --no-tests
	run_kit 2 no --no-test
	run_kit 2 no mine.txt --notests
	run_kit 2 no --no-tests mine.txt other.txt
	same "$(ls "$tmp/stub/made")" ""
}

if [ $# -gt 0 ]; then
	cp "$1" "$tmp/report"
else
	t "the kit runs on the host model" boot_kit
fi
t "no guest is launched where --no-tests is said, and an unknown option is refused" obeys
t "compare contradicts no row of the model with the model's own report" accepted
t "it confirms as many rows as the example in the repository" confirms_as_many_as_the_example
t "the report answers every question" answers_all
t "it tells neither the chip nor the machine" is_anonymous
t "planted: another reduction of the address width" planted "pl-2.03 U1" 's/^\(fact address.reduction\) .*/\1 0x6/'
t "planted: SEV_STATUS that the host can read" planted "pl-3.06 U5" 's/^\(fact msr.sev_status\) .*/\1 0x1/'
t "planted: an RMP that is not aligned" planted "pl-4.02" 's/^\(fact rmp.base\) .*/\1 0x10070000/'
t "planted: a measured VMSA that runs before LAUNCH_FINISH" planted "U19 M1" '/run_fails_before_finish ok$/s/ok$/failed/'
t "planted: a failed LAUNCH_FINISH that destroys the context" planted "M3" '/finish.repeated/s/ok$/failed/'
t "planted: a CPU without SNP_EN" planted "pl-3.01" 's/^\(fact msr.syscfg.differs\) .*/\1 0x1/'
t "a test that was skipped leaves its row open" left_open
t "each selftest and subtest that failed is shown, and enough to fail" failed_tests_shown
t "half a report is refused" broken '$d'
t "and so is another file" broken '1d'
t "and one without answers" broken '1!{$!d}'
t "and two in one file" broken "\$r $tmp/report"
finish
