# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # the variables are for those who source it
#
# For the scripts that build, on top of common.sh:
#
#   JOBS, CC            how many jobs at once; gcc, through ccache if installed
#   tree_key TREE       what a git tree holds; never twice the same if it is dirty
#   fresh STAMP KEY...  true when mark_fresh was last called with the same
#   mark_fresh STAMP KEY...   keys; a key that names a file stands for its content
#   unattended DIR CMD...     runs CMD, which writes into DIR; what a killed run
#                       of it left half written is removed first

JOBS=$(nproc)
CC=gcc
! command -v ccache >/dev/null || CC="ccache gcc"
export CCACHE_BASEDIR=$O

tree_key()
{
	git -C "$1" rev-parse HEAD
	[ -z "$(git -C "$1" status --porcelain)" ] || echo "dirty $EPOCHREALTIME"
}

fingerprint()
{
	local key
	for key; do
		if [ -f "$key" ]; then sha256sum <"$key"; else printf '%s\n' "$key"; fi
	done | sha256sum
}

fresh()
{
	local stamp=$1
	shift
	[ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$@")" ]
}

mark_fresh()
{
	local stamp=$1
	shift
	fingerprint "$@" >"$stamp.tmp"
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
