#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The SNP host model by its hardware interfaces, without Linux: boots one of the
# freestanding programs of tools/testing/arch.  Each row of rows.table that names the
# program has to be named by a check that ran and passed, and the other way round.
# Prints TAP.
#
# usage: test-snp-arch.sh PROGRAM
#
# example: test-snp-arch.sh snp-rmp
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"

usage_if_asked "$@"
program=${1:?which program}
arch=$TOP/tools/testing/arch
tap=$(mktemp)
trap 'rm -f "$tap" "$tap.rows"' EXIT

checked()
{
	sed -n 's/^ok [0-9]* - \([a-z]*-[0-9.]*\): .*/\1/p' "$tap" | sort -u
}

status=0
"$arch/boot.sh" "$program" | tee "$tap" || status=1
"$arch/rows.sh" "$program" | sort -u >"$tap.rows"
wrong=$(checked | comm -3 - "$tap.rows")
if [ -n "$wrong" ]; then
	awk -F '\t' '
		$1 != "" { print "# row " $1 " is checked but is not in rows.table for this program" }
		$1 == "" { print "# row " $2 " has no check that passed" }' <<<"$wrong"
	status=1
fi
exit "$status"
