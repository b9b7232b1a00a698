#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Are the mails of tools/post/ complete, can its checks fail, and is nothing ever sent?
# Prints TAP.
#
# usage: test-post.sh [planted]
#
# With `planted`, only whether what is wrong is seen.
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
"$TOP"/tools/deps.sh --check posting

# The sender of this test is nobody, whoever runs it.
export GIT_CONFIG_GLOBAL=/dev/null
unset FROM BASE PREVIOUS ASSISTED_BY PATCHES
named=(env "FROM=A Person <person@a-host.org>" BASE=0123456789abcdef0123456789abcdef01234567)
export GIT_COMMITTER_NAME="Somebody whose name is so long that the header has to be folded" GIT_COMMITTER_EMAIL=s@b.example

# What would send leaves a mark, and there is no network either.
mkdir "$tmp/bin"
for mailer in sendmail git-send-email msmtp curl b4; do
	printf '#!/bin/sh\necho "%s $*" >>"%s/sent"\nexit 1\n' "$mailer" "$tmp" >"$tmp/bin/$mailer"
	chmod +x "$tmp/bin/$mailer"
done

# without_network COMMAND...
without_network()
{
	PATH=$tmp/bin:$PATH unshare --map-root-user --net "$@"
}

dry_run()
{
	local topic topics mails patches
	without_network "$TOP"/tools/post/dry.sh >"$tmp/out" 2>&1 || { cat "$tmp/out"; return 1; }
	[ ! -e "$tmp/sent" ] || { cat "$tmp/sent"; return 1; }
	# shellcheck disable=SC2034 # says() reads it
	OUT=$(cat "$tmp/out")
	says "FROM=" "BASE="
	topics=$(sed 's/[[:space:]]*#.*//; /^$/d' "$TOP/patches/linux/topics")
	for topic in $topics; do
		mails=$(find "$O/post/$topic" -name '*.patch' | wc -l)
		patches=$(find "$TOP/patches/linux/$topic" -name '*.patch' | wc -l)
		same "$mails" "$patches"
		same "$(grep -l '^To: .*Bonzini\|^    Paolo Bonzini' "$O/post/$topic"/*.patch | wc -l)" "$patches"
		same "$(grep -l '^    kvm@vger.kernel.org' "$O/post/$topic"/*.patch | wc -l)" "$patches"
		same "$(cat "$O/post/$topic"/*.patch | grep -c '^In-Reply-To: <cover\.')" "$((patches - 1))"
	done
}

# A name that nobody gave can't be mistaken for a person's.
unsigned()
{
	same "$(cat "$O"/post/*/*.patch | grep '^Signed-off-by: ' | sort -u)" \
		"Signed-off-by: Sender Not Named <sender@not-named.invalid>"
}

repository_is_unsigned()
{
	! grep -rn '^Assisted-by: \|^Signed-off-by: ' "$TOP/patches/linux"
}

in_cover()
{
	grep -q "$1" "$O/post/direct-vmsa/0000-cover-letter.patch" || { echo "no $1"; return 1; }
}

# Those that are named, or all of them
checks_pass()
{
	local plan least=6
	[ "$1" != --only ] || least=$(tr ',' '\n' <<<"$2" | wc -l)
	"${named[@]}" "$TOP"/tools/post/check.sh "$@" >"$tmp/out" 2>&1 || { cat "$tmp/out"; return 1; }
	plan=$(sed -n 's/^1\.\.//p' "$tmp/out")
	[ "$plan" -ge "$least" ] || { echo "only $plan checks"; return 1; }
}

# git computes their ids, which do not depend on whose tree has them.
names_prerequisites()
{
	same "$(grep -c '^prerequisite-patch-id: ' "$O/post/apic-id-list/0000-cover-letter.patch")" \
		"$(find "$TOP/patches/linux/direct-vmsa" -name '*.patch' ! -name '0000-*' | wc -l)"
}

copy_patches()
{
	rm -rf "$tmp/patches"
	cp -r "$TOP/patches/linux" "$tmp/patches"
}

# planted CHECK FILE SED-SCRIPT
planted()
{
	copy_patches
	sed -i "$3" "$tmp/patches/direct-vmsa/"$2
	! diff -rq "$TOP/patches/linux" "$tmp/patches" >/dev/null || { echo "nothing was planted"; return 1; }
	fails "${named[@]}" PATCHES="$tmp/patches" "$TOP"/tools/post/check.sh --only "$1" direct-vmsa
	says "not ok"
}

