#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build a kernel tree that tools/tree/source.sh has found, its kvm selftests, and what
# L1 boots them from.  What has not changed is not built again.
#
# usage: build.sh DIR
#
# DIR is what source.sh printed; it becomes a build directory of its own, for
# tools/boot.sh and tools/testing/check.py.  Nothing of this project is put into the
# tree; CONFIG_FRAGMENTS="FILE..." is used as in tools/build-kernel.sh.
#
# example: tools/tree/build.sh "$(LINUX=~/linux tools/tree/source.sh)"
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/lib/kernel.sh
. "$TOP/tools/lib/kernel.sh"
usage_if_asked "$@"

out=${1:?name the directory that source.sh printed (see --help)}
tree=$(realpath "$out/linux")
version=$(cat "$out/version")
kernel=$out/kernel
read -ra extra <<<"${CONFIG_FRAGMENTS:-}"
fragments=("$TOP"/arch/x86/configs/snp_{host,guest}.config "${extra[@]}")

# A source that changed may ask for more than the configuration answers.
configure()
{
	if fresh "$kernel/.stamp-config" "$version" "${fragments[@]}"; then
		make -C "$tree" O="$kernel" olddefconfig
		return
	fi
	configure_kernel "$tree" "$kernel" "${fragments[@]}"
	mark_fresh "$kernel/.stamp-config"
}

# Not an error: a tree without an option has tests that skip without it.
tell_missing()
{
	local line lines option
	lines=$(not_honoured "$kernel" "${fragments[@]}")
	for line in $lines; do
		option=${line%%=*}
		if grep -rqE --include='Kconfig*' "^[[:space:]]*(menu)?config ${option#CONFIG_}\$" "$tree"; then
			echo "  $line: this tree cannot set it, for something that it depends on"
		else
			echo "  ${option}: Linux $version has no such option"
		fi
	done
}

# The date is constant, or the image would differ each time.
build_kernel()
{
	configure
	make_kernel "$tree" "$kernel" 1970-01-01 vmlinux modules
}

build_selftests()
{
	mkdir -p "$out/selftests/kvm"
	: >"$out/selftests/kvm/MANIFEST"
	[ ! -d "$tree/tools/testing/selftests/kvm" ] || make_selftests "$tree" "$out/selftests"
}

# What is the same for all trees
link_shared()
{
	local name
	mkdir -p "$out"/{initramfs,kernel,selftests}
	for name in qemu-build firmware snp-keys initramfs/snp-guest.cpio; do
		ln -sfn "$O/$name" "$out/$name"
	done
	[ ! -e "$O/tsc-khz" ] || cp "$O/tsc-khz" "$out/"
}

lock "tree-${out##*/}"
link_shared
step "tree-kernel" unattended "$kernel" build_kernel
tell_missing
step "tree-selftests" unattended "$out/selftests" build_selftests
[ -s "$out/selftests/kvm/MANIFEST" ] || echo "  Linux $version has no kvm selftests in tools/testing/selftests/kvm"
text=$(sed "s,^\(.*\)\.o\$,$kernel/\1.ko," "$kernel/modules.order")
mapfile -t modules < <(lines "$text")
fresh "$kernel/.stamp-build" "$kernel/vmlinux" "${modules[@]}" || mark_fresh "$kernel/.stamp-build"
text=$(sed "s,^,$out/selftests/kvm/," "$out/selftests/kvm/MANIFEST")
mapfile -t binaries < <(lines "$text")
fresh "$out/selftests/.stamp" "$version" "${binaries[@]}" || mark_fresh "$out/selftests/.stamp"
O=$out "$TOP"/tools/build-initramfs.sh base upstream
