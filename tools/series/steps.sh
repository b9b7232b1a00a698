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
#   $O/initramfs/series.cpio    those of patches/linux/direct-vmsa alone, in /series
#   $O/initramfs/unannounced.cpio  KVM with all topics, but it announces the list of APIC
#                               IDs to no guest: firmware is as if it did not know it
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

# build_kvm PART COMMIT [SED-SCRIPT]: edited, if there is a script
build_kvm()
{
	local root=$O/initramfs/$1.tmp
	checkout "$2"
	if [ -n "${3-}" ]; then
		sed -i "$3" "$tree/arch/x86/kvm/svm/sev.c"
		git -C "$tree" diff --quiet && { echo "nothing to edit: $3"; return 1; }
	fi
	build_modules
	rm -rf "$root"
	strip_modules "$root/lib/modules"
	pack_cpio "$root" "$O/initramfs/$1.cpio"
	rm -rf "$root"
}

# make_kvm PART COMMIT [SED-SCRIPT]
make_kvm()
{
	! fresh "$O/series/.stamp-$1" "$2" "$out/.stamp" "$0" || return 0
	step "series-$1" unattended "$out" build_kvm "$@"
	mark_fresh "$O/series/.stamp-$1"
}

# build_tests PART COMMIT TEST...
build_tests()
{
	local root=$O/initramfs/$1.tmp part=$1 tests=$O/series/selftests
	checkout "$2"
	shift 2
	rm -rf "$tests" "$root"
	mkdir -p "$tests" "$root/$part"
	make -C "$tree" O="$tests/headers" INSTALL_HDR_PATH="$tests/headers/usr" headers_install
	make -C "$tree/tools/testing/selftests/kvm" ARCH=x86 -j"$JOBS" CC="$CC" OUTPUT="$tests" \
		LINUX_HDR_PATH="$tests/headers/usr/include" KHDR_INCLUDES="-isystem $tests/headers/usr/include" \
		"${@/#/$tests/x86/}"
	strip "${@/#/$tests/x86/}"
	cp "${@/#/$tests/x86/}" "$root/$part"
	pack_cpio "$root" "$O/initramfs/$part.cpio"
	rm -rf "$root"
}

# make_tests PART COMMIT TEST...
make_tests()
{
	! fresh "$O/series/.stamp-$1" "$2" "$0" || return 0
	step "series-$1" build_tests "$@"
	mark_fresh "$O/series/.stamp-$1"
}

find_series
lock series
need_kvm_objects
commits=$(step_commits)
upstream=(sev_smoke_test sev_init2_tests sev_migrate_tests sev_dbg_test)
make_tests pristine "$(git -C "$linux" rev-parse base)" "${upstream[@]}"
make_tests series "$(git -C "$linux" rev-parse "$series")" \
	"${upstream[@]}" sev_snp_{measure,launch,vmsa}_test
n=0
for commit in $commits; do
	make_kvm "step-$n" "$commit"
	n=$((n + 1))
done
make_kvm unannounced "$(git -C "$linux" rev-parse HEAD)" 's/ | GHCB_HV_FT_APIC_ID_LIST;/;/'
