#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VMM of one's own on the host of `make host`: each command of that section of
# Documentation/virtual-host.rst, as it is there, on a disk of its own.  Prints TAP.
#
# usage: test-host-vmm.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/host-lib.sh
. "$TOP/tools/testing/selftest/host-lib.sh"

"$TOP"/tools/build-snp-guest.sh >&2
built=$O
own_host host-vmm
ln -s "$built/snp-guest" "$O"
screens=$O/terminals
mkdir "$screens"
terminals=()
trap end EXIT

# The first terminal is the host's: what it has started ends with the host.
end()
{
	[ ${#terminals[@]} -gt 0 ] || return 0
	kill "${terminals[@]:1}" 2>/dev/null || :
	if "$O/host/ssh" true 2>/dev/null </dev/null; then
		"$O/host/ssh" poweroff 2>/dev/null </dev/null || :
	else
		kill "${terminals[0]}" 2>/dev/null || :
	fi
	wait "${terminals[0]}" || :
}

# As one who looks at the terminal
until_it_says()
{
	local end=$((SECONDS + 900))
	until grep -qF "$2" "$screens/$1"; do
		if [ $SECONDS -ge $end ] || ! kill -0 "${terminals[-1]}"; then
			cat "$screens/$1"
			return 1
		fi
		sleep 1
	done
}

answers()
{
	local end=$((SECONDS + 300))
	until "$O/host/ssh" true; do
		[ $SECONDS -lt $end ] || return 1
		sleep 1
	done
}

# terminal N COMMAND UNTIL
terminal()
{
	here "$2" >"$screens/$1" 2>&1 &
	terminals+=($!)
	t "$1: $2" until_it_says "$1" "$3"
}

# ends N COMMAND
ends()
{
	here "$2" >"$screens/$1" 2>&1 || { cat "$screens/$1"; return 1; }
}

# says_at N REGEX...: what command N has printed when it has ended
says_at()
{
	local n=$1 regex
	shift
	for regex; do
		tr -d '\r' <"$screens/$n" | grep -qaE "$regex" || { echo "no '$regex':"; cat "$screens/$n"; return 1; }
	done
}

text=$(documented "Your own VMM")
mapfile -t lines < <(lines "$text")
n=0
for line in "${lines[@]}"; do
	n=$((n + 1))
	case $line in
	*'# a terminal of its own, until: '*) terminal $n "${line%%  *# *}" "${line##*until: }" ;;
	*) t "$n: $line" ends $n "$line" ;;
	esac
	[ $n -gt 1 ] || t "ssh answers" answers
done
t "the guest's report verifies" says_at 6 '^report.verified: yes$'
t "gdb stops the VMM, and names the functions on the way" says_at 8 '^#0 .*sev_snp_launch_finish' '^#[1-9].* main '
wait "${terminals[1]}" || :
t "its guest goes on, and its report verifies" says_at 7 '^report.verified: yes$'
wait "${terminals[2]}" || :
t "gdb stops the host's kernel on one of two CPUs" says_at 9 '^=> 0xf' 'Thread 1\.1 ' 'Thread 1\.2 '
t "that guest goes on, too" says_at 10 '^report.verified: yes$'
finish
