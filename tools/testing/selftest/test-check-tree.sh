#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Test what tools/check-tree.sh says of kernel trees that it cannot take or that lack
# something, on trees that only look like one.  Prints TAP.
#
# usage: test-check-tree.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"
tools=$(cd "$here/../.." && pwd -P)

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
export O=$W/build GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
unset LINUX KVM_UNIT_TESTS TESTS CONFIG_FRAGMENTS

# fake_tree DIR MAJOR MINOR EXTRA: what is looked at of a kernel, and a make that builds
fake_tree()
{
	mkdir -p "$1"/{arch/x86/kvm,scripts/kconfig,virt}
	touch "$1/Kbuild"
	printf 'config KVM\nmenuconfig VIRTUALIZATION\n' >"$1/virt/Kconfig"
	printf 'VERSION = %s\nPATCHLEVEL = %s\nSUBLEVEL = 0\nEXTRAVERSION = %s\n' "$2" "$3" "${4-}" >"$1/Makefile"
	printf '%%:\n\t@mkdir -p $(O); touch $(O)/vmlinux $(O)/modules.order $(O)/.config\n' >>"$1/Makefile"
	printf '#!/bin/sh\ncat arch/x86/configs/*.config >/dev/null\n' >"$1/scripts/kconfig/merge_config.sh"
	# All that is asked for, but for two options: one that this kernel knows.
	cat >"$1/scripts/kconfig/merge_config.sh" <<-'TEXT'
	#!/bin/sh
	out=$3
	shift 4
	cat "$@" | grep -v -e CONFIG_KVM= -e CONFIG_KVM_AMD_SEV= >"$out/.config"
	TEXT
	chmod +x "$1/scripts/kconfig/merge_config.sh"
}

commit_all()
{
	git -C "$1" add -A
	git -C "$1" commit -qm "$2"
}

source_of()
{
	LINUX=$1 "$tools/tree/source.sh"
}

# refused LINUX TEXT: in one line
refused()
{
	fails source_of "$1"
	says "$2"
	same "$(wc -l <<<"$OUT")" 1
}

nothing_named()
{
	fails "$tools/check-tree.sh"
	says "say which kernel: LINUX=DIR|GIT-TREE|TARBALL"
}

too_old()
{
	fake_tree "$W/old" 6 11
	refused "$W/old" "LINUX=$W/old is Linux 6.11.0: SNP hosts, and so these tests, begin with 6.12"
	fake_tree "$W/old-rc" 6 9 -rc1
	refused "$W/old-rc" "is Linux 6.9.0-rc1"
}

new_enough()
{
	local out
	fake_tree "$W/rc" 7 4 -rc1
	out=$(source_of "$W/rc")
	same "$(cat "$out/version")" 7.4.0-rc1
	same "$(realpath "$out/linux")" "$W/rc"
	fake_tree "$W/lts" 6 12
	source_of "$W/lts" >/dev/null
}

built_in_without_git()
{
	local mark
	for mark in .config include/config arch/x86/include/generated; do
		rm -rf "$W/dirty"
		fake_tree "$W/dirty" 7 3
		mkdir -p "$W/dirty/$mark"
		refused "$W/dirty" "LINUX=$W/dirty has been built in, which kbuild does not take: run 'make mrproper' there, or name a git tree"
	done
}

built_in_git_tree()
{
	local out tree=$W/git
	fake_tree "$tree" 7 3
	printf '.config\n*.o\n' >"$tree/.gitignore"
	echo one >"$tree/virt/edited"
	echo one >"$tree/virt/removed"
	git init -q "$tree"
	commit_all "$tree" first
	touch "$tree/.config" "$tree/virt/main.o"
	out=$(source_of "$tree" 2>"$W/said")
	grep -q 'has been built in' "$W/said"
	same "$(realpath "$out/linux")" "$out/source"
	[ ! -e "$out/source/.config" ] && [ ! -e "$out/source/virt/main.o" ]
	echo two >"$tree/virt/edited"
	echo new >"$tree/virt/untracked"
	rm "$tree/virt/removed"
	source_of "$tree" >/dev/null 2>&1
	same "$(cat "$out/source/virt/edited") $(cat "$out/source/virt/untracked")" "two new"
	[ ! -e "$out/source/virt/removed" ]
	rm "$tree/virt/untracked"
	git -C "$tree" rm -qf virt/edited
	source_of "$tree" >/dev/null 2>&1
	[ ! -e "$out/source/virt/untracked" ] && [ ! -e "$out/source/virt/edited" ]
	[ -e "$tree/.config" ] && [ -e "$tree/virt/main.o" ]
}

without_work_tree()
{
	git init -q --bare "$W/bare.git"
	refused "$W/bare.git" "LINUX=$W/bare.git is a git repository without a work tree"
}

