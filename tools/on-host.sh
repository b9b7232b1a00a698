#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run a program of tools/guest on this machine, an SEV-SNP host, as it would run on
# the host model: with the project's QEMU, Debian's OVMF and Debian's kernel.
#
# usage: on-host.sh PROGRAM [ARGUMENT]...
#
# Its files are in $O/on-host.
#
# example: tools/on-host.sh snp-console 4 --direct
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"
[ $# -gt 0 ] || die "name a program of tools/guest"

export TMPDIR=$O/on-host
mkdir -p "$TMPDIR"
export SNP_LIBRARY=$TOP/tools/guest SNP_FILES=$O/snp-guest/debian
export SNP_QEMU="$O/qemu-build/qemu-system-x86_64 -L $O/firmware"
export PATH=$TOP/tools/guest:$O/snp-measure:$PATH
exec "$@"
