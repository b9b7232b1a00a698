#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make initramfs parts that let a boot run KVM as of one step of the series.
#
# usage: steps.sh [--help]
#
#   $O/initramfs/step-N.cpio    kvm.ko and kvm-amd.ko of patches 1 to N of
#                               patches/linux/direct-vmsa, N = 0 for none: they replace
#                               those of the part `base`
#   $O/initramfs/pristine.cpio  upstream's SEV selftests as they were before
#                               the series, in /pristine
#
# The series touches nothing that is built into the kernel image, so one image
# serves all steps, and what differs between two boots is KVM alone.
#
# example: tools/series/steps.sh && make check TESTS='step-*'
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

# build_step N COMMIT
build_step()
{
	local root=$O/initramfs/step-$1.tmp
	checkout "$2"
	build_modules
	rm -rf "$root"
	strip_modules "$root/lib/modules"
	pack_cpio "$root" "$O/initramfs/step-$1.cpio"
	rm -rf "$root"
}

build_pristine()
{
	local root=$O/initramfs/pristine.tmp tests=$O/series/selftests binary
	checkout base
	rm -rf "$tests" "$root"
	mkdir -p "$tests" "$root/pristine"
	make -C "$tree" O="$tests/headers" INSTALL_HDR_PATH="$tests/headers/usr" headers_install
	make -C "$tree/tools/testing/selftests/kvm" ARCH=x86 -j"$JOBS" CC="$CC" OUTPUT="$tests" \
		LINUX_HDR_PATH="$tests/headers/usr/include" KHDR_INCLUDES="-isystem $tests/headers/usr/include" \
		"$tests"/x86/sev_{smoke_test,init2_tests,migrate_tests,dbg_test}
	for binary in "$tests"/x86/sev_*_test{,s}; do
		[ ! -f "$binary" ] || strip -o "$root/pristine/${binary##*/}" "$binary"
	done
	pack_cpio "$root" "$O/initramfs/pristine.cpio"
	rm -rf "$root"
}

find_series
lock series
need_kvm_objects
key=("$out/.stamp" "$0")
base=$(git -C "$linux" rev-parse base)
commits=$(step_commits)
if ! fresh "$O/series/.stamp-pristine" "$base" "$0"; then
	step series-pristine build_pristine
	mark_fresh "$O/series/.stamp-pristine" "$base" "$0"
fi
n=0
for commit in $commits; do
	if ! fresh "$O/series/.stamp-$n" "$commit" "${key[@]}"; then
		step "series-step-$n" unattended "$out" build_step "$n" "$commit"
		mark_fresh "$O/series/.stamp-$n" "$commit" "${key[@]}"
	fi
	n=$((n + 1))
done
