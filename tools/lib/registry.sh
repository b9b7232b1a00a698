# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Downloads of table rows from Debian's registries and from upstream, for fetch.sh.
# Sourced after common.sh, verify.sh and apt-private.sh.
#
# Each function that fails says why in WHY.  OFFLINE is set once a registry did not
# answer, so that the next row does not wait for the same time-out.

WHY='' OFFLINE=''

# The row of the table that is being tried; dir is its suite's apt directory.
item='' kind='' package='' version='' suite='' file='' sha256='' dir=''

# try CMD...: CMD with its output in the log; a failure is put into words in WHY
try()
{
	local log
	logged "fetch-$item" "$@" && return 0
	log=$(log_of "fetch-$item")
	if grep -qE 'No space left|Disk quota|File too large' "$log"; then
		die "no space is left in $O ($(df -Ph "$O" | awk 'NR == 2 { print $4 " free" }')); log: $log"
	elif grep -qE 'NO_PUBKEY|not signed|BADSIG|EXPKEYSIG|invalid signature' "$log"; then
		WHY="the index of $suite carries no signature that this machine trusts"
	elif grep -q 'no Debian entry' "$log"; then
		WHY="the machine's apt set-up names no Debian mirror" OFFLINE=1
	elif grep -qE '404 +Not Found|File not found|does not have a Release file' "$log"; then
		WHY="gone"
	elif grep -q 'Hash Sum mismatch' "$log"; then
		WHY="what the registry sent has not the checksum of its signed index"
	else
		WHY="the Debian registries do not answer" OFFLINE=1
	fi
	cp "$log" "$log.failed"
	return 1
}

# need_index [renew]: sets dir for the row's suite
need_index()
{
	local type="deb"
	[ "$kind" != orig ] || type="deb-src"
	dir=$O/apt/$suite-$type
	[ -n "${1-}" ] || [ ! -e "$dir/updated" ] || return 0
	note "$item: reading the package index of $suite"
	try apt_update "$suite" "$type" && return 0
	[ "$WHY" != gone ] || WHY="the registry has no suite $suite"
	return 1
}

# versions PACKAGE: those that the suite has and the row accepts, newest first
versions()
{
	local v
	apt_in "$dir" apt-cache madison "$1" 2>/dev/null |
		awk -v p="$1" '$1 == p { print $3 }' | sort -uVr |
		while read -r v; do
			# shellcheck disable=SC2053 # the table holds patterns
			[[ $v != $version ]] || echo "$v"
		done
}

# address PACKAGE VERSION: sets uri, name, size, sum from the signed index
address()
{
	local cmd=(download) line
	[ "$kind" != orig ] || cmd=(source --tar-only)
	line=$(apt_in "$dir" apt-get -qq --print-uris "${cmd[@]}" "$1=$2" 2>/dev/null |
		grep -E "^'" | grep -E '_[^_/]*\.orig\.tar\.[a-z0-9]+ |\.deb ' | tail -n 1)
	read -r uri name size sum <<<"$line"
	uri=${uri//\'/}
	sum=${sum#SHA256:}
	[ -n "$sum" ]
}

# get PACKAGE VERSION: one file into the cache, its path appended to FOUND
get()
{
	local uri name size sum
	address "$1" "$2" || { WHY="$suite's index does not list $1 $2 with a sha256"; return 1; }
	[ "$sha256" = - ] || [ "$kind" = inner ] || [ "$sum" = "$sha256" ] ||
		die "wrong checksum: $name in $suite: expected sha256 $sha256 (tools/sources/table), got $sum from the registry's index"
	get_file
}

# The file that uri, name, size and sum describe.  apt continues one that an earlier
# run left in partial/.
get_file()
{
	local part
	if [ ! -e "$O/cache/$name" ]; then
		need_space $((size / 1000000 + 50)) "$O"
		mkdir -p "$O/cache/partial"
		part=$O/cache/partial/$name
		note "$item: downloading $name ($((size / 1000000)) MB)"
		if ! try apt_in "$dir" /usr/lib/apt/apt-helper download-file "$uri" "$part" "SHA256:$sum"; then
			[ "$WHY" != gone ] || WHY="$name is listed in $suite but gone from the registry"
			return 1
		fi
		# apt only links to the files of a mirror on this machine.
		[ ! -L "$part" ] || cp --remove-destination "$(realpath "$part")" "$part"
		keep "$part" "$sum" "$name"
	fi
	accept "$O/cache/$name" "$sum"
	FOUND+=("$O/cache/$name")
}

get_upstream()
{
	local part=$O/cache/partial/$file
	mkdir -p "$O/cache/partial"
	note "$item: downloading $file from upstream"
	if ! logged "fetch-$item" python3 "$TOP/tools/sources/download.py" "$package" "$part"; then
		WHY="upstream does not answer ($(tail -n 1 "$(log_of "fetch-$item")"))"
		return 1
	fi
	mv "$part" "$O/cache/$file"
	accept "$O/cache/$file" "$sha256"
	FOUND=("$O/cache/$file")
}

# One row of the table.  A list of an older day may name files that are gone by now.
get_row()
{
	local renew v versions
	FOUND=()
	[ "$kind" != url ] || { get_upstream; return; }
	[ -z "$OFFLINE" ] || return 1
	for renew in '' renew; do
		[ -z "$renew" ] || [ -n "$(find "$dir/updated" -mmin +10 2>/dev/null)" ] || return 1
		need_index $renew || return 1
		WHY="$suite has no $package $version"
		if [ "$kind" = kernel ]; then
			get_kernel && return 0
		else
			versions=$(versions "$package") || { WHY="the index of $suite cannot be read"; return 1; }
			for v in $versions; do
				case $kind in
				inner) get_inner "$v" ;;
				closure) get_closure "$v" ;;
				*) get "$package" "$v" ;;
				esac && return 0
			done
		fi
		[ -z "$OFFLINE" ] || return 1
	done
	return 1
}
