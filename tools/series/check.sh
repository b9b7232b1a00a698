#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Check what is static about the kernel series, as TAP.
#
# usage: [TOPIC=NAME] check.sh [NAME]...
#
#   queue         patches/linux and the tree agree
#   whole         a cover letter, which names the patches; the series has four
#   subjects      "KVM: SEV: Verb ..." or "KVM: selftests: Verb ..."
#   whitespace    none at the end of lines
#   apply         git am takes the series on two different 7.3
#   checkpatch    checkpatch.pl --strict has nothing to say but for the sign-off
#   maintainers   MAINTAINERS knows new files
#   declarations  no patch adds a forward declaration
#   build         KVM compiles at every step, W=1 and -Werror:
#     build-modules   KVM, KVM_AMD and KVM_INTEL as modules
#     build-builtin   built in
#     build-no-sev    without KVM_AMD_SEV
#     build-no-amd    without KVM_AMD
#   modules       KVM's modules find every symbol that they need, at every step
#   selftests     the kvm selftests compile at the last step
#   sparse        says no more than of the pristine kernel, at every step
#   documents     nor does Sphinx of the documents that the series touches
#
# Without a NAME, all of them.  What was built or looked at is kept in $O/series,
# so a second run, or one after an interruption, repeats only what changed.
#
# With TOPIC=apic-id-list it is that topic, at every step on top of the series.
#
# example: tools/series/check.sh apply checkpatch build-no-sev
# shellcheck disable=SC2154 # series.sh sets linux, topic, below and series, series-builds.sh the rest
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
usage_if_asked "$@"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=tools/lib/series.sh
. "$TOP/tools/lib/series.sh"
# shellcheck source=tools/lib/series-patches.sh
. "$TOP/tools/lib/series-patches.sh"
# shellcheck source=tools/lib/series-builds.sh
. "$TOP/tools/lib/series-builds.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

PATCHES=${PATCHES:-$TOP/patches/linux/$topic}
names=(queue whole subjects whitespace apply checkpatch maintainers declarations build
	modules selftests sparse documents)

# each_mail DESCRIPTION FUNCTION: of every patch
each_mail()
{
	local mail mails
	mails=$(mails)
	for mail in $mails; do
		t "${mail##*/}: $1" "$2" "$mail"
	done
}

# each_step DESCRIPTION FUNCTION [ARG...]: of the tree as of every patch
each_step()
{
	local what=$1 n=0 commit commits
	shift
	commits=$(git -C "$linux" rev-list --reverse "$below..$series")
	for commit in $commits; do
		n=$((n + 1))
		t "patch $n: $what" "$@" "$commit"
	done
}

check_queue() { t "patches/linux and the tree agree" "$TOP"/tools/queue.sh linux verify; }

check_whole()
{
	if [ "$topic" = direct-vmsa ]; then
		t "the series is four patches and a cover letter" series_is_whole
		t "QEMU's queue has the capability's number" capability_is_one
	fi
	t "the cover letter is written" cover_letter_is_written
	t "the cover letter's subjects and diffstat are those of the patches" \
		"$TOP"/tools/series/cover.sh --check "$topic"
}

check_subjects() { each_mail "the subject names the area" subject_is_kvm; }
check_whitespace() { each_mail "no line ends in white space" no_trailing_whitespace; }
check_checkpatch() { each_mail "checkpatch.pl --strict" checkpatch_is_silent; }
check_maintainers() { t "new files have a maintainer" new_files_are_maintained; }
check_declarations() { each_step "no forward declaration" declares_nothing_forward; }
check_modules() { each_step "modpost" modules_link; }
check_selftests() { t "the kvm selftests compile" selftests_build; }
check_sparse() { each_step "sparse" sparse_adds_nothing; }
check_documents() { t "the documents add no Sphinx warning" documents_add_no_warning; }

check_apply()
{
	local text version versions
	text=$(versions_to_apply_to)
	mapfile -t versions < <(lines "$text")
	for version in "${versions[@]:0:2}"; do
		t "the series applies to Linux $version" applies_to "$version"
	done
}

check_build()
{
	local configuration
	for configuration in "${configurations[@]}"; do
		check_build_one "$configuration"
	done
}

check_build_one() { each_step "compiles, configuration '$1'" builds_at "$1"; }

[ $# -gt 0 ] || set -- "${names[@]}"
for name; do
	case " ${names[*]} ${configurations[*]/#/build-} " in
	*" $name "*) ;;
	*) die "no check is called '$name' (${names[*]})" ;;
	esac
done
find_series
lock series
mkdir -p "$builds" "$O/series/sources"
for name; do
	case $name in
	build-*) check_build_one "${name#build-}" ;;
	*) "check_$name" ;;
	esac
done
finish
