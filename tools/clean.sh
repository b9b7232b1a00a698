#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Remove what was built, or the whole build directory.
#
# usage: clean.sh built|all
#
# "all" stops while a tree holds commits or changes that patches/ lacks.
#
# example: tools/clean.sh built
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

case ${1:-} in
built)
	rm -rf "${O:?}"/{kernel,qemu-build,qemu-asan,selftests,initramfs,firmware,meson,stock,snp-guest,snp-keys,igvm,snp-measure,snp-off-test,restart-test,results,results-asan,trees,unit-tests,lists}
	;;
all)
	for queue in linux qemu; do
		[ ! -d "$O/$queue" ] || "$TOP"/tools/queue.sh "$queue" verify ||
			die "$O/$queue holds work that patches/$queue lacks: export it, or remove the tree by hand"
	done
	rm -rf "${O:?}"
	;;
*) die "clean.sh: say 'built' or 'all'" ;;
esac
