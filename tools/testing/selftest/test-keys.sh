#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Test that nothing is taken for built when what it is built from is not known.
# Prints TAP.
#
# usage: test-keys.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
checkout_copy "$W/checkout"
cp "$here"/../../{build-*,boot}.sh "$W/checkout/tools/"
printf '#!/bin/sh\n' >"$W/checkout/tools/queue.sh"
export O=$W/build GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

# keys COMMAND: what a build script says with build.sh, set -e off as in a condition
keys()
{
	bash -c 'set -euo pipefail; . "$1/tools/lib/common.sh"; . "$1/tools/lib/build.sh"
		if ! eval "$2"; then exit 3; fi' bash "$W/checkout" "$1"
}

new_tree()
{
	rm -rf "$O"
	mkdir -p "$O/selftests"
	git init -q "$O/linux"
	git -C "$O/linux" config user.name a
	git -C "$O/linux" config user.email a@b
	mkdir -p "$O/linux/tools/testing/selftests/kvm"
	echo '# none' >"$O/linux/tools/testing/selftests/kvm/Makefile.kvm"
	git -C "$O/linux" add -A
	commit one
}

commit()
{
	git -C "$O/linux" commit -q --allow-empty -m "$1"
}

# A make that writes down which commit it builds.
fake_make()
{
	mkdir -p "$W/bin"
	cat >"$W/bin/make" <<-'SCRIPT'
	#!/bin/sh
	[ ! -x "$O/meanwhile" ] || "$O/meanwhile"
	mkdir -p "$O/selftests/kvm"
	git -c safe.directory='*' -C "$O/linux" log -1 --format=%s >"$O/selftests/kvm/built"
	chmod +x "$O/selftests/kvm/built"
	SCRIPT
	chmod +x "$W/bin/make"
}

build() { PATH=$W/bin:$PATH "$W/checkout/tools/build-selftests.sh"; }

a_key_needs_git()
{
	new_tree
	GIT_TEST_ASSUME_DIFFERENT_OWNER=1 fails keys 'tree_key "$O/linux" || exit 1'
	says "dubious ownership"
	same "$(GIT_TEST_ASSUME_DIFFERENT_OWNER=1 keys 'tree_key "$O/linux" 2>/dev/null || :')" ""
}

a_key_is_whole_or_none()
{
	new_tree
	echo broken >"$O/linux/.git/index"
	fails keys 'tree_key "$O/linux" 2>/dev/null || exit 1'
	same "$OUT" ""
}

a_key_of_a_dirty_tree_never_comes_twice()
{
	new_tree
	same "$(keys 'tree_key "$O/linux"')" "$(git -C "$O/linux" rev-parse HEAD)"
	touch "$O/linux/file"
	[ "$(keys 'tree_key "$O/linux"')" != "$(keys 'tree_key "$O/linux"')" ]
}

an_empty_key_is_refused()
{
	new_tree
	fails keys 'fresh "$O/stamp" one ""'
	says "what stamp depends on is not known"
	fails keys 'mark_fresh "$O/stamp"'
	says "fresh was not asked about it"
	[ ! -e "$O/stamp" ]
}

a_file_that_cannot_be_read_is_refused()
{
	new_tree
	mkdir "$W/no-sum"
	printf '#!/bin/sh\n[ -t 0 ] || exec /usr/bin/sha256sum /nonexistent\n' >"$W/no-sum/sha256sum"
	chmod +x "$W/no-sum/sha256sum"
	PATH=$W/no-sum:$PATH fails keys 'fresh "$O/stamp" /etc/passwd'
	[ ! -e "$O/stamp" ]
}

the_same_keys_are_fresh()
{
	new_tree
	keys '! fresh "$O/stamp" one "a  b" /etc/passwd'
	keys '! fresh "$O/stamp" one "a  b" /etc/passwd && mark_fresh "$O/stamp"'
	keys 'fresh "$O/stamp" one "a  b" /etc/passwd'
	keys '! fresh "$O/stamp" one'
}

