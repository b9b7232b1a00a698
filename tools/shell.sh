#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An interactive shell on the SNP-capable host, with the selftests and a nested guest at
# hand.  Leave it with `exit`; Ctrl-a x ends QEMU.
#
# usage: shell.sh [boot.sh's options]
#
# example: tools/shell.sh --cpus 4
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

"$TOP"/tools/build-selftests.sh
"$TOP"/tools/build-initramfs.sh base selftests guest
echo "In the host: /selftests/kvm/* are the tests, 'sh /etc/snp-run' starts a guest, 'exit' leaves."
exec "$TOP"/tools/boot.sh --snp \
	--initrd "$O/initramfs/base.cpio,$O/initramfs/selftests.cpio,$O/initramfs/guest.cpio" \
	--append "quiet snp.mode=shell" "$@"
