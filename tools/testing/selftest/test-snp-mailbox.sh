#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The SNP host model by its hardware interfaces, without Linux: a freestanding
# program that QEMU boots launches guests through the PSP's mailbox and has the
# firmware compare digests and ID blocks.  Prints TAP.
#
# usage: test-snp-mailbox.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"

usage_if_asked "$@"
need_cmd gcc timeout
arch=$TOP/tools/testing/arch
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# What isa-debug-exit makes of EXIT_PASS in lib.c
passed=33

host_flags=(-std=gnu11 -O2 -Wall -Wextra -I "$arch"
	-DOPENSSL_API_COMPAT=0x10100000L -Wno-deprecated-declarations)
flags=(-m64 -std=gnu11 -O2 -Wall -Wextra -I "$arch"
	-ffreestanding -fno-pic -mcmodel=small -mno-red-zone -mgeneral-regs-only -mno-sse
	-fcf-protection=none -fno-stack-protector -fno-asynchronous-unwind-tables)
link=(-nostdlib -static -no-pie
	"-Wl,--build-id=none,-z,noexecstack,-z,max-page-size=4096,--no-warn-rwx-segments"
	"-Wl,-Ttext-segment=0x100000,-e,start")

gcc "${host_flags[@]}" -o "$out/make-idblocks" "$arch/make-idblocks.c" -lcrypto
"$out/make-idblocks" >"$out/idblocks.c"
gcc "${flags[@]}" "${link[@]}" -o "$out/snp-mailbox.elf" \
	"$arch"/{start.S,lib.c,cpu.c,pci.c,psp.c,snp-mailbox.c} "$out/idblocks.c"

status=0
timeout 60 "$O/qemu-build/qemu-system-x86_64" -L "$O/firmware" -M q35,snp-host=on -accel tcg \
	-cpu EPYC-Milan -device amd-iommu,intremap=on -m 4G -nodefaults -display none \
	-bios qboot.rom -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
	-kernel "$out/snp-mailbox.elf" </dev/null >"$out/tap" 2>"$out/messages" || status=$?
cat "$out/tap"
grep -v "warning: TCG doesn't support" "$out/messages" | sed 's/^/# /' || true

# Numbered from 1 with no gap, all ok, and as many as the plan, at the end, says
complete='
/^(not )?ok / { if ($1 == "not" || $2 != ++n || plan) bad = 1 }
/^Bail out!/ { bad = 1 }
/^1\.\./ { if (plan) bad = 1; plan = substr($0, 4) }
END { exit bad || !n || plan != n }'
if [ "$status" -ne "$passed" ] || ! awk "$complete" "$out/tap"; then
	echo "# FAILED: QEMU's exit status is $status ($passed is good, 124 a time-out)"
	exit 1
fi
