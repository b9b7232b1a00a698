# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Checksums of fetched files; sourced after common.sh.  A file is hashed once: the
# result is kept in $O/cache/stamps for as long as size, time and inode stay.

# checksum_of FILE
checksum_of()
{
	local state stamp old sum
	mkdir -p "$O/cache/stamps"
	state=$(stat -L -c '%s %.9Y %i' "$1")
	stamp=$O/cache/stamps/${1//\//%}
	# Named by the end of the path: file names have a limit.
	[ ${#stamp} -le 200 ] || stamp=$O/cache/stamps/${stamp: -100}
	if [ -e "$stamp" ] && IFS= read -r old <"$stamp" && [ "${old% *}" = "$state $1" ]; then
		printf '%s\n' "${old##* }"
		return
	fi
	# Also in a condition: an empty sum is not to be remembered.
	sum=$(sha256sum <"$1") || die "$1 cannot be read"
	sum=${sum%% *}
	printf '%s %s %s\n' "$state" "$1" "$sum" >"$stamp.$$"
	mv "$stamp.$$" "$stamp"
	printf '%s\n' "$sum"
}

# accept FILE SHA256: stops if FILE is not what it should be.  What lies in the
# cache is ours and is moved aside, so that the next run fetches it again.
accept()
{
	local got
	got=$(checksum_of "$1") || exit 1
	[ "$got" != "$2" ] || return 0
	case $1 in
	"$O/cache/"*)
		mv "$1" "$1.bad"
		die "wrong checksum: $1: expected sha256 $2, got $got; moved to ${1##*/}.bad, run again to fetch it anew"
		;;
	*)
		die "wrong checksum: $1: expected sha256 $2, got $got; remove or replace that file"
		;;
	esac
}

# recorded_sum FILE: what a signed index said when the file was fetched
recorded_sum()
{
	[ -e "$1.sha256" ] && cut -d' ' -f1 "$1.sha256"
}

# keep FILE SHA256 NAME: a downloaded file that is whole moves into the cache
keep()
{
	printf '%s  %s\n' "$2" "$3" >"$O/cache/$3.sha256"
	mv "$1" "$O/cache/$3"
}
