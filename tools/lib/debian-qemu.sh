# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the scripts that take programs of Debian's into an initramfs part, on top of
# common.sh:
#
#   fill_qemu ROOT PACKAGE...  what QEMU needs of its package and of those that it
#                              depends on, to where they have it.  ROOT.tmp is used
#   fill_program ROOT PROGRAM PACKAGE...  the same of any program that needs nothing
#                              but libraries

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

# unpack TREE PACKAGE...
unpack_packages()
{
	local package tree=$1
	shift
	rm -rf "$tree"
	mkdir -p "$tree"
	for package; do
		dpkg-deb -x "$package" "$tree"
	done
	# Newer packages have nothing in /lib.
	[ -d "$tree/lib" ] || ln -s usr/lib "$tree/lib"
}

# take_program TREE ROOT PROGRAM FILE...: with its libraries, and other files
take_program()
{
	local file tree=$1 root=$2 program=$3 wanted
	shift 3
	libraries_of "$tree" "$program" >"$tree/wanted"
	[ -s "$tree/wanted" ]
	mapfile -t wanted <"$tree/wanted"
	for file in "$program" "$libraries/ld-linux-x86-64.so.2" "${wanted[@]}" "$@"; do
		install -D "$tree/$file" "$root/$file"
	done
	mkdir -p "$root/lib64"
	ln -sf "/$libraries/ld-linux-x86-64.so.2" "$root/lib64/"
}

fill_program()
{
	unpack_packages "$1.tmp" "${@:3}"
	take_program "$1.tmp" "$1" "$2"
	rm -rf "$1.tmp"
}

fill_qemu()
{
	local root=$1 tree=$1.tmp file
	shift
	unpack_packages "$tree" "$@"
	take_program "$tree" "$root" usr/bin/qemu-system-x86_64 "${roms[@]/#/usr/}"
	for file in "${device_roms[@]/#/usr/}"; do
		[ ! -e "$tree/$file" ] || install -D "$tree/$file" "$root/$file"
	done
	rm -rf "$tree"
}
