#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prepare Debian's stock full kernel image, which nobody here configured, to
# be booted as a host: its vmlinuz, and an initramfs part with the modules
# that KVM needs.
#
# usage: stock-kernel.sh [--help]
#
# The result is $O/stock/vmlinuz and $O/initramfs/stock.cpio.
#
# example: tools/stock-kernel.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/stock
# The console and the port are built in.
wanted=(ccp kvm-amd)

# The modules in the order in which they load, dependencies first.
load_order()
{
	depmod -b "$1" "$2"
	local module
	for module in "${wanted[@]}"; do
		modprobe -d "$1" -S "$2" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

unpack()
{
	local package tmp=$out.tmp release file name
	rm -rf "$tmp" "$out"
	mkdir -p "$tmp/root/lib/modules" "$tmp/root/etc" "$O/initramfs"
	for package; do
		dpkg-deb -x "$package" "$tmp/x"
	done
	[ -d "$tmp/x/lib/modules" ] || ln -s usr/lib "$tmp/x/lib"
	# Beside its modules, or in /boot as before Debian 14.
	find "$tmp/x/" -type f -name 'vmlinuz*' -exec cp {} "$tmp/vmlinuz" \;
	release=$(basename "$tmp"/x/lib/modules/*)
	while read -r file; do
		name=$(basename "${file%%.ko*}")
		case $file in
		*.xz) xz -dc "$file" >"$tmp/root/lib/modules/$name.ko" ;;
		*) cp "$file" "$tmp/root/lib/modules/$name.ko" ;;
		esac
		echo "$name" >>"$tmp/root/etc/modules-load"
	done < <(load_order "$tmp/x" "$release")
	[ -s "$tmp/root/etc/modules-load" ]
	(cd "$tmp/root" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet -o -H newc --reproducible -R 0:0) >"$tmp/stock.cpio"
	mv "$tmp/stock.cpio" "$O/initramfs/stock.cpio"
	rm -rf "$tmp/x" "$tmp/root"
	mv "$tmp" "$out"
}

lock stock-kernel
mapfile -t packages < <("$TOP"/tools/fetch.sh linux-image)
[ ${#packages[@]} -gt 0 ]
if ! fresh "$out/.stamp" "${packages[*]}" "$0"; then
	step stock-kernel unpack "${packages[@]}"
	mark_fresh "$out/.stamp" "${packages[*]}" "$0"
fi
