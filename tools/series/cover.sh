#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Write the end of a topic's cover letter: the patches' subjects and the diffstat.
#
# usage: cover.sh [--check] TOPIC
#
# What stands before the line "Patches:" of patches/linux/TOPIC/0000-cover-letter.patch
# is written by hand; what follows is made from the patches, applied to the pristine
# source without the other topics, but for the one that patches/linux/TOPIC/on names.
# With --check nothing is written, and the status is 1 if the file differs.
#
# example: tools/series/cover.sh direct-vmsa
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
usage_if_asked "$@"

check=
[ "${1-}" != --check ] || { check=1; shift; }
topic=${1:?name a topic (see --help)}
file=${PATCHES:-$TOP/patches/linux/$topic}/0000-cover-letter.patch
commit=$("$TOP"/tools/queue.sh linux alone "$topic")
base=base
[ ! -e "${file%/*}/on" ] || base=$("$TOP"/tools/queue.sh linux alone "$(cat "${file%/*}/on")")

# Nobody's git configuration changes the file.
g()
{
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -C "$O/linux" "$@"
}

{
	sed '/^Patches:$/,$d' "$file"
	echo "Patches:"
	echo
	g log --reverse --format='  %s' "$base..$commit"
	echo
	g diff --stat=72 --summary -M "$base" "$commit"
} >"$file.new"

if [ -n "$check" ]; then
	trap 'rm -f "$file.new"' EXIT
	diff -u "$file" "$file.new"
else
	mv "$file.new" "$file"
fi
