#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The SNP host model costs nothing when it is off and little when it is on.
# Counted under the exact profile, where two runs of one QEMU are alike to the
# byte: with the switch off, console, frames and instructions equal those of a
# QEMU with the fixes of the queue alone.  Prints TAP.  Builds that QEMU.
#
# usage: test-snp-off.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

dir=$O/snp-off-test
tree=$O/qemu
mkdir -p "$dir/root"
printf 'nothing\t30\ttrue\n' >"$dir/root/plan"
(cd "$dir/root" && find . -mindepth 1 | cpio --quiet -o -H newc) >"$dir/plan.cpio"

build_reference()
{
	local first
	first=$("$TOP"/tools/queue.sh qemu alone fixes)
	if [ ! -x "$dir/build/qemu-system-x86_64" ] || [ "$(cat "$dir/of")" != "$first" ]; then
		rm -rf "$dir/build" "$dir/qemu"
		git -C "$tree" worktree prune
		git -C "$tree" worktree add -q --detach "$dir/qemu" "$first"
		(cd "$tree/pc-bios" && cp edk2-*.fd.bz2 "$dir/qemu/pc-bios/")
		mkdir "$dir/build"
		export PYTHONPATH=$O/meson/usr/lib/python3/dist-packages
		(cd "$dir/build" && "$dir/qemu/configure" --python=/usr/bin/python3 --cc="$CC" \
			--target-list=x86_64-softmmu --without-default-features --enable-tcg --enable-kvm \
			--enable-fdt=system --enable-nettle --disable-docs --disable-tools --disable-install-blobs)
		ninja -C "$dir/build" -j"$JOBS" qemu-system-x86_64
		echo "$first" >"$dir/of"
	fi
}

# boot NAME [boot.sh's options]: no modules, so that init comes at once
boot()
{
	local name=$1
	shift
	rm -f "$dir/$name".*
	"$TOP"/tools/boot.sh --profile exact --initrd "$O/initramfs/base.cpio,$dir/plan.cpio" \
		--append "snp.mode=test snp.modules=none" \
		--console "$dir/$name.console" --channel "$dir/$name.channel" "$@" >"$dir/$name.qemu" 2>&1
}

instructions()
{
	grep -ao 'tsc=[0-9]*' "$dir/$1.channel" | tail -n 1 | cut -d= -f2
}

# alike ONE OTHER
alike()
{
	cmp "$dir/$1.console" "$dir/$2.console"
	cmp "$dir/$1.channel" "$dir/$2.channel"
}

# at_most NUMBER LIMIT
at_most()
{
	[ "$1" -le "$2" ] || { echo "$1 is more than $2"; return 1; }
}

build_reference >"$dir/build.log" 2>&1 || { tail -n 5 "$dir/build.log"; exit 1; }
boot off-plain
boot reference-plain --qemu "$dir/build/qemu-system-x86_64"
t "off: the same as without the model" alike off-plain reference-plain
boot off-iommu --iommu
boot reference-iommu --iommu --qemu "$dir/build/qemu-system-x86_64"
t "off, with an IOMMU: the same as without the model" alike off-iommu reference-iommu

boot on --snp
boot off --iommu --qemu-arg -cpu --qemu-arg EPYC-Milan,-hypervisor
on=$(instructions on) off=$(instructions off)
echo "# instructions off: $(instructions off-plain), with an IOMMU: $(instructions off-iommu)"
echo "# on: $on, off with the same CPU flags and IOMMU: $off, ratio $(awk -v a="$on" -v b="$off" 'BEGIN { printf "%.3f", a / b }')"
t "on, no guest: at most 1.2 times the instructions up to init" at_most $((on * 10)) $((off * 12))
finish
