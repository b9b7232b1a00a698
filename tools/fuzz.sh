#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Fuzz KVM's SEV launches on the host model, or minimise what was found.
#
# usage: fuzz.sh [--debug] [launch-fuzz's options]
#        fuzz.sh [--debug] --minimise RECIPE|FILE [--shows REGEX]
#
# The first runs launch-fuzz in a machine of its own, and prints what is on its console.
# With --minimise a sequence is made shorter as long as the console shows REGEX: for what a
# machine dies of, or complains about once in its life.  Each trial is a boot.  By default
# it is any failure, panic or call trace.  With --debug on the debug kernel.
#
# example: tools/fuzz.sh --debug --minimise 1:17.904 --shows 'possible recursive locking'
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

kernel=kernel parts=(base selftests)
if [ "${1-}" = --debug ]; then
	kernel=kernel-debug parts+=(debug)
	"$TOP"/tools/build-kernel.sh --debug
	shift
else
	"$TOP"/tools/build-kernel.sh
fi
"$TOP"/tools/build-qemu.sh
"$TOP"/tools/build-selftests.sh
"$TOP"/tools/build-initramfs.sh "${parts[@]}"
exec /usr/bin/python3 -B "$TOP/tools/testing/launch-fuzz/fuzz.py" "$kernel" "$@"
