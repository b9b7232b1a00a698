#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The host of `make host`, on a disk of its own: what is said of it in
# Documentation/virtual-host.rst.  Prints TAP.
#
# usage: test-host.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/testing/selftest/tap.sh
. "$TOP/tools/testing/selftest/tap.sh"
# shellcheck source=tools/testing/selftest/host-lib.sh
. "$TOP/tools/testing/selftest/host-lib.sh"

own_host host-test

ends_with()
{
	local rc=0
	on_host "$2" || rc=$?
	same "$rc" "$1"
}

disk() { "$TOP"/tools/host/disk.sh "$@"; }

t "a new disk is unchanged" disk unchanged
t "SNP is on, with Debian's kernel" on_host 'grep -qx Y /sys/module/kvm_amd/parameters/sev_snp && test -c /dev/sev'
t "root logs in at the console without a password" on_host 'passwd -S root | grep -q "^root NP "'
t "files have the owners that Debian gives them" on_host 'test "$(stat -c %U:%G /etc/shadow)" = root:shadow && test "$(stat -c %U:%G /root/.ssh/authorized_keys)" = root:root'
t "the command's status is the host's" ends_with 7 'exit 7'
t "a snapshot" disk save before
t "apt installs" on_host 'apt-get -q update && apt-get install -qy hello && hello'
t "what was installed is there at the next start, the checkout too" on_host "hello && echo '$(sha256sum <"$TOP/README.md" | cut -c-64)  /mnt/checkout/README.md' | sha256sum -c"
t "it is not as it was made" fails disk unchanged
t "back to the snapshot" disk restore before
t "it is as it was" on_host '! command -v hello'
t "the list of snapshots" sh -c "'$TOP/tools/host/disk.sh' list | grep -qw before"
t "a name that is none" fails disk save 'a b'
finish
