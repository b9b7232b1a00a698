#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints the path of the verified file (or files, one per line) of each ITEM.
#
#   tools/fetch.sh ITEM...          find it, or download it
#   tools/fetch.sh --local ITEM...  find it on this machine, else exit 1 silently
#   tools/fetch.sh --list           the items, and what is here already
#
# Example:  tools/fetch.sh linux ovmf
#
# An ITEM is looked for in this order:
#   1. what you name: LINUX=FILE, QEMU=FILE, OVMF=FILE, OVMF_AMDSEV=FILE and so on.
#      LINUX may also be an unpacked directory, or a git tree, of which LINUX_REF
#      (default HEAD) is taken
#   2. ../shared/sources/ beside the checkout, if it exists (or SHARED_SOURCES=DIR)
#   3. $O/cache
#   4. Debian's registries, found through the machine's own apt entries (which stay
#      as they are: the set-up for other suites is in $O/apt)
#   5. upstream
# tools/sources/table says what each item is.  Every file is checked against a
# checksum there, or against apt's signed index when it was downloaded.
set -euo pipefail

# shellcheck source=tools/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
# shellcheck source=tools/lib/verify.sh
. "$TOP/tools/lib/verify.sh"
# shellcheck source=tools/lib/apt-private.sh
. "$TOP/tools/lib/apt-private.sh"
# shellcheck source=tools/lib/registry.sh
. "$TOP/tools/lib/registry.sh"
# shellcheck source=tools/lib/debian-kernel.sh
. "$TOP/tools/lib/debian-kernel.sh"
# shellcheck source=tools/lib/debian-closure.sh
. "$TOP/tools/lib/debian-closure.sh"
# shellcheck source=tools/lib/local-copy.sh
. "$TOP/tools/lib/local-copy.sh"

reasons=()

download()
{
	local rows
	rows=$(rows_of "$1") || die "cannot read $TABLE"
	lock fetch
	# Another job may have fetched it meanwhile.
	local_copy "$1" && return 0
	reasons=()
	rm -f "$(log_of "fetch-$1").failed"
	# shellcheck disable=SC2034 # get_row uses them
	while read -r item kind package version suite file sha256; do
		WHY=''
		if get_row </dev/null; then
			printf '%s\n' "${FOUND[@]##*/}" >"$O/cache/$1.list.new"
			mv "$O/cache/$1.list.new" "$O/cache/$1.list"
			return 0
		fi
		[ -z "$WHY" ] || reasons+=("$WHY")
	done <<<"$rows"
	give_up "$1"
}

# give_up ITEM: one message for all rows that were tried
give_up()
{
	local var=${1^^} why log
	log=$(log_of "fetch-$1")
	[ ! -e "$log.failed" ] || log=$log.failed
	why=$(printf '%s\n' "${reasons[@]}" | awk 'NF && !seen[$0]++' | sed ':a; N; $!ba; s/\n/; /g')
	[ -z "$OFFLINE" ] || why+=" (is there a network?)"
	die "$1 is not on this machine and cannot be fetched: $why. A copy of yours can be named with ${var//[-.]/_}=FILE; log: $log"
}

list()
{
	local item items where
	items=$(items)
	for item in $items; do
		where="to be fetched"
		! local_copy "$item" || where=${FOUND[*]}
		printf '%-12s %-16s %s\n' "$item" "$(rows_of "$item" | awk '{ print $4; exit }')" "$where"
	done
}

mode=download
case ${1-} in
--list) list; exit 0 ;;
--local) mode=local_copy; shift ;;
-h | --help) usage; exit 0 ;;
esac
[ $# -gt 0 ] || die "name an item: $(items | paste -sd' ') (see --help)"
mkdir -p "$O/cache"
for want; do
	items | grep -xF -- "$want" >/dev/null || die "unknown item '$want'; there are: $(items | paste -sd' ')"
	local_copy "$want" || { [ "$mode" = download ] && download "$want"; } || exit 1
	printf '%s\n' "${FOUND[@]}"
done
