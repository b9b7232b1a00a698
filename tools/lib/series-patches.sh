# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154
#
# For tools/series/check.sh: what can be said of the patches without building
# anything.  Sourced after series.sh and tap.sh; PATCHES is their directory.

# nothing: fails, and shows it, when there is something on stdin
nothing()
{
	local found
	found=$(cat)
	[ -z "$found" ] || { echo "$found"; return 1; }
}

# matching PATTERN...: grep to which no match is no failure
matching()
{
	grep "$@" || [ $? -eq 1 ]
}

mails()
{
	find "$PATCHES" -maxdepth 1 -name '*.patch' ! -name '0000-*' | sort
}

mails_below()
{
	[ "$below" = base ] || find "$TOP/patches/linux/${below##*/}" -name '*.patch' ! -name '0000-*' | sort
}

subject_of()
{
	git mailinfo /dev/null /dev/null <"$1" | sed -n 's/^Subject: //p'
}

# What changes between two commits, of kinds (a letter each, see git diff)
changed()
{
	git -C "$linux" diff --name-only --no-renames --diff-filter="$3" "$1" "$2"
}

series_is_whole()
{
	same "$(mails | wc -l) patches" "4 patches"
	[ -e "$PATCHES/0000-cover-letter.patch" ] || { echo "there is no 0000-cover-letter.patch"; return 1; }
}

cover_letter_is_written()
{
	matching -n 'SUBJECT HERE\|BLURB HERE\|TBD' "$PATCHES/0000-cover-letter.patch" | nothing
}

# QEMU's copy of the kernel's header is the only other place that has the number.
capability_is_one()
{
	same "$(cat "$TOP"/patches/qemu/*/*.patch | sed -n 's/^+#define KVM_CAP_SNP_DIRECT_VMSA //p')" \
		"$(cat "$PATCHES"/*.patch | sed -n 's/^+#define KVM_CAP_SNP_DIRECT_VMSA //p')"
}

subject_is_kvm()
{
	case $(subject_of "$1") in
	"KVM: SEV: "[A-Z]* | "KVM: selftests: "[A-Z]*) ;;
	*) subject_of "$1"; return 1 ;;
	esac
}

no_trailing_whitespace()
{
	sed '/^---$/q' "$1" | matching -n '[[:space:]]$' | nothing
	git apply --numstat --whitespace=error-all "$1" >/dev/null
}

# source_at VERSION: the files that the series touches, as they are there
source_at()
{
	local text dir=$O/series/sources/$1 archive files
	text=$(changed base "$series" MDRT)
	mapfile -t files < <(lines "$text")
	if [ "$1" = "$(base_version)" ]; then
		archive=$(git -C "$linux" rev-parse base)
	else
		archive=$("$TOP"/tools/fetch.sh "linux-$1")
	fi
	fresh "$dir.stamp" "$archive" "${files[@]}" && [ -d "$dir" ] && return 0
	rm -rf "$dir"
	mkdir -p "$dir"
	if [ "$1" = "$(base_version)" ]; then
		git -C "$linux" archive base -- "${files[@]}" | tar -x -C "$dir"
	else
		xz -T0 -dc "$archive" | tar -x -C "$dir" --strip-components=1 --wildcards \
			--no-wildcards-match-slash "${files[@]/#/*/}"
	fi
	mark_fresh "$dir.stamp"
}

base_version()
{
	git -C "$linux" log -1 --format=%s base | sed 's/^linux //'
}

# The tree's own source, and another one at least
versions_to_apply_to()
{
	{ base_version; echo 7.3-rc7; echo 7.3.4; } | awk '!seen[$0]++'
}

# git am knows no fuzz: a context line that differs is a failure.
applies_to()
{
	local repository=$O/series/sources/am-$1 mail mails
	source_at "$1"
	rm -rf "$repository"
	cp -r "$O/series/sources/$1" "$repository"
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	git init -q "$repository"
	cd "$repository" || return
	git config user.name series-check
	git config user.email series-check@localhost
	git add -A
	git commit -q -m "Linux $1"
	mails=$(mails_below && mails)
	for mail in $mails; do
		git am -q --whitespace=error-all "$mail"
	done
	rm -rf "$repository"
}

# Only a person can sign off.  That new files have a maintainer is another check.
checkpatch_is_silent()
{
	"$TOP"/tools/deps.sh --check series-check
	checkout "$series"
	cd "$tree" || return
	perl scripts/checkpatch.pl --strict --show-types --terse --no-summary \
		--ignore MISSING_SIGN_OFF,FILE_PATH_CHANGES "$1" 2>&1 | nothing
}

new_files_are_maintained()
{
	local file files
	checkout "$series"
	cd "$tree" || return
	files=$(changed base "$series" A)
	for file in $files; do
		perl scripts/get_maintainer.pl --no-git --no-git-fallback --subsystem -f "$file" 2>/dev/null |
			grep 'KERNEL VIRTUAL MACHINE' >/dev/null || { echo "MAINTAINERS does not know $file"; return 1; }
	done
}

# declarations_at COMMIT FILE
declarations_at()
{
	git -C "$linux" show "$1:$2" | "$TOP"/tools/series/declarations.py
}

# declares_nothing_forward COMMIT: against its parent
declares_nothing_forward()
{
	local file files before=$O/series/declared.before after=$O/series/declared.after
	files=$(changed "$1^" "$1" AM | matching '\.c$')
	for file in $files; do
		"$TOP"/tools/series/declarations.py </dev/null >"$before"
		! git -C "$linux" cat-file -e "$1^:$file" 2>/dev/null || declarations_at "$1^" "$file" >"$before"
		declarations_at "$1" "$file" >"$after"
		comm -13 "$before" "$after" | sed "s,^,$file declares ,"
	done | nothing
}
