#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run the SEV, guest_memfd and SVM selftests of any kernel tree of 6.12 or newer on that
# kernel, on the SNP host model, then an ordinary and an SNP guest, and say what differs
# from the same version as it was released.  Nothing is added to the tree.
#
# usage: [LINUX=DIR|GIT-TREE|TARBALL] [KVM_UNIT_TESTS=DIR] check-tree.sh [--check|--record]
#
# With KVM_UNIT_TESTS, a directory where kvm-unit-tests have been built, those run too, on
# the model and on the machine without it; without LINUX, on the project's kernel.
#
# TESTS=GLOB,... runs those only, of the unit tests if there are some.
# CONFIG_FRAGMENTS="FILE..." adds to the configuration.
# --check only says whether LINUX and KVM_UNIT_TESTS are what they should be.  --record
# makes the run the one that others are compared with; it is for a kernel as it was released.
#
# Exit status: 0 if nothing is worse than in the kernel it is compared with, and no unit
# test worse on the model than without it; else 1.
#
# example: LINUX=~/linux tools/check-tree.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"
unset MAKELEVEL MAKEFLAGS MFLAGS MAKEOVERRIDES

# run_lists NAME: the tests fail as they like, what comes of it is compared
run_lists()
{
	local lists=$build/lists/$1 rc=0
	"$TOP"/tools/testing/check.py --build "$build" --lists "$lists" --built "$lists/built" \
		--results "$build/results/$1" ${2:+--tests "$2"} || rc=$?
	[ "$rc" -le 1 ] || exit "$rc"
	results+=("$build/results/$1/latest/results.json")
}

compare()
{
	"$TOP"/tools/tree/compare.py "$(cat "$build/version")" "${results[@]}" --tests "${TESTS-}" "$@"
}

tree_tests()
{
	local text list lists
	"$TOP"/tools/tree/build.sh "$build"
	[ -z "${KVM_UNIT_TESTS-}" ] || [ -z "${TESTS-}" ] || return 0
	"$TOP"/tools/tree/lists.py "$build/selftests/kvm/MANIFEST" "$build/lists" "${TESTS-}"
	text=$(cd "$build/lists" && printf '%s\n' *)
	mapfile -t lists < <(lines "$text")
	results=()
	for list in "${lists[@]}"; do
		run_lists "$list"
		[ "$list" = "${lists[-1]}" ] || compare --brief || :
	done
	compare "$@" || worse=1
}

unit_tests()
{
	"$TOP"/tools/tree/unit-tests.sh "$build" "$build/lists/unit"
	results=()
	run_lists unit "${TESTS-}"
	"$TOP"/tools/tree/machines.py "${results[@]}" || worse=1
}

case ${1-} in
'' | --check) ;;
--record) [ -z "${TESTS-}" ] || die "--record takes all tests, not TESTS=$TESTS" ;;
*) die "unknown option '$1', see --help" ;;
esac
[ -z "${KVM_UNIT_TESTS-}" ] || "$TOP"/tools/tree/unit-tests.sh --check
build=$O worse=0
if [ -n "${LINUX-}" ] || [ -z "${KVM_UNIT_TESTS-}" ]; then
	build=$("$TOP"/tools/tree/source.sh)
fi
[ "${1-}" != --check ] || exit 0
if [ "$build" = "$O" ]; then
	"$TOP"/tools/build-initramfs.sh base
else
	tree_tests "$@"
fi
[ -z "${KVM_UNIT_TESTS-}" ] || unit_tests
exit $worse
