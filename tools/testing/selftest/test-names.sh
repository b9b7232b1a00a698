#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Test checkouts and build directories whose names builds do not take.  Prints TAP.
#
# usage: test-names.sh
# shellcheck disable=SC2317 # called by name
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source=tap.sh
. "$here/tap.sh"

W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT
unset O
# What is not refused ends here, and downloads nothing.
export LINUX=/nonexistent QEMU=/nonexistent

# checkout_in DIR: enough of one for make
checkout_in()
{
	checkout_copy "$1"
	cp "$here/../../../Makefile" "$1/"
	cp -r "$here"/../../*.sh "$here/../../deps" "$1/tools/"
}

one_line()
{
	# make's own line says that the recipe failed.
	OUT=$(grep -v '^make: ' <<<"$OUT")
	same "$(wc -l <<<"$OUT")" 1
}

refused_below()
{
	local top=$W/a${1}b/p rc
	checkout_in "$top"
	make -C "$top" --no-print-directory help >"$W/help"
	grep -q 'make check' "$W/help"
	for target in sources kernel run clean; do
		rc=0
		OUT=$(make -C "$top" --no-print-directory "$target" 2>&1 </dev/null) || rc=$?
		same "$rc" 2
		one_line
		says "$top: the builds take no folder with '$1' in its name; move the checkout"
	done
	[ ! -e "$top/build" ]
}

refused_as_O()
{
	local O=$W/x${1}y
	fails env O="$O" "$W/plain/tools/queue.sh" linux status
	one_line
	says "O=$O: the builds take no folder with '$1' in its name; name another one"
	[ ! -e "$O" ]
}

refused_as_make_O()
{
	OUT=$(make -C "$W/plain" --no-print-directory O="$W/a b" sources 2>&1 || :)
	one_line
	says "O=$W/a b: the builds take no folder with ' ' in its name"
}

taken()
{
	env O="$W/$1" bash -c 'set -euo pipefail; . "$1/tools/lib/common.sh"; echo "$O"' bash "$W/plain" >"$W/is"
	same "$(cat "$W/is")" "$2"
	[ -d "$2/logs" ]
}

relative_O()
{
	# shellcheck disable=SC2016 # make's variables
	printf '\nwhere:\n\t@. tools/lib/common.sh; echo $$O\n' >>"$W/plain/Makefile"
	same "$(make -C "$W/plain" --no-print-directory SHELL=bash O=../there/./x where)" "$W/there/x"
	same "$(make -C "$W/plain" --no-print-directory SHELL=bash where)" "$W/plain/build"
}

checkout_in "$W/plain"
for name in ' ' "'" '"' '(' ')' '&' ';' '$' ':' '`' '*' ',' '%' '#' '[' ']' $'\t'; do
	t "a checkout below a folder with '$name' in its name: one clear line" refused_below "$name"
	t "a build directory with '$name' in its name: one clear line" refused_as_O "$name"
done
t "make O= with a blank: one clear line" refused_as_make_O
t "other names are taken" taken 'Ä-ö_1.2+x@y=~z' "$W/Ä-ö_1.2+x@y=~z"
t "a name is made absolute" relative_O
finish
