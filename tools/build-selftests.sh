#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the kernel tree's kvm selftests with the kernel's own makefiles.
#
# usage: build-selftests.sh [--help]
#
# The result is in $O/selftests/kvm, with a list of the binaries in MANIFEST.
# They are linked dynamically: the guest's memory image of a static one, and
# the initramfs that carries a hundred of them, are five times as large.
#
# example: tools/build-selftests.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
# shellcheck source=lib/kernel.sh
. "$TOP/tools/lib/kernel.sh"
usage_if_asked "$@"

tree=$O/linux
out=$O/selftests

"$TOP"/tools/queue.sh linux ready
mkdir -p "$out"
lock selftests
key=$(tree_key "$tree")
if ! fresh "$out/.stamp" "$key"; then
	step selftests unattended "$out" make_selftests "$tree" "$out"
	mark_fresh "$out/.stamp"
fi
