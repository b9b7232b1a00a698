#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Mutation testing of the kernel series: mutate each line that patches 1 to 3 add or
# change in arch/x86/kvm, by rule, and see which test notices.  The kernel has all
# topics.  With TOPIC=apic-id-list, it is the lines of that topic.
#
# usage: [TOPIC=NAME] mutants.sh [OPTION]...
#
#   --list           show the mutants and end
#   --piece K/N      the K-th of N parts
#   --only GLOB,...  whose rule, function or id is that
#   --sample N       N of them, drawn with --seed S, or others whenever KVM's code is
#   --again          also those whose result is known
#   --debug          none of that, but try the survivors on the debug kernel
#   --keep FILE      copy the summary there if every mutant has a result
#
# Results are kept in $O/series/mutation*/results.jsonl, so that an interrupted run goes
# on: a kill for as long as its line is in the series, all else until the series
# changes, a survival also until a test does.  The summary is in
# $O/results/mutants*.json; `older` are kills of a run with other code or tests.  The
# run fails when a mutant survives of which the file survivors* here does not say why,
# or when that says it of one that is killed or does not exist.
#
# example: tools/series/mutation/mutants.sh --only snp_launch_finish
# shellcheck disable=SC2034,SC2154 # series.sh sets linux, tree and out, and uses host
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
usage_if_asked "$@"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/lib/series.sh
. "$TOP/tools/lib/series.sh"

work=$O/series/mutation
[ "$topic" = direct-vmsa ] || work+=-$topic
export TOPIC=$topic
run_py()
{
	/usr/bin/python3 -B "$TOP/tools/series/mutation/run.py" --tree "$tree" --out "$out" \
		--build "$O" --work "$work" --before "$before" "$@"
}

# What a killed run has left mutated is restored, and compiled again.
build_original()
{
	checkout HEAD
	build_modules
}

survey()
{
	local lists=$TOP/tools/testing/lists code rows key
	code=$(git -C "$linux" rev-parse HEAD:arch/x86/kvm)
	rows=$(sed '/^#/d' "$lists"/snp{,-faults}.list; grep -E '^(kvm boot|no-snp/)' "$lists/kvm.list")
	key=("$code" "$O/initramfs/.stamp-selftests" "$rows"
		"$TOP"/tools/series/mutation/{reach,probes,boots,topic}.py)
	[ "$topic" = direct-vmsa ] || key+=("$O"/initramfs/.stamp-{guest,igvm} "$lists/guest.list")
	! fresh "$work/.stamp-map" "${key[@]}" || return 0
	step mutation-map run_py --survey
	mark_fresh "$work/.stamp-map"
}

"$TOP"/tools/queue.sh linux ready
before=$(git -C "$linux" log -1 --format=%H --grep="^topic: $topic\$")
[ -n "$before" ] || die "$linux has no topic $topic"
lock series
mkdir -p "$work"
need_kvm_objects
case " $* " in
*" --list "*) checkout HEAD ;;
*" --debug "*)
	host=$O/kernel-debug out=$O/series/kernel-debug
	need_kvm_objects
	step mutation-debug unattended "$out" build_original
	;;
*)
	step mutation-original unattended "$out" build_original
	survey
	;;
esac
run_py "$@"
