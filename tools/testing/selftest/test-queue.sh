#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests tools/queue.sh on tiny trees made on the spot.  No network.
#
# Example:  tools/testing/selftest/test-queue.sh
set -euo pipefail

# shellcheck source=tools/testing/selftest/tap.sh
. "$(dirname "${BASH_SOURCE[0]}")/tap.sh"

T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
checkout_copy "$T/co"
CO=$T/co Q=$T/co/patches/linux P=$T/co/patches/linux/one
export O=$T/build SHARED_SOURCES=$T/none APT_ETC=$T/none
export LINUX=$T/linux-7.3.99.tar.xz QEMU=$T/qemu-fake.tar.xz
unset V LINUX_REF FORCE QUEUE_TEST_STOP_AT
L=$O/linux

queue() { "$CO/tools/queue.sh" "$@"; }
git_l() { git -C "$L" "$@"; }
commit() { git_l add -A; git_l -c user.name='J. Döe' -c user.email=j@localhost commit -qm "$1"; }
fresh() { rm -rf "$O" "$Q"; mkdir -p "$P"; echo one >"$Q/topics"; }
head_is_base() { same "$(git_l rev-parse 'HEAD^{tree}') $(git_l log -1 --format=%s)" "$(git_l rev-parse 'base^{tree}') topic: one"; }

# A kernel tree with what can go wrong: CR-LF, a link, an ignored file, an executable.
make_linux()
{
	local d=$T/src/linux-7.3.$1
	mkdir -p "$d/arch/x86" "$d/virt"
	printf 'VERSION = 7\nPATCHLEVEL = %s\nSUBLEVEL = %s\n' "${2-3}" "$1" >"$d/Makefile"
	seq 1 60 >"$d/arch/x86/a.c"
	seq 1 60 >"$d/virt/b.c"
	printf 'one\r\ntwo\r\n' >"$d/virt/crlf"
	printf '*.o\n' >"$d/.gitignore"
	printf '* text=auto\n' >"$d/.gitattributes"
	echo object >"$d/virt/kept.o"
	ln -s b.c "$d/virt/link"
	printf '#!/bin/sh\n' >"$d/run"
	chmod +x "$d/run"
	tar -C "$T/src" -cJf "$T/linux-7.3.$1.tar.xz" "linux-7.3.$1"
}

# Two commits on a fresh tree, exported
two_patches()
{
	fresh
	queue linux refresh
	sed -i 's/^30$/thirty/' "$L/arch/x86/a.c"
	commit "KVM: x86: Say thirty (ä)

With a body, and a list:
 - one"
	sed -i 's/^10$/ten/' "$L/virt/b.c"
	echo new >"$L/virt/new.c"
	commit "KVM: Say ten"
	queue linux export
}

creates_tree()
{
	fresh
	queue linux refresh
	head_is_base
	same "$(cat "$L/virt/kept.o")" object
	same "$(git_l show HEAD:virt/crlf | sha256sum)" "$(sha256sum <"$L/virt/crlf")"
	same "$(git_l status --porcelain)" ""
	git_l log -1 --format=%B base | grep "sha256: $(sha256sum "$LINUX" | cut -d' ' -f1)" >/dev/null
	# The same source gives the same commit.
	first=$(git_l rev-parse HEAD)
	rm -rf "$O"
	queue linux refresh
	same "$(git_l rev-parse HEAD)" "$first"
}

empty_queue()
{
	fresh
	queue linux refresh
	echo text >"$P/README"
	queue linux refresh
	queue linux verify
	queue linux export
	same "$(ls "$P")" README
	[[ $(queue linux status) == *"patches:   0 in"* ]]
}

