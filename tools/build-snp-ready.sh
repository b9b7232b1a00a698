#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build snp-ready, which tells whether a host can run SEV-SNP guests.
#
# usage: build-snp-ready.sh [--help]
#
# The result is $O/snp-ready/snp-ready.  The kernel's headers are those of the tree with
# patches/linux, since the series' capability has its number there.
#
# example: tools/build-snp-ready.sh && sudo build/snp-ready/snp-ready
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/snp-ready
headers=$O/selftests/headers/usr/include
flags=(-D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra -Werror)

build()
{
	gcc "${flags[@]}" -I "$TOP/include" -isystem "$headers" -o "$out/snp-ready.tmp" "$TOP"/tools/snp-ready/*.c
	mv "$out/snp-ready.tmp" "$out/snp-ready"
}

"$TOP"/tools/build-selftests.sh
mkdir -p "$out"
lock snp-ready
inputs=("${flags[*]}" "$TOP"/tools/snp-ready/*.[ch] "$TOP/include/snp/host.h" "$headers"/linux/{kvm,psp-sev}.h)
if ! fresh "$out/.stamp" "${inputs[@]}" || [ ! -x "$out/snp-ready" ]; then
	step snp-ready build
	mark_fresh "$out/.stamp"
fi
