#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prepare Debian's stock full kernel image, which nobody here configured, to
# be booted as a host or as an SNP guest.
#
# usage: stock-kernel.sh [--help]
#
# The result is $O/stock/vmlinuz, $O/initramfs/stock.cpio, an initramfs part with
# the modules that KVM needs, and $O/stock/guest, a tree with those of a guest.
#
# example: tools/stock-kernel.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
usage_if_asked "$@"

out=$O/stock

# load_order TREE RELEASE MODULE...: in which they load, dependencies first
load_order()
{
	local tree=$1 release=$2 module
	shift 2
	for module; do
		modprobe -d "$tree" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

# take_modules TREE ROOT MODULE...: into an initramfs, with the list to load them by
take_modules()
{
	local text tree=$1 root=$2 release file name
	shift 2
	release=$(basename "$tree"/lib/modules/*)
	mkdir -p "$root/lib/modules" "$root/etc"
	text=$(load_order "$tree" "$release" "$@")
	while read -r file; do
		name=$(basename "${file%%.ko*}")
		case $file in
		*.xz) xz -dc "$file" >"$root/lib/modules/$name.ko" ;;
		*) cp "$file" "$root/lib/modules/$name.ko" ;;
		esac
		echo "$name" >>"$root/etc/modules-load"
	done < <(lines "$text")
}

unpack()
{
	local package tmp=$out.tmp
	rm -rf "$tmp" "$out"
	mkdir -p "$tmp" "$O/initramfs"
	for package; do
		dpkg-deb -x "$package" "$tmp/x"
	done
	[ -d "$tmp/x/lib/modules" ] || ln -s usr/lib "$tmp/x/lib"
	# Beside its modules, or in /boot as before Debian 14.
	find "$tmp/x/" -type f -name 'vmlinuz*' -exec cp {} "$tmp/vmlinuz" \;
	depmod -b "$tmp/x" "$(basename "$tmp"/x/lib/modules/*)"
	# The console and the port are built in.
	take_modules "$tmp/x" "$tmp/root" ccp kvm-amd
	take_modules "$tmp/x" "$tmp/guest" sev-guest
	pack_cpio "$tmp/root" "$O/initramfs/stock.cpio"
	rm -rf "$tmp/x" "$tmp/root"
	mv "$tmp" "$out"
}

lock stock-kernel
text=$("$TOP"/tools/fetch.sh linux-image)
mapfile -t packages < <(lines "$text")
if ! fresh "$out/.stamp" "${packages[*]}" "$0"; then
	step stock-kernel unpack "${packages[@]}"
	mark_fresh "$out/.stamp"
fi
