#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the host kernel, one image that serves as host and as guest.
#
# usage: build-kernel.sh [--debug | --coverage]
#
# tinyconfig plus the fragments snp_host.config and snp_guest.config of
# arch/x86/configs/, and CONFIG_FRAGMENTS="FILE..." if it is set.  The result
# is in $O/kernel: vmlinux, arch/x86/boot/bzImage, modules.
#
# With --debug, debug.config on top, in $O/kernel-debug, and kcov in what launch-fuzz is
# to get into; with --coverage, coverage.config in $O/kernel-coverage, and gcov's counters
# in Linux's code for SNP hosts.
#
# example: CONFIG_FRAGMENTS=my.config O=/tmp/b tools/build-kernel.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/tools/lib/kernel.sh"
usage_if_asked "$@"

tree=$O/linux
name=kernel
counted=() images=(vmlinux bzImage)
read -ra extra <<<"${CONFIG_FRAGMENTS:-}"
case ${1-} in
# By object, as the makefiles call them; bzImage's own sev.o cannot be one of them.
--debug)
	name=kernel-debug extra+=("$TOP/arch/x86/configs/debug.config")
	images=(vmlinux)
	counted=(KCOV_INSTRUMENT_svm/sev.o=y KCOV_INSTRUMENT_sev.o=y KCOV_INSTRUMENT_sev-dev.o=y
		KCOV_INSTRUMENT_../../../virt/kvm/guest_memfd.o=y
		KCOV_INSTRUMENT_../../../virt/kvm/kvm_main.o=y)
	;;
--coverage)
	name=kernel-coverage extra+=("$TOP/arch/x86/configs/coverage.config")
	images=(vmlinux)
	counted=(GCOV_PROFILE_svm/sev.o=y GCOV_PROFILE_sev.o=y GCOV_PROFILE_sev-dev.o=y
		GCOV_PROFILE_psp-dev.o=y GCOV_PROFILE_../../../virt/kvm/guest_memfd.o=y)
	;;
esac
out=$O/$name
fragments=("$TOP"/arch/x86/configs/snp_{host,guest}.config "${extra[@]}")

configure()
{
	configure_kernel "$tree" "$out" "${fragments[@]}"
	not_honoured "$out" "${fragments[@]}" | sed 's/^/kconfig did not honour: /' >&2
	[ -z "$(not_honoured "$out" "${fragments[@]}")" ]
}

build()
{
	make_kernel "$tree" "$out" "$time" "${counted[@]}" "${images[@]}" modules
}

"$TOP"/tools/queue.sh linux ready
lock "$name"
key=$(tree_key "$tree")
time=$(git -C "$tree" log -1 --format=%cI)
if ! fresh "$out/.stamp-config" "$key" "${fragments[@]}"; then
	step "$name-config" configure
	mark_fresh "$out/.stamp-config"
fi
if ! fresh "$out/.stamp-build" "$key" "$out/.config" "${counted[@]}"; then
	step "$name" unattended "$out" build
	mark_fresh "$out/.stamp-build"
fi
