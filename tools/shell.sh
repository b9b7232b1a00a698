#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An interactive shell on the SNP-capable host, with the selftests and guests at hand,
# ordinary and SEV-SNP.  Leave it with `exit`; Ctrl-a x ends QEMU.
#
# usage: [LINUX=DIR|GIT-TREE|TARBALL] shell.sh [boot.sh's options]
#
# With LINUX, the host runs that kernel and has its selftests, as in tools/check-tree.sh.
#
# example: tools/shell.sh --cpus 4
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

"$TOP"/tools/build-snp-guest.sh
parts=(base selftests guest)
ordinary='sh /etc/snp-run'
if [ -n "${LINUX-}" ]; then
	tree=$("$TOP"/tools/tree/source.sh)
	"$TOP"/tools/tree/build.sh "$tree"
	O=$tree parts=(base upstream) ordinary='snp-guest --ordinary'
else
	"$TOP"/tools/build-selftests.sh
	"$TOP"/tools/build-initramfs.sh "${parts[@]}"
fi
echo "In the host: /selftests/kvm/* are the tests, '$ordinary' starts an ordinary guest,"
echo "'snp-guest' one with SEV-SNP (see --help), 'exit' leaves."
initrd=$(printf "$O/initramfs/%s.cpio," "${parts[@]}" snp-guest)
exec "$TOP"/tools/boot.sh --snp --initrd "${initrd%,}" --append "quiet snp.mode=shell" "$@"
