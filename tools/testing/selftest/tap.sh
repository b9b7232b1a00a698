# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Test Anything Protocol for the shell tests in this directory.  A test is a function
# under set -e: its first failing command fails it, and what it printed is shown.

shopt -s inherit_errexit

# shellcheck source=tools/lib/lines.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib/lines.sh"

TAP_COUNT=0 TAP_FAILED=0

# t "what holds" FUNCTION [ARG...]
t()
{
	local what=$1 out rc
	shift
	TAP_COUNT=$((TAP_COUNT + 1))
	set +e
	out=$(set -e; "$@" 2>&1)
	rc=$?
	set -e
	if [ "$rc" -eq 0 ]; then
		echo "ok $TAP_COUNT - $what"
	else
		TAP_FAILED=$((TAP_FAILED + 1))
		echo "not ok $TAP_COUNT - $what"
		echo "# ${out//$'\n'/$'\n'# }"
	fi
}

# A test that tests nothing fails.
finish()
{
	echo "1..$TAP_COUNT"
	[ "$TAP_COUNT" -gt 0 ] && [ "$TAP_FAILED" -eq 0 ]
}

# fails CMD...: CMD must exit with 1; its messages are left in OUT
fails()
{
	local rc=0
	OUT=$("$@" 2>&1 </dev/null) || rc=$?
	[ "$rc" -eq 1 ] || { echo "exit code $rc instead of 1: $*: $OUT"; return 1; }
}

# says TEXT...: OUT contains each of them
says()
{
	local text
	for text; do
		[[ $OUT == *"$text"* ]] || { echo "no '$text' in: $OUT"; return 1; }
	done
}

# same A B
same()
{
	[ "$1" = "$2" ] || { printf 'expected: %s\ngot:      %s\n' "$2" "$1"; return 1; }
}

# checkout_copy DIR: the scripts under test, with a table and patches of their own
checkout_copy()
{
	local top
	top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd -P)
	mkdir -p "$1/tools" "$1/patches"
	cp -r "$top"/tools/{lib,sources,fetch.sh,queue.sh} "$1/tools/"
}
