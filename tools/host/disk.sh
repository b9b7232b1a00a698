#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The disk of `make host`, which a host must not be running on meanwhile.
#
# usage: disk.sh new|save NAME|restore NAME|delete NAME|list|unchanged
#
#   new           as Debian was installed; what was written since, snapshots included,
#                 is gone
#   save NAME     a snapshot
#   restore NAME  as it was then
#   unchanged     succeeds if it is as it was made, without a snapshot
#
# example: tools/host/disk.sh save before-my-kernel
set -euo pipefail
# shellcheck source=../lib/common.sh
. "$(dirname "$0")/../lib/common.sh"
usage_if_asked "$@"

disk=$O/host/disk.qcow2
base=$O/host/base.qcow2
need_cmd qemu-img
unchanged()
{
	local snapshots map
	snapshots=$(qemu-img snapshot -U -l "$disk")
	map=$(qemu-img map -U --output=json "$disk")
	[ -z "$snapshots" ] && ! grep -qE '"depth": 0,.*"data": true' <<<"$map"
}

case ${1-} in
save | restore | delete)
	name=${2-}
	[[ $name =~ ^[A-Za-z0-9._-]+$ ]] || die "a snapshot's name is of letters, digits, '.', '_' and '-'"
	;;
esac
[ -e "$base" ] || die "there is no disk yet: make host makes it"
case ${1-} in
new)
	# Refused by QEMU's lock if a host runs.
	[ ! -e "$disk" ] || qemu-img snapshot -l "$disk" >/dev/null
	rm -f "$disk"
	qemu-img create -q -f qcow2 -F qcow2 -b base.qcow2 "$disk"
	;;
save) qemu-img snapshot -c "$name" "$disk" ;;
restore) qemu-img snapshot -a "$name" "$disk" ;;
delete) qemu-img snapshot -d "$name" "$disk" ;;
unchanged) unchanged ;;
list) qemu-img snapshot -l "$disk" ;;
*) die "new, save, restore, delete, list or unchanged; see --help" ;;
esac
