# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For the tests of reports of the hardware kit, sourced after common.sh and tap.sh.  The
# report is in $tmp/report; $tmp goes when the script ends.

hw=$TOP/tools/testing/hw
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

accepted()
{
	"$hw"/compare "$tmp/report"
}

# planted ROW SED-SCRIPT: exactly that row is contradicted
planted()
{
	local rc=0 rows
	sed "$2" "$tmp/report" >"$tmp/planted"
	! cmp -s "$tmp/report" "$tmp/planted" || { echo "nothing was planted"; return 1; }
	"$hw"/compare "$tmp/planted" >"$tmp/out" || rc=$?
	same "$rc" 1
	rows=$(sed -n 's/^contradicted \([^ ]*\) .*/\1/p' "$tmp/out" | paste -sd' ')
	same "$rows" "$1"
}

# broken SED-SCRIPT: no report
broken()
{
	local rc=0
	sed "$1" "$tmp/report" >"$tmp/planted"
	"$hw"/compare "$tmp/planted" >/dev/null 2>&1 || rc=$?
	same "$rc" 2
}