tarballs()
{
	local out
	echo "no tarball" >"$W/text"
	fails source_of "$W/text"
	says "LINUX=$W/text is neither a kernel tree nor a tarball of one"
	mkdir -p "$W/other/docs"
	tar -cf "$W/other.tar" -C "$W" other
	fails source_of "$W/other.tar"
	says "LINUX=$W/other.tar is no kernel tree"
	fake_tree "$W/linux-7.3" 7 3
	tar -cJf "$W/linux-7.3.tar.xz" -C "$W" linux-7.3
	out=$(source_of "$W/linux-7.3.tar.xz" 2>/dev/null)
	same "$(cat "$out/version")" 7.3.0
	head -c 100 "$W/linux-7.3.tar.xz" >"$W/cut.tar.xz"
	fails source_of "$W/cut.tar.xz"
	says "is neither a kernel tree nor a tarball of one"
}

# Needs gcc and busybox, for the agent's part.
what_is_missing_is_said()
{
	local out
	fake_tree "$W/poor" 7 3
	out=$(source_of "$W/poor")
	"$tools/tree/build.sh" "$out" >"$W/said"
	grep -qxF "  CONFIG_KVM=m: this tree cannot set it, for something that it depends on" "$W/said"
	grep -qxF "  CONFIG_KVM_AMD_SEV: Linux 7.3.0 has no such option" "$W/said"
	grep -qxF "  Linux 7.3.0 has no kvm selftests in tools/testing/selftests/kvm" "$W/said"
	"$tools/tree/lists.py" "$out/selftests/kvm/MANIFEST" "$out/lists"
	fails "$tools/tree/lists.py" "$out/selftests/kvm/MANIFEST" "$out/lists" 'x86/sev_*'
	says "this tree has no test that is called x86/sev_*"
	same "$(find "$W/poor" -newer "$out/version")" ""
}

# selftests_of TREE NAME...: after it declares those
selftests_of()
{
	local kvm=$1/tools/testing/selftests/kvm
	mkdir -p "$kvm"
	printf 'all:\n\tfor t in %s; do echo $$t >$(OUTPUT)/$$t; chmod +x $(OUTPUT)/$$t; done\n' "${*:2}" >"$kvm/Makefile"
	bash -c 'set -euo pipefail; . "$1/lib/common.sh"; . "$1/lib/build.sh"; . "$1/lib/kernel.sh"
		make_selftests "$2" "$3"' bash "$tools" "$1" "$W/selftests" >/dev/null
	paste -sd' ' "$W/selftests/kvm/MANIFEST"
}

no_selftests_of_other_commits()
{
	fake_tree "$W/switched" 7 3
	same "$(selftests_of "$W/switched" one two)" "one two"
	same "$(selftests_of "$W/switched" two)" two
	same "$(selftests_of "$W/switched" two three)" "three two"
}

names_of_old_trees()
{
	printf 'x86_64/sev_smoke_test\nx86_64/svm_vmcall_test\nx86_64/cpuid_test\n' >"$W/MANIFEST"
	"$tools/tree/lists.py" "$W/MANIFEST" "$W/lists"
	grep -q '^x86/sev_smoke_test observe .*cmd=/selftests/kvm/x86_64/sev_smoke_test' "$W/lists/1-sev/tree.list"
	grep -q '^x86/svm_vmcall_test observe ' "$W/lists/2-svm/tree.list"
	! grep -r cpuid_test "$W/lists"
}

# results NAME:STATUS:PASSED[:REASON]...
results()
{
	local one name status passed reason
	for one; do
		IFS=: read -r name status passed reason <<<"$one"
		printf '{"name": "%s", "status": "%s", "passed": %s, "subtests": [], "reason": "%s"}\n' "$name" "$status" "$passed" "${reason:-why}"
	done | paste -sd, | sed 's/.*/{"results": [&]}/'
}

# compared VERSION RESULT...: with what was recorded of 7.2 and 7.3
compared()
{
	local version=$1
	shift
	results "$@" >"$W/results.json"
	"$tools/tree/compare.py" "$version" "$W/results.json" --reference "$W/reference"
}

record()
{
	results "${@:2}" >"$W/results.json"
	"$tools/tree/compare.py" "$1" "$W/results.json" --reference "$W/reference" --record >/dev/null
}

references()
{
	rm -rf "$W/reference"
	OUT=$(compared 6.12.1 a:ok:2)
	says "nothing is recorded"
	fails compared 6.12.1 a:FAIL:0
	record 7.2.9 a:ok:2 b:FAIL:0
	record 7.3.4 a:ok:3 b:FAIL:0 c:skip:0
	OUT=$(compared 7.2.1 a:ok:2 b:FAIL:0)
	says "compared with Linux 7.2.9" "1 passed, 1 failed, 0 skipped; 0 worse"
	OUT=$(compared 7.4.0-rc1 a:ok:3 b:ok:1)
	says "compared with Linux 7.3.4" "other  b: ok (1 passed)" "gone   c: this tree has no such test"
	OUT=$(compared 6.18.3 a:ok:1)
	says "nothing is recorded"
}

