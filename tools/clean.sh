#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Remove what was built, or the whole build directory.
#
# usage: clean.sh built|all
#
# "built" keeps the trees with the patches, what was downloaded, and the disk of
# `make host`.  "all" stops while a tree holds commits or changes that patches/ lacks, and
# while that disk holds what was not there when it was made.
#
# With O=DIR, DIR has to be a directory that was empty or not there when it was first
# built in.
#
# example: tools/clean.sh built
set -euo pipefail
# Nothing is made of what does not exist, nor taken for ours by coming here.
export NO_BUILD_DIR=1
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
usage_if_asked "$@"

keep=(linux qemu cache apt host locks .build-directory)

remove_built()
{
	local name unless=()
	for name in "${keep[@]}"; do
		unless+=(! -name "$name")
	done
	find "$O" -mindepth 1 -maxdepth 1 "${unless[@]}" -exec rm -rf {} +
}

remove_all()
{
	local queue
	for queue in linux qemu; do
		[ ! -d "$O/$queue" ] || "$TOP"/tools/queue.sh "$queue" verify ||
			die "$O/$queue holds work that patches/$queue lacks: export it, or remove the tree by hand"
	done
	[ ! -e "$O/host/disk.qcow2" ] || "$TOP"/tools/host/disk.sh unchanged ||
		die "$O/host/disk.qcow2 holds what was installed on the host, or snapshots: tools/host/disk.sh new gives them up"
	rm -rf "${O:?}"
}

case ${1:-} in
built | all) ;;
*) die "say 'built' or 'all'" ;;
esac
name_O
[ -d "$O" ] || exit 0
[ "$O" = "$TOP/build" ] || [ -e "$O/.build-directory" ] ||
	die "O=$O was not empty when it was first built in: what is yours in there is not known, remove the rest by hand"
"remove_$1"