round_trip()
{
	two_patches
	same "$(ls "$P")" "0001-KVM-x86-Say-thirty.patch
0002-KVM-Say-ten.patch"
	same "$(grep -h '^Date:' "$P"/* || :)" ""
	before=$(sha256sum "$P"/*)
	rm -rf "$O"
	queue linux refresh
	same "$(git_l log -2 --format='%an|%s' | tail -n 1)" "J. Döe|KVM: x86: Say thirty (ä)"
	[ -e "$L/virt/new.c" ]
	queue linux verify
	queue linux export
	same "$(sha256sum "$P"/*)" "$before"
	# Nobody's configuration changes the files.
	git config --file "$T/gitconfig" diff.noprefix true
	git config --file "$T/gitconfig" format.signature me
	git config --file "$T/gitconfig" diff.context 9
	git config --file "$T/gitconfig" core.abbrev 30
	git_l config diff.algorithm histogram
	git_l config diff.context 1
	git_l config format.signOff true
	git_l config core.abbrev 30
	GIT_CONFIG_GLOBAL=$T/gitconfig GIT_DIR=/nonexistent queue linux export
	same "$(sha256sum "$P"/*)" "$before"
}

mailable()
{
	two_patches
	git clone -q "$L" "$T/am" 2>/dev/null
	git -C "$T/am" checkout -q base
	git -C "$T/am" -c user.name=x -c user.email=x@localhost am -q "$P"/*.patch
	same "$(git -C "$T/am" rev-parse 'HEAD^{tree}')" "$(git_l rev-parse 'HEAD^{tree}')"
}

# Builds stay incremental, and nothing to do means that nothing is done.
only_changed_files()
{
	two_patches
	find "$L" -path "$L/.git" -prune -o -type f -exec touch -d 2020-01-01 {} +
	git_l status >/dev/null
	same "$(queue linux refresh 2>&1)" ""
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	queue linux refresh
	same "$(find "$L/arch" "$L/virt" "$L/Makefile" -type f -newermt 2021-01-01)" "$L/virt/b.c"
	grep -qx TEN "$L/virt/b.c"
}

copied_tree()
{
	two_patches
	cp -r "$L" "$T/copy"
	rm -rf "$L"
	mv "$T/copy" "$L"
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	queue linux refresh
	grep -qx TEN "$L/virt/b.c"
}

cover_letter_kept()
{
	two_patches
	echo "not a patch" >"$P/0000-cover-letter.patch"
	queue linux refresh
	git_l reset -q --hard HEAD^
	queue linux export
	same "$(ls "$P")" "0000-cover-letter.patch
0001-KVM-x86-Say-thirty.patch"
	same "$(cat "$P/0000-cover-letter.patch")" "not a patch"
}

does_not_apply()
{
	two_patches
	before=$(git_l rev-parse HEAD)
	sed -i 's/^ 27$/ 77/' "$P/0001-KVM-x86-Say-thirty.patch"
	fails queue linux refresh
	says "$P/0001-KVM-x86-Say-thirty.patch does not apply" "arch/x86/a.c:27"
	same "$(git_l rev-parse HEAD)" "$before"
	same "$(git_l status --porcelain)" ""
	git_l show-ref | grep -c target && return 1
	echo garbage >"$P/0001-KVM-x86-Say-thirty.patch"
	fails queue linux refresh
	says "0001-KVM-x86-Say-thirty.patch"
}

dirty_tree_stops()
{
	two_patches
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	echo mine >>"$L/virt/b.c"
	echo mine >"$L/untracked.c"
	fails queue linux refresh
	says "uncommitted changes" "virt/b.c" "untracked.c" "stash -u"
	same "$(tail -n 1 "$L/virt/b.c")" mine
	fails queue linux export
	says "uncommitted changes"
	fails queue linux verify
	says "uncommitted changes"
	fails queue linux ready
	# Nothing to import: the work in progress may be built, but is no refreshed tree.
	sed -i 's/^+TEN$/+ten/' "$P/0002-KVM-Say-ten.patch"
	fails queue linux refresh
	says "uncommitted changes"
	queue linux ready
	same "$(tail -n 1 "$L/virt/b.c")" mine
}

unexported_stops()
{
	two_patches
	echo mine >>"$L/virt/b.c"
	commit "KVM: Mine"
	mine=$(git_l rev-parse HEAD)
	fails queue linux refresh
	says "not exported" "KVM: Mine" "tools/queue.sh linux export"
	queue linux ready
	fails queue linux verify
	says "missing: one/0003-KVM-Mine.patch"
	same "$(git_l rev-parse HEAD)" "$mine"
	# An export of somebody's older tree must not undo newer patches.
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	fails queue linux export
	says "patches/linux changed since it was imported"
	grep -qx +TEN "$P/0002-KVM-Say-ten.patch"
	FORCE=1 queue linux export
	queue linux refresh
	queue linux verify
	same "$(git_l rev-parse HEAD)" "$mine"
}

lossy_export_stops()
{
	two_patches
	git_l -c user.name=x -c user.email=x@localhost commit -q --allow-empty -m "Empty"
	fails queue linux export
	says "do not survive as patches" "0003-Empty.patch"
	git_l reset -q --hard HEAD^
	echo x >>"$L/virt/b.c"
	commit "KVM: Note

---
lost"
	fails queue linux export
	says "do not survive as patches"
	same "$(cd "$P" && echo *)" "0001-KVM-x86-Say-thirty.patch 0002-KVM-Say-ten.patch"
}

other_version()
{
	fresh
	fails env LINUX="$T/linux-7.3.1.tar.xz" "$CO/tools/queue.sh" linux refresh
	says "$T/linux-7.3.1.tar.xz is linux 7.4.1; the queue needs 7.3"
	fails env QEMU="$T/linux-7.3.99.tar.xz" "$CO/tools/queue.sh" qemu refresh
	says "the queue needs 10.0.2"
	[ ! -e "$L" ] && [ ! -e "$O/qemu" ]
}

qemu_queue()
{
	fresh
	mkdir -p "$T/src/qemu-10.0.2/pc-bios" "$T/src/qemu-10.0.2/hw"
	echo 10.0.2 >"$T/src/qemu-10.0.2/VERSION"
	tar -C "$T/src" -cJf "$QEMU" qemu-10.0.2
	queue qemu refresh
	mkdir -p "$O/qemu/pc-bios" "$O/qemu/hw/i386"
	touch "$O/qemu/pc-bios/edk2-x86_64-code.fd.bz2"
	ln -s /nonexistent "$O/qemu/hw/i386/snp-model"
	queue qemu verify
}

source_changes()
{
	two_patches
	git_l branch side
	LINUX=$T/linux-7.3.98.tar.xz queue linux refresh
	grep -qx 'SUBLEVEL = 98' "$L/Makefile"
	grep -qx thirty "$L/arch/x86/a.c"
	same "$(git_l status --porcelain)" ""
	git_l rev-parse -q --verify side
	LINUX=$T/linux-7.3.98.tar.xz queue linux verify
	echo mine >>"$L/virt/b.c"
	commit "KVM: Mine"
	fails queue linux refresh
	says "not exported"
	grep -qx 'SUBLEVEL = 98' "$L/Makefile"
}

# stop_at PHASE COMMAND...: as if kill -9 had come then
stop_at()
{
	local rc=0
	QUEUE_TEST_STOP_AT=$1 queue "${@:2}" || rc=$?
	same "$rc" 137
}

killed_creating()
{
	for phase in unpacked committed; do
		fresh
		stop_at "$phase" linux refresh
		[ ! -e "$L" ]
		queue linux refresh
		queue linux verify
		same "$(find "$O" -maxdepth 1 -name '*.tmp-*')" ""
	done
}

killed_anywhere()
{
	fresh
	for delay in 0.05 0.1 0.15 0.2 0.3 0.4; do
		queue linux refresh &
		pid=$!
		sleep "$delay"
		kill -9 "$pid" || :
		wait "$pid" || :
	done
	queue linux refresh
	queue linux verify
}

killed_importing()
{
	for phase in target moved; do
		two_patches
		sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
		stop_at "$phase" linux refresh
		queue linux refresh
		grep -qx TEN "$L/virt/b.c"
		same "$(git_l status --porcelain)" ""
		queue linux export
		same "$(git_l for-each-ref 'refs/queue/target*' refs/queue/rescued)" ""
	done
}

# Killed while git moved files, with an edit made before the next call
rescue_keeps_edits()
{
	two_patches
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	stop_at target linux refresh
	touch "$L/.git/index.lock"
	echo half >"$L/virt/b.c"
	echo mine >"$L/mine.c"
	OUT=$(queue linux ready 2>&1)
	says "refs/queue/rescued/1"
	grep -qx TEN "$L/virt/b.c"
	same "$(git_l show refs/queue/rescued/1:virt/b.c)" half
	same "$(git_l show refs/queue/rescued/1:mine.c)" mine
	same "$(cat "$L/mine.c")" mine
}

killed_exporting()
{
	two_patches
	sed -i 's/^thirty$/THIRTY/' "$L/arch/x86/a.c"
	commit "KVM: Louder"
	sed -i 's/^ten$/TEN/' "$L/virt/b.c"
	commit "KVM: Louder still"
	stop_at exporting linux export
	queue linux export
	queue linux verify
	[ -e "$P/0003-KVM-Louder.patch" ] && [ -e "$P/0004-KVM-Louder-still.patch" ]
}

full_disk()
{
	fresh
	mkdir -p "$T/bin"
	printf '#!/bin/sh\necho "tar: x: Cannot write: No space left on device" >&2; exit 2\n' >"$T/bin/tar"
	chmod +x "$T/bin/tar"
	fails env PATH="$T/bin:$PATH" "$CO/tools/queue.sh" linux refresh
	says "No space is left" "cannot unpack $LINUX"
	[ "$(wc -l <<<"$OUT")" -le 4 ]
	[ ! -e "$L" ]
}

unwritable_O()
{
	for bad in /proc/x "$LINUX/x"; do
		fails env O="$bad" "$CO/tools/queue.sh" linux refresh
		says "the build directory $bad cannot be written"
	done
}

works_from_anywhere()
{
	fresh
	mkdir -p "$T/elsewhere"
	cd "$T/elsewhere"
	O=out queue linux refresh
	[ -d "$T/elsewhere/out/linux/.git" ]
}

# Another topic after the two patches of the first
second_topic()
{
	two_patches
	echo two >>"$Q/topics"
	git_l -c user.name=x -c user.email=x@localhost commit -q --allow-empty -m "topic: two"
	sed -i 's/^40$/forty/' "$L/arch/x86/a.c"
	commit "KVM: x86: Say forty"
}

topics_round_trip()
{
	second_topic
	queue linux export
	same "$(cd "$Q" && echo */*)" \
		"one/0001-KVM-x86-Say-thirty.patch one/0002-KVM-Say-ten.patch two/0001-KVM-x86-Say-forty.patch"
	before=$(sha256sum "$Q"/*/*)
	rm -rf "$O"
	queue linux refresh
	queue linux verify
	same "$(git_l log --reverse --format=%s base..HEAD | paste -sd' ')" \
		"topic: one KVM: x86: Say thirty (ä) KVM: Say ten topic: two KVM: x86: Say forty"
	[[ $(queue linux status) == *"two, 1 patches"* ]]
	# A commit moves to the topic in whose part it is put.
	git_l reset -q --hard HEAD~1
	echo more >>"$L/virt/b.c"
	commit "KVM: More"
	queue linux export
	same "$(cd "$Q" && echo two/*)" "two/0001-KVM-More.patch"
	same "$(sha256sum "$Q"/one/*)" "$(grep /one/ <<<"$before")"
}

topic_alone()
{
	second_topic
	queue linux export
	before=$(git_l rev-parse HEAD)
	commit=$(queue linux alone two)
	same "$(git_l log --format=%s "base..$commit")" "KVM: x86: Say forty"
	same "$(git_l rev-parse HEAD)" "$before"
	fails queue linux alone three
	says "no topic 'three' (one two)"
	# On another one, and with patches from elsewhere
	echo one >"$Q/two/on"
	below=$(queue linux alone one)
	commit=$(queue linux alone two)
	same "$(git_l log --format=%s "$below..$commit")" "KVM: x86: Say forty"
	same "$(git_l rev-parse refs/queue/alone/two)" "$commit"
	mkdir "$T/elsewhere"
	cp -r "$Q/two" "$T/elsewhere"
	same "$(queue linux alone two "$T/elsewhere")" "$commit"
	queue linux verify
	queue linux export
	same "$(cat "$Q/two/on")" one
}

topics_disagree()
{
	second_topic
	printf 'two\none\n' >"$Q/topics"
	fails queue linux export
	says "topics of $L (one two) are not those of patches/linux/topics (two one)"
	printf 'one\ntwo\n' >"$Q/topics"
	git_l -c user.name=x -c user.email=x@localhost commit -q --allow-empty -m "topic: three"
	fails queue linux verify
	says "(one two three)"
	git_l reset -q --hard base
	echo x >>"$L/virt/b.c"
	commit "KVM: Too early"
	git_l -c user.name=x -c user.email=x@localhost commit -q --allow-empty -m "topic: one"
	git_l -c user.name=x -c user.email=x@localhost commit -q --allow-empty -m "topic: two"
	fails queue linux export
	says "commits before the first topic" "KVM: Too early"
}

misspelt_topic()
{
	two_patches
	echo onne >"$Q/topics"
	for verb in refresh ready export verify; do
		fails queue linux $verb
		says "patches/linux/topics does not name the folder patches/linux/one"
	done
	printf 'one\ntwwo\n' >"$Q/topics"
	sed -i 's/^+ten$/+TEN/' "$P/0002-KVM-Say-ten.patch"
	fails queue linux refresh
	says "there is no folder $Q/twwo"
	grep -qx ten "$L/virt/b.c"
}

topic_alone_of_nothing()
{
	two_patches
	mkdir -p "$T/nothing"
	fails queue linux alone one "$T/nothing"
	says "there is no folder $T/nothing/one"
	echo onne >"$P/on"
	fails queue linux alone one
	says "there is no folder $Q/onne"
}

make_linux 99
make_linux 98
make_linux 1 4
t "a tree is made, byte for byte and with a stable commit id" creates_tree
t "an empty queue" empty_queue
t "export, import, export gives the same bytes under any configuration" round_trip
t "git am takes the patches" mailable
t "only files that change are rewritten" only_changed_files
t "a tree that was copied" copied_tree
t "the cover letter is left alone" cover_letter_kept
t "a patch that does not apply: patch and file are named" does_not_apply
t "uncommitted changes stop an import" dirty_tree_stops
t "commits that were not exported stop an import" unexported_stops
t "commits that would get lost stop an export" lossy_export_stops
t "a source of another version" other_version
t "QEMU's queue ignores what its build makes" qemu_queue
t "another source: the tree moves over" source_changes
t "killed while the tree is made" killed_creating
t "killed at any time" killed_anywhere
t "killed while patches are imported" killed_importing
t "after that, edits are rescued" rescue_keeps_edits
t "killed while patches are exported" killed_exporting
t "two topics: export, import, export" topics_round_trip
t "one topic alone" topic_alone
t "a tree whose topics are not those of the queue" topics_disagree
t "a topic that is misspelt, and a folder that none names" misspelt_topic
t "a topic alone, of a folder that lacks it or on one that is misspelt" topic_alone_of_nothing
t "a full disk" full_disk
t "a build directory that cannot be written" unwritable_O
t "any working directory" works_from_anywhere
finish
