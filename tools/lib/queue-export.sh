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

# topic_marks: a line "COMMIT TOPIC" for each empty commit that begins a topic
topic_marks()
{
	local text commit subject
	text=$(g log --reverse --format='%H %s' refs/tags/base..HEAD)
	while read -r commit subject; do
		case $subject in
		"topic: "*) ! g diff --quiet "$commit^" "$commit" || echo "$commit ${subject#topic: }" ;;
		esac
	done < <(lines "$text")
}

# The tree's topics have to be those of patches/, in that order.
check_marks()
{
	local first marks
	marks=$(topic_marks)
	[ "$(cut -d' ' -f2- <<<"$marks")" = "$(topics)" ] ||
		die "the topics of $TREE ($(cut -d' ' -f2- <<<"$marks" | paste -sd' ')) are not those of patches/$NAME/topics ($(topics | paste -sd' ')). An empty commit 'topic: NAME' begins each: git commit --allow-empty -m 'topic: NAME'"
	first=$(g rev-list --reverse refs/tags/base..HEAD | sed -n 1p)
	[[ $marks == "$first "* ]] || [ -z "$first" ] ||
		die "$TREE has commits before the first topic: $(g log -1 --format='%h %s' "$first")"
}

# format_to DIR: the patches of base..HEAD, a folder per topic
format_to()
{
	local text merges f commit topic from=() names=() i
	g merge-base --is-ancestor refs/tags/base HEAD || die "HEAD of $TREE is not on top of its tag 'base'"
	merges=$(g rev-list --merges --abbrev-commit refs/tags/base..HEAD | paste -sd' ')
	[ -z "$merges" ] || die "$TREE has merge commits, which a patch queue cannot hold: $merges"
	check_marks
	mkdir "$1"
	write_attributes "$TREE"
	text=$(topic_marks)
	while read -r commit topic; do
		from+=("$commit")
		names+=("$topic")
	done < <(lines "$text")
	for i in "${!from[@]}"; do
		commit=${from[i + 1]-}
		g "${FORMAT[@]}" -o "$1/${names[i]}" "${from[i]}..${commit:-HEAD}${commit:+^}" ||
			die "git format-patch failed in $TREE"
	done
	[ ! -e "$PATCHES/topics" ] || cp "$PATCHES/topics" "$1/topics"
	for f in "$1"/*/*.patch; do
		[ ! -e "$f" ] || drop_date "$f"
	done
}

# messages COMMIT: of the patches up to there; a path leaves out empty commits, i.e.
# those that begin a topic
messages()
{
	g log --format=%an%ae%B "refs/tags/base..$1" -- .
}

# What is exported must give the same tree again: an empty commit, a message that
# looks like a diff or a note below '---' would get lost silently.
check_round_trip()
{
	local commit
	commit=$(import_from "$1" "$(ref "refs/tags/base^{commit}")" 2>"$TMP/why") ||
		die "the commits of $TREE do not survive as patches: $(sed "s#.*$1/##" "$TMP/why")"
	[ "$(ref "$commit^{tree}")" = "$(ref "HEAD^{tree}")" ] &&
	[ "$(messages "$commit")" = "$(messages HEAD)" ] ||
		die "the commits of $TREE do not survive as patches; look for an empty commit or for a message with a line '---' or 'diff '"
}

# differences DIR: how patches/ would change, one line per file
differences()
{
	local f
	(PATCHES=$1 patch_files) | while read -r f; do
		if [ ! -e "$PATCHES/$f" ]; then
			echo "missing:  $f"
		elif ! cmp -s "$1/$f" "$PATCHES/$f"; then
			echo "differs:  $f"
		fi
	done
	patch_files | while read -r f; do
		[ -e "$1/$f" ] || echo "not in the tree:  $f"
	done
}

# install_patches DIR: only files that change are written, each at once
install_patches()
{
	local f
	patch_files | while read -r f; do
		[ -e "$1/$f" ] || rm "$PATCHES/$f"
	done
	(PATCHES=$1 patch_files) | while read -r f; do
		! cmp -s "$1/$f" "$PATCHES/$f" || continue
		mkdir -p "$PATCHES/${f%/*}"
		cp "$1/$f" "$PATCHES/.new"
		mv "$PATCHES/.new" "$PATCHES/$f"
		phase exporting
	done
}

# Commits that are not in patches/ would be lost by an import.
need_exported()
{
	local commits changed
	[ "$(ref HEAD)" != "$(ref refs/queue/imported)" ] || return 0
	format_to "$TMP/export"
	changed=$(differences "$TMP/export")
	[ -n "$changed" ] || { remember_export; return 0; }
	commits=$(g log --oneline --abbrev=12 -n 5 refs/queue/imported..HEAD | paste -sd'|' | sed 's/|/; /g')
	die "$TREE has commits that were not exported: ${commits:-fewer than patches/$NAME had}. Export them: tools/queue.sh $NAME export, or drop them: git -C $TREE reset --keep refs/queue/imported"
}

remember_export()
{
	g update-ref refs/queue/imported "$(ref HEAD)"
	g update-ref refs/queue/patches "$(patches_id -w)"
	g update-ref -d refs/queue/exporting
}
