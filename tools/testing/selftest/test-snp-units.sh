#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The SNP host model's unit tests: its own C files, compiled for the build
# machine with AddressSanitizer and UndefinedBehaviorSanitizer, with a mock of
# the machine around them and libcrypto as the judge.  Prints TAP.
#
# usage: test-snp-units.sh firmware|access [g_test's options]
#
# example: test-snp-units.sh firmware -p /launch/id-block
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"

model=$TOP/tools/snp-model
tree=$O/qemu
build=$O/qemu-build
what=${1:-}
out=$O/snp-units
flags=(-O1 -g -Wall -std=gnu11 "-fsanitize=undefined,address"
	-iquote "$tree" -iquote "$tree/include" -I "$build" -I "$build/qapi")
text=$(pkg-config --cflags --libs glib-2.0)
read -ra glib < <(lines "$text")
text=$(pkg-config --libs nettle hogweed libcrypto)
read -ra crypto < <(lines "$text")

case $what in
firmware)
	# These two tie the firmware to a machine; the mock stands in for them.
	sources=("$model"/tests/*.c)
	for file in "$model"/fw/*.c; do
		case $file in */fw/host.c | */fw/psp.c) ;; *) sources+=("$file") ;; esac
	done
	cc=(gcc -iquote "$model/tests/mock" "${flags[@]}" -D_GNU_SOURCE -DOPENSSL_API_COMPAT=0x10100000L -Wno-deprecated-declarations \
		"${sources[@]}" "${glib[@]}" "${crypto[@]}" -lgmp -lm)
	;;
access)
	cc=(gcc "${flags[@]}" -DCOMPILING_PER_TARGET \
		-DCONFIG_TARGET='"x86_64-softmmu-config-target.h"' \
		-DCONFIG_DEVICES='"x86_64-softmmu-config-devices.h"' \
		-iquote "$tree/host/include/x86_64" -iquote "$tree/host/include/generic" \
		-iquote "$tree/tcg/i386" -I "$tree/target/i386" -isystem "$tree/linux-headers" \
		"$model/tests/rmp/access-test.c" "$model/rmp/access.c" "${glib[@]}")
	;;
*) die "say which: firmware or access" ;;
esac
shift
mkdir -p "$out"
text=$(find "$model" -name '*.[ch]' | LC_ALL=C sort)
mapfile -t files < <(lines "$text")
if ! fresh "$out/.stamp-$what" "${cc[@]}" "$build/.stamp-build" "${files[@]}" || [ ! -x "$out/$what" ]; then
	"${cc[@]}" -o "$out/$what.$$"
	mv "$out/$what.$$" "$out/$what"
	mark_fresh "$out/.stamp-$what"
fi
"$out/$what" "$@"
