#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make initramfs parts that go on top of snp-guest: what only `make check-full` wants
# of guests and of what runs them.
#
# usage: build-more-guests.sh [--help]
#
#   guest-686    Debian's last 32-bit kernel and an initrd for it, for snp-guest --686
#   qemu-newest  the newest QEMU that Debian has, in place of the other
#   snphost      the tool that operators of hosts ask, in a root of its own, /snphost
#
# example: tools/build-more-guests.sh && tools/boot.sh --snp --mem 6G \
#              --initrd build/initramfs/base.cpio,build/initramfs/snp-guest.cpio,build/initramfs/qemu-newest.cpio
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/initramfs.sh
. "$TOP/tools/lib/initramfs.sh"
# shellcheck source=lib/debian-qemu.sh
. "$TOP/tools/lib/debian-qemu.sh"
usage_if_asked "$@"

init=$TOP/tools/guest/init

# guest_686 ROOT KERNEL BUSYBOX; it has no modules and fetches no report.
fill_guest_686()
{
	local boot=$1/debian/boot initrd=$1.initrd
	rm -rf "$initrd"
	mkdir -p "$boot" "$initrd"/{bin,etc,proc,sys,dev}
	dpkg-deb --fsys-tarfile "$2" | tar -xO --wildcards './boot/vmlinuz-*' >"$boot/vmlinuz-686"
	dpkg-deb --fsys-tarfile "$3" | tar -xO --wildcards '*bin/busybox' >"$initrd/bin/busybox"
	chmod 755 "$initrd/bin/busybox"
	install "$init" "$initrd/init"
	: >"$initrd/etc/modules-load"
	pack_cpio "$initrd" "$boot/initrd-686.img"
	rm -rf "$initrd"
}

fill_qemu_newest()
{
	fill_qemu "$1/debian" "${@:2}"
}

fill_snphost()
{
	mkdir -p "$1"/snphost/{certificates,dev,proc,sys,tmp}
	fill_program "$1/snphost" usr/bin/snphost "${@:2}"
	cp "$O"/snp-keys/{ark,ask,vcek}.pem "$1/snphost/certificates"
}

# part NAME FILE...
part()
{
	local name=$1 out=$O/initramfs/$1
	shift
	! fresh "$O/initramfs/.stamp-$name" "$@" "$init" "$TOP/tools/lib/debian-qemu.sh" "$0" ||
		[ ! -e "$out.cpio" ] || return 0
	step "initramfs-$name" make_part "$name" "$@"
	mark_fresh "$O/initramfs/.stamp-$name"
}

make_part()
{
	local root=$O/initramfs/$1.tmp
	rm -rf "$root"
	mkdir -p "$root"
	"fill_${1//-/_}" "$root" "${@:2}"
	pack_cpio "$root" "$O/initramfs/$1.cpio"
	rm -rf "$root"
}

lock more-guests
mkdir -p "$O/initramfs"
text=$("$TOP"/tools/fetch.sh linux-image-686 busybox-686)
mapfile -t files < <(lines "$text")
part guest-686 "${files[@]}"
for name in debian-qemu-newest:qemu-newest snphost:snphost; do
	text=$("$TOP"/tools/fetch.sh "${name%:*}")
	mapfile -t files < <(lines "$text")
	part "${name#*:}" "${files[@]}"
done
