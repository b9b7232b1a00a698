#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Write a topic of patches/linux as the mails that a person could send.  Nothing is
# sent, here or elsewhere in this project.
#
# usage: dry.sh [TOPIC]...
#
# Without a TOPIC, all of them.  The mails are in $O/post/TOPIC, a file each, and together
# in $O/post/TOPIC.mbox.  To and Cc are what the tree's get_maintainer.pl says, the cover
# letter's text is the repository's, with diffstat, base-commit and a change-id for b4.
#
#   FROM='NAME <ADDRESS>'   who sends, and signs off.  git's user.name and user.email
#                           are the default
#   BASE=COMMIT             what upstream calls the commit that the patches apply to: its
#                           id, 12 digits or more, since a branch moves on
#   PREVIOUS=REVISION       a version sent before: a commit of this repository, or a folder
#                           as patches/linux is.  The cover letter gets a range-diff
#   ASSISTED_BY=...         who assisted; LLM is the default.  The kernel's
#                           Documentation/process/coding-assistants.rst has the form
#
# What is not named is left open, and said at the end.
#
# example: FROM='A Person <person@host>' tools/post/dry.sh direct-vmsa
# shellcheck disable=SC2154 # posting.sh sets folder and version
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
usage_if_asked "$@"
# shellcheck source=tools/lib/posting.sh
. "$TOP/tools/lib/posting.sh"

list_mails()
{
	sed -n 's/^/    To: /p' "$folder.addresses.to"
	sed -n 's/^/    Cc: /p' "$folder.addresses.cc"
	printf '    %s\n' "$folder"/*.patch
}

say_what_is_missing()
{
	local lines
	lines=$(missing)
	if [ -n "$lines" ]; then
		echo "  To be named before anybody can send them:"
		printf '    %s\n' "${lines//$'\n'/$'\n    '}"
	else
		echo "  A person who has read and tested them can send them:"
		echo "    git send-email --confirm=always $folder/*.patch"
	fi
}

"$TOP"/tools/queue.sh linux ready
lock post
topics=$(topics_or_all "$@")
for name in $topics; do
	use_topic "$name"
	run_logged "post-$name" mails_of_topic
	[ "$RC" -eq 0 ] || { explain_failure "$(log_of "post-$name")"; exit 1; }
	echo "$name, version $version:"
	list_mails
	say_what_is_missing
done
