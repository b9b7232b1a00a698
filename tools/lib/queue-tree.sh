# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2015,SC2153
#
# The trees of the patch queues, for tools/queue.sh: git repositories with one base
# commit.  Sourced after common.sh and verify.sh; NAME, TREE and PATCHES are set.
#
#   tag base               the commit of the pristine source
#   refs/queue/imported    HEAD as of the last import or export
#   refs/queue/patches     a blob that lists the patches of that moment
#   refs/queue/target*     an import that has begun to move the work tree:
#                          the new HEAD, its base, its list of patches
#   refs/queue/exporting   an export that has begun to replace files in patches/
#   refs/queue/rescued/N   what an interrupted import found changed

# What a user or a hook has set must change neither commits nor exported files.
# shellcheck disable=SC2034 # for queue-source.sh
GLOBAL_EMAIL=$(git config --global user.email 2>/dev/null || :)
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars)
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_ATTR_NOSYSTEM=1
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

ME='SNP project developer'
MY_EMAIL='developer@localhost'

g()
{
	git -C "$TREE" "$@"
}

ref()
{
	g rev-parse -q --verify "$1" || :
}

# The selftest lets the script die here as from kill -9.
phase()
{
	[ "${QUEUE_TEST_STOP_AT-}" != "$1" ] || kill -9 $$
}

have_tree()
{
	[ -e "$TREE" ] || return 1
	[ -d "$TREE/.git" ] && [ -n "$(ref refs/tags/base)" ] ||
		die "$TREE exists but is not a tree that tools/queue.sh made; move it away"
}

need_tree()
{
	have_tree || die "there is no $TREE yet; make it with: tools/queue.sh $NAME refresh"
}

# commit_as NAME EMAIL SECONDS TREE PARENT...: commit of the message on stdin.  Fixed
# dates and committer: the same patches on the same source give the same commit ids.
commit_as()
{
	local parents=() p
	for p in "${@:5}"; do parents+=(-p "$p"); done
	GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$2 GIT_AUTHOR_DATE="$((1700000000 + $3)) +0000" \
	GIT_COMMITTER_NAME=$ME GIT_COMMITTER_EMAIL=$MY_EMAIL \
	GIT_COMMITTER_DATE="$((1700000000 + $3)) +0000" \
		git commit-tree "$4" "${parents[@]}"
}

# Bytes stay as upstream has them.  The function names in hunk headers come from one
# pattern (see FORMAT), not from those that this or that git has for a language.
write_attributes()
{
	cat >"$1/.git/info/attributes" <<-'EOF'
	* -text -eol !ident !filter !working-tree-encoding !diff
	*.c diff=cpp
	*.h diff=cpp
	*.c.inc diff=cpp
	EOF
}

dirty()
{
	g --no-optional-locks status --porcelain
}

need_clean()
{
	local d files
	for d in rebase-merge rebase-apply MERGE_HEAD CHERRY_PICK_HEAD; do
		[ ! -e "$TREE/.git/$d" ] || die "a rebase, am, merge or cherry-pick is under way in $TREE; finish or abort it first"
	done
	files=$(dirty)
	[ -z "$files" ] ||
		die "$TREE has uncommitted changes ($(wc -l <<<"$files") files: $(head -n 5 <<<"$files" | cut -c4- | paste -sd' ')). Commit them and run 'tools/queue.sh $NAME export', or put them away: git -C $TREE stash -u"
}
