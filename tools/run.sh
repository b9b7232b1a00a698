#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boot the host kernel on the SNP host model, say what it enabled, and show an
# ordinary guest that runs under its KVM.
#
# usage: run.sh [--help]
#
# The console log is kept in $O/logs/run.console.
#
# example: O=/tmp/b tools/run.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

console=$O/logs/run.console
parts=$O/initramfs/base.cpio,$O/initramfs/guest.cpio

"$TOP"/tools/build-initramfs.sh base guest
"$TOP"/tools/boot.sh --snp --initrd "$parts" --append "quiet snp.mode=run" </dev/null |
	tee "$console" | tr -d '\r' | grep -aE '^(host|guest): ' || true
grep -aq '^host:  the guest ran under KVM' "$console" ||
	die "no nested guest came up; the console's last lines are:" "$(tail -n 20 "$console")" "all of it: $console"
