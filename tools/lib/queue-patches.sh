# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2015,SC2120,SC2153
#
# What is in patches/, for tools/queue.sh.  Sourced after queue-tree.sh.

# The topics, in the order in which they are applied
topics()
{
	[ ! -e "$PATCHES/topics" ] || sed 's/[[:space:]]*#.*//; /^$/d' "$PATCHES/topics"
}

# A folder that no line names would be left out without a word.
need_names()
{
	local folder named
	named=$(topics)
	for folder in "$PATCHES"/*/; do
		folder=$(basename "$folder")
		[ ! -d "$PATCHES/$folder" ] || grep -qxF -- "$folder" <<<"$named" ||
			die "patches/$NAME/topics does not name the folder patches/$NAME/$folder; name it there, or move it away"
	done
}

# need_folders TOPICS: so would a topic whose name is misspelt.
need_folders()
{
	local topic
	for topic in $1; do
		[ -d "$PATCHES/$topic" ] || die "there is no folder $PATCHES/$topic with patches of a topic '$topic'"
	done
}

# patch_files [TOPIC...]: relative to PATCHES, in the order in which they are applied
patch_files()
{
	local topic topics=$*
	[ $# -gt 0 ] || topics=$(topics) || return 1
	for topic in $topics; do
		[ ! -d "$PATCHES/$topic" ] ||
			(cd "$PATCHES" && find "$topic" -maxdepth 1 -name '*.patch' ! -name '0000-*' | sort)
	done
}

# The list whose blob id tells whether patches/ changed
patch_list()
{
	(cd "$PATCHES" 2>/dev/null && patch_files | xargs -d '\n' -r sha256sum)
}

patches_id()
{
	patch_list | g hash-object "$@" --stdin
}
