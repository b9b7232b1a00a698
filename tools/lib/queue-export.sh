# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2015,SC2153
#
# Commits -> patches/, for tools/queue.sh.  Sourced after queue-import.sh.

# A function's name, but no label: as git has it today.
FUNCTION='!^[ \t]*[A-Za-z_][A-Za-z_0-9]*:[[:space:]]*($|/[/*])
^((::[[:space:]]*)?[A-Za-z_].*)$'

# Every option that a git version or a configuration could set differently.  Index
# lines have 12 digits, as in kernel mails, whatever the repository holds.
FORMAT=(
	-c core.quotePath=true -c diff.suppressBlankEmpty=false -c diff.interHunkContext=0
	-c diff.orderFile=/dev/null -c format.encodeEmailHeaders=true -c i18n.logOutputEncoding=UTF-8
	-c format.signOff=false -c diff.cpp.xfuncname="$FUNCTION"
	format-patch -q -N --zero-commit --no-signature --no-attach --no-thread --no-cover-letter
	--subject-prefix=PATCH --suffix=.patch --filename-max-length=64 --no-notes --no-base
	--no-to --no-cc --no-add-header
	--abbrev=12 -p --stat=72 --summary --binary -U3 -M50% -l1000 --diff-algorithm=myers
	--indent-heuristic --no-ext-diff --no-textconv --no-color
	--src-prefix=a/ --dst-prefix=b/ --submodule=short
)

# The date of a commit is when it was last edited, which says nothing.
drop_date()
{
	LC_ALL=C awk 'body || !/^Date: /; /^$/ { body = 1 }' "$1" >"$1.new"
	mv "$1.new" "$1"
}

# format_to DIR: the patches of base..HEAD
format_to()
{
	local merges f
	g merge-base --is-ancestor refs/tags/base HEAD || die "HEAD of $TREE is not on top of its tag 'base'"
	merges=$(g rev-list --merges --abbrev-commit refs/tags/base..HEAD | paste -sd' ')
	[ -z "$merges" ] || die "$TREE has merge commits, which a patch queue cannot hold: $merges"
	mkdir "$1"
	write_attributes "$TREE"
	g "${FORMAT[@]}" -o "$1" refs/tags/base..HEAD || die "git format-patch failed in $TREE"
	for f in "$1"/*.patch; do
		[ ! -e "$f" ] || drop_date "$f"
	done
}

# What is exported must give the same tree again: an empty commit, a message that
# looks like a diff or a note below '---' would get lost silently.
check_round_trip()
{
	local commit
	commit=$(import_from "$1" "$(ref "refs/tags/base^{commit}")" 2>"$TMP/why") ||
		die "the commits of $TREE do not survive as patches: $(sed "s#.*$1/##" "$TMP/why")"
	[ "$(ref "$commit^{tree}")" = "$(ref "HEAD^{tree}")" ] &&
	[ "$(g log --format=%an%ae%B "refs/tags/base..$commit")" = "$(g log --format=%an%ae%B refs/tags/base..HEAD)" ] ||
		die "the commits of $TREE do not survive as patches; look for an empty commit or for a message with a line '---' or 'diff '"
}

# differences DIR: how patches/ would change, one line per file
differences()
{
	local f
	for f in "$1"/*.patch; do
		[ -e "$f" ] || continue
		if [ ! -e "$PATCHES/${f##*/}" ]; then
			echo "missing:  ${f##*/}"
		elif ! cmp -s "$f" "$PATCHES/${f##*/}"; then
			echo "differs:  ${f##*/}"
		fi
	done
	patch_files | while read -r f; do
		[ -e "$1/${f##*/}" ] || echo "not in the tree:  ${f##*/}"
	done
}

# install_patches DIR: only files that change are written, each at once
install_patches()
{
	local f name
	mkdir -p "$PATCHES"
	patch_files | while read -r f; do
		[ -e "$1/${f##*/}" ] || rm "$f"
	done
	for f in "$1"/*.patch; do
		name=${f##*/}
		[ -e "$f" ] && ! cmp -s "$f" "$PATCHES/$name" || continue
		cp "$f" "$PATCHES/.$name.new"
		mv "$PATCHES/.$name.new" "$PATCHES/$name"
		phase exporting
	done
}

# Commits that are not in patches/ would be lost by an import.
need_exported()
{
	local commits
	[ "$(ref HEAD)" != "$(ref refs/queue/imported)" ] || return 0
	format_to "$TMP/export"
	[ -n "$(differences "$TMP/export")" ] || { remember_export; return 0; }
	commits=$(g log --oneline --abbrev=12 -n 5 refs/queue/imported..HEAD | paste -sd'|' | sed 's/|/; /g')
	die "$TREE has commits that were not exported: ${commits:-fewer than patches/$NAME had}. Export them: tools/queue.sh $NAME export, or drop them: git -C $TREE reset --keep refs/queue/imported"
}

remember_export()
{
	g update-ref refs/queue/imported "$(ref HEAD)"
	g update-ref refs/queue/patches "$(patches_id -w)"
	g update-ref -d refs/queue/exporting
}
