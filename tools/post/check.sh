#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check whether a topic of patches/linux could be sent, as TAP.  Makes the mails as
# dry.sh does; nothing is sent.
#
# usage: check.sh [--only CHECK,...] [TOPIC]...
#
#   queue       patches/linux and the tree agree
#   cover       the cover letter is written, its end is that of the patches
#   apply       the mails apply, and give what the topic is
#   addresses   each mail has To and Cc, which the kernel's MAINTAINERS knows
#   tags        Assisted-by as the kernel's documents want it, the sender's sign-off
#   checkpatch  checkpatch.pl --strict of each mail
#   changes     a later version tells its changes, and has a range-diff
#   b4          finds every patch
#   sender, base   are named
#
# Without a TOPIC, all of them, and all checks without --only.  FROM, BASE, PREVIOUS and ASSISTED_BY are as for dry.sh:
# what a person has to name and did not is not ok.  `make series-check` is about the
# patches; this is about the mails that they become.
#
# example: FROM='A Person <person@host>' BASE=COMMIT tools/post/check.sh fixes
# shellcheck disable=SC2154 # posting.sh sets the variables of the topic
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
usage_if_asked "$@"
# shellcheck source=tools/lib/posting.sh
. "$TOP/tools/lib/posting.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

# nothing: fails, and shows it, when there is something on stdin
nothing()
{
	local found
	found=$(cat)
	[ -z "$found" ] || { echo "$found"; return 1; }
}

patches_of_mails()
{
	find "$folder" -name '*.patch' ! -name '*0000-cover-letter.patch' | sort
}

cover_is_written()
{
	! grep -n 'SUBJECT HERE\|BLURB HERE\|TBD' "$cover" || return 1
	same "$(sed -nE '1s/.* 0+\/([0-9]+)\] .*/\1/p' "$cover") patches" "$(patches_of_mails | wc -l) patches"
	PATCHES=$PATCHES/$topic "$TOP"/tools/series/cover.sh --check "$topic"
}

mails_are_the_topic()
{
	local commit dir
	dir=$(mktemp -d)
	mkdir "$dir/$topic"
	patches_of_mails | xargs -d '\n' cp -t "$dir/$topic"
	commit=$("$TOP"/tools/queue.sh linux alone "$topic" "$dir")
	rm -rf "$dir"
	g diff --stat "$tip" "$commit" | nothing
}

mails_have_addresses()
{
	local mail header address
	for mail in "$folder"/*.patch; do
		for header in From To Cc Subject Date Message-Id; do
			sed '/^$/q' "$mail" | grep -q "^$header: ." || { echo "${mail##*/} has no $header"; return 1; }
		done
	done
	sed 's/.*<//; s/>$//' "$folder.addresses.to" "$folder.addresses.cc" | while read -r address; do
		grep -qF -- "$address" "$linux/MAINTAINERS" || echo "MAINTAINERS does not know $address"
	done | nothing
}

# The mail's own lines, not those of the patch below
trailers_of()
{
	sed '/^---$/q' "$1" | sed '$d' | git interpret-trailers --parse
}

assisted_as_documented()
{
	local form
	form=$(sed -n 's/^ *Assisted-by: \([^][]*[^][ ]\) *\[.*/\1/p' "$linux/Documentation/process/coding-assistants.rst" | head -n 1)
	[ -n "$form" ] || { echo "coding-assistants.rst shows no form"; return 1; }
	case $form in
	[A-Z]*_*) form='[^ ]+:[^ ]+' ;;
	esac
	[[ ${ASSISTED_BY:-LLM} =~ ^$form(\ [^ ]+)*$ ]] || { echo "'${ASSISTED_BY:-LLM}' is not '$form'"; return 1; }
}

trailers_are_complete()
{
	local mail mails found
	mails=$(patches_of_mails)
	for mail in $mails; do
		found=$(trailers_of "$mail" | grep -E '^(Assisted|Signed-off)-by: ' || :)
		same "$found" "Assisted-by: ${ASSISTED_BY:-LLM}"$'\n'"Signed-off-by: $from"
		same "$(trailers_of "$mail" | tail -n 1)" "Signed-off-by: $from"
	done
}

# The tree has no history to know commits from; series-check asks MAINTAINERS for new files.
checkpatch_is_silent()
{
	cd "$linux" || return
	perl scripts/checkpatch.pl --strict --show-types --terse --no-summary \
		--ignore FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID "$1" 2>&1 | nothing
}

changes_are_told()
{
	[ "$version" -gt 1 ] || return 0
	grep -qE "^Changes (since|in) v|^v$((version - 1)) *-> *v$version" "$cover" ||
		{ echo "the cover letter of version $version has no 'Changes since v$((version - 1)):'"; return 1; }
	[ -n "$old" ] || { echo "PREVIOUS names no version $((version - 1)) for the range-diff"; return 1; }
	grep -q '^Range-diff' "$folder"/*0000-cover-letter.patch
}

b4_takes_it()
{
	local out
	out=$(mktemp -d)
	# b4 ends without a word when git does not know whose it is.
	GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=$from_name \
	GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=$from_email \
		b4 --offline-mode -n am --no-parent -m "$folder.mbox" -o "$out"
	same "$(cat "$out"/*.mbx | grep -c '^Message-Id: ')" "$(patches_of_mails | wc -l)"
	rm -rf "$out"
}

named() { missing | sed -n "s/^$1: /not named: /p" | nothing; }

check_queue() { t "patches/linux and the tree agree" "$TOP"/tools/queue.sh linux verify; }
check_cover() { t "$topic: the cover letter is written, its end is that of the patches" cover_is_written; }
check_apply() { t "$topic: the mails apply, and give what the topic is" mails_are_the_topic; }
check_addresses() { t "$topic: each mail has To and Cc, which MAINTAINERS knows" mails_have_addresses; }
check_changes() { t "$topic: a later version tells its changes, and has a range-diff" changes_are_told; }
check_b4() { t "$topic: b4 finds every patch" b4_takes_it; }
check_sender() { t "$topic: the sender is named" named "the sender"; }
check_base() { t "$topic: upstream's commit is named" named "upstream's commit.*"; }

check_tags()
{
	t "$topic: the Assisted-by tag is as the kernel's documents want it" assisted_as_documented
	t "$topic: each patch has that tag and ends with the sender's sign-off" trailers_are_complete
}

check_checkpatch()
{
	local mail mails
	mails=$(patches_of_mails)
	for mail in $mails; do
		t "$topic: checkpatch.pl --strict, ${mail##*/}" checkpatch_is_silent "$mail"
	done
}

checks=(cover apply addresses tags checkpatch changes b4 sender base)
queue=queue
if [ "${1-}" = --only ]; then
	IFS=, read -ra only <<<"${2:?--only needs names of checks}"
	all="queue ${checks[*]}" checks=() queue=
	for name in "${only[@]}"; do
		case " $all " in
		*" $name "*) ;;
		*) die "no check is called '$name' ($all)" ;;
		esac
		if [ "$name" = queue ]; then queue=1; else checks+=("$name"); fi
	done
	shift 2
fi
"$TOP"/tools/deps.sh --check posting
"$TOP"/tools/queue.sh linux ready
lock post
[ -z "$queue" ] || check_queue
topics=$(topics_or_all "$@")
for name in $topics; do
	use_topic "$name"
	mails_of_topic
	for check in "${checks[@]}"; do
		"check_$check"
	done
done
finish
