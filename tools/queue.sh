#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Patch queues: patches/linux <-> $O/linux and patches/qemu <-> $O/qemu.
#
#   tools/queue.sh linux|qemu refresh   make the tree, or bring it up to date with patches/
#   tools/queue.sh linux|qemu ready     the same for a build, which takes the tree with
#                                       the work in it as long as patches/ is unchanged
#   tools/queue.sh linux|qemu export    write the tree's commits back to patches/
#   tools/queue.sh linux|qemu verify    exit 0 if an export would change nothing
#   tools/queue.sh linux|qemu status    what is where
#   tools/queue.sh linux|qemu alone TOPIC [DIR]   print the commit of one topic's patches,
#                                       applied to the base without the others, but
#                                       for those that patches/QUEUE/TOPIC/on names;
#                                       DIR is in the place of patches/QUEUE
#
# Example:  tools/queue.sh linux refresh
#           cd build/linux && edit && git commit -a && cd -
#           tools/queue.sh linux export
#
# The tree is a git repository: one commit of the pristine source (tag `base`), then,
# for each topic that patches/QUEUE/topics names, an empty commit `topic: NAME` and one
# commit per patch of the folder NAME.  Commits belong to the topic that began last; a
# new topic is a line in `topics` and an empty commit.  A refresh destroys nothing: while the tree holds uncommitted
# changes or commits that were not exported, it says so and stops.
# 0000-cover-letter.patch is kept by hand.  What follows a line '---' in a patch is
# not part of the commit and does not survive an export.
#
# LINUX=, QEMU=: the source, see tools/fetch.sh.  FORCE=1 exports over patches that
# changed since they were imported.
set -euo pipefail

# shellcheck source=tools/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
case ${1-} in
-h | --help) usage; exit 0 ;;
linux | qemu) NAME=$1 ;;
*) die "name a queue: linux or qemu (see --help)" ;;
esac
TREE=$O/$NAME PATCHES=$TOP/patches/$NAME

need_cmd git xz
# shellcheck source=tools/lib/verify.sh
. "$TOP/tools/lib/verify.sh"
# shellcheck source=tools/lib/queue-tree.sh
. "$TOP/tools/lib/queue-tree.sh"
# shellcheck source=tools/lib/queue-source.sh
. "$TOP/tools/lib/queue-source.sh"
# shellcheck source=tools/lib/queue-patches.sh
. "$TOP/tools/lib/queue-patches.sh"
# shellcheck source=tools/lib/queue-import.sh
. "$TOP/tools/lib/queue-import.sh"
# shellcheck source=tools/lib/queue-export.sh
. "$TOP/tools/lib/queue-export.sh"

# What was killed leaves its temporary directory behind; under the lock it is ours.
begin()
{
	lock "queue-$NAME"
	rm -rf "$O/$NAME".tmp-*
	TMP=$(mktemp -d "$O/$NAME.tmp-XXXXXX")
	trap 'rm -rf "$TMP"' EXIT
}

# Neither patches/ nor the source changed since the tree was made from them.
nothing_to_import()
{
	[ "$(patches_id)" = "$(ref refs/queue/patches)" ] &&
		{ [ -z "$source" ] || [ "$(source_id "$source")" = "$(base_source_id)" ]; }
}

note_local_work()
{
	[ -z "$(dirty)" ] || note "$TREE has uncommitted changes, which are built as well"
	[ "$(ref HEAD)" = "$(ref refs/queue/imported)" ] ||
		note "$TREE has commits that are not exported, which are built as well"
}

