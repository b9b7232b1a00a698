#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the host kernel, one image that serves as host and as guest.
#
# usage: build-kernel.sh [--debug]
#
# tinyconfig plus the fragments snp_host.config and snp_guest.config of
# arch/x86/configs/, and CONFIG_FRAGMENTS="FILE..." if it is set.  The result
# is in $O/kernel: vmlinux, arch/x86/boot/bzImage, modules.
#
# With --debug, debug.config on top, in $O/kernel-debug.
#
# example: CONFIG_FRAGMENTS=my.config O=/tmp/b tools/build-kernel.sh
set -euo pipefail
# shellcheck source=lib/common.sh
. "$(dirname "$0")/lib/common.sh"
# shellcheck source=lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

tree=$O/linux
name=kernel
read -ra extra <<<"${CONFIG_FRAGMENTS:-}"
case ${1-} in
--debug) name=kernel-debug extra+=("$TOP/arch/x86/configs/debug.config") ;;
esac
out=$O/$name
fragments=("$TOP"/arch/x86/configs/snp_{host,guest}.config "${extra[@]}")

configure()
{
	mkdir -p "$out"
	make -C "$tree" O="$out" tinyconfig
	"$tree"/scripts/kconfig/merge_config.sh -m -O "$out" "$out/.config" "${fragments[@]}"
	make -C "$tree" O="$out" olddefconfig
	check_config
}

# Kconfig drops what it cannot satisfy without a word; that is an error here.
check_config()
{
	local line bad=0
	while read -r line; do
		case $line in
		*=n) ! grep -q "^${line%=n}=" "$out/.config" && continue ;;
		*) grep -qxF "$line" "$out/.config" && continue ;;
		esac
		echo "kconfig did not honour: $line"
		bad=1
	done < <(cat "${fragments[@]}" | grep '^CONFIG_')
	return $bad
}

build()
{
	make -C "$tree" O="$out" -j"$JOBS" CC="$CC" KBUILD_BUILD_TIMESTAMP="$time" \
		KBUILD_BUILD_USER=snp KBUILD_BUILD_HOST=localhost LOCALVERSION= vmlinux bzImage modules
}

"$TOP"/tools/queue.sh linux ready
lock "$name"
key=$(tree_key "$tree")
time=$(git -C "$tree" log -1 --format=%cI)
if ! fresh "$out/.stamp-config" "$key" "${fragments[@]}"; then
	step "$name-config" configure
	mark_fresh "$out/.stamp-config" "$key" "${fragments[@]}"
fi
if ! fresh "$out/.stamp-build" "$key" "$out/.config"; then
	step "$name" unattended "$out" build
	mark_fresh "$out/.stamp-build" "$key" "$out/.config"
fi
