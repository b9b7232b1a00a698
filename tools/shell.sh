#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An interactive shell on the SNP-capable host, with the selftests and guests at hand,
# ordinary and SEV-SNP.  Leave it with `exit`; Ctrl-a x ends QEMU.
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
"$TOP"/tools/build-snp-guest.sh
echo "In the host: /selftests/kvm/* are the tests, 'sh /etc/snp-run' starts an ordinary guest,"
echo "'snp-guest' one with SEV-SNP (see --help), 'exit' leaves."
parts=$O/initramfs
exec "$TOP"/tools/boot.sh --snp \
	--initrd "$parts/base.cpio,$parts/selftests.cpio,$parts/guest.cpio,$parts/snp-guest.cpio" \
	--append "quiet snp.mode=shell" "$@"