# make_current refresh|ready: for a build, work in the tree is welcome as long as
# nothing has to be imported; a refresh that is asked for says that it is there.
make_current()
{
	local source base target topics
	begin
	need_names
	if have_tree; then
		complete_interrupted
		source=$("$TOP/tools/fetch.sh" --local "$NAME") || source=''
	else
		source=$("$TOP/tools/fetch.sh" "$NAME") || exit 1
		create_tree "$source"
	fi
	if [ "$1" = ready ] && nothing_to_import; then
		note_local_work
		return
	fi
	need_clean
	need_exported
	! nothing_to_import || return 0
	base=$(ref "refs/tags/base^{commit}")
	if [ -n "$source" ] && [ "$(source_id "$source")" != "$(base_source_id)" ]; then
		new_base "$source"
		base=$(cat "$TMP/base")
	fi
	# One that is new may lack its folder, until there is something to import.
	topics=$(topics)
	need_folders "$topics"
	target=$(import_from "$PATCHES" "$base") || exit 1
	set_target "$target" "$base"
	move_to_target
	echo "  $NAME: $(patch_files | wc -l) patches on $(g log -1 --format=%s "$base")"
}

export_patches()
{
	local changed
	begin
	need_names
	need_tree
	complete_interrupted
	need_clean
	format_to "$TMP/export"
	check_round_trip "$TMP/export"
	changed=$(differences "$TMP/export")
	[ -z "$changed" ] || [ "$(patches_id)" = "$(ref refs/queue/patches)" ] ||
		[ -n "$(ref refs/queue/exporting)" ] || [ -n "${FORCE-}" ] ||
		die "patches/$NAME changed since it was imported, and so did the tree. FORCE=1 lets the tree win. To keep both: git -C $TREE branch mine; git -C $TREE reset --keep refs/queue/imported; tools/queue.sh $NAME refresh; cherry-pick from 'mine'; export"
	g update-ref refs/queue/exporting "$(ref HEAD)"
	install_patches "$TMP/export"
	remember_export
	echo "${changed:-patches/$NAME is up to date}"
}

verify()
{
	local changed
	begin
	need_names
	need_tree
	need_clean
	format_to "$TMP/export"
	changed=$(differences "$TMP/export")
	[ -z "$changed" ] || die "patches/$NAME and $TREE disagree: $(paste -sd, <<<"$changed" | sed 's/,/, /g; s/:  /: /g')"
}

# The commit stays reachable, for tools/series/.
alone()
{
	local commit below
	begin
	need_tree
	topics | grep -xF -- "${1-}" >/dev/null || die "patches/$NAME/topics names no topic '${1-}' ($(topics | paste -sd' '))"
	commit=$(ref "refs/tags/base^{commit}")
	if [ -e "$PATCHES/$1/on" ]; then
		below=$(cat "$PATCHES/$1/on")
		commit=$(import_from "$PATCHES" "$commit" "$below") || exit 1
	fi
	commit=$(import_from "${2:-$PATCHES}" "$commit" "$1") || exit 1
	[ -n "${2-}" ] || g update-ref "refs/queue/alone/$1" "$commit"
	echo "$commit"
}

status()
{
	local topic topics
	have_tree || { echo "$NAME: no tree; tools/queue.sh $NAME refresh makes it"; return; }
	echo "tree:      $TREE, $(g log -1 --format='%s, %b' refs/tags/base | sed -n '1s/, Pristine source: / from /p')"
	echo "commits:   $(g rev-list --count refs/tags/base..HEAD), $(g rev-list --count refs/queue/imported..HEAD) since the last import or export"
	topics=$(topics)
	for topic in $topics; do
		echo "topic:     $topic, $(patch_files "$topic" | wc -l) patches"
	done
	echo "patches:   $(patch_files | wc -l) in patches/$NAME, $([ "$(patches_id)" = "$(ref refs/queue/patches)" ] && echo unchanged || echo changed) since then"
	echo "work tree: $(dirty | wc -l) uncommitted files"
	g for-each-ref --format='rescued:   %(refname)' refs/queue/rescued
}

case ${2-} in
refresh | ready) make_current "$2" ;;
verify | status) "$2" ;;
export) export_patches ;;
alone) alone "${@:3}" ;;
*) die "say what to do with the queue: refresh, ready, export, verify, status or alone (see --help)" ;;
esac
