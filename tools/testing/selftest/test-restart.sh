#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kill -9 in the middle of download, unpack, import, kernel build and QEMU
# build: the next call completes, and what comes out boots.  Prints TAP.
# Takes as long as building everything once, in a build directory of its own.
#
# usage: test-restart.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"

mine=$O/restart-test
rm -rf "$mine"
mkdir -p "$mine"
export O=$mine LINUX='' QEMU=''
unset LINUX QEMU

count=0
failed=0

result()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
	else
		echo "not ok $count - $2"
		sed 's/^/# /' "$mine/out" | tail -n 10
		failed=1
	fi
}

# kill_when CONDITION COMMAND...: in a process group of its own, killed whole
kill_when()
{
	local condition=$1 group
	shift
	setsid "$@" >"$mine/out" 2>&1 &
	group=$!
	until eval "$condition"; do
		kill -0 "$group" 2>/dev/null || return 1
		sleep 0.1
	done
	kill -9 -- "-$group" 2>/dev/null || true
	wait "$group" 2>/dev/null || true
}

# interrupt WHAT CONDITION COMMAND...: killed once, then run to its end
interrupt()
{
	local what=$1 condition=$2 status=0
	shift 2
	kill_when "$condition" "$@" || status=1
	result $status "$what was under way when it was killed"
	status=0
	"$@" >"$mine/out" 2>&1 || status=1
	result $status "$what completes when it is called again"
}

# more_than N DIRECTORY [find's words]
more_than()
{
	local least=$1
	shift
	[ "$(find "$@" 2>/dev/null | head -n $((least + 1)) | wc -l)" -gt "$least" ]
}

interrupt "a download" 'more_than 0 "$mine/apt" "$mine/cache" -name "*linux*orig*" -size +1M' \
	env SHARED_SOURCES=/nonexistent "$TOP/tools/fetch.sh" linux
interrupt "an unpack" 'more_than 2000 "$mine" -path "*tmp*" -name "*.c"' "$TOP/tools/queue.sh" linux refresh
"$TOP/tools/queue.sh" qemu refresh >"$mine/out" 2>&1
git -C "$mine/qemu" -c user.name=x -c user.email=x@localhost reset -q --keep base
git -C "$mine/qemu" update-ref refs/queue/imported base
git -C "$mine/qemu" update-ref -d refs/queue/patches
interrupt "an import of patches" '! kill -0 $group 2>/dev/null || false' \
	env QUEUE_TEST_STOP_AT=target "$TOP/tools/queue.sh" qemu refresh
interrupt "a kernel build" 'more_than 400 "$mine/kernel" -name "*.o"' "$TOP/tools/build-kernel.sh"
interrupt "a QEMU build" 'more_than 300 "$mine/qemu-build" -name "*.o"' "$TOP/tools/build-qemu.sh"

status=0
{
	"$TOP/tools/build-initramfs.sh" base
	"$TOP/tools/boot.sh" --append snp.mode=guest --console "$mine/console"
} >"$mine/out" 2>&1 </dev/null || status=1
grep -aq 'runs under' "$mine/console" || status=1
result $status "what they built boots"
echo "1..$count"
[ $failed -ne 0 ] || rm -rf "$mine"
exit $failed
