# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the scripts that take Debian's QEMU into an initramfs part, on top of common.sh:
#
#   fill_qemu ROOT PACKAGE...  what QEMU needs of its package and of those that it
#                              depends on, to where they have it.  ROOT.tmp is used

libraries=lib/x86_64-linux-gnu
# What QEMU reads from its data directories, and what default devices do, which newer
# packages only recommend.
roms=(share/qemu/{kvmvapic,linuxboot_dma}.bin share/seabios/bios-256k.bin)
device_roms=(share/seabios/vgabios-stdvga.bin lib/ipxe/qemu/efi-e1000e.rom)

# The libraries that a program of TREE loads, as TREE's own loader finds them
libraries_of()
{
	"$1/$libraries/ld-linux-x86-64.so.2" --inhibit-cache \
		--library-path "$1/$libraries:$1/usr/$libraries" --list "$1/$2" >"$1/libraries"
	! grep 'not found' "$1/libraries" || return 1
	sed -n "s|.*=> $1/\([^ ]*\) .*|\1|p" "$1/libraries"
}

fill_qemu()
{
	local package root=$1 tree=$1.tmp file
	shift
	rm -rf "$tree"
	mkdir -p "$tree" "$root/lib64"
	for package; do
		dpkg-deb -x "$package" "$tree"
	done
	# Newer packages have nothing in /lib.
	[ -d "$tree/lib" ] || ln -s usr/lib "$tree/lib"
	libraries_of "$tree" usr/bin/qemu-system-x86_64 >"$tree/wanted"
	[ -s "$tree/wanted" ]
	for file in usr/bin/qemu-system-x86_64 "$libraries/ld-linux-x86-64.so.2" \
		$(cat "$tree/wanted") "${roms[@]/#/usr/}"; do
		install -D "$tree/$file" "$root/$file"
	done
	ln -sf "/$libraries/ld-linux-x86-64.so.2" "$root/lib64/"
	for file in "${device_roms[@]/#/usr/}"; do
		[ ! -e "$tree/$file" ] || install -D "$tree/$file" "$root/$file"
	done
	rm -rf "$tree"
}
