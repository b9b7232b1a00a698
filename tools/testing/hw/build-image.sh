#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Make the disk image of the hardware kit: tools/testing/arch/hw-rows.c, which GRUB starts
# on any machine with UEFI.
#
# usage: build-image.sh [--help]
#
# The result is $O/hw-kit/snp-rows.img.  What it asks is said in Documentation/hardware-kit.rst.
#
# example: tools/testing/hw/build-image.sh
set -euo pipefail
# shellcheck source=tools/lib/common.sh
. "$(dirname "$0")/../../lib/common.sh"
# shellcheck source=tools/lib/build.sh
. "$TOP/tools/lib/build.sh"
usage_if_asked "$@"

out=$O/hw-kit
arch=$TOP/tools/testing/arch
mib=16

# COM1 as firmware and BMCs have it; the program writes there with the same settings.
write_config()
{
	cat <<-EOF
	serial --unit=0 --speed=115200
	terminal_output console serial
	echo "snp-rows: writes to the serial port, and halts; reset the machine afterwards"
	search --no-floppy --set=root --file /snp-rows
	multiboot2 /snp-rows
	boot
	EOF
}

build()
{
	local work=$out/image
	rm -rf "$work"
	mkdir -p "$work"
	"$arch/build.sh" hw-rows "$work/snp-rows"
	strip "$work/snp-rows"
	write_config >"$work/grub.cfg"
	grub-mkimage -O x86_64-efi -p / -c "$work/grub.cfg" -o "$work/bootx64.efi" \
		part_gpt fat search search_fs_file serial terminal echo multiboot2 boot
	truncate -s $((mib - 2))M "$work/efi"
	mkfs.vfat -n SNP-ROWS "$work/efi" >/dev/null
	mmd -i "$work/efi" ::/EFI ::/EFI/BOOT
	mcopy -i "$work/efi" "$work/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
	mcopy -i "$work/efi" "$work/snp-rows" ::/snp-rows
	truncate -s ${mib}M "$work/disk"
	echo "start=1MiB, size=$((mib - 2))MiB, type=uefi, name=snp-rows" | sfdisk -q --label gpt "$work/disk"
	dd if="$work/efi" of="$work/disk" bs=1M seek=1 conv=notrunc,sparse status=none
	mv "$work/disk" "$out/snp-rows.img"
	rm -r "$work"
}

"$TOP"/tools/deps.sh --check hw-kit
mkdir -p "$out"
lock hw-image
inputs=("$arch"/*.[chS] "$arch/build.sh" "$0")
if ! fresh "$out/.stamp-image" "${inputs[@]}" || [ ! -e "$out/snp-rows.img" ]; then
	step hw-image build
	mark_fresh "$out/.stamp-image"
fi
