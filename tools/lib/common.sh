# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by every script, after `set -euo pipefail`.  It gives them
#
#   TOP, O             the checkout and the build directory, both absolute
#   die, note          messages, on stderr
#   usage              prints the script's leading comment block (for --help)
#   usage_if_asked "$@"  does so, and ends the script, if the first word asks
#   step NAME CMD...   runs CMD with its output in $O/logs/NAME.log and prints one
#                      line with the time it took; V=1 shows the output as well
#   logged NAME CMD... the same without the line, for callers that explain failures
#   lock NAME          waits for $O/locks/NAME and holds it until the script ends
#   need_cmd CMD...    stops when a command is missing
#   need_space MB DIR  stops when DIR's filesystem is nearly full
#
# A command that fails in the middle of $(...) ends it, and the assignment that it is in
# (but no loop or command that it is an argument of, and nothing in a condition).
#
# A shell function given to step stops at its first failing command, unless step is
# itself part of a condition (`step ... || ...`): bash ignores set -e in there.

shopt -s inherit_errexit

# shellcheck source=tools/lib/lines.sh
. "$(dirname "${BASH_SOURCE[0]}")/lines.sh"

# Messages of other programs are parsed, and sort orders end up in files.
export LC_ALL=C.UTF-8

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
O=${O:-$TOP/build}

# A virtual environment's Python lacks the modules of Debian's packages.
export PATH=$TOP/tools/lib/bin:$PATH
unset PYTHONHOME PYTHONPATH

# Bash's <(...) and many a build script want it; a bare chroot lacks it.
[ -e /proc/self/fd ] || { echo "/proc is not mounted here: mount -t proc proc /proc" >&2; exit 1; }

die()
{
	printf '%s: error: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

note()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

usage()
{
	awk 'NR > 3 && !/^#/ { exit } NR > 3 { sub(/^# ?/, ""); print }' "$0"
}

usage_if_asked()
{
	case ${1-} in
	-h | --help) usage; exit 0 ;;
	esac
}

# Between them, make, kbuild, meson and QEMU's options stumble over all of these.
need_plain_name()
{
	local unusable=$'[][:space:]:\'"()&;$`\\\\<>|*?{}#%,[]'
	[[ ! $2 =~ $unusable ]] ||
		die "$1: the builds take no folder with '${BASH_REMATCH[0]}' in its name; $3"
}

name_O()
{
	need_plain_name "$TOP" "$TOP" "move the checkout"
	O=$(realpath -ms -- "$O")
	need_plain_name "O=$O" "$O" "name another one"
	export O
}

# Works as root as well, whom file modes do not stop: something is really made.  What
# had nothing in it before is ours, and is marked for tools/clean.sh.
prepare_O()
{
	local before
	name_O
	before=$(ls -A "$O" 2>/dev/null) || before=
	if ! mkdir -p "$O/logs" "$O/locks" 2>/dev/null || [ ! -w "$O/logs" ] || [ ! -w "$O/locks" ]; then
		die "the build directory $O cannot be written; name another one with O=DIR"
	fi
	[ -n "$before" ] || touch "$O/.build-directory"
}

need_cmd()
{
	local cmd
	for cmd; do
		command -v "$cmd" >/dev/null || die "the command '$cmd' is missing; tools/deps.sh installs what is needed"
	done
}

# need_space MB DIR
need_space()
{
	local free
	free=$(df -Pm "$2" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge "$1" ] ||
		die "not enough disk space in $2: $free MB are free, $1 MB are needed; make room or name another O=DIR"
}

# The file stays open in child processes on purpose: when a script is killed, the
# next one waits until what it had started is gone too.
declare -A HELD=()
lock()
{
	local fd
	[ -z "${HELD[$1]-}" ] || return 0
	HELD[$1]=1
	exec {fd}>>"$O/locks/$1"
	flock -n "$fd" && return 0
	note "waiting for another job that holds the lock '$1' ($O/locks/$1)"
	flock "$fd"
}

log_of()
{
	printf '%s/logs/%s.log' "$O" "${1//[^A-Za-z0-9._-]/-}"
}

# Leaves the status in RC and does not fail, so that callers need no condition
# around it: within one, bash ignores set -e in everything that is called.
run_logged()
{
	local log
	log=$(log_of "$1")
	shift
	set +e
	if [ "${V-}" = 1 ]; then
		printf '+ %s\n' "$*" >&2
		(set -e; "$@") 2>&1 | tee "$log" >&2
		RC=${PIPESTATUS[0]}
	else
		(set -e; "$@") >"$log" 2>&1
		RC=$?
	fi
	set -e
}

logged()
{
	run_logged "$@"
	return "$RC"
}

# A full disk gives a log full of consequences: name the cause instead.
explain_failure()
{
	local log=$1
	if grep -qE 'No space left on device|Disk quota exceeded|File too large' "$log"; then
		printf 'No space is left: %s\nlog: %s\n' "$(df -Ph "$O" | awk 'NR == 2 { print $4 " free on " $6 }')" "$log" >&2
	else
		printf 'log: %s; its last lines:\n' "$log" >&2
		tail -n 20 "$log" | sed 's/^/    /' >&2
	fi
}

step()
{
	local name=$1 start=$EPOCHREALTIME
	printf '  %s ... ' "$name"
	[ "${V-}" != 1 ] || echo
	run_logged "$@"
	if [ "$RC" -eq 0 ]; then
		awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s\n", b - a }'
	else
		echo FAILED
		explain_failure "$(log_of "$name")"
		return 1
	fi
}

[ -n "${NO_BUILD_DIR-}" ] || case ${1-} in
-h | --help) ;;
*) prepare_O ;;
esac
