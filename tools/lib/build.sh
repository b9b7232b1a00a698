# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # the variables are for those who source it
#
# For the scripts that build, on top of common.sh:
#
#   JOBS, CC            how many jobs at once; gcc, through ccache if installed
#   tree_key TREE       what a git tree holds; never twice the same if it is dirty.
#                       Fails, and prints nothing, if git does not tell
#   fresh STAMP KEY...  true when mark_fresh STAMP followed the last fresh with the same
#                       keys; a key that names a file stands for its content.  Keys are
#                       had before the build, each in an assignment of its own, which
#                       fails as its command does: an argument does not.  An empty one
#                       is what a failed command leaves, and is refused.  What fresh
#                       does not find fresh is to be built: the stamp goes
#   mark_fresh STAMP    what fresh was asked about is built.  There is no stamp if a file
#                       changed meanwhile: the next call builds again
#   unattended DIR CMD...     runs CMD, which writes into DIR; what a killed run
#                       of it left half written is removed first

JOBS=$(nproc)
CC=gcc
! command -v ccache >/dev/null || CC="ccache gcc"
export CCACHE_BASEDIR=$O

tree_key()
{
	local head changes
	head=$(git -C "$1" rev-parse --verify HEAD) || return 1
	changes=$(git -C "$1" status --porcelain) || return 1
	echo "$head${changes:+ dirty $EPOCHREALTIME}"
}

# Another stamp that is missing is of something that is being built, or failed.
fingerprint()
{
	local key sum sums=
	for key; do
		[ -n "$key" ] || return 1
		sum=$key
		if [ -f "$key" ]; then
			sum=$(sha256sum <"$key") || return 1
		elif [[ $key == */.stamp* ]]; then
			sum+=" missing $EPOCHREALTIME"
		fi
		sums+=$sum$'\n'
	done
	printf '%s' "$sums" | sha256sum
}

# keys_now STAMP KEY...
keys_now()
{
	fingerprint "${@:2}" ||
		die "what ${1##*/} depends on is not known: a command failed or a file cannot be read"
}

# By stamp: the keys that fresh was asked with, quoted, and what they were then
declare -A KEYS=() KEYS_WERE=()

fresh()
{
	local stamp=$1 now
	now=$(keys_now "$@") || exit 1
	shift
	KEYS[$stamp]=${*@Q} KEYS_WERE[$stamp]=$now
	[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
	# What is built next may fail half way: the old keys are not to vouch for that.
	rm -f "$stamp"
	return 1
}

# What was built of files that changed meanwhile may be of either content.
mark_fresh()
{
	local stamp=$1 keys now
	[ -n "${KEYS_WERE[$stamp]-}" ] || die "mark_fresh ${stamp##*/}: fresh was not asked about it"
	eval "keys=(${KEYS[$stamp]})"
	now=$(keys_now "$stamp" "${keys[@]}") || exit 1
	if [ "$now" != "${KEYS_WERE[$stamp]}" ]; then
		note "what ${stamp##*/} depends on changed during the build: the next call builds it again"
		return 0
	fi
	echo "$now" >"$stamp.tmp"
	mv "$stamp.tmp" "$stamp"
}

# make removes the target of a command that fails, but nothing does so after
# a SIGKILL or a power cut, and a truncated object looks up to date.
unattended()
(
	marker=$1/.building
	if [ -e "$marker" ]; then
		find "$1" -type f -newer "$marker" ! -name '.stamp*' ! -name '.config*' \
			! -path '*/include/*' -delete
	fi
	touch "$marker"
	trap 'rm -f "$marker"' EXIT
	shift
	"$@"
)
