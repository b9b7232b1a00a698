#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What tools/clean.sh removes, and what it does not.  Prints TAP.
#
# usage: test-clean.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
checkout_copy "$W/checkout"
tools=$W/checkout/tools
cp "$here/../../clean.sh" "$tools/"
unset O

clean() { "$tools/clean.sh" "$@"; }

# Whatever sources common.sh and builds
build_in() { O=$1 bash -c 'set -euo pipefail; . "$1/lib/common.sh"' bash "$tools"; }

# fill DIR: with what is kept and what is not, among it what no list knows
fill()
{
	mkdir -p "$1"/{linux,qemu,cache,apt,host,kernel,kernel-debug,series/tree,deb,results,new-one}
	touch "$1/tsc-khz" "$1/cache/linux.tar.xz" "$1/host/disk.qcow2"
}

# stub SCRIPT WHAT-IT-DOES
stub()
{
	mkdir -p "$tools/host"
	printf '#!/bin/sh\n%s\n' "$2" >"$tools/$1"
	chmod +x "$tools/$1"
}

built_goes()
{
	export O=$W/mine
	build_in "$O"
	fill "$O"
	clean built
	same "$(cd "$O" && echo *)" "apt cache host linux locks qemu"
	[ -e "$O/cache/linux.tar.xz" ] && [ -e "$O/host/disk.qcow2" ]
}

default_goes()
{
	fill "$W/checkout/build"
	clean built
	[ ! -e "$W/checkout/build/kernel" ] && [ -d "$W/checkout/build/linux" ]
}

others_stay()
{
	local verb
	export O=$W/theirs
	mkdir -p "$O/results/thesis" "$O/kernel"
	for verb in built all; do
		fails clean $verb
		says "O=$O was not empty when it was first built in"
	done
	same "$(cd "$O" && echo *)" "kernel results"
	build_in "$O"
	fails clean all
	[ -d "$O/results/thesis" ]
}

all_goes()
{
	export O=$W/mine
	rm "$O/host/disk.qcow2"
	stub queue.sh 'exit 1'
	fails clean all
	says "$O/linux holds work that patches/linux lacks"
	stub queue.sh 'exit 0'
	clean all
	[ ! -e "$O" ]
	clean all
	clean built
	[ ! -e "$O" ]
}

# Whether a disk is what it was is tested in test-host.sh.
written_disk_stays()
{
	export O=$W/host
	build_in "$O"
	fill "$O"
	stub host/disk.sh 'exit 1'
	fails clean all
	says "$O/host/disk.qcow2 holds what was installed"
	stub host/disk.sh '[ "$1" = unchanged ]'
	clean all
	[ ! -e "$O" ]
}

t "clean: what was built goes, whatever it is; sources, downloads and the disk stay" built_goes
t "the checkout's own build directory needs no mark" default_goes
t "a directory that was somebody's is not touched, also once it was built in" others_stay
t "distclean: all goes, but not unexported work" all_goes
t "nor a host's disk that was written to or has a snapshot" written_disk_stays
finish