worse()
{
	fails compared 7.3.0 a:ok:2
	says "worse  a: ok (2 passed): why; it was ok (3 passed)" "1 worse than Linux 7.3.4"
	fails compared 7.3.0 a:skip:0
	fails compared 7.3.0 a:PANIC:0
	fails compared 7.3.0 a:ok:3 new:FAIL:0
	says "worse  new: FAIL: why"
	fails compared 7.3.0 c:TIMEOUT:0
}

# What fails in the release may still get worse.
worse_failures()
{
	local worse other
	rm -rf "$W/reference"
	record 7.3.4 a:FAIL:9 b:TIMEOUT:9 c:PANIC:0
	for worse in a:FAIL:8 a:TIMEOUT:9 a:DIED:9 a:PANIC:0 b:HUNG:9 b:PANIC:9 \
		'a:FAIL:9:why; kernel warning: WARNING' 'b:TIMEOUT:9:why; kernel kasan: BUG'; do
		fails compared 7.3.4 "$worse"
		says "worse  ${worse%%:*}: " "1 worse than"
	done
	for other in a:FAIL:10 b:TIMEOUT:8 b:FAIL:8 c:FAIL:0 c:ok:0 a:skip:0; do
		OUT=$(compared 7.3.4 "$other")
		says "other  ${other%%:*}: " "0 worse than"
	done
	OUT=$(compared 7.3.4 a:FAIL:9:another b:TIMEOUT:9 c:PANIC:0)
	says "0 passed, 3 failed, 0 skipped; 0 worse than"
}

unit_tests_named()
{
	mkdir -p "$W/unit/x86"
	fails env KVM_UNIT_TESTS="$W/unit" "$tools/check-tree.sh" --check
	says "has no unittests.cfg"
	printf '[a]\nfile = a.flat\n' >"$W/unit/x86/unittests.cfg"
	fails env KVM_UNIT_TESTS="$W/unit" "$tools/check-tree.sh" --check
	says "has no *.flat: build them first"
	touch "$W/unit/x86/a.flat"
	KVM_UNIT_TESTS=$W/unit "$tools/check-tree.sh" --check
}

unit_tests_chosen()
{
	cat >"$W/unit/x86/unittests.cfg" <<-'TEXT'
	# a comment
	[a]
	file = a.flat
	smp = 2
	test_args = "one two"
	qemu_params = -cpu max,+svm
	check = /proc/version=x
	timeout = 200
	[long]
	file = a.flat
	extra_params = """-cpu max \
	  -m 2g"""
	[old]
	file = a.flat
	arch = i386
	[vmx]
	file = a.flat
	groups = vmx
	[hand]
	file = a.flat
	groups = svm nodefault
	[unbuilt]
	file = b.flat
	TEXT
	OUT=$("$tools/tree/unit-tests.py" "$W/unit/x86" "$W/root" "$W/unit-lists")
	says "old: not applicable: it is for i386" "vmx: not applicable: needs VMX" \
		"hand: not applicable: is run by hand" "unbuilt: not applicable: b.flat was not built"
	same "$(grep -c '^unit' "$W/unit-lists/unit.list")" 6
	grep -qF 'unit-plain/a observe boot=unit-plain timeout=1200' "$W/unit-lists/unit.list"
	same "$(sh -c '. "$1"; echo "$smp $check $*"' sh "$W/root/a.test")" "2 /proc/version=x -append one two -cpu max,+svm"
	same "$(sh -c '. "$1"; echo $*' sh "$W/root/long.test")" "-cpu max -m 2g"
}

machines_compared()
{
	results unit/a:ok:2 unit-plain/a:skip:0 unit/b:FAIL:0 unit-plain/b:FAIL:0 >"$W/results.json"
	OUT=$("$tools/tree/machines.py" "$W/results.json")
	says "2 unit tests on both machines, 1 differ, 0 are worse on the model"
	results unit/a:FAIL:0 unit-plain/a:ok:2 >"$W/results.json"
	fails "$tools/tree/machines.py" "$W/results.json"
	says "a: FAIL: why; without the model ok (2 passed): why" "1 are worse on the model"
}

t "without LINUX: what is missing is said" nothing_named
t "no such file" refused "$W/nowhere" "LINUX=$W/nowhere: no such file"
t "a directory that is no kernel tree" refused "$W" "LINUX=$W is no kernel tree"
t "a kernel older than 6.12" too_old
t "6.12 and an -rc are taken, and built where they are" new_enough
t "a tree that has been built in" built_in_without_git
t "a git tree that has been built in is copied, and follows edits" built_in_git_tree
t "a git repository without a work tree" without_work_tree
t "tarballs, of a kernel and not" tarballs
t "options and selftests that a tree lacks are named, and it is not touched" what_is_missing_is_said
t "selftests that another commit built do not run" no_selftests_of_other_commits
t "selftests of before 6.14 have today's names" names_of_old_trees
t "the reference is the nearest that is not newer" references
t "what is worse than there fails" worse
t "what fails there fails if it is worse here" worse_failures
t "kvm-unit-tests that are none or not built" unit_tests_named
t "which of kvm-unit-tests run, and how" unit_tests_chosen
t "what is worse on the model fails" machines_compared
finish
