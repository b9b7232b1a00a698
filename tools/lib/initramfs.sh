# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the scripts that make initramfs parts, on top of common.sh:
#
#   pack_cpio ROOT FILE        what ROOT holds, as a part; equal trees give equal bytes
#   copy_libraries ROOT CMD... the shared libraries that the programs of this machine
#                              use, to the paths where they look for them

pack_cpio()
{
	find "$1" -exec touch -hd @0 {} +
	(cd "$1" && find . -mindepth 1 | LC_ALL=C sort |
		cpio --quiet -o -H newc --reproducible -R 0:0) >"$2.tmp"
	mv "$2.tmp" "$2"
}

copy_libraries()
{
	local root=$1 library libraries
	shift
	libraries=$(ldd "$@" | grep -o '/[^ :]*\.so[^ :]*' | sort -u)
	for library in $libraries; do
		install -D "$library" "$root$library"
	done
}
