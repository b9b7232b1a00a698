#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What snp-ready says on this machine, SNP host or not: of names that are no text, and of
# users whose place it cannot take.  Prints TAP.
#
# usage: test-snp-ready.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"

"$TOP"/tools/build-snp-ready.sh >&2
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
chmod 755 "$tmp"
install "$O/snp-ready/snp-ready" "$tmp"

# As nobody: root can take any user's place.
as_normal_user()
{
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
	else
		"$@"
	fi
}

# found NAME TEXT: JSON that a strict reader takes, and what it says of that --qemu
found()
{
	local rc=0
	"$tmp/snp-ready" --json --qemu "$1" >"$tmp/json" || rc=$?
	same "$rc" 1
	python3 - "$tmp/json" "$2" <<-'END'
	import json, sys
	checks = json.load(open(sys.argv[1], encoding="utf-8", errors="strict"))["checks"]
	said = next(check["found"] for check in checks if check["name"] == "qemu")
	assert said.startswith(sys.argv[2]), ascii(said)
	END
}

names()
{
	found $'/\xff"\\\n' $'/\ufffd"\\\n cannot be run'
	found $'/\u00e9\u20ac\U10348' $'/\u00e9\u20ac\U10348 cannot'
	# too long, a surrogate, beyond the last character, cut short
	found $'/\xc0\xaf\xe0\x80\xaf' $'/\ufffd\ufffd\ufffd\ufffd\ufffd '
	found $'/\xed\xa0\x80' $'/\ufffd\ufffd\ufffd '
	found $'/\xf4\x90\x80\x80' $'/\ufffd\ufffd\ufffd\ufffd '
	found $'/\xe2\x82' $'/\ufffd\ufffd '
}

# What is found is cut within a character.
long_name()
{
	local name=/x i
	for ((i = 0; i < 100; i++)); do
		name+=$'\u20ac'
	done
	found "$name" $'/x\u20ac'
	grep -q '\\ufffd' "$tmp/json"
}

# permissions [OPTION]...: RESULT FOUND HINT of that check, with none in its way
permissions()
{
	as_normal_user "$tmp/snp-ready" --without kvm,psp-driver "$@" |
		sed -n '/ permissions /{s/^\([a-zA-Z]*\).*: /\1 /p; n; s/^ *-> //p}' | paste -sd' '
}

other_user()
{
	same "$(permissions --user root)" \
		"unknown root cannot be asked for run this as root, or as that user without --user"
	same "$(permissions --user nobody-at-all | sed 's/ add .*//')" "FAIL there is no user nobody-at-all"
}

t "names that are no UTF-8 give JSON that is" names
t "and a name that is too long" long_name
t "a user that cannot be asked for is unknown, and the hint says why" other_user
finish
