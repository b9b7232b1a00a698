#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Find the kernel tree that LINUX names, see that it can be built out of tree, and
# print the build directory for it, $O/trees/NAME.  Its link `linux` leads to the source.
#
# usage: LINUX=DIR|GIT-TREE|TARBALL source.sh
#
# The tree is only read.  A directory is built as it is, changes that are not committed
# included.  kbuild takes no source that has been built in; of such a git tree the files
# that git knows or would add are copied, and copied again when they change.
#
# example: LINUX=~/linux tools/tree/source.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
# shellcheck source=tools/lib/verify.sh
. "$TOP/tools/lib/verify.sh"
usage_if_asked "$@"

oldest=6.12
asked=${LINUX-}
g=(git -c "safe.directory=*")

# version_of DIR: 7.3.4 or 7.4.0-rc1; nothing if DIR is no kernel tree
version_of()
{
	[ -f "$1/Kbuild" ] && [ -d "$1/arch/x86/kvm" ] || return 0
	sed -nE 's/^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION) = ?//p' "$1/Makefile" |
		awk 'NR <= 3 { v = v (NR > 1 ? "." : "") $1 } NR == 4 { v = v $1 } END { print v }'
}

# check_version DIR
check_version()
{
	local version
	version=$(version_of "$1")
	[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+ ]] || die "LINUX=$asked is no kernel tree"
	[ "$(printf '%s\n' "$oldest" "$version" | sort -V | head -n 1)" = "$oldest" ] ||
		die "LINUX=$asked is Linux $version: SNP hosts, and so these tests, begin with $oldest"
}

# As kbuild sees it
built_in()
{
	[ -e "$1/.config" ] || [ -d "$1/include/config" ] || [ -d "$1/arch/x86/include/generated" ]
}

# files_of GIT-TREE: what git knows or would add, each name ended by a NUL
files_of()
{
	"${g[@]}" -C "$1" ls-files -z --cached --others --exclude-standard
}

# copy_files GIT-TREE COPY: what was copied before and is gone is removed.  Two edits
# of a file may come within a second.
copy_files()
{
	local list=$out/files
	mkdir -p "$2"
	touch "$list"
	files_of "$1" >"$list.now"
	sort -zu "$list" "$list.now" >"$list.all"
	rsync -a --modify-window=-1 --files-from="$list.all" --from0 --delete-missing-args "$1/" "$2/"
	mv "$list.now" "$list"
	rm "$list.all"
}

use_directory()
{
	check_version "$1"
	need_plain_name "LINUX=$asked" "$1" "rename it"
	if ! built_in "$1"; then
		ln -sfn "$1" "$out/linux"
	elif [ -e "$1/.git" ]; then
		note "$1 has been built in, which kbuild does not take: its source is copied to $out/source"
		step "tree-copy" copy_files "$1" "$out/source"
		ln -sfn source "$out/linux"
	else
		die "LINUX=$asked has been built in, which kbuild does not take: run 'make mrproper' there, or name a git tree"
	fi
}

unpack()
{
	rm -rf "$out/source.new"
	mkdir "$out/source.new"
	tar -x --strip-components=1 -C "$out/source.new" -f "$1"
}

use_tarball()
{
	local size sum
	sum=$(checksum_of "$1")
	if [ "$(cat "$out/.tarball" 2>/dev/null)" != "$sum" ]; then
		size=$(du -Dsm "$1" | cut -f1)
		need_space "$((size * 12 + 50))" "$O"
		step "tree-unpack" unpack "$1" || die "LINUX=$asked is neither a kernel tree nor a tarball of one"
		check_version "$out/source.new"
		rm -rf "$out/source"
		mv "$out/source.new" "$out/source"
		echo "$sum" >"$out/.tarball"
	fi
	ln -sfn source "$out/linux"
}

[ -n "$asked" ] || die "say which kernel: LINUX=DIR|GIT-TREE|TARBALL"
[ -e "$asked" ] || die "LINUX=$asked: no such file"
path=$(realpath "$asked")
name=$(basename "$path" | tr -c 'A-Za-z0-9._\n-' _)
out=$O/trees/$name-$(sha256sum <<<"$path" | cut -c1-8)
if [ -f "$path/HEAD" ] && [ -d "$path/objects" ]; then
	die "LINUX=$asked is a git repository without a work tree: name one (git worktree add)"
fi
[ ! -d "$path" ] || check_version "$path"
mkdir -p "$out"
lock "tree-${out##*/}"
if [ -d "$path" ]; then use_directory "$path"; else use_tarball "$path"; fi >&2
version_of "$out/linux" >"$out/version"
echo "$out"
