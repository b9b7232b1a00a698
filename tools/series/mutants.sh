#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Plant a defect in the series, run the tests that have to catch it, and so on
# for each defect in tools/series/mutants.
#
# usage: mutants.sh [--build] [--again] [NAME]...
#
#   --build   only see whether they apply, compile and change the object code
#   --again   also those whose result is known
#   NAME      only these; may be a pattern
#
# A mutant is caught when one of the tests that it names fails, or the boot that
# they run in, provided that they pass without it.  One that is not caught, does
# not apply or leaves the object code as it is fails the run.  Those that declare
# that nothing notices them are only built.
#
# Results are kept in $O/series/mutants until the series, a test or QEMU changes.
#
# example: tools/series/mutants.sh 'i6-*'
# shellcheck disable=SC2154 # series.sh sets linux, tree, out and ko, series-builds.sh the rest
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
# shellcheck source=tools/lib/series.sh
. "$TOP/tools/lib/series.sh"
usage_if_asked "$@"

mutant="$TOP/tools/series/mutant.py"
results=$O/series/mutants
export PART=$O/initramfs/step-mutant.cpio

only_build='' again=''
while :; do
	case ${1-} in
	--build) only_build=1 ;;
	--again) again=1 ;;
	*) break ;;
	esac
	shift
done

# The code of KVM's modules in out, without the lines that warnings name
code()
{
	(cd "$out" && objdump -drw --no-addresses "${ko[@]}") | sha256sum | cut -d' ' -f1
}

pack_part()
{
	strip_modules "$results/root/lib/modules"
	pack_cpio "$results/root" "$PART"
	rm -rf "$results/root"
}

# run_tests NAME TEST...
run_tests()
{
	local tests
	tests=$(IFS=,; echo "${*:2}")
	"$TOP"/tools/testing/check.py --tests "$tests" --jobs 1 --build "$O" \
		--boot "$TOP/tools/series/boot-with-part.sh" --results "$results/$1.run" || [ $? -eq 1 ]
}

# failed NAME: the tests and boots that failed then, "TEST<tab>STATUS"
failed()
{
	awk -F'\t' -v OFS='\t' '$1 !~ "^(ok|known|n/a)$" { print $4, $1 }' "$results/$1.run/latest/results.tsv"
}

# A test that fails by itself catches nothing: what is left is in $results/sound.
baseline()
{
	checkout HEAD
	build_modules
	code >"$results/code"
	pack_part
	mapfile -t tests < <("$mutant" tests "${selected[@]}")
	: >"$results/sound"
	: >"$results/baseline.failed"
	[ -z "$only_build" ] && [ -n "${tests[*]}" ] || return 0
	run_tests baseline "${tests[@]}"
	failed baseline | cut -f1 >"$results/baseline.failed"
	comm -23 <(printf '%s\n' "${tests[@]}") <(sort "$results/baseline.failed") >"$results/sound"
	[ -s "$results/sound" ] || die "every test fails without a mutant: see $results/baseline.run"
}

# Those of the tests that may judge the mutant
sound_tests()
{
	comm -12 <("$mutant" tests "$1") "$results/sound"
}

# verdict VERDICT WHY
verdict()
{
	printf '%s\t%s\n' "$1" "$2" >"$results/$planted.verdict"
}

# A configuration of check.sh that must not compile any more
judge_by_build()
{
	local out=$O/series/builds/${check#build-}
	if kbuild W=1 arch/x86/kvm/; then
		verdict survived "$check compiles"
	else
		verdict caught "$check"
	fi
}

judge_by_tests()
{
	local tests caught
	mapfile -t tests < <(sound_tests "$planted")
	[ -n "${tests[*]}" ] || { verdict error "its tests fail without it"; return 0; }
	pack_part
	run_tests "$planted" "${tests[@]}"
	caught=$(failed "$planted" | awk -F'\t' 'FILENAME != "-" { before[$1]; next }
		!($1 in before) { print $1 " (" $2 ")" }' "$results/baseline.failed" - | paste -sd' ')
	if [ -n "$caught" ]; then verdict caught "$caught"; else verdict survived "${tests[*]}"; fi
}

judge()
{
	local check
	check=$("$mutant" get "$planted" Check)
	checkout HEAD
	"$mutant" apply "$planted" "$tree" || { verdict error "does not apply"; return 0; }
	[ -z "$check" ] || { judge_by_build; return 0; }
	build_modules || { verdict error "does not compile"; return 0; }
	[ "$(code)" != "$(cat "$results/code")" ] || { verdict error "leaves the object code unchanged"; return 0; }
	if [ -n "$("$mutant" get "$planted" Survives)" ]; then
		verdict explained "$("$mutant" get "$planted" Survives)"
	elif [ -n "$only_build" ]; then
		verdict built "not run"
	else
		judge_by_tests
	fi
}

"$TOP"/tools/queue.sh linux ready
"$mutant" coverage
[ $# -gt 0 ] || set -- '*'
mapfile -t selected < <("$mutant" names "$@")
[ -n "${selected[*]}" ] || die "no mutant is called $*"
# What must not compile any more says nothing where the series itself does not.
mapfile -t checks < <(for planted in "${selected[@]}"; do "$mutant" get "$planted" Check; done | sort -u | sed '/^$/d')
[ ${#checks[@]} -eq 0 ] || "$TOP"/tools/series/check.sh "${checks[@]}"
lock series
need_kvm_objects
mkdir -p "$results"
inputs=("$(git -C "$linux" rev-parse HEAD)" "build=$only_build" "$out/.stamp" "$O/initramfs/.stamp-selftests"
	"$O/qemu-build/.stamp-build" "$O/initramfs/base.cpio" "$TOP"/tools/testing/lists/*.list)

key=("${inputs[@]}" "${selected[@]}" "$("$mutant" tests "${selected[@]}")")
if [ -n "$again" ] || ! fresh "$results/.stamp-baseline" "${key[@]}"; then
	step mutants-baseline baseline
	mark_fresh "$results/.stamp-baseline" "${key[@]}"
fi
for planted in "${selected[@]}"; do
	key=("${inputs[@]}" "$TOP/tools/series/mutants/$planted.mutant" "sound: $(sound_tests "$planted")")
	[ -n "$again" ] || ! fresh "$results/.stamp-$planted" "${key[@]}" || continue
	step "mutant-$planted" unattended "$out" judge
	grep -q '^error' "$results/$planted.verdict" || mark_fresh "$results/.stamp-$planted" "${key[@]}"
done
checkout HEAD

echo
for planted in "${selected[@]}"; do
	printf '%-10s %-26s %-32s %s\n' "$(cut -f1 "$results/$planted.verdict")" "$planted" \
		"$("$mutant" get "$planted" Breaks)" "$(cut -f2 "$results/$planted.verdict")"
done | tee "$results/table"
! grep -qE '^(survived|error)' "$results/table"