# Neither the one content nor the other is what was built.
an_edit_during_a_build_is_built_next()
{
	new_tree
	echo one >"$O/source"
	keys '! fresh "$O/stamp" "$O/source"; cp "$O/source" "$O/built"; echo two >"$O/source"; mark_fresh "$O/stamp"'
	keys '! fresh "$O/stamp" "$O/source"'
	echo one >"$O/source"
	keys '! fresh "$O/stamp" "$O/source"'
}

# As when another make replaces the kernel whose modules are packed.
a_missing_stamp_is_never_fresh()
{
	new_tree
	keys '! fresh "$O/stamp" "$O/.stamp-kernel"; mark_fresh "$O/stamp"'
	keys '! fresh "$O/stamp" "$O/.stamp-kernel"'
}

an_unreadable_tree_is_not_built()
{
	new_tree
	fake_make
	build
	commit two
	GIT_TEST_ASSUME_DIFFERENT_OWNER=1 fails build
	says "dubious ownership"
	build
	same "$(cat "$O/selftests/kvm/built")" two
}

a_commit_during_a_build_is_built_next()
{
	new_tree
	fake_make
	printf '#!/bin/sh\ngit -C "$O/linux" commit -q --allow-empty -m late\nrm "$0"\n' >"$O/meanwhile"
	chmod +x "$O/meanwhile"
	build
	echo stale >"$O/selftests/kvm/built"
	build
	same "$(cat "$O/selftests/kvm/built")" late
}

# As when a change is tried, does not build, and is taken back.
a_failed_build_leaves_nothing_fresh()
{
	new_tree
	fake_make
	build
	commit two
	printf '#!/bin/sh\necho half >"$O/selftests/kvm/built"\nkill $PPID\n' >"$O/meanwhile"
	chmod +x "$O/meanwhile"
	! build >/dev/null 2>&1 || return 1
	rm "$O/meanwhile"
	git -C "$O/linux" reset -q --hard HEAD^
	build
	same "$(cat "$O/selftests/kvm/built")" one
}

# A program of the name that fails, first in PATH
broken()
{
	mkdir -p "$W/broken-$1"
	printf '#!/bin/sh\nexit 1\n' >"$W/broken-$1/$1"
	chmod +x "$W/broken-$1/$1"
	PATH=$W/broken-$1:$PATH
}

# It would be handed to all boots until the machine starts again.
a_clock_not_measured_is_not_kept()
(
	new_tree
	broken gcc
	fails "$W/checkout/tools/boot.sh" --qemu true
	[ ! -e "$O/tsc-khz" ]
)

a_part_without_its_libraries_is_not_made()
(
	new_tree
	broken ldd
	fails bash -c 'set -euo pipefail; . "$1/tools/lib/common.sh"; . "$1/tools/lib/initramfs.sh"
		copy_libraries "$2" /bin/sh' bash "$W/checkout" "$W/root"
)

t "without git's word there is no key" a_key_needs_git
t "half of a key is none" a_key_is_whole_or_none
t "a dirty tree never has the same key twice" a_key_of_a_dirty_tree_never_comes_twice
t "an empty key ends the script, also in a condition" an_empty_key_is_refused
t "so does a file that cannot be read" a_file_that_cannot_be_read_is_refused
t "what was marked is fresh" the_same_keys_are_fresh
t "an edit that is saved during a build is built by the next" an_edit_during_a_build_is_built_next
t "what is built of something without a stamp is built again" a_missing_stamp_is_never_fresh
t "a clock that could not be measured is not kept" a_clock_not_measured_is_not_kept
t "programs whose libraries are not known are not packed" a_part_without_its_libraries_is_not_made
t "a tree that git refuses is neither built nor taken for built" an_unreadable_tree_is_not_built
t "a commit that comes during a build is built by the next" a_commit_during_a_build_is_built_next
t "what a failed build left is not taken for an older one" a_failed_build_leaves_nothing_fresh
finish
