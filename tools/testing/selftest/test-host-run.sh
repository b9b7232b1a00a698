#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# `make host RUN=` when several come at once, and when the host does not come up or go
# down; and a disk that was half made.  The host is a process that only looks like one.
# Prints TAP.
#
# usage: test-host-run.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"

W=$(mktemp -d)
trap 'touch "$W/off"; sleep 0.3; rm -rf "$W"' EXIT
checkout_copy "$W/checkout"
tools=$W/checkout/tools
cp "$here/../../host.sh" "$tools/"
cp -r "$here/../../host" "$tools/"
export W O=$W/build PATH=$W/bin:$PATH BOOT_TIMEOUT=20 HALT_TIMEOUT=20
unset GDB CPUS MEM

# program PATH: what is on stdin
program()
{
	mkdir -p "${1%/*}"
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

# It answers a second after its start, unless it is told not to.
program "$tools/boot.sh" <<-'END'
	rm -f "$W"/up "$W"/off
	echo $$ >>"$W/booted"
	sleep 1
	[ -e "$W/deaf" ] || touch "$W/up"
	until [ -e "$W/off" ]; do sleep 0.1; done
	rm -f "$W/up"
END
program "$W/bin/ssh" <<-'END'
	[ -e "$W/up" ] || exit 255
	shift 3
	case $* in
	udevadm*) ;;
	poweroff) [ -e "$W/stubborn" ] || touch "$W/off" ;;
	*) exec sh -c "$*" ;;
	esac
END
program "$tools/deps.sh" </dev/null
program "$W/bin/qemu-img" <<-'END'
	for word; do :; done
	touch "$word"
END
program "$W/bin/df" <<<'printf "Filesystem Blocks Used Available\nx 9 9 9999\n"'

new_host()
{
	rm -rf "$O" "$W"/{booted,up,off,deaf,stubborn}
	mkdir -p "$O/host"
	touch "$O/host/base.qcow2"
}

run() { RUN=$1 "$tools/host.sh"; }

# boots NUMBER: so many were started, and none is there any more
boots()
{
	same "$(wc -l <"$W/booted")" "$1"
	! kill -0 "$(tail -n 1 "$W/booted")" 2>/dev/null || { echo "the host is still there"; return 1; }
}

ends_with()
{
	local rc=0
	new_host
	run 'exit 7' || rc=$?
	same $rc 7
	boots 1
	same "$(echo word | run cat 2>/dev/null)" word
	boots 2
}

used_while_it_starts()
{
	new_host
	run 'sleep 2' &
	sleep 0.5
	run 'exit 0'
	wait $!
	boots 1
}

ends_with_the_last()
{
	new_host
	run 'sleep 1' &
	sleep 0.5
	run 'sleep 3; test ! -e "$W/off"'
	wait $!
	boots 1
}

does_not_come_up()
{
	new_host
	touch "$W/deaf"
	BOOT_TIMEOUT=2 fails run 'exit 0'
	says "the host does not answer"
	boots 1
	rm "$W/deaf"
	run 'exit 0'
	boots 2
}

does_not_go_down()
{
	new_host
	touch "$W/stubborn"
	HALT_TIMEOUT=2 run 'exit 0'
	boots 1
}

half_a_disk()
{
	new_host
	OUT=$("$tools/host/image.sh" 2>&1)
	[ -e "$O/host/disk.qcow2" ]
	says "the disk was made from other files of tools/host than those of today"
	same "$(wc -l <<<"$OUT")" 1
	{ echo "trixie 64 12288"; (cd "$tools/host" && find files packages fill-root -type f | sort | xargs sha256sum); } >"$O/host/made-from"
	same "$("$tools/host/image.sh" 2>&1)" ""
	echo hello >>"$tools/host/packages"
	OUT=$("$tools/host/image.sh" 2>&1)
	says "the disk was made from other files"
}

t "the command's status, and the host's end" ends_with
t "a RUN uses a host that another one is starting" used_while_it_starts
t "the host ends with the last of them" ends_with_the_last
t "a host that does not come up is ended" does_not_come_up
t "so is one that does not power off" does_not_go_down
t "a disk without its second half gets it, one of other files is told of" half_a_disk
finish
