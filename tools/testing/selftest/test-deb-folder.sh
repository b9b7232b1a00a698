#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The folder that `make deb` and `make deb-kernel` share: neither takes away what the other
# has made, nor leaves what it made before.  The programs that make packages are replaced.
# Prints TAP.
#
# usage: test-deb-folder.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
# shellcheck source=tap.sh
. "$top/tools/testing/selftest/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
export O=$W/build GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 PATH=$W/bin:$PATH
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@localhost GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@localhost
unset KCONFIG V
c=$W/checkout

# program PATH: what is on stdin
program()
{
	mkdir -p "${1%/*}"
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

# repository DIR SUBJECT: with one commit, which is its tag base
repository()
{
	git init -q "$1"
	git -C "$1" add -A
	git -C "$1" commit -q --allow-empty -m "$2"
	git -C "$1" tag base
}

# commit_at DATE-AND-TIME
commit_at() { GIT_COMMITTER_DATE="$1 +0000" git -C "$c" commit -q --allow-empty -m "$1"; }

new_checkout()
{
	local name
	checkout_copy "$c"
	cp -r "$top/include" "$c/"
	cp -r "$top"/tools/{deb,igvm,snp-measure,snp-ready} "$c/tools/"
	mkdir -p "$c/arch/x86"
	cp -r "$top/arch/x86/configs" "$c/arch/x86/"
	for name in deps build-qemu build-selftests queue; do
		program "$c/tools/$name.sh" </dev/null
	done
	for name in linux qemu; do
		mkdir -p "$c/patches/$name/fixes"
		echo fixes >"$c/patches/$name/topics"
	done
	repository "$c" one
	commit_at "2026-01-01 12:00"
}

new_build()
{
	local test
	for test in sev_smoke_test ../guest_memfd_test ../pre_fault_memory_test; do
		program "$O/selftests/kvm/x86/$test" </dev/null
	done
	mkdir -p "$O"/{firmware,selftests/headers/usr/include}
	echo x | tee "$O/firmware/rom" >"$O/firmware/.stamp"
	echo x >"$O/selftests/.stamp"
	program "$O/qemu-build/qemu-system-x86_64" </dev/null
	echo x >"$O/qemu-build/.stamp-build"
	program "$O/linux/scripts/kconfig/merge_config.sh" <<<'cp "$5" "$4"'
	repository "$O/linux" "linux 7.3.4"
	repository "$O/qemu" "qemu 10.0.2"
}

# What makes the packages, and writes down that it did
fake_makers()
{
	program "$W/bin/lintian" </dev/null
	# a kernel wants more room than the machine that tests this has to have
	program "$W/bin/df" <<-'END'
	echo Filesystem blocks Used Available Use Mounted
	echo x 99999 0 99999 0% /
	END
	program "$W/bin/dpkg-buildpackage" <<-END
	echo deb >>$W/built
	sed -n 's/^Package: //p' debian/control | while read -r p; do : >../\${p}_1_all.deb; done
	: >../snp-host.buildinfo
	END
	program "$W/bin/make" <<-END
	for word; do case \$word in KDEB_PKGVERSION=*) version=\${word#*=} ;; esac; done
	[ "\$word" = bindeb-pkg ] || exit 0
	echo kernel >>$W/built
	for p in image headers; do : >"$O/deb/linux-\$p-7.3.4+snp_\${version}_amd64.deb"; done
	END
}

# made WORD...: packages are asked for, and those that are named were made
made()
{
	: >"$W/built"
	"$c/tools/deb/build.sh" >/dev/null
	"$c/tools/deb/kernel.sh" >/dev/null
	same "$(paste -sd' ' "$W/built")" "$*"
}

# has NUMBER PATTERN
has() { same "$(find "$O/deb" -maxdepth 1 -name "$2" | wc -l)" "$1"; }

after_a_commit()
{
	commit_at "2026-01-01 13:00"
	made deb
	has 1 'linux-image-*'
}

on_another_day()
{
	commit_at "2026-01-02 12:00"
	made deb kernel
	has 1 'linux-image-*20260102*'
	has 1 'linux-image-*'
	has 1 'linux-headers-*'
	has 1 'snp-measure_*'
}

after_removal()
{
	rm "$O"/deb/linux-image-*.deb
	made kernel
	rm "$O"/deb/snp-ready_*.deb
	made deb
}

after_an_edit()
{
	echo '/* edited */' >>"$c/include/snp/host.h"
	made deb
}

new_checkout
new_build
fake_makers
t "packages and the kernel's are made" made deb kernel
t "a second time, nothing is" made
t "after a commit, the kernel's are there still" after_a_commit
t "on another day they have another version, and the old ones go" on_another_day
t "what somebody removed is made again" after_removal
t "a header that is packed is looked at" after_an_edit
finish
