#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the library that reads and writes IGVM files.
#
# usage: build-igvm.sh [--help]
#
# The result is $O/igvm: lib/libigvm.a, include/igvm and, for pkg-config,
# lib/pkgconfig/igvm.pc.
#
# example: tools/build-igvm.sh && PKG_CONFIG_PATH=build/igvm/lib/pkgconfig pkg-config --libs igvm
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/igvm
from=$TOP/tools/igvm
flags=(-D_GNU_SOURCE -std=gnu11 -O2 -fPIC -Wall -Wextra)

build()
{
	rm -rf "$out.tmp"
	mkdir -p "$out.tmp/objects" "$out.tmp/lib/pkgconfig"
	cp -r "$from/include" "$out.tmp/include"
	(cd "$out.tmp/objects" && gcc "${flags[@]}" -I "$from/include" -c "$from"/*.c)
	ar rcsD "$out.tmp/lib/libigvm.a" "$out.tmp"/objects/*.o
	sed "s|@PREFIX@|$out|" "$from/igvm.pc.in" >"$out.tmp/lib/pkgconfig/igvm.pc"
	rm -r "$out.tmp/objects"
	rm -rf "$out"
	mv "$out.tmp" "$out"
}

lock igvm
text=$(find "$from" -path "$from/tests" -prune -o -type f -print | LC_ALL=C sort)
mapfile -t sources < <(lines "$text")
if ! fresh "$out/.stamp" "${flags[*]}" "${sources[@]}"; then
	step igvm build
	mark_fresh "$out/.stamp"
fi
