# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2154,SC2034
#
# A Debian program that runs anywhere: its package and all that it depends on.
# Sourced after registry.sh, whose row variables and get_file() it uses.

# closure PACKAGE VERSION: "URI NAME SIZE SUM" of each package that apt would install
# on a machine that has none
closure()
{
	apt_in "$dir" apt-get -qq --print-uris --no-install-recommends -o Acquire::ForceHash=SHA256 \
		-t "${suite##*,}" install "$1=$2" 2>/dev/null | sed -n "s/^'\\(.*\\)' \\(.* SHA256:.*\\)/\\1 \\2/p"
}

get_closure()
{
	local list uri name size sum
	list=$(closure "$package" "$1")
	[ -n "$list" ] || { WHY="$suite cannot satisfy what $package $1 depends on"; return 1; }
	while read -r uri name size sum; do
		sum=${sum#SHA256:}
		get_file || return 1
	done <<<"$list"
}
