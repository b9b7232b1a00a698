#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes sure that the Debian packages of a list in tools/deps are installed.
#
#   tools/deps.sh [LIST]           install what is missing (root), or print the command
#   tools/deps.sh --check [LIST]   the same, silent when nothing is missing
#   tools/deps.sh --list [LIST]    print the packages
#
# LIST is `packages`, what builds and tests need, or `series-check`, what only
# tools/series/check.sh needs, which asks for it.
#
# Example:  sudo tools/deps.sh
#
# SKIP_DEPS=1 skips the check, for machines other than Debian 12 that have the
# same tools under other names.  Without root nothing is changed: the one command
# to run is printed and the exit code is 1.
#
# It runs before anything else, so it uses only what the smallest Debian has.
set -euo pipefail

# No build directory: `sudo tools/deps.sh` would make one that only root can write.
export NO_BUILD_DIR=1
# shellcheck source=tools/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"

OS_RELEASE=${OS_RELEASE:-/etc/os-release}

wanted()
{
	sed 's/[[:space:]]*#.*//; /^$/d' "$TOP/tools/deps/$list"
}

missing()
{
	wanted | sort >"$work/wanted"
	# shellcheck disable=SC2046 # one argument per package is what is wanted
	{ dpkg-query -W -f='${Package} ${db:Status-Status}\n' $(wanted) 2>/dev/null || :; } |
		sed -n 's/ installed$//p' | sort -u >"$work/installed"
	comm -23 "$work/wanted" "$work/installed"
}

release()
{
	[ -r "$OS_RELEASE" ] || { echo "an unknown system"; return; }
	# shellcheck source=/dev/null
	(. "$OS_RELEASE" && echo "${ID:-unknown} ${VERSION_ID-}")
}

# install PACKAGE...
install()
{
	local apt=(apt-get -y -o DPkg::Lock::Timeout=300)
	export DEBIAN_FRONTEND=noninteractive
	# The lists of a fresh root are empty, those of an old one name files that are gone.
	compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null &&
		"${apt[@]}" install --no-install-recommends "$@" && return 0
	"${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"
}

quiet='' mode=''
case ${1-} in
--check) quiet=1; shift ;;
--list) mode=list; shift ;;
-h | --help) usage; exit 0 ;;
esac
list=${1:-packages}
[ -f "$TOP/tools/deps/$list" ] || die "unknown argument '$list' (see --help)"
[ "$mode" != list ] || { wanted; exit 0; }

[ -z "${SKIP_DEPS-}" ] || exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

os=$(release)
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
	die "this is $os; the packages of tools/deps/$list are those of Debian 12. Install their counterparts and set SKIP_DEPS=1"
fi

text=$(missing)
mapfile -t todo < <(lines "$text")
if [ ${#todo[@]} -eq 0 ]; then
	[ -n "$quiet" ] || echo "All $(wanted | wc -l) packages are installed."
	exit 0
fi

[ "$os" = "debian 12" ] ||
	die "this is $os, not Debian 12, and lacks: ${todo[*]}. Install them or their counterparts; SKIP_DEPS=1 skips this check"

if [ "$(id -u)" -ne 0 ]; then
	note "${#todo[@]} packages are missing; install them with this command:"
	echo "sudo apt-get install --no-install-recommends ${todo[*]}"
	exit 1
fi

note "installing: ${todo[*]}"
log=$(mktemp /tmp/snp-deps-XXXXXX.log)
if ! install "${todo[@]}" >"$log" 2>&1 </dev/null; then
	tail -n 5 "$log" | sed 's/^/    /' >&2
	die "apt-get could not install: ${todo[*]}; its log: $log"
fi
rm -f "$log"
