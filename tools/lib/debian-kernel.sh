# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034
#
# The rows of tools/sources/table that need more than one download: Debian's own
# kernels and Debian's kernel source.  Sourced after registry.sh, whose row
# variables it uses.

# The names that kernel packages really have; cloud and real-time kernels, debug
# symbols and unsigned images match the pattern too.
kernel_names()
{
	local n
	apt_in "$dir" apt-cache pkgnames linux-image- | sort -Vr | while read -r n; do
		# shellcheck disable=SC2053
		[[ $n != $package || $n == *-cloud-* || $n == *-rt-* || $n == *unsigned* ]] || echo "$n"
	done
}

# Newer kernels are split: linux-image only depends on the binary and the modules.
get_kernel()
{
	local n v p parts names versions
	names=$(kernel_names) || { WHY="the index of $suite cannot be read"; return 1; }
	WHY="$suite has no $package"
	for n in $names; do
		versions=$(versions "$n") || { WHY="the index of $suite cannot be read"; return 1; }
		for v in $versions; do
			parts=$(apt_in "$dir" apt-cache show "$n=$v" | sed -n 's/^Depends: //p' |
				grep -oE 'linux-(binary|modules)-[^ ,]+' | sort -u)
			FOUND=()
			for p in ${parts:-$n}; do
				get "$p" "$v" || continue 2
			done
			return 0
		done
	done
	return 1
}

# Debian's patched kernel source, taken out of its package
get_inner()
{
	local deb out=$O/cache/$file sum
	get "$package" "$1" || return 1
	deb=${FOUND[0]}
	logged "fetch-$item" unpack_inner "$deb" "$out.part" || die "$deb: cannot be unpacked; log: $(log_of "fetch-$item")"
	sum=$(checksum_of "$out.part") || exit 1
	[ "$sha256" = - ] || [ "$sum" = "$sha256" ] ||
		die "wrong checksum: $file in $package $1: expected sha256 $sha256 (tools/sources/table), got $sum"
	keep "$out.part" "$sum" "$file"
	rm -f "$deb" "$deb.sha256"
	FOUND=("$out")
}

unpack_inner()
{
	dpkg-deb --fsys-tarfile "$1" | tar -xO "./usr/src/$package.tar.xz" >"$2"
}
