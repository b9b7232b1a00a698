#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build snp-measure, which predicts launch digests.
#
# usage: build-snp-measure.sh [--help]
#
# The result is $O/snp-measure/snp-measure.
#
# example: tools/build-snp-measure.sh && build/snp-measure/snp-measure --help
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/snp-measure
library=$TOP/tools/igvm
flags=(-D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra)

# One compiler for all files is as fast as a make would be.
build()
{
	gcc "${flags[@]}" -I "$TOP/include" -I "$library/include" -o "$out/snp-measure.tmp" \
		"$TOP"/tools/snp-measure/*.c "$library"/*.c -lcrypto -lz
	mv "$out/snp-measure.tmp" "$out/snp-measure"
}

mkdir -p "$out"
lock snp-measure
text=$(find "$TOP"/{include,tools/snp-measure} "$library" -name tests -prune -o -name '*.[ch]' -print | LC_ALL=C sort)
mapfile -t sources < <(lines "$text")
if ! fresh "$out/.stamp" "${flags[*]}" "${sources[@]}" || [ ! -x "$out/snp-measure" ]; then
	step snp-measure build
	mark_fresh "$out/.stamp"
fi
