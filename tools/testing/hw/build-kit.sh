#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the archive with which a person asks an EPYC host what the model had to assume.
#
# usage: build-kit.sh [--help]
#
# The result is $O/hw-kit/snp-hw-kit.tar.xz.  What it holds, and what that touches, is in
# kit/run; tools/testing/hw/compare judges the report that it writes.
#
# example: tools/testing/hw/build-kit.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/hw-kit
hw=$TOP/tools/testing/hw
ready=$TOP/tools/snp-ready
kvm=$O/selftests/kvm/x86
headers=$O/selftests/headers/usr/include
# Those that an SNP host can answer; sev_migrate_tests and sev_dbg_test are about SEV-ES
tests=(sev_smoke_test sev_init2_tests sev_migrate_tests sev_dbg_test sev_snp_measure_test
	sev_snp_launch_test sev_snp_vmsa_test)

build()
{
	local kit=$out/snp-hw-kit test
	rm -rf "$kit"
	mkdir -p "$kit/selftests"
	install -t "$kit" "$hw/kit/run"
	install -m 644 -t "$kit" "$hw/kit/README" "$TOP/COPYING"
	cp --sparse=always "$out/snp-rows.img" "$kit"
	gcc -D_GNU_SOURCE -std=gnu11 -O2 -Wall -Wextra -Werror -static -s -I "$TOP/include" -I "$ready" \
		-isystem "$headers" -o "$kit/snp-facts" "$hw/snp-facts.c" "$ready/machine.c"
	strip -o "$kit/snp-ready" "$O/snp-ready/snp-ready"
	for test in "${tests[@]}"; do
		strip -o "$kit/selftests/$test" "$kvm/$test"
	done
	find "$kit" -exec touch -hd @0 {} +
	tar -C "$out" --sparse --sort=name --owner=0 --group=0 --numeric-owner -cJf "$out/kit.tmp" snp-hw-kit
	mv "$out/kit.tmp" "$out/snp-hw-kit.tar.xz"
}

"$TOP"/tools/build-snp-ready.sh
"$hw"/build-image.sh
mkdir -p "$out"
lock hw-kit
inputs=("$O/selftests/.stamp" "$O/snp-ready/.stamp" "$out/.stamp-image" "$hw"/kit/* "$hw/snp-facts.c" "$ready"/machine.[ch] "$TOP/include/snp/host.h" "$0")
if ! fresh "$out/.stamp" "${inputs[@]}" || [ ! -e "$out/snp-hw-kit.tar.xz" ]; then
	step hw-kit build
	mark_fresh "$out/.stamp"
fi
echo "$out/snp-hw-kit.tar.xz"
