# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2015,SC2153
#
# patches/ -> commits, for tools/queue.sh.  Sourced after queue-patches.sh.

# apply_one PATCH N PARENT: prints the new commit.  Works on the index that
# GIT_INDEX_FILE names; no fuzz, full context.
apply_one()
{
	local name email subject tree w=$TMP/mail
	rm -rf "$w"
	mkdir "$w"
	g -c i18n.commitEncoding=UTF-8 mailinfo -b --no-scissors "$w/body" "$w/diff" <"$1" >"$w/info" 2>"$w/error" ||
		die "$1 is not a patch that git can read: $(head -n 1 "$w/error")"
	name=$(sed -n 's/^Author: //p' "$w/info")
	email=$(sed -n 's/^Email: //p' "$w/info")
	subject=$(sed -n 's/^Subject: //p' "$w/info")
	[ -n "$name" ] && [ -n "$email" ] && [ -n "$subject" ] ||
		die "$1 lacks a From: or a Subject: line"
	g apply --cached --whitespace=nowarn "$w/diff" 2>"$w/error" ||
		die "$1 does not apply: $(sed -n 's/^error: //p' "$w/error" | head -n 4 | paste -sd';' | sed 's/;/; /g'). Nothing was changed in $TREE"
	tree=$(g write-tree)
	{ printf '%s\n\n' "$subject"; cat "$w/body"; } | git stripspace |
		(cd "$TREE" && commit_as "$name" "$email" "$2" "$tree" "$3")
}

# import_from DIR BASE [TOPICS]: prints the commit that the patches of DIR lead to, all
# or those of some topics; touches neither HEAD nor the work tree.  Each topic begins with
# an empty commit, which tells an export where the commits belong.
import_from()
{
	local text commit=$2 n=0 patch patches topic list
	local PATCHES=$1
	list=${3-$(topics)} || exit 1
	[ -z "${3-}" ] || need_folders "$list"
	export GIT_INDEX_FILE=$TMP/index
	g read-tree "$2" || exit 1
	for topic in $list; do
		n=$((n + 1))
		[ -n "${3-}" ] || commit=$(echo "topic: $topic" |
			(cd "$TREE" && commit_as "$ME" "$MY_EMAIL" "$n" "$(git rev-parse "$commit^{tree}")" "$commit")) || exit 1
		text=$(patch_files "$topic") || exit 1
		mapfile -t patches < <(lines "$text")
		for patch in "${patches[@]}"; do
			n=$((n + 1))
			commit=$(apply_one "$PATCHES/$patch" "$n" "$commit") || exit 1
		done
	done
	unset GIT_INDEX_FILE
	echo "$commit"
}

# Moves HEAD and the work tree to refs/queue/target; files that do not differ are
# not rewritten, so that builds stay incremental.
move_to_target()
{
	local target
	target=$(ref refs/queue/target)
	phase target
	# A tree that was copied has other times than its index, which is no edit.
	g update-index -q --refresh || :
	if [ "$(ref HEAD)" != "$target" ] && ! logged "$NAME-checkout" g reset -q --keep "$target"; then
		if grep -qE 'would be overwritten|not uptodate|Untracked' "$(log_of "$NAME-checkout")"; then
			drop_target
		fi
		explain_failure "$(log_of "$NAME-checkout")"
		die "$TREE could not be brought up to date"
	fi
	phase moved
	finish_target
}

finish_target()
{
	g update-ref --stdin <<-EOF
	update refs/tags/base $(ref refs/queue/target-base)
	update refs/queue/imported $(ref refs/queue/target)
	update refs/queue/patches $(ref refs/queue/target-patches)
	EOF
	drop_target
}

drop_target()
{
	g update-ref --stdin <<-EOF
	delete refs/queue/target
	delete refs/queue/target-base
	delete refs/queue/target-patches
	EOF
}

# set_target COMMIT BASE
set_target()
{
	g update-ref --stdin <<-EOF
	update refs/queue/target $1
	update refs/queue/target-base $2
	update refs/queue/target-patches $(patches_id -w)
	EOF
}

# rescue TARGET: an import was killed while it moved the work tree.  Whatever is
# neither the old nor the new state may be the user's: keep it under a ref.
rescue()
{
	local tree commit n=1
	export GIT_INDEX_FILE=$TMP/rescue-index
	cp "$TREE/.git/index" "$GIT_INDEX_FILE"
	g add -A
	tree=$(g write-tree)
	unset GIT_INDEX_FILE
	case $tree in
	"$(ref "HEAD^{tree}")" | "$(ref "$1^{tree}")") return ;;
	esac
	while [ -n "$(ref "refs/queue/rescued/$n")" ]; do n=$((n + 1)); done
	commit=$(cd "$TREE" && echo "Work tree found by an import after it was interrupted" |
		commit_as "$ME" "$MY_EMAIL" "$n" "$tree" "$(ref HEAD)")
	g update-ref "refs/queue/rescued/$n" "$commit"
	note "an import was interrupted; what the work tree held is kept: git -C $TREE diff refs/queue/rescued/$n^ refs/queue/rescued/$n"
}

# git moves HEAD last: if it has arrived, so have the files.
complete_interrupted()
{
	local target log
	target=$(ref refs/queue/target)
	[ -n "$target" ] || return 0
	if [ "$(ref HEAD)" != "$target" ]; then
		rescue "$target"
		# Ours: while refs/queue/target exists, the import is what was running.
		rm -f "$TREE/.git/index.lock"
		# Half-written files stop the first command; without any, it keeps edits.
		if ! g reset -q --keep "$target" 2>/dev/null && ! logged "$NAME-checkout" g reset -q --hard "$target"; then
			log=$(log_of "$NAME-checkout")
			explain_failure "$log"
			die "$TREE could not be brought up to date"
		fi
	fi
	finish_target
}
