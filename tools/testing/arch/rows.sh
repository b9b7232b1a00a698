#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What rows.table says.
#
# usage: rows.sh PROGRAM    the rows that PROGRAM checks
#        rows.sh --programs the programs that it names
#        rows.sh --broken   lines that are wrong, with the reason
set -euo pipefail
cd "$(dirname "$0")"

# Fields without the spaces around them
rows() { sed -E '/^(#|$)/d; s/ *\| */|/g' rows.table; }

programs() { rows | awk -F '|' '$3 != "-" { n = split($3, p, ","); for (i = 1; i <= n; i++) print $1, p[i] }'; }

broken()
{
	rows | awk -F '|' '
		$1 !~ /^(rmp|vm|pl)-[0-9]+\.[0-9]+$/ { print $1 ": no name of a row" }
		seen[$1]++ { print $1 ": twice" }
		$2 !~ /^(confirmed|single|none|U([1-9]|[1-3][0-9]|4[0-8]))$/ { print $1 ": status " $2 }
		$4 == "" { print $1 ": does not say what holds" }
		$3 == "-" && (NF != 5 || $5 == "") { print $1 ": neither a program nor a reason" }
		$3 != "-" && NF != 4 { print $1 ": a program and a reason" }'
}

case ${1:?a program, --programs or --broken} in
--programs) programs | awk '{ print $2 }' | sort -u ;;
--broken) broken ;;
*) programs | awk -v program="$1" '$2 == program { print $1 }' ;;
esac