# refused CHECK VARIABLE=VALUE...
refused()
{
	fails env "${@:2}" "$TOP"/tools/post/check.sh --only "$1" fixes
	says "not ok"
}

# Nothing in the mails would say that a branch was meant.
base_is_an_id()
{
	local base
	for base in kvm-x86/next v7.3 0123456789a 0123456789ABCDEF; do
		fails env "${named[1]}" BASE="$base" "$TOP"/tools/post/dry.sh fixes
		says "BASE: '$base' is no commit's id"
	done
}

# with_maintainers SCRIPT: dry.sh, and that is get_maintainer.pl
with_maintainers()
{
	mkdir -p "$tmp/perl"
	printf '#!/bin/sh\n%s\n' "$1" >"$tmp/perl/perl"
	chmod +x "$tmp/perl/perl"
	PATH=$tmp/perl:$PATH "${named[@]}" "$TOP"/tools/post/dry.sh fixes
}

unknown_addresses()
{
	fails with_maintainers 'case "$*" in *--nom*) exit 1 ;; esac; echo "A Person <a@a-host.org>"'
	says "post-fixes.log"
}

nobody_is_copied()
{
	with_maintainers 'echo "A Person <a@a-host.org>"'
	same "$(grep -L '^To: A Person' "$O"/post/fixes/*.patch)" ""
}

second_version()
{
	copy_patches
	sed -i '1s/RFC PATCH 0/RFC PATCH v2 0/; s/^Patches:$/Changes since v1:\n\n - None.\n\n&/' \
		"$tmp/patches/direct-vmsa/0000-cover-letter.patch"
	sed -i '0,/^+	int ret = -EINVAL;$/s//+	int err = -EINVAL;/' "$tmp/patches/direct-vmsa/"0003-*
	PATCHES="$tmp/patches" PREVIOUS="$TOP/patches/linux" checks_pass --only cover,apply,tags,changes,b4 direct-vmsa
	same "$(cd "$O/post/direct-vmsa" && ls -d v2-* | wc -l)" 5
	grep -q '^Subject: \[RFC PATCH v2 3/4\]' "$O"/post/direct-vmsa/v2-0003-*
	grep -q '^Range-diff against v1:' "$O"/post/direct-vmsa/v2-0000-*
	grep -q 'int err = -EINVAL' "$O"/post/direct-vmsa/v2-0000-*
}

if [ "${1-}" = planted ]; then
	t "a second version has its changes and a range-diff" second_version
	t "one without either is seen" planted changes '0000-*' '1s/RFC PATCH 0/RFC PATCH v2 0/'
	t "another number of patches than the cover letter's is seen" planted cover '0000-*' '1s,0/4,0/5,'
	t "a placeholder in the cover letter is seen" planted cover '0000-*' 's/^Patches:$/*** BLURB HERE ***\n\n&/'
	t "a line that checkpatch does not like is seen" planted checkpatch '0003-*' '0,/^+	int ret = -EINVAL;$/s//+	int ret=-EINVAL;/'
	t "another tag than the kernel's documents want is seen" refused tags "${named[@]:1}" ASSISTED_BY=Somebody
	t "a sender who is nobody is seen" refused sender "FROM=A B <a@b.example>" "${named[2]}"
	t "a base that is no commit's id is refused" base_is_an_id
	t "addresses that cannot be told fail" unknown_addresses
	t "a topic that only its maintainer gets has that address" nobody_is_copied
	t "a commit that was not named is seen" refused base "${named[1]}"
else
	t "post-dry: complete mails of every topic, by no mailer and without a network" dry_run
	t "a sender who was not named is no person" unsigned
	t "the repository has neither tags nor sign-offs" repository_is_unsigned
	t "post-check: fixes" checks_pass fixes
	t "post-check: direct-vmsa" checks_pass direct-vmsa
	t "post-check: a topic on top of another one" checks_pass --only cover,apply,tags,b4 apic-id-list
	t "it names the patches that it stands on" names_prerequisites
	t "the cover letter has upstream's commit" in_cover '^base-commit: 0123456789abcdef0123456789abcdef01234567$'
	t "it is from the sender, whoever commits" in_cover '^From: A Person <person@a-host.org>$'
	t "and an id that stays from version to version" in_cover '^change-id: direct-vmsa-5886c3092b40$'
fi
finish
