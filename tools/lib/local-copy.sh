# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What is on this machine already of tools/sources/table, for fetch.sh; sourced
# after common.sh and verify.sh.  The functions set FOUND, or fail.

SHARED_SOURCES=$(realpath -m "${SHARED_SOURCES:-$TOP/../shared/sources}")
TABLE=$TOP/tools/sources/table
FOUND=()

items()
{
	awk '!/^#/ && NF { print $1 }' "$TABLE" | uniq
}

rows_of()
{
	awk -v item="$1" '$1 == item' "$TABLE"
}

# named_git ITEM DIR: a tarball of one commit; those of older commits go
named_git()
{
	local ref=${LINUX_REF:-HEAD} commit out
	need_cmd git
	commit=$(git -c safe.directory='*' -C "$2" rev-parse --verify -q "$ref^{commit}") ||
		die "$2 is a git tree without a commit '$ref' (LINUX_REF)"
	out=$O/cache/$1-git-$commit.tar
	if [ ! -e "$out" ]; then
		note "$1: archiving $ref of $2"
		rm -f "$O/cache/$1-git-"*
		git -c safe.directory='*' -C "$2" archive --prefix="$1/" -o "$out.part" --format=tar "$commit" ||
			die "git archive of $2 failed"
		mv "$out.part" "$out"
	fi
	FOUND=("$out")
}

# What the user names is taken as it is, unless the table knows its checksum.
named_by_user()
{
	local var=${1^^} path sum
	var=${var//[-.]/_}
	path=${!var-}
	[ -n "$path" ] || return 1
	[ -e "$path" ] || die "$var=$path: no such file"
	path=$(realpath "$path")
	if [ -e "$path/.git" ] || { [ -f "$path/HEAD" ] && [ -d "$path/objects" ]; }; then
		named_git "$1" "$path"
		return
	fi
	sum=$(rows_of "$1" | awk -v f="${path##*/}" '$6 == f && $7 != "-" { print $7; exit }')
	[ -z "$sum" ] || [ -d "$path" ] || accept "$path" "$sum"
	FOUND=("$path")
}

# A pinned file, in one directory
pinned_in()
{
	local text file sum
	text=$(rows_of "$1" | awk '$7 != "-" { print $6, $7 }') || die "cannot read $TABLE"
	while read -r file sum; do
		if [ -e "$2/$file" ]; then
			accept "$2/$file" "$sum"
			FOUND=("$2/$file")
			return 0
		fi
	done < <(lines "$text")
	return 1
}

# What an earlier run fetched for the item, be it pinned or not
fetched_before()
{
	local f sum
	FOUND=()
	[ -e "$O/cache/$1.list" ] || return 1
	while read -r f; do
		[ -e "$O/cache/$f" ] && sum=$(recorded_sum "$O/cache/$f") || return 1
		accept "$O/cache/$f" "$sum"
		FOUND+=("$O/cache/$f")
	done <"$O/cache/$1.list"
	[ ${#FOUND[@]} -gt 0 ]
}

local_copy()
{
	named_by_user "$1" || pinned_in "$1" "$SHARED_SOURCES" ||
		pinned_in "$1" "$O/cache" || fetched_before "$1"
}
